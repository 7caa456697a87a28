//! A schema and operations that say everything there is to say. Structs are written without `..`, so that
//! an option that is added later does not compile until it stands here.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::operation::{
    AlterColumn, Backfill, Change, ColumnPosition, DataStep, Operation, SqlStage, TableChange, create_all,
};
use crate::prelude::*;
use crate::revision::Direction;
use crate::schema::{
    Computed, Constraint, Deferrable, EnumChange, EnumPosition, EnumType, Exclude, Identity, IndexElement,
    IndexKey, IndexKind, MatchType, NullsOrder, Object, OnConflict, PrimaryKey, TableName, TableOptions,
    View,
};

fn per_dialect(sql: &str) -> PerDialect<String> {
    PerDialect::from(sql).on(DialectName::MySql, format!("{sql} /* mysql */"))
}

fn strings(of: &[&str]) -> Vec<String> {
    of.iter().map(|text| (*text).to_owned()).collect()
}

pub(super) fn status() -> EnumType {
    EnumType { name: Some(TableName::new(Some("library"), "status")), values: strings(&["open", "it's"]) }
}

/// One of each type, in the order of their declaration.
pub(super) fn types() -> Vec<DataType> {
    let all = vec![
        DataType::Boolean,
        DataType::TinyInteger,
        DataType::SmallInteger,
        DataType::MediumInteger,
        DataType::Integer,
        DataType::BigInteger,
        DataType::BigInteger.unsigned(),
        DataType::Real,
        DataType::Float,
        DataType::Double,
        DataType::numeric(10, 2),
        DataType::String { length: None },
        DataType::char(3),
        DataType::Text,
        DataType::TinyText,
        DataType::MediumText,
        DataType::LongText,
        DataType::string(20).character_set("utf8mb4").collate("utf8mb4_bin"),
        DataType::Binary,
        DataType::TinyBlob,
        DataType::MediumBlob,
        DataType::LongBlob,
        DataType::FixedBinary { length: 16 },
        DataType::VarBinary { length: 64 },
        DataType::Bit { length: Some(8), varying: true },
        DataType::Date,
        DataType::Time { precision: Some(3), timezone: true },
        DataType::DateTime { precision: Some(6), timezone: true },
        DataType::Timestamp { precision: None, timezone: true },
        DataType::Interval { fields: Some("DAY TO SECOND".to_owned()), precision: Some(2) },
        DataType::Year,
        DataType::Json,
        DataType::Jsonb,
        DataType::Uuid,
        DataType::Enum(status()),
        DataType::Set { values: strings(&["a", "b"]) },
        DataType::Text.array().array(),
        DataType::native("TSVECTOR"),
    ];
    let places: Vec<usize> = all.iter().map(place).collect();
    assert!(places.iter().copied().eq(0..38), "a type is missing, or stands twice: {places:?}");
    all
}

/// Where a type stands in [`types`]; a type that is new does not compile here.
fn place(data_type: &DataType) -> usize {
    match data_type {
        DataType::Boolean => 0,
        DataType::TinyInteger => 1,
        DataType::SmallInteger => 2,
        DataType::MediumInteger => 3,
        DataType::Integer => 4,
        DataType::BigInteger => 5,
        DataType::Unsigned(_) => 6,
        DataType::Real => 7,
        DataType::Float => 8,
        DataType::Double => 9,
        DataType::Numeric { .. } => 10,
        DataType::String { .. } => 11,
        DataType::Char { .. } => 12,
        DataType::Text => 13,
        DataType::TinyText => 14,
        DataType::MediumText => 15,
        DataType::LongText => 16,
        DataType::Collated { .. } => 17,
        DataType::Binary => 18,
        DataType::TinyBlob => 19,
        DataType::MediumBlob => 20,
        DataType::LongBlob => 21,
        DataType::FixedBinary { .. } => 22,
        DataType::VarBinary { .. } => 23,
        DataType::Bit { .. } => 24,
        DataType::Date => 25,
        DataType::Time { .. } => 26,
        DataType::DateTime { .. } => 27,
        DataType::Timestamp { .. } => 28,
        DataType::Interval { .. } => 29,
        DataType::Year => 30,
        DataType::Json => 31,
        DataType::Jsonb => 32,
        DataType::Uuid => 33,
        DataType::Enum(_) => 34,
        DataType::Set { .. } => 35,
        DataType::Array { .. } => 36,
        DataType::Native(_) => 37,
    }
}

