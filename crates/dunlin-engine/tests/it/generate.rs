//! Generated source: rustfmt leaves it as it is, and it reads well.

use std::fs;
use std::path::Path;
use std::process::Command;

use dunlin_core::operation::{Backfill, ColumnPosition, Operation, reverse};
use dunlin_core::prelude::*;
use dunlin_core::schema::Object;
use dunlin_engine::generate::models::builder;
use dunlin_engine::generate::revision::{RevisionSource, rust};
use dunlin_engine::generate::{GenerateError, unqualify};
use dunlin_testkit::catalogue::{Case, cases};

/// The catalogue's case as a revision: what makes its schema, then what it is about, and the way back.
fn source(case: &Case, naming_convention: NamingConvention) -> Result<String, GenerateError> {
    let mut schema = Metadata::default();
    case.before.iter().for_each(|operation| schema.apply(operation).unwrap());
    let mut source = RevisionSource::new(Revision::new("a").down_revision("b").message(&*case.name));
    source.upgrade = [&case.before[..], &case.rows, &case.operations].concat();
    source.downgrade = reverse(&case.operations, &schema).unwrap_or_default();
    source.naming_convention = naming_convention;
    rust(&source)
}

/// What rustfmt with its default settings would change.
fn changes(directory: &str, files: &[(String, String)]) -> String {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(directory);
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("rustfmt.toml"), "").unwrap();
    let paths = files.iter().map(|(name, text)| {
        let path = directory.join(format!("{name}.rs"));
        fs::write(&path, text).unwrap();
        path
    });
    let paths: Vec<_> = paths.collect();
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--edition", "2024", "--check", "--config-path"]).arg(&directory).args(paths);
    let output = rustfmt.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(output.status.success(), said.is_empty(), "{said}");
    said
}

#[test]
fn rustfmt_leaves_the_catalogue_as_it_is() {
    let convention = NamingConvention {
        ix: Some("ix_%(column_0_label)s".to_owned()),
        uq: Some("uq_%(table_name)s_%(column_0_name)s".to_owned()),
        ck: Some("ck_%(table_name)s_%(constraint_name)s".to_owned()),
        fk: Some("fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s".to_owned()),
        pk: Some("pk_%(table_name)s".to_owned()),
    };
    let mut files = Vec::new();
    for (at, case) in cases().iter().enumerate() {
        let runs = |operation: &Operation| matches!(operation, Operation::Run { .. });
        for (kind, convention) in [("plain", NamingConvention::default()), ("named", convention.clone())] {
            match source(case, convention) {
                Ok(text) => files.push((format!("{kind}_{at}"), text)),
                Err(error) => assert!(case.operations.iter().any(runs), "{}: {error}", case.name),
            }
        }
        let mut schema = Metadata::new(Some("app"), convention.clone());
        for mut operation in case.before.iter().chain(&case.operations).cloned() {
            operation.qualify(Some("app"));
            if schema.apply(&operation).is_err() {
                break;
            }
        }
        files.push((format!("models_{at}"), builder(&schema).unwrap()));
    }
    let changes = changes("catalogue", &files);
    assert!(changes.is_empty(), "{} files\n{changes}", files.len());
}

