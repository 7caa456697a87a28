//! Constraints: created with their table, added to one, dropped, renamed, validated.

use dunlin_core::operation::Operation;
use dunlin_core::prelude::*;
use dunlin_core::schema::{Constraint, Deferrable, Exclude, MatchType, PrimaryKey, TableBuilder, TableName};

use super::case::{Case, each, int, text};
use super::column::conflicts;

type Named = (String, Option<String>, Constraint);

/// Constraints by name, each with the constraint that it differs from by one option.
fn constraints() -> Vec<Named> {
    let mut all = keys_and_uniques();
    all.extend(foreign_keys());
    all.extend(checks_and_excludes());
    all
}

fn named(name: &str, base: Option<&str>, constraint: Constraint) -> Named {
    (name.to_owned(), base.map(str::to_owned), constraint)
}

const IMMEDIATE: Deferrable = Deferrable::InitiallyImmediate;
const DEFERRED: Deferrable = Deferrable::InitiallyDeferred;

fn keys_and_uniques() -> Vec<Named> {
    let key = || PrimaryKey::new(["a"]).named("t_pk");
    let unique = || Unique::new(["a"]).named("t_uq");
    let pk = |name: &str, key| {
        named(&format!("primary key / {name}"), Some("primary key"), Constraint::PrimaryKey(key))
    };
    let uq = |name: &str, unique| {
        named(&format!("unique constraint / {name}"), Some("unique constraint"), Constraint::Unique(unique))
    };
    let mut all = vec![
        named("primary key", None, Constraint::PrimaryKey(key())),
        pk("without name", PrimaryKey::new(["a"])),
        pk("several columns", PrimaryKey::new(["b", "a"]).named("t_pk")),
        pk("include", key().include(["b"])),
        pk("deferrable", key().deferrable(IMMEDIATE)),
        pk("initially deferred", key().deferrable(DEFERRED)),
        pk("prefix", PrimaryKey::new(["b"]).named("t_pk").prefix("b", 10)),
        pk("using", key().using("BTREE")),
        named("unique constraint", None, Constraint::Unique(unique())),
        uq("without name", Unique::new(["a"])),
        uq("several columns", Unique::new(["b", "a"]).named("t_uq")),
        uq("include", unique().include(["b"])),
        uq("nulls not distinct", unique().nulls_not_distinct()),
        uq("deferrable", unique().deferrable(IMMEDIATE)),
        uq("initially deferred", unique().deferrable(DEFERRED)),
        uq("only on", unique().only_on([DialectName::Postgres])),
    ];
    for (word, action) in conflicts() {
        all.push(pk(&format!("on conflict {word}"), key().on_conflict(action)));
        all.push(uq(&format!("on conflict {word}"), unique().on_conflict(action)));
    }
    all
}

fn foreign_keys() -> Vec<Named> {
    use ReferentialAction as A;
    let key = || ForeignKey::new(["a"], "parent", ["id"]).named("t_fk");
    let fk = |name: &str, key| {
        named(&format!("foreign key / {name}"), Some("foreign key"), Constraint::ForeignKey(key))
    };
    let mut all = vec![
        named("foreign key", None, Constraint::ForeignKey(key())),
        fk("without name", ForeignKey::new(["a"], "parent", ["id"])),
        fk("to the primary key", ForeignKey::new(["a"], "parent", [""; 0]).named("t_fk")),
        fk("several columns", ForeignKey::new(["b", "a"], "parent", ["x", "id"]).named("t_fk")),
        fk("to its own table", ForeignKey::new(["a"], "t", ["id"]).named("t_fk")),
    ];
    for action in [A::NoAction, A::Restrict, A::Cascade, A::SetNull, A::SetDefault] {
        let word = action.as_sql().to_lowercase();
        all.push(fk(&format!("on delete {word}"), key().on_delete(action)));
        all.push(fk(&format!("on update {word}"), key().on_update(action)));
    }
    all.push(fk("deferrable", key().deferrable(IMMEDIATE)));
    all.push(fk("initially deferred", key().deferrable(DEFERRED)));
    for match_type in [MatchType::Simple, MatchType::Full, MatchType::Partial] {
        all.push(fk(&match_type.as_sql().to_lowercase(), key().match_type(match_type)));
    }
    all.push(fk("not valid", key().not_valid()));
    all.push(fk("only on", key().only_on([DialectName::Postgres, DialectName::Sqlite])));
    all.push(fk("only on / MySQL", key().only_on([DialectName::MySql])));
    all
}