fn values() -> Vec<SqlValue> {
    let all = [
        SqlValue::text("it's"),
        SqlValue::expression("now()"),
        SqlValue::Integer(i64::MIN),
        SqlValue::Boolean(true),
        SqlValue::Bytes(vec![0, 255]),
        SqlValue::Null,
    ];
    for value in &all {
        match value {
            SqlValue::Text(_)
            | SqlValue::Expression(_)
            | SqlValue::Integer(_)
            | SqlValue::Boolean(_)
            | SqlValue::Bytes(_)
            | SqlValue::Null => {}
        }
    }
    all.to_vec()
}

fn identity() -> Identity {
    Identity {
        always: true,
        start: Some(10),
        increment: Some(-2),
        min: Some(-100),
        max: Some(100),
        cycle: true,
        cache: Some(5),
    }
}

fn column() -> Column {
    Column {
        name: "everything".to_owned(),
        column_type: ColumnType::from(DataType::string(9)).on(DialectName::Sqlite, DataType::Text),
        nullable: false,
        server_default: Some(PerDialect::only(DialectName::MariaDb, SqlValue::expression("uuid()"))),
        on_update: Some(per_dialect("now()")),
        autoincrement: true,
        identity: Some(identity()),
        computed: Some(Computed { expression: per_dialect("a + b"), stored: true }),
        comment: Some("a column".to_owned()),
        not_null_on_conflict: Some(OnConflict::Replace),
    }
}

fn primary_key() -> PrimaryKey {
    PrimaryKey {
        name: Some(Name::exact("book_pkey")),
        columns: strings(&["id"]),
        include: strings(&["a"]),
        deferrable: Some(Deferrable::InitiallyImmediate),
        prefixes: [("id".to_owned(), 10)].into(),
        using: Some("BTREE".to_owned()),
        on_conflict: Some(OnConflict::Abort),
    }
}

fn unique() -> Unique {
    Unique {
        name: Some(Name::from("book_uq")),
        columns: strings(&["a", "b"]),
        include: strings(&["id"]),
        nulls_not_distinct: true,
        deferrable: Some(Deferrable::InitiallyDeferred),
        on_conflict: Some(OnConflict::Ignore),
        only_on: vec![DialectName::MySql],
    }
}

pub(super) fn foreign_key() -> ForeignKey {
    ForeignKey {
        name: Some(Name::from("book_fk")),
        columns: strings(&["a", "b"]),
        referred_table: TableName::new(Some("library"), "author"),
        referred_columns: strings(&["id", "part"]),
        on_delete: ReferentialAction::SetNull,
        on_update: ReferentialAction::Cascade,
        deferrable: Some(Deferrable::InitiallyDeferred),
        match_type: Some(MatchType::Full),
        not_valid: true,
        only_on: vec![DialectName::Sqlite],
    }
}

fn check() -> Check {
    Check {
        name: Some(Name::from("book_ck")),
        expression: per_dialect("a > 0"),
        only_on: vec![DialectName::Postgres],
        not_valid: true,
        no_inherit: true,
        not_enforced: true,
    }
}

fn exclude() -> Exclude {
    Exclude {
        using: Some("gist".to_owned()),
        predicate: Some("a > 0".to_owned()),
        deferrable: Some(Deferrable::InitiallyDeferred),
        only_on: vec![DialectName::Postgres],
        ..Exclude::new([("a", "="), ("b", "&&")]).named("book_ex")
    }
}

