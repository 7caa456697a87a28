//! Types of columns.

use dunlin::core::prelude::*;

use super::*;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = numbers();
    cases.extend(texts());
    cases.extend(times());
    cases.extend(others());
    cases
}

fn retype(
    on: &'static [DialectName],
    name: &str,
    from: impl Into<ColumnType>,
    to: impl Into<ColumnType>,
) -> Case {
    alter(on, name, v(from), v(to))
}

fn numbers() -> Vec<Case> {
    use DataType::{
        BigInteger, Boolean, Double, Float, Integer, MediumInteger, Real, SmallInteger, TinyInteger,
    };
    vec![
        retype(ALL, "INTEGER to BIGINT", Integer, BigInteger),
        retype(ALL, "BIGINT to INTEGER", BigInteger, Integer),
        retype(ALL, "SMALLINT to INTEGER", SmallInteger, Integer),
        retype(NOT_POSTGRES, "TINYINT to SMALLINT", TinyInteger, SmallInteger),
        retype(MYSQL, "MEDIUMINT to INTEGER", MediumInteger, Integer),
        retype(MYSQL, "INTEGER to INTEGER UNSIGNED", Integer, Integer.unsigned()),
        retype(MYSQL, "BIGINT UNSIGNED to BIGINT", BigInteger.unsigned(), BigInteger),
        retype(
            MYSQL,
            "NUMERIC to NUMERIC UNSIGNED",
            DataType::numeric(8, 2),
            DataType::numeric(8, 2).unsigned(),
        ),
        retype(ALL, "NUMERIC: more digits", DataType::numeric(10, 2), DataType::numeric(12, 2)),
        retype(ALL, "NUMERIC: fewer digits", DataType::numeric(12, 2), DataType::numeric(8, 2)),
        retype(ALL, "NUMERIC: another scale", DataType::numeric(10, 2), DataType::numeric(10, 4)),
        retype(
            POSTGRES,
            "NUMERIC of any size to NUMERIC(10, 2)",
            DataType::Numeric { precision: None, scale: 0 },
            DataType::numeric(10, 2),
        ),
        retype(ALL, "INTEGER to NUMERIC", Integer, DataType::numeric(10, 2)),
        retype(ALL, "NUMERIC to DOUBLE", DataType::numeric(10, 2), Double),
        retype(NOT_POSTGRES, "FLOAT to DOUBLE", Float, Double),
        retype(ALL, "REAL to DOUBLE", Real, Double),
        retype(ALL, "INTEGER to BOOLEAN", Integer, Boolean),
        retype(ALL, "BOOLEAN to SMALLINT", Boolean, SmallInteger),
        retype(MYSQL, "BOOLEAN to TINYINT", Boolean, TinyInteger),
        retype(ALL, "INTEGER to VARCHAR", Integer, DataType::string(20)),
        retype(ALL, "VARCHAR to INTEGER", DataType::string(20), Integer),
        alter(
            ALL,
            "INTEGER to BIGINT, with a default",
            v(Integer).not_null().server_default(5),
            v(BigInteger).not_null().server_default(5),
        ),
        retype(
            POSTGRES,
            "BIT(4) to BIT(8)",
            DataType::Bit { length: Some(4), varying: false },
            DataType::Bit { length: Some(8), varying: false },
        ),
        retype(
            MYSQL,
            "BIT(4) to BIT(8) (MySQL)",
            DataType::Bit { length: Some(4), varying: false },
            DataType::Bit { length: Some(8), varying: false },
        ),
        retype(
            POSTGRES,
            "BIT to BIT VARYING",
            DataType::Bit { length: Some(8), varying: false },
            DataType::Bit { length: Some(8), varying: true },
        ),
    ]
}