fn checks_and_excludes() -> Vec<Named> {
    let check = || Check::new("a > 0").named("t_ck");
    let ck = |name: &str, check| named(&format!("check / {name}"), Some("check"), Constraint::Check(check));
    let exclude = || Exclude::new([("during", "&&")]).named("t_ex");
    let ex = |name: &str, exclude| {
        named(
            &format!("exclude constraint / {name}"),
            Some("exclude constraint"),
            Constraint::Exclude(exclude),
        )
    };
    vec![
        named("check", None, Constraint::Check(check())),
        ck("without name", Check::new("a > 0")),
        ck(
            "per database",
            Check::new(each("a > 0 AND b ~ 'x'", "a > 0 AND b REGEXP 'x'", "a > 0 AND b GLOB '*x*'"))
                .named("t_ck"),
        ),
        ck("only on", check().only_on([DialectName::Postgres])),
        ck("only on / MySQL", check().only_on([DialectName::MySql])),
        ck("not valid", check().not_valid()),
        ck("no inherit", check().no_inherit()),
        ck("not enforced", check().not_enforced()),
        named("exclude constraint", None, Constraint::Exclude(exclude())),
        ex("without name", Exclude::new([("during", "&&")])),
        ex(
            "several elements",
            Exclude::new([("during", "&&"), ("int4range(a, a, '[]')", "=")]).named("t_ex"),
        ),
        ex("using", exclude().using("spgist")),
        ex("predicate", exclude().predicate("a > 0")),
        ex("deferrable", exclude().deferrable(IMMEDIATE)),
        ex("initially deferred", exclude().deferrable(DEFERRED)),
        ex("only on", exclude().only_on([DialectName::Postgres])),
    ]
}

fn parent(op: &mut Operations) {
    op.create_table("parent", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("x", DataType::string(20));
        t.unique("parent_uq", ["x", "id"]);
    });
}

fn columns(t: &mut TableBuilder) {
    t.column("id", DataType::Integer).not_null();
    t.column("a", DataType::Integer).server_default(int(1));
    t.column("b", DataType::string(20));
    let range =
        ColumnType::from(DataType::string(20)).on(DialectName::Postgres, DataType::native("INT4RANGE"));
    t.column("during", range);
}

/// The columns, and what a key to its own table needs.
fn table_with(op: &mut Operations, constraint: Option<Constraint>) {
    op.create_table("t", |t| {
        columns(t);
        t.unique("t_id_uq", ["id"]);
        if let Some(constraint) = constraint {
            add(t, constraint);
        }
    });
}

fn add(t: &mut TableBuilder, constraint: Constraint) {
    match constraint {
        Constraint::PrimaryKey(key) => t.add_primary_key(key),
        Constraint::Unique(unique) => t.add_unique(unique),
        Constraint::ForeignKey(key) => t.foreign_key(key),
        Constraint::Check(check) => t.add_check(check),
        Constraint::Exclude(exclude) => t.exclude(exclude),
        other => panic!("a constraint that the catalogue does not know: {other:?}"),
    }
}

/// What the tables of these cases hold.
fn with_rows(case: Case) -> Case {
    case.rows("parent", ["id", "x"], [[int(1), text("x")]]).rows(
        "t",
        ["id", "a", "b", "during"],
        [
            [int(1), int(1), text("x"), SqlValue::Null],
            [int(2), SqlValue::Null, SqlValue::Null, SqlValue::Null],
        ],
    )
}

pub(super) fn cases(cases: &mut Vec<Case>) {
    for (name, base, constraint) in constraints() {
        let base = |group: &str| base.clone().map(|base| format!("{group} / {base}"));
        let created = constraint.clone();
        let mut case = Case::new(format!("create table / {name}"));
        case.base = base("create table");
        cases.push(case.before(parent).up(|op| table_with(op, Some(created))));

        let mut case = Case::new(format!("add constraint / {name}"));
        case.base = base("add constraint");
        let is_key = matches!(constraint, Constraint::PrimaryKey(_));
        let case = case.before(parent).before(|op| table_with(op, None));
        let case = if is_key { case } else { with_rows(case) };
        cases.push(case.up(|op| op.alter_table("t", |t| t.add_constraint(constraint))));
    }
    drops(cases);
    renames(cases);
    validates(cases);
    several(cases);
}

/// One constraint of each kind, by its name in a path.
fn one_of_each() -> Vec<(String, Constraint)> {
    let plain = |(_, base, _): &Named| base.is_none();
    constraints().into_iter().filter(plain).map(|(name, _, constraint)| (name, constraint)).collect()
}

fn name_of(constraint: &Constraint) -> Name {
    constraint.name().cloned().unwrap_or_else(|| "".into())
}