fn index() -> Index {
    Index {
        name: Some(Name::from("book_ix")),
        elements: vec![
            IndexElement {
                key: IndexKey::Column("a".to_owned()),
                descending: true,
                nulls: Some(NullsOrder::First),
                collation: Some("C".to_owned()),
                operator_class: Some("text_pattern_ops".to_owned()),
                length: Some(10),
            },
            IndexElement::expression(per_dialect("lower(a)")).nulls(NullsOrder::Last),
        ],
        unique: true,
        predicate: Some(per_dialect("b > 0")),
        only_on: vec![DialectName::Postgres, DialectName::MariaDb],
        using: Some(per_dialect("btree")),
        kind: IndexKind::Spatial,
        parser: Some("ngram".to_owned()),
        include: strings(&["b"]),
        nulls_not_distinct: true,
        storage_parameters: BTreeMap::from([("fillfactor".to_owned(), "70".to_owned())]),
        tablespace: Some("fast".to_owned()),
        concurrently: false,
        comment: Some("an index".to_owned()),
    }
}

fn options() -> TableOptions {
    TableOptions {
        temporary: true,
        partition_by: Some(per_dialect("RANGE (a)")),
        engine: Some("InnoDB".to_owned()),
        character_set: Some("utf8mb4".to_owned()),
        collation: Some("utf8mb4_bin".to_owned()),
        row_format: Some("DYNAMIC".to_owned()),
        auto_increment: Some(u64::MAX),
        other: BTreeMap::from([("STATS_PERSISTENT".to_owned(), "1".to_owned())]),
        unlogged: true,
        inherits: vec![TableName::new(Some("library"), "author")],
        access_method: Some("heap".to_owned()),
        storage_parameters: BTreeMap::from([("fillfactor".to_owned(), "70".to_owned())]),
        tablespace: Some("fast".to_owned()),
        strict: true,
        without_rowid: true,
        never_reuse_ids: true,
    }
}

fn view() -> View {
    View {
        name: TableName::new(Some("library"), "titles"),
        query: per_dialect("SELECT 1"),
        materialized: true,
        security_invoker: true,
        security_barrier: true,
    }
}

fn object() -> Object {
    Object {
        name: "function touch()".to_owned(),
        create: vec![per_dialect("CREATE FUNCTION touch() …")],
        drop: vec![PerDialect::only(DialectName::Postgres, "DROP FUNCTION touch()".to_owned())],
        touches: vec![TableName::new(Some("library"), "book")],
    }
}

/// A schema with everything in it.
pub(super) fn schema() -> Metadata {
    let convention = NamingConvention {
        ix: Some("ix_%(column_0_label)s".to_owned()),
        uq: Some("uq_%(table_name)s_%(column_0_N_name)s".to_owned()),
        ck: Some("ck_%(table_name)s_%(constraint_name)s".to_owned()),
        fk: Some("fk_%(table_name)s_%(referred_table_name)s".to_owned()),
        pk: Some("pk_%(table_name)s".to_owned()),
    };
    let mut metadata = Metadata::new(Some("library"), convention);
    metadata.schemas.push("library".to_owned());
    metadata.enum_type(status());
    metadata.table("author", |t| {
        t.column("id", DataType::Integer);
        t.column("part", DataType::Integer);
        t.primary_key("author_pkey", ["id", "part"]);
    });
    metadata.insert(Table {
        name: "book".into(),
        columns: [
            Column::new("id", DataType::Integer).not_null().autoincrement(),
            Column::new("a", DataType::Text),
        ]
        .into_iter()
        .chain([Column::new("b", DataType::Text), column()])
        .collect(),
        primary_key: Some(primary_key()),
        uniques: vec![unique(), Unique::new(["b"])],
        foreign_keys: vec![foreign_key(), ForeignKey::new(["a"], "author", ["id"])],
        checks: vec![check(), Check::new("b > 0")],
        excludes: vec![exclude()],
        indexes: vec![index(), Index::unnamed(["b"])],
        comment: Some("a table".to_owned()),
        options: options(),
    });
    metadata.table("types", |t| {
        for (at, data_type) in types().into_iter().enumerate() {
            t.column(format!("type_{at}"), data_type);
        }
        for (at, value) in values().into_iter().enumerate() {
            t.column(format!("value_{at}"), DataType::Text).server_default(value);
        }
    });
    metadata.view(view());
    metadata.object(object());
    metadata
}