fn texts() -> Vec<Case> {
    use DataType::{Binary, LongBlob, LongText, MediumText, Text, TinyText};
    let collated = |postgres: &str, mysql: &str, sqlite: &str| {
        let text = DataType::string(50);
        ColumnType::from(text.clone().collate(postgres))
            .on(DialectName::MySql, text.clone().collate(mysql))
            .on(DialectName::Sqlite, text.collate(sqlite))
    };
    let binary = || collated("C", "utf8mb4_bin", "NOCASE");
    vec![
        retype(ALL, "VARCHAR: longer", DataType::string(50), DataType::string(100)),
        retype(ALL, "VARCHAR: shorter", DataType::string(100), DataType::string(50)),
        alter(
            ALL,
            "VARCHAR: longer, NOT NULL with a default",
            v(DataType::string(50)).not_null().server_default("it's"),
            v(DataType::string(300)).not_null().server_default("it's"),
        ),
        retype(ALL, "VARCHAR to TEXT", DataType::string(50), Text),
        retype(ALL, "TEXT to VARCHAR", Text, DataType::string(200)),
        retype(
            NOT_MYSQL,
            "VARCHAR without a length to VARCHAR(50)",
            DataType::String { length: None },
            DataType::string(50),
        ),
        retype(ALL, "CHAR: longer", DataType::char(3), DataType::char(5)),
        retype(ALL, "CHAR to VARCHAR", DataType::char(8), DataType::string(8)),
        retype(MYSQL, "TEXT to MEDIUMTEXT", Text, MediumText),
        retype(MYSQL, "LONGTEXT to TEXT", LongText, Text),
        retype(MYSQL, "TINYTEXT to TEXT", TinyText, Text),
        retype(MYSQL, "BLOB to LONGBLOB", Binary, LongBlob),
        retype(
            MYSQL,
            "VARBINARY: longer",
            DataType::VarBinary { length: 16 },
            DataType::VarBinary { length: 64 },
        ),
        retype(
            MYSQL,
            "BINARY: longer",
            DataType::FixedBinary { length: 16 },
            DataType::FixedBinary { length: 20 },
        ),
        retype(ALL, "TEXT to bytes", Text, ColumnType::from(Binary)),
        retype(ALL, "add a collation", DataType::string(50), binary()),
        retype(ALL, "drop a collation", binary(), DataType::string(50)),
        retype(ALL, "change a collation", binary(), collated("POSIX", "utf8mb4_general_ci", "RTRIM")),
        retype(
            MYSQL,
            "change the character set of a column",
            DataType::string(50).character_set("latin1"),
            DataType::string(50).character_set("utf8mb4"),
        ),
        retype(ALL, "UUID to VARCHAR", DataType::Uuid, DataType::string(36)),
        retype(ALL, "VARCHAR to UUID", DataType::string(36), DataType::Uuid),
        retype(ALL, "TEXT to JSON", Text, DataType::Json),
        retype(ALL, "JSON to TEXT", DataType::Json, Text),
        retype(POSTGRES, "JSON to JSONB", DataType::Json, DataType::Jsonb),
        retype(POSTGRES, "JSONB to JSON", DataType::Jsonb, DataType::Json),
    ]
}

fn times() -> Vec<Case> {
    use DataType::Date;
    let datetime = |precision| DataType::DateTime { precision, timezone: false };
    let time = |precision, timezone| DataType::Time { precision, timezone };
    let interval =
        |fields: Option<&str>, precision| DataType::Interval { fields: fields.map(str::to_owned), precision };
    vec![
        retype(ALL, "DATE to DATETIME", Date, DataType::datetime()),
        retype(ALL, "DATETIME to DATE", DataType::datetime(), Date),
        retype(NOT_POSTGRES, "DATETIME to TIMESTAMP", DataType::datetime(), DataType::timestamp()),
        retype(NOT_SQLITE, "DATETIME: with microseconds", datetime(Some(0)), datetime(Some(6))),
        retype(NOT_SQLITE, "DATETIME: fewer digits", datetime(Some(6)), datetime(Some(3))),
        retype(NOT_SQLITE, "DATETIME: digits said", datetime(None), datetime(Some(3))),
        retype(POSTGRES, "add a time zone", DataType::timestamp(), DataType::timestamptz()),
        retype(POSTGRES, "drop a time zone", DataType::timestamptz(), DataType::timestamp()),
        retype(NOT_SQLITE, "TIME: with digits", time(None, false), time(Some(3), false)),
        retype(POSTGRES, "TIME: add a time zone", time(None, false), time(None, true)),
        retype(
            POSTGRES,
            "INTERVAL: other fields",
            interval(None, None),
            interval(Some("DAY TO SECOND"), None),
        ),
        retype(POSTGRES, "INTERVAL: digits", interval(None, None), interval(None, Some(3))),
        retype(MYSQL, "YEAR to SMALLINT", DataType::Year, DataType::SmallInteger),
    ]
}

fn others() -> Vec<Case> {
    let set = |values: &[&str]| DataType::Set { values: values.iter().map(|v| (*v).to_owned()).collect() };
    vec![
        retype(POSTGRES, "array: of another type", DataType::Integer.array(), DataType::BigInteger.array()),
        retype(
            POSTGRES,
            "array: of longer texts",
            DataType::string(10).array(),
            DataType::string(20).array(),
        ),
        retype(POSTGRES, "TEXT to an array", DataType::Text, DataType::Text.array()),
        retype(POSTGRES, "INET to CIDR", DataType::native("INET"), DataType::native("CIDR")),
        retype(POSTGRES, "INET to TEXT", DataType::native("INET"), DataType::Text),
        retype(POSTGRES, "TEXT to TSVECTOR", DataType::Text, DataType::native("TSVECTOR")),
        retype(MYSQL, "SET: add a value", set(&["a", "b"]), set(&["a", "b", "c"])),
        retype(MYSQL, "GEOMETRY to POINT", DataType::native("GEOMETRY"), DataType::native("POINT")),
        retype(MARIADB, "CHAR(36) to UUID (MariaDB's own)", DataType::char(36), DataType::native("UUID")),
    ]
}
