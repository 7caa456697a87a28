//! What is easily got wrong; every operation by option stands in the catalogue.

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::{AlterColumn, Change, Operation, Operations};
use dunlin_core::prelude::*;
use dunlin_core::schema::{
    Computed, Constraint, Deferrable, EnumType, Exclude, Identity, MatchType, OnConflict, PrimaryKey,
    TableName,
};

use super::Postgres;
use super::cast::{Cast, cast};
use super::server_name::server_name;
use crate::dialect::{Dialect, RenderError};

fn book() -> Metadata {
    let mut metadata = Metadata::default();
    let status = metadata.enum_type(EnumType::new("status", ["open", "shut"]));
    metadata.enum_type(EnumType::new("mood", ["open", "gone"]));
    metadata.table("book", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("title", DataType::string(50)).not_null().server_default(SqlValue::text("open"));
        t.column("pages", DataType::Integer).server_default(SqlValue::Integer(1));
        t.column("lent", DataType::Boolean).server_default(SqlValue::Boolean(false));
        t.column("status", status).server_default(SqlValue::text("open"));
        t.column("number", DataType::BigInteger).identity(Identity::by_default().increment(5));
    });
    metadata
}

/// The statements of what is recorded, played on `book`.
#[track_caller]
fn rendered(record: impl FnOnce(&mut Operations)) -> Vec<String> {
    try_rendered(record).unwrap()
}

fn try_rendered(record: impl FnOnce(&mut Operations)) -> Result<Vec<String>, RenderError> {
    let mut op = Operations::default();
    record(&mut op);
    let mut schema = book();
    let mut statements = Vec::new();
    for operation in op.finish() {
        statements.extend(Postgres.render(&operation, &schema)?.statements);
        schema.apply(&operation)?;
    }
    Ok(statements)
}