/// Calls of every form, with names and texts of a length.
fn of_length(length: usize) -> Vec<Operation> {
    let name = |c: &str| c.repeat(length);
    let sql = || "word ".repeat(length / 4 + 1) + &name("s");
    let lines = || format!("SELECT \"{}\",\n  {}\nFROM t", name("a"), name("b"));
    let per_dialect = || PerDialect::all(sql()).on(DialectName::MySql, name("m"));
    let mut op = Operations::default();
    op.create_enum(name("e"), [name("a"), "b".to_owned()]);
    op.create_enum("e", std::iter::repeat_n("w".repeat(length % 12), length));
    op.create_table(name("t"), |t| {
        t.column(name("i"), DataType::Integer).primary_key();
        t.column(name("c"), DataType::string(20)).not_null().server_default("x").comment(name("k"));
        t.column("c", DataType::Text).comment(sql());
        t.column(name("u"), DataType::Text).references(name("r"), "id");
        t.column("v", DataType::Text).references("r", name("r")).indexed();
        t.column("w", DataType::enumeration(name("e"), ["a"])).not_null();
        t.column("x", ColumnType::from(DataType::Text).on(DialectName::MySql, DataType::native(name("n"))));
        t.column("y", DataType::Integer).computed(Computed::stored(per_dialect()));
        t.column("z", DataType::Integer).computed(Computed::on_read(sql()));
        t.unique(name("q"), ["a", "b"]);
        t.unique(Name::exact(name("q")), ["a".to_owned(), name("b")]);
        t.check(name("q"), sql());
        t.add_check(Check::new(lines()).named(name("q")).not_valid());
        t.foreign_key(ForeignKey::new(["a"], name("f"), ["id"]).named(name("g")));
        t.foreign_key(
            ForeignKey::new([name("a")], TableName::new(Some("s"), name("f")), ["id"])
                .on_delete(ReferentialAction::SetNull),
        );
        t.add_unique(Unique::new([name("a")]).nulls_not_distinct());
        t.add_index(Index::new(name("x"), [IndexElement::expression(sql())]).unique());
        t.add_index(Index::unnamed([name("x")]).predicate_on(DialectName::Postgres, name("p")));
        t.add_index(Index::new("x", [name("x"), name("y")]).using("gin").comment(name("c")));
        t.options(|o| {
            o.engine = Some(name("e"));
            o.partition_by = Some(per_dialect());
            o.inherits = vec!["a".into(), TableName::from(name("i")), TableName::new(Some("s"), name("i"))];
            o.other.insert(name("o"), "1".to_owned());
            o.storage_parameters.insert("o".to_owned(), name("o"));
        });
    });
    op.create_table("t", |t| t.check(name("q"), sql()));
    op.drop_table(name("t"));
    op.rename_table(name("t"), name("u"));
    op.create_index(name("x"), "t", [name("c")]);
    op.create_index("x", name("t"), ["a", "b"]);
    op.add_index(name("t"), Index::new("x", ["a"]).unique());
    op.drop_index(Name::exact(name("x")), name("t"));
    op.add_column(name("t"), Column::new("c", DataType::numeric(10, 2)).not_null());
    op.add_column(
        "t",
        Column::new(name("c"), DataType::Text).not_null().comment(name("c")).server_default(1),
    );
    op.alter_column(name("t"), "c", |c| c.nullable(true));
    op.alter_column("t", name("c"), |c| c.nullable(true).server_default(&*name("d")));
    op.alter_column("t", "c", |c| c.using(per_dialect()).column_type(DataType::Text));
    op.alter_column("t", "c", |c| c.comment(name("c")));
    op.rename_column("t", name("c"), name("d"));
    op.alter_table(name("t"), |t| {
        t.alter_column(name("c")).nullable(true);
        t.alter_column("c").nullable(true).server_default(&*name("d")).drop_comment();
        t.drop_constraint(ConstraintKind::Check, name("c"));
        t.add_column_at(Column::new(name("c"), DataType::Text), ColumnPosition::After(name("d")));
        t.set_comment(Some(name("c")));
    });
    op.create_view(name("v"), sql());
    op.create_view("v", lines());
    op.add_view(View::new(name("v"), lines()).materialized());
    op.create_object(Object::new(name("o")).create(sql()).drop(lines()).touches(["a".to_owned(), name("t")]));
    op.execute(sql());
    op.execute(PerDialect::only(DialectName::Sqlite, name("s")));
    op.execute_ddl(lines(), [name("t")]);
    op.backfill(Backfill::new(name("t")).set(name("c"), name("e")).only_where(name("w")).batch_size(5));
    op.bulk_insert(
        name("t"),
        ["a".to_owned(), name("b")],
        [[1.into(), name("v").into()], [SqlValue::Bytes(vec![7; length]), SqlValue::Null]],
    );
    op.bulk_insert("t", [name("a")], [[SqlValue::Integer(-1)]]);
    op.create_schema(name("s"));
    op.alter_enum("e", |e| e.add_value_after(name("a"), name("b")));
    let mut operations = op.finish();
    operations.push(Operation::CreateSchema { name: name("s"), if_not_exists: true });
    operations.push(Operation::DropView { name: name("v").into(), materialized: true, if_exists: true });
    operations.push(Operation::Execute { sql: sql().into(), ddl: true, touches: None });
    operations
}