fn alter_column() -> AlterColumn {
    AlterColumn {
        name: "a".to_owned(),
        rename: Some("c".to_owned()),
        column_type: Some(DataType::Integer.into()),
        using: Some(per_dialect("a::integer")),
        nullable: Some(false),
        server_default: Some(Change::Set(SqlValue::Integer(1).into())),
        on_update: Some(Change::Set(per_dialect("now()"))),
        comment: Some(Change::Drop),
        autoincrement: Some(false),
        identity: Some(Change::Set(identity())),
        computed: Some(Change::Drop),
        not_null_on_conflict: Some(Change::Set(OnConflict::Abort)),
    }
}

/// Operations of every kind, played on [`schema`] in this order.
pub(super) fn operations() -> Vec<Operation> {
    let book = || TableName::new(Some("library"), "book");
    let named = |name: &str| TableName::new(Some("library"), name);
    let (ck, fk) = (ConstraintKind::Check, ConstraintKind::ForeignKey);
    let mut new = Table::build(named("new"), |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("of", DataType::Enum(EnumType::new(named("kind"), ["x"])));
    });
    new.primary_key = new.primary_key.map(|key| key.named("new_pkey"));
    vec![
        Operation::CreateSchema { name: "attic".to_owned(), if_not_exists: true },
        Operation::DropSchema { name: "attic".to_owned(), if_exists: true },
        Operation::CreateEnum { enum_type: EnumType::new(named("kind"), ["x"]) },
        Operation::CreateEnum { enum_type: EnumType::new(named("unused"), ["y", "z"]) },
        Operation::AlterEnum {
            name: named("status"),
            changes: vec![EnumChange::RenameValue { from: "open".to_owned(), to: "new".to_owned() }],
        },
        Operation::DropEnum { name: named("unused"), if_exists: true },
        Operation::CreateTable { table: new, if_not_exists: true },
        Operation::RenameTable { table: named("new"), to: "newer".to_owned() },
        Operation::DropTable { table: named("types"), if_exists: true },
        Operation::AlterTable {
            table: book(),
            changes: vec![
                TableChange::AddColumn {
                    column: Column::new("d", DataType::Text),
                    position: ColumnPosition::After("a".to_owned()),
                    if_not_exists: true,
                },
                TableChange::AddColumn {
                    column: Column::new("e", DataType::Text),
                    position: ColumnPosition::First,
                    if_not_exists: false,
                },
                TableChange::DropColumn { name: "d".to_owned(), if_exists: true },
                TableChange::DropConstraint { kind: ck, name: "ck_book_book_ck".into(), if_exists: true },
                TableChange::AddConstraint { constraint: Constraint::Check(check()) },
                TableChange::RenameConstraint { kind: ck, from: "book_ck".into(), to: "ck".into() },
                TableChange::DropConstraint { kind: fk, name: "book_fk".into(), if_exists: false },
                TableChange::SetComment { comment: Some("another".to_owned()) },
                alter_column().into(),
            ],
        },
        Operation::AlterTable {
            table: book(),
            changes: vec![
                TableChange::DropConstraint {
                    kind: ConstraintKind::Exclude,
                    name: "book_ex".into(),
                    if_exists: false,
                },
                TableChange::AddConstraint { constraint: Constraint::Exclude(exclude()) },
                TableChange::DropConstraint {
                    kind: ConstraintKind::PrimaryKey,
                    name: "book_pkey".into(),
                    if_exists: false,
                },
                TableChange::AddConstraint {
                    constraint: Constraint::PrimaryKey(PrimaryKey::new(["e"]).named("book_pkey")),
                },
                TableChange::AddConstraint {
                    constraint: Constraint::Unique(Unique::new(["e"]).named("e_uq")),
                },
                TableChange::AddConstraint { constraint: Constraint::Unique(Unique::new(["b"])) },
                TableChange::DropUnnamedConstraint { constraint: Constraint::Unique(Unique::new(["b"])) },
                TableChange::SetOptions { options: options() },
                TableChange::AddConstraint {
                    constraint: Constraint::ForeignKey(
                        ForeignKey::new(["e"], named("author"), ["part"]).named("e_fk"),
                    ),
                },
            ],
        },
        Operation::CreateIndex {
            table: book(),
            index: Index::new("new_ix", ["e"]).concurrently(),
            if_not_exists: true,
        },
        Operation::RenameIndex { table: book(), from: "new_ix".into(), to: "newer_ix".into() },
        Operation::DropIndex { table: book(), name: "book_ix".into(), if_exists: true, concurrently: true },
        Operation::CreateView { view: View { materialized: false, ..view() }, or_replace: true },
        Operation::CreateView { view: View::new(named("more"), "SELECT 2"), or_replace: false },
        Operation::DropView { name: named("more"), materialized: true, if_exists: true },
        Operation::DropObject { object: object() },
        Operation::CreateObject { object: Object { name: "trigger t".to_owned(), ..object() } },
    ]
}