#[track_caller]
fn refused(record: impl FnOnce(&mut Operations), operation: &str) {
    match try_rendered(record) {
        Err(RenderError::Unsupported { operation: found, hint, .. }) => {
            assert_eq!(found, operation);
            assert!(!hint.is_empty());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn changes_of_a_table_are_one_statement() {
    let statements = rendered(|op| {
        op.alter_table("book", |t| {
            t.drop_column("lent");
            t.add_column(Column::new("isbn", DataType::string(13)).comment("on the back"));
            t.alter_column("pages").column_type(DataType::BigInteger).nullable(false);
            t.add_constraint(Constraint::Unique(Unique::new(["isbn"]).named("book_isbn_key")));
            t.create_check_constraint("book_pages_ck", "pages > 0");
            t.add_column(Column::new("year", DataType::Integer));
        });
    });
    assert_eq!(
        statements,
        [
            "ALTER TABLE \"book\" DROP COLUMN \"lent\", ADD COLUMN \"isbn\" VARCHAR(13), \
             ALTER COLUMN \"pages\" TYPE BIGINT, ALTER COLUMN \"pages\" SET NOT NULL, \
             ADD CONSTRAINT \"book_isbn_key\" UNIQUE (\"isbn\"), \
             ADD CONSTRAINT \"book_pages_ck\" CHECK (pages > 0), ADD COLUMN \"year\" INTEGER",
            "COMMENT ON COLUMN \"book\".\"isbn\" IS 'on the back'",
        ]
    );
}

#[test]
fn a_second_change_of_a_column_is_a_second_statement() {
    let changes = |changes: &mut dunlin_core::operation::AlterTable| {
        changes.add_column(Column::new("isbn", DataType::Text));
        changes.alter_column("isbn").nullable(false);
        changes.drop_column("isbn");
        changes.add_column(Column::new("isbn", DataType::Integer));
    };
    let statements = rendered(|op| op.alter_table("book", changes));
    assert_eq!(
        statements,
        [
            "ALTER TABLE \"book\" ADD COLUMN \"isbn\" TEXT",
            "ALTER TABLE \"book\" ALTER COLUMN \"isbn\" SET NOT NULL",
            "ALTER TABLE \"book\" DROP COLUMN \"isbn\", ADD COLUMN \"isbn\" INTEGER",
        ]
    );
}

#[test]
fn a_new_name_stands_alone_and_behind_the_rest() {
    let mut alter = AlterColumn::new("title");
    alter.rename = Some("name".to_owned());
    alter.nullable = Some(true);
    alter.comment = Some(Change::Set("what it is called".to_owned()));
    let mut again = AlterColumn::new("name");
    again.server_default = Some(Change::Drop);
    let changes = vec![alter.into(), again.into()];
    let operation = Operation::AlterTable { table: "book".into(), changes };
    assert_eq!(
        Postgres.render(&operation, &book()).unwrap().statements,
        [
            "ALTER TABLE \"book\" ALTER COLUMN \"title\" DROP NOT NULL",
            "COMMENT ON COLUMN \"book\".\"title\" IS 'what it is called'",
            "ALTER TABLE \"book\" RENAME COLUMN \"title\" TO \"name\"",
            "ALTER TABLE \"book\" ALTER COLUMN \"name\" DROP DEFAULT",
        ]
    );
}

#[test]
fn a_default_that_no_cast_can_take_along_goes_and_comes_back() {
    let to_enum = rendered(|op| {
        op.alter_column("book", "title", |c| {
            c.column_type(DataType::enumeration("status", ["open", "shut"]))
        });
    });
    assert_eq!(
        to_enum,
        ["ALTER TABLE \"book\" ALTER COLUMN \"title\" DROP DEFAULT, \
          ALTER COLUMN \"title\" TYPE \"status\" USING \"title\"::text::\"status\", \
          ALTER COLUMN \"title\" SET DEFAULT 'open'"]
    );
    let by_hand = rendered(|op| {
        op.alter_column("book", "pages", |c| {
            c.column_type(DataType::Boolean).using("pages > 0").server_default(SqlValue::Boolean(true))
        });
    });
    assert_eq!(
        by_hand,
        ["ALTER TABLE \"book\" ALTER COLUMN \"pages\" DROP DEFAULT, \
          ALTER COLUMN \"pages\" TYPE BOOLEAN USING pages > 0, ALTER COLUMN \"pages\" SET DEFAULT true"]
    );
    let dropped = rendered(|op| {
        op.alter_column("book", "title", |c| c.column_type(DataType::Integer).drop_server_default());
    });
    assert_eq!(
        dropped,
        ["ALTER TABLE \"book\" ALTER COLUMN \"title\" DROP DEFAULT, \
          ALTER COLUMN \"title\" TYPE INTEGER USING \"title\"::INTEGER"]
    );
    let to_number = rendered(|op| {
        op.alter_column("book", "lent", |c| c.column_type(DataType::SmallInteger));
    });
    assert_eq!(
        to_number,
        ["ALTER TABLE \"book\" ALTER COLUMN \"lent\" DROP DEFAULT, \
          ALTER COLUMN \"lent\" TYPE SMALLINT USING \"lent\"::integer::SMALLINT, \
          ALTER COLUMN \"lent\" SET DEFAULT 0"]
    );
}

#[test]
fn what_a_new_type_means_must_be_said() {
    let number_to_day = |op: &mut Operations| {
        op.alter_column("book", "pages", |c| c.column_type(DataType::Date));
    };
    refused(number_to_day, "make DATE of INTEGER in the column pages without being told how");
    let using_alone = |op: &mut Operations| {
        op.alter_column("book", "pages", |c| c.using("pages + 1"));
    };
    refused(using_alone, "convert the column pages to the type that it has");
}

#[test]
fn casts_are_those_of_the_server() {
    let through = |types: &[&str]| Cast::Through(types.iter().map(|&name| name.to_owned()).collect());
    let status = DataType::enumeration("status", ["open"]);
    let of = |from: &DataType, to: &DataType| cast(&Postgres, from, to);
    assert_eq!(of(&DataType::Text, &status), through(&["text", "\"status\""]));
    assert_eq!(of(&status, &DataType::enumeration("mood", ["open"])), through(&["text", "\"mood\""]));
    assert_eq!(
        of(&status, &DataType::Enum(EnumType::new(TableName::new(Some("public"), "status"), ["a"]))),
        Cast::OfItself
    );
    assert_eq!(of(&status, &DataType::Text), Cast::OfItself);
    assert_eq!(of(&DataType::Text.array(), &status.clone().array()), through(&["text[]", "\"status\"[]"]));
    assert_eq!(of(&DataType::Text, &DataType::Text.array()), Cast::Unclear);
    assert_eq!(of(&DataType::native("inet"), &DataType::Integer), Cast::OfItself);
    assert_eq!(of(&DataType::Text, &DataType::native("INET")), through(&["INET"]));
    assert_eq!(of(&DataType::Text, &DataType::native("citext")), Cast::OfItself);
    assert_eq!(of(&DataType::Integer, &DataType::Boolean), through(&["BOOLEAN"]));
    assert_eq!(of(&DataType::SmallInteger, &DataType::Boolean), through(&["integer", "BOOLEAN"]));
    assert_eq!(of(&DataType::BigInteger, &DataType::Boolean), Cast::NotZero);
    assert_eq!(of(&DataType::BigInteger.array(), &DataType::Boolean.array()), Cast::Unclear);
}

#[test]
fn what_could_mean_several_things_is_said_so_that_it_is_taken_back() {
    let said = |from: &DataType, to: &DataType| Postgres.using("v", from, to).unwrap_or_default();
    assert_eq!(said(&DataType::Text, &DataType::Binary), "convert_to(\"v\", 'UTF8')");
    assert_eq!(said(&DataType::Binary, &DataType::string(9)), "convert_from(\"v\", 'UTF8')");
    assert_eq!(said(&DataType::Text, &DataType::Integer.array()), "\"v\"::INTEGER[]");
    assert_eq!(said(&DataType::Text, &DataType::native("TSVECTOR")), "\"v\"::TSVECTOR");
    assert_eq!(said(&DataType::Text, &DataType::native("INET")), "");
    assert_eq!(said(&DataType::Text.array(), &DataType::Text), "");
}

#[test]
fn a_serial_takes_its_sequence_along() {
    let statements = rendered(|op| {
        op.alter_column("book", "id", |c| c.column_type(DataType::BigInteger));
    });
    assert_eq!(
        statements,
        [
            "ALTER TABLE \"book\" ALTER COLUMN \"id\" TYPE BIGINT",
            "DO $$ BEGIN EXECUTE 'ALTER SEQUENCE ' || pg_get_serial_sequence('\"book\"', 'id') || ' AS bigint'; \
             END $$",
        ]
    );
}

#[test]
fn counting_up_begins_behind_the_largest_value_and_ends() {
    let begin = rendered(|op| {
        op.alter_column("book", "pages", |c| c.autoincrement(true));
    });
    assert_eq!(
        begin,
        [
            "CREATE SEQUENCE \"book_pages_seq\" AS integer OWNED BY \"book\".\"pages\"",
            "ALTER TABLE \"book\" ALTER COLUMN \"pages\" SET DEFAULT nextval('\"book_pages_seq\"'::regclass)",
            "SELECT setval(pg_get_serial_sequence('\"book\"', 'pages'), max(\"pages\")) FROM \"book\" \
             HAVING max(\"pages\") >= 1",
        ]
    );
    let end = rendered(|op| {
        op.alter_column("book", "id", |c| c.autoincrement(false));
    });
    assert_eq!(
        end,
        [
            "ALTER TABLE \"book\" ALTER COLUMN \"id\" DROP DEFAULT",
            "DO $$ BEGIN EXECUTE 'DROP SEQUENCE ' || pg_get_serial_sequence('\"book\"', 'id'); END $$",
        ]
    );
}

#[test]
fn an_identity_column_is_changed_as_far_as_it_differs() {
    let change = rendered(|op| {
        op.alter_column("book", "number", |c| c.identity(Identity::always().max(100).cycle()));
    });
    assert_eq!(
        change,
        ["ALTER TABLE \"book\" ALTER COLUMN \"number\" SET GENERATED ALWAYS SET INCREMENT BY 1 \
          SET MAXVALUE 100 SET CYCLE"]
    );
    let from_serial = rendered(|op| {
        op.alter_column("book", "id", |c| c.identity(Identity::always().start(100)));
    });
    assert_eq!(
        from_serial,
        [
            "ALTER TABLE \"book\" ALTER COLUMN \"id\" DROP DEFAULT",
            "DO $$ BEGIN EXECUTE 'DROP SEQUENCE ' || pg_get_serial_sequence('\"book\"', 'id'); END $$",
            "ALTER TABLE \"book\" ALTER COLUMN \"id\" ADD GENERATED ALWAYS AS IDENTITY (START WITH 100)",
        ]
    );
}

#[test]
fn a_primary_key_that_nobody_named_is_dropped_by_the_servers_name() {
    let drop = |op: &mut Operations| op.drop_constraint(ConstraintKind::PrimaryKey, "any", "book");
    assert_eq!(rendered(drop), ["ALTER TABLE \"book\" DROP CONSTRAINT \"book_pkey\""]);
    assert_eq!(server_name(&"x".repeat(63), None, "pkey"), format!("{}_pkey", "x".repeat(58)));
    let name = server_name(&"t".repeat(40), Some(&"c".repeat(30)), "seq");
    assert_eq!(name, format!("{}_{}_seq", "t".repeat(29), "c".repeat(29)));
    assert_eq!(server_name(&"é".repeat(31), None, "pkey"), format!("{}_pkey", "é".repeat(29)));
}

#[test]
fn constraints_have_all_their_options() {
    let add = |constraint: Constraint| {
        let mut op = Operations::default();
        op.alter_table("book", |t| t.add_constraint(constraint));
        let operation = op.finish().remove(0);
        Postgres.render(&operation, &Metadata::default()).map(|rendered| rendered.statements.concat())
    };
    let clause =
        |constraint| add(constraint).unwrap().replace("ALTER TABLE \"book\" ADD CONSTRAINT \"c\" ", "");
    let unique = Unique::new(["title"]).named("c").include(["pages"]).nulls_not_distinct();
    assert_eq!(
        clause(Constraint::Unique(unique.deferrable(Deferrable::InitiallyDeferred))),
        "UNIQUE NULLS NOT DISTINCT (\"title\") INCLUDE (\"pages\") DEFERRABLE INITIALLY DEFERRED"
    );
    let key = ForeignKey::new(["pages"], "leaf", [""; 0]).named("c").match_type(MatchType::Full).not_valid();
    assert_eq!(
        clause(Constraint::ForeignKey(key.on_delete(ReferentialAction::SetNull))),
        "FOREIGN KEY (\"pages\") REFERENCES \"leaf\" MATCH FULL ON DELETE SET NULL NOT VALID"
    );
    assert_eq!(
        clause(Constraint::Check(Check::new("pages > 0").named("c").not_valid().no_inherit())),
        "CHECK (pages > 0) NO INHERIT NOT VALID"
    );
    let exclude = Exclude::new([("room", "="), ("tsrange(a, b)", "&&")]).named("c").predicate("pages > 0");
    assert_eq!(
        clause(Constraint::Exclude(exclude)),
        "EXCLUDE USING gist (room WITH =, (tsrange(a, b)) WITH &&) WHERE (pages > 0)"
    );
    for refused in [
        Constraint::Check(Check::new("true").not_enforced()),
        Constraint::PrimaryKey(PrimaryKey::new(["id"]).on_conflict(OnConflict::Replace)),
        Constraint::ForeignKey(ForeignKey::new(["id"], "leaf", ["id"]).match_type(MatchType::Partial)),
    ] {
        assert!(matches!(add(refused), Err(RenderError::Unsupported { .. })));
    }
}

#[test]
fn columns_that_contradict_themselves_are_refused() {
    let add = |column: Column| move |op: &mut Operations| op.add_column("book", column);
    refused(
        add(Column::new("a", DataType::Integer).computed(Computed::on_read("pages * 2"))),
        "compute the column a at each read",
    );
    refused(
        add(Column::new("a", DataType::Integer)
            .computed(Computed::stored("1"))
            .server_default(SqlValue::Integer(1))),
        "have the column a, whose value would come from two sources",
    );
    refused(
        add(Column::new("a", DataType::Text).autoincrement()),
        "count up the column a, which is no integer of 16, 32 or 64 bits",
    );
    refused(
        add(Column::new("a", DataType::Integer).on_update("1")),
        "put a value into the column a at each UPDATE",
    );
    let elsewhere = PerDialect::only(DialectName::MySql, "1".to_owned());
    let column = Column::new("a", DataType::Integer).on_update(elsewhere);
    assert_eq!(rendered(add(column)), ["ALTER TABLE \"book\" ADD COLUMN \"a\" INTEGER"]);
}

#[test]
fn a_constraint_of_a_new_table_that_is_not_valid_is_added_behind_it() {
    let statements = rendered(|op| {
        op.create_table("leaf", |t| {
            t.column("a", DataType::Integer);
            t.add_check(Check::new("a > 0").named("positive").not_valid());
            t.add_index(Index::new("leaf_ix", ["a"]).concurrently().comment("it's small"));
        });
    });
    assert_eq!(
        statements,
        [
            "CREATE TABLE \"leaf\" (\n    \"a\" INTEGER\n)",
            "ALTER TABLE \"leaf\" ADD CONSTRAINT \"positive\" CHECK (a > 0) NOT VALID",
            "CREATE INDEX \"leaf_ix\" ON \"leaf\" (\"a\")",
            "COMMENT ON INDEX \"leaf_ix\" IS 'it''s small'",
        ]
    );
}

#[test]
fn literals_do_not_depend_on_the_session() {
    let value = |value: SqlValue| Postgres.value(&value);
    assert_eq!(value(SqlValue::text("it's a \\")), "E'it''s a \\\\'");
    assert_eq!(value(SqlValue::Bytes(vec![0, 255])), "E'\\\\x00ff'::bytea");
    let rows = vec![vec![SqlValue::Bytes(vec![1]), SqlValue::Boolean(true), SqlValue::Null]];
    let columns = ["a", "b", "c"].map(str::to_owned).to_vec();
    let operation = Operation::BulkInsert { table: "t".into(), columns, rows };
    assert_eq!(
        Postgres.render(&operation, &Metadata::default()).unwrap().statements,
        ["INSERT INTO \"t\" (\"a\", \"b\", \"c\") VALUES\n    (E'\\\\x01'::bytea, true, NULL)"]
    );
}