#[test]
fn rustfmt_leaves_names_and_texts_of_any_length_as_they_are() {
    let revision = |length: usize| {
        let mut source = RevisionSource::new(Revision::new("a").message("m".repeat(length)));
        source.upgrade = of_length(length);
        (format!("length_{length}"), rust(&source).unwrap())
    };
    let changes = changes("lengths", &(1..=110).map(revision).collect::<Vec<_>>());
    assert!(changes.is_empty(), "{changes}");
}

#[test]
fn the_schema_of_the_host_is_taken_out_of_every_name() {
    for case in cases() {
        for operation in case.before.iter().chain(&case.operations) {
            let mut other = operation.clone();
            other.qualify(Some("app"));
            unqualify(&mut other, Some("other"));
            unqualify(&mut other, None);
            let mut qualified = operation.clone();
            qualified.qualify(Some("app"));
            assert_eq!(other, qualified, "{}", case.name);
            unqualify(&mut other, Some("app"));
            assert_eq!(&other, operation, "{}", case.name);
        }
    }
}

#[test]
fn a_revision_reads_well() {
    let mut op = Operations::new(NamingConvention {
        pk: Some("%(table_name)s_pkey".to_owned()),
        ck: Some("%(table_name)s_%(constraint_name)s_check".to_owned()),
        ..NamingConvention::default()
    });
    let status = op.create_enum("status", ["open", "closed"]);
    op.create_table("ticket", |t| {
        t.column("id", DataType::BigInteger);
        t.primary_key("ticket_pk", ["id"]);
        t.column("status", status).not_null().server_default("open");
        t.column("opened", DataType::datetime().precision(6).with_timezone())
            .not_null()
            .server_default(SqlValue::expression("now()"))
            .comment("when somebody wrote it down, which may be long after it happened");
        t.column("weight", DataType::numeric(10, 2)).server_default(0);
        t.column("of", DataType::Integer).references("person", "id");
        t.check("weight", "weight >= 0");
        t.index("ticket_status", ["status", "opened"]);
        t.add_index(
            Index::new("ticket_lower", [IndexElement::expression("lower(title)").descending()])
                .unique()
                .predicate_on(DialectName::Postgres, "status = 'open'"),
        );
    });
    op.alter_table("person", |t| {
        t.add_column(Column::new("name", DataType::string(250).collate("C")).not_null());
        t.alter_column("born").nullable(false).column_type(DataType::Date);
        t.drop_constraint(ConstraintKind::Check, "born");
    });
    op.alter_column("person", "of", |c| c.drop_server_default().comment("whose child it is, or whose ward"));
    op.rename_column("person", "called", "nickname");
    op.create_view(
        "open_ticket",
        " SELECT ticket.id,\n    person.\"Name\"\n   FROM ticket\n     JOIN person ON person.id = ticket.of;",
    );
    op.execute(
        PerDialect::only(DialectName::Postgres, "UPDATE person SET name = name || id::text".to_owned())
            .on(DialectName::MySql, "UPDATE person SET name = concat(name, id)".to_owned()),
    );
    op.bulk_insert(
        "status",
        ["id", "name"],
        [[1.into(), "open".into()], [SqlValue::Integer(-1), SqlValue::Null]],
    );
    let mut source =
        RevisionSource::new(Revision::new("d759c6d30f5a").down_revision("1").message("write tickets down"));
    source.upgrade = op.finish();
    let text = rust(&source).unwrap();
    assert_eq!(changes("readable", &[("revision".to_owned(), text.clone())]), "");
    insta::assert_snapshot!(text);
}

#[test]
fn models_leave_names_to_the_naming_convention() {
    let convention = NamingConvention {
        pk: Some("%(table_name)s_pkey".to_owned()),
        ix: Some("ix_%(column_0_label)s".to_owned()),
        ..NamingConvention::default()
    };
    let mut metadata = Metadata::new(Some("app"), convention);
    metadata.schemas.push("app".to_owned());
    let status = metadata.enum_type(EnumType::new("status", ["open", "closed"]));
    metadata.table("person", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("name", DataType::Text).unique().indexed();
    });
    metadata.table("type", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("status", status);
        t.column("of", DataType::Integer).references("person", "id");
        t.options(|o| {
            o.engine = Some("InnoDB".to_owned());
            o.strict = true;
        });
    });
    metadata.view(View::new("open", "SELECT id FROM app.type WHERE status = 'open'"));
    let text = builder(&metadata).unwrap();
    assert_eq!(changes("models", &[("models".to_owned(), text.clone())]), "");
    insta::assert_snapshot!(text);
}