/// Operations that nothing undoes.
pub(super) fn one_way() -> Vec<Operation> {
    let book = || TableName::new(Some("library"), "book");
    vec![
        Operation::AlterEnum {
            name: TableName::new(Some("library"), "status"),
            changes: vec![
                EnumChange::AddValue { value: "1".to_owned(), position: EnumPosition::Last },
                EnumChange::AddValue {
                    value: "2".to_owned(),
                    position: EnumPosition::Before("1".to_owned()),
                },
                EnumChange::AddValue { value: "3".to_owned(), position: EnumPosition::After("1".to_owned()) },
            ],
        },
        Operation::BulkInsert {
            table: book(),
            columns: strings(&["a"]),
            rows: values().chunks(1).map(<[_]>::to_vec).collect(),
        },
        Operation::Execute { sql: per_dialect("DELETE FROM book"), ddl: true, touches: Some(vec![book()]) },
        Operation::ExecuteStages {
            direction: Direction::Upgrade,
            stages: PerDialect::all(vec![
                SqlStage::new("DELETE FROM book;", 5).touches(["book"]),
                SqlStage::new("VACUUM;", 9).no_transaction().no_foreign_keys(),
            ]),
        },
        Operation::Run { step: DataStep::new("a step", ["book"], |_| Box::pin(async { Ok(()) })) },
        Operation::Backfill {
            backfill: Backfill {
                table: book(),
                set: vec![("a".to_owned(), per_dialect("b"))],
                only_where: Some(per_dialect("a IS NULL")),
                key: strings(&["id"]),
                batch_size: 10,
                pause: Duration::from_millis(1),
            },
        },
    ]
}

/// Everything at once.
pub(super) fn all_operations() -> Vec<Operation> {
    let validate = TableChange::ValidateConstraint { kind: ConstraintKind::Check, name: Name::exact("ck") };
    let validate = Operation::AlterTable { table: "book".into(), changes: vec![validate] };
    let all = [create_all(&schema()), operations(), one_way(), vec![validate]].concat();
    for operation in &all {
        match operation {
            Operation::CreateSchema { .. }
            | Operation::DropSchema { .. }
            | Operation::CreateEnum { .. }
            | Operation::AlterEnum { .. }
            | Operation::DropEnum { .. }
            | Operation::CreateTable { .. }
            | Operation::DropTable { .. }
            | Operation::RenameTable { .. }
            | Operation::AlterTable { .. }
            | Operation::CreateIndex { .. }
            | Operation::DropIndex { .. }
            | Operation::RenameIndex { .. }
            | Operation::CreateView { .. }
            | Operation::DropView { .. }
            | Operation::CreateObject { .. }
            | Operation::DropObject { .. }
            | Operation::BulkInsert { .. }
            | Operation::Execute { .. }
            | Operation::ExecuteStages { .. }
            | Operation::Run { .. }
            | Operation::Backfill { .. } => {}
        }
    }
    let kinds: std::collections::BTreeSet<String> = all.iter().map(kind).collect();
    assert_eq!(kinds.len(), 21, "{kinds:?}");
    all
}

fn kind(operation: &Operation) -> String {
    let shown = format!("{operation:?}");
    shown.split([' ', '{', '(']).next().unwrap_or_default().to_owned()
}