fn drops(cases: &mut Vec<Case>) {
    for (name, constraint) in one_of_each() {
        let kind = constraint.kind();
        let known = name_of(&constraint);
        let case = |path: String, present: bool| {
            let constraint = present.then(|| constraint.clone());
            let case = Case::new(path).before(parent).before(|op| table_with(op, constraint));
            if name == "primary key" { case } else { with_rows(case) }
        };
        let path = format!("drop constraint / {name}");
        let drop = known.clone();
        cases.push(case(path.clone(), true).up(|op| op.drop_constraint(kind, drop, "t")));
        for (word, present) in [("present", true), ("absent", false)] {
            let drop = known.clone();
            let case = case(format!("{path} / if exists / {word}"), present).base(&path);
            cases.push(case.up(|op| op.alter_table("t", |t| t.drop_constraint_if_exists(kind, drop))));
        }
        let mut unnamed = constraint;
        *unnamed.name_mut() = None;
        drop_described(cases, &name, unnamed.clone(), unnamed);
    }
    let named = Constraint::Check(Check::new("a > 0").named("t_ck"));
    drop_described(cases, "check / that has a name", named, Constraint::Check(Check::new("a > 0")));
}

/// One that has no name goes as it is described, whatever name the database gave it.
fn drop_described(cases: &mut Vec<Case>, name: &str, there: Constraint, described: Constraint) {
    let is_key = there.kind() == ConstraintKind::PrimaryKey;
    let case = Case::new(format!("drop constraint / unnamed / {name}"));
    let case = case.before(parent).before(|op| table_with(op, Some(there)));
    let case = if is_key { case } else { with_rows(case) };
    cases.push(case.up(|op| op.alter_table("t", |t| t.drop_unnamed_constraint(described))));
}

fn renames(cases: &mut Vec<Case>) {
    for (name, constraint) in one_of_each() {
        let (kind, known) = (constraint.kind(), name_of(&constraint));
        let is_key = name == "primary key";
        let case = Case::new(format!("rename constraint / {name}"));
        let case = case.before(parent).before(|op| table_with(op, Some(constraint)));
        let case = if is_key { case } else { with_rows(case) };
        cases.push(case.up(|op| op.rename_constraint(kind, "t", known, "renamed")));
    }
}

fn validates(cases: &mut Vec<Case>) {
    let check = Constraint::Check(Check::new("a > 0").named("t_ck").not_valid());
    let key = ForeignKey::new(["a"], "parent", ["id"]).named("t_fk").not_valid();
    for (name, constraint) in [("check", check), ("foreign key", Constraint::ForeignKey(key))] {
        let (kind, known) = (constraint.kind(), name_of(&constraint));
        let case = Case::new(format!("validate constraint / {name}"));
        let case = with_rows(case.before(parent).before(|op| table_with(op, None)));
        let case = case.before(|op| op.alter_table("t", |t| t.add_constraint(constraint)));
        cases.push(case.up(|op| op.alter_table("t", |t| t.validate_constraint(kind, known))).irreversible());
    }
    // Where every constraint is valid, there is nothing to validate.
    let check = Constraint::Check(Check::new("a > 0").named("t_ck"));
    let case = Case::new("validate constraint / of what is valid");
    let case = with_rows(case.before(parent).before(|op| table_with(op, Some(check))));
    cases.push(case.up(|op| op.alter_table("t", |t| t.validate_constraint(ConstraintKind::Check, "t_ck"))));
}

fn several(cases: &mut Vec<Case>) {
    let case = Case::new("alter table / several changes together");
    let case = case.before(parent).before(|op| {
        table_with(op, Some(Constraint::Check(Check::new("a > 0").named("t_ck"))));
    });
    cases.push(with_rows(case).up(|op| {
        op.alter_table("t", |t| {
            t.drop_constraint(ConstraintKind::Check, "t_ck");
            t.add_column(Column::new("c", DataType::Integer).server_default(int(3)));
            t.alter_column("b").column_type(DataType::string(40));
            t.create_check_constraint("t_ck", "a >= 0");
            t.create_unique_constraint("t_uq", ["a", "b"]);
            t.create_foreign_key(ForeignKey::new(["a"], "parent", ["id"]).named("t_fk"));
        });
    }));
    cases.push(
        Case::new("create table / foreign key / in a circle")
            .up(parent)
            .up(|op| {
                table_with(
                    op,
                    Some(Constraint::ForeignKey(ForeignKey::new(["a"], "parent", ["id"]).named("t_fk"))),
                )
            })
            .up(|op| {
                op.create_foreign_key("parent", ForeignKey::new(["id"], "t", ["id"]).named("parent_fk"));
            }),
    );
    cases.push(
        Case::new("drop table / referred to by a table dropped with it")
            .before(parent)
            .before(|op| {
                table_with(
                    op,
                    Some(Constraint::ForeignKey(ForeignKey::new(["a"], "parent", ["id"]).named("t_fk"))),
                )
            })
            .up(|op| {
                op.push(Operation::DropTable { table: TableName::from("t"), if_exists: false });
                op.drop_table("parent");
            }),
    );
}
