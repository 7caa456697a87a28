//! Applied and reversed, operations leave a schema as it was.

use proptest::prelude::*;

use super::{everything, sorted};
use crate::operation::{
    AlterColumn, Change, ColumnPosition, Irreversible, Operation, TableChange, create_all, reverse,
};
use crate::prelude::*;
use crate::schema::{
    Constraint, Deferrable, EnumChange, EnumType, Exclude, IndexElement, Object, PrimaryKey, SchemaError,
    TableName, View,
};

fn played(before: &Metadata, operations: &[Operation]) -> Metadata {
    let mut metadata = before.clone();
    for operation in operations {
        let result = metadata.apply(operation);
        assert_eq!(result, Ok(()), "{operation:?}");
    }
    metadata
}

/// Plays operations and what reverses them; the schema must be what it was.
fn there_and_back(before: &Metadata, operations: &[Operation]) {
    let back = reverse(operations, before).unwrap_or_else(|e| panic!("{e}: {operations:?}"));
    let after = played(before, operations);
    let again = played(&after, &back);
    assert_eq!(sorted(&again), sorted(before), "{operations:?}\nback: {back:?}");
}

#[test]
fn operations_of_every_kind_can_be_reversed() {
    let schema = everything::schema();
    let operations = everything::operations();
    for end in 1..=operations.len() {
        there_and_back(&schema, &operations[..end]);
    }
    assert_ne!(sorted(&played(&schema, &operations)), sorted(&schema));
}

#[test]
fn everything_can_be_created_and_dropped_and_created() {
    let schema = everything::schema();
    let create = create_all(&schema);
    there_and_back(&Metadata::default(), &create);
    let drop = reverse(&create, &Metadata::default()).unwrap();
    assert_eq!(sorted(&played(&schema, &drop)), Metadata::default());
    there_and_back(&schema, &drop);
}

#[test]
fn what_nothing_undoes_is_said() {
    let schema = everything::schema();
    let said: Vec<String> = everything::one_way()
        .into_iter()
        .map(|operation| reverse(&[operation], &schema).unwrap_err().to_string())
        .collect();
    assert_eq!(
        said,
        [
            "the value 3 added to the enum type library.status cannot be undone",
            "nothing says how to undo the rows inserted into library.book",
            "nothing says how to undo an SQL statement",
            "nothing says how to undo a file of SQL",
            "nothing says how to undo the step a step",
            "nothing says how to undo the backfill of table library.book",
        ]
    );
}

#[test]
fn a_constraint_without_a_name_is_dropped_as_what_it_is_and_an_index_cannot_be() {
    let mut metadata = Metadata::default();
    metadata.table("t", |t| {
        t.column("a", DataType::Integer);
        t.column("b", DataType::Integer).not_null();
    });
    let add = |constraint| Operation::AlterTable {
        table: "t".into(),
        changes: vec![TableChange::AddConstraint { constraint }],
    };
    for constraint in [
        Constraint::Unique(Unique::new(["a"])),
        Constraint::Check(Check::new("a > 0")),
        Constraint::Exclude(Exclude::new([("a", "=")])),
        Constraint::ForeignKey(ForeignKey::new(["a"], "x", ["y"])),
        Constraint::PrimaryKey(PrimaryKey::new(["a", "b"])),
    ] {
        there_and_back(&metadata, &[add(constraint)]);
    }
    let create =
        Operation::CreateIndex { table: "t".into(), index: Index::unnamed(["a"]), if_not_exists: false };
    let what = "the index without a name on table t".to_owned();
    assert_eq!(reverse(&[create], &metadata), Err(Irreversible::Impossible { what }));
}

#[test]
fn what_was_there_or_was_not_is_left_alone_on_the_way_back() {
    let mut schema = everything::schema();
    schema.get_mut(&TableName::new(Some("library"), "book")).unwrap().indexes[0].concurrently = false;
    let named = |name: &str| TableName::new(Some("library"), name);
    let column = Column::new("a", DataType::Integer);
    let change = |change| Operation::AlterTable { table: named("book"), changes: vec![change] };
    let (position, if_not_exists) = (ColumnPosition::First, true);
    for operation in [
        Operation::CreateSchema { name: "library".to_owned(), if_not_exists },
        Operation::DropSchema { name: "no".to_owned(), if_exists: true },
        Operation::DropEnum { name: named("no"), if_exists: true },
        Operation::CreateEnum { enum_type: EnumType::unnamed(["a"]) },
        Operation::CreateTable { table: Table::new(named("book")), if_not_exists },
        Operation::DropTable { table: named("no"), if_exists: true },
        Operation::CreateIndex { table: named("book"), index: Index::new("book_ix", ["b"]), if_not_exists },
        Operation::DropIndex {
            table: named("book"),
            name: "no".into(),
            if_exists: true,
            concurrently: false,
        },
        Operation::DropView { name: named("no"), materialized: false, if_exists: true },
        change(TableChange::AddColumn { column, position, if_not_exists }),
        change(TableChange::DropColumn { name: "no".to_owned(), if_exists: true }),
        change(TableChange::DropConstraint {
            kind: ConstraintKind::Check,
            name: "no".into(),
            if_exists: true,
        }),
    ] {
        let operations = [operation];
        assert_eq!(reverse(&operations, &schema), Ok(Vec::new()), "{operations:?}");
        assert_eq!(played(&schema, &operations), schema, "{operations:?}");
    }
}

#[test]
fn an_object_comes_back_if_it_is_known_what_creates_it() {
    let create = Object::new("function f()").create("CREATE FUNCTION f()").drop("DROP FUNCTION f()");
    let drop = Object::new("function f()").drop("DROP FUNCTION f()");
    let mut known = Metadata::default();
    known.object(create.clone());
    assert_eq!(
        reverse(&[Operation::DropObject { object: drop.clone() }], &known),
        Ok(vec![Operation::CreateObject { object: create.clone() }])
    );
    let mut halves = Metadata::default();
    halves.object(drop.clone());
    let error = reverse(&[Operation::DropObject { object: drop }], &halves).unwrap_err();
    assert_eq!(error.to_string(), "nothing says how to undo the dropped function f()");
    let object = Object::new("function g()").create("CREATE FUNCTION g()");
    let error = reverse(&[Operation::CreateObject { object }], &halves).unwrap_err();
    assert_eq!(error.to_string(), "nothing says how to undo the function g()");
}

#[test]
fn operations_that_do_not_fit_are_an_error_of_the_schema() {
    let drop = Operation::DropTable { table: "no".into(), if_exists: false };
    let no_table = SchemaError::NoTable { table: "no".into() };
    assert_eq!(reverse(&[drop], &Metadata::default()), Err(no_table.into()));
}

/// Choices, drawn beforehand: a case that fails is made of fewer and smaller ones.
struct Draw<'c> {
    choices: std::slice::Iter<'c, u8>,
}

impl Draw<'_> {
    fn below(&mut self, limit: usize) -> usize {
        self.choices.next().map_or(0, |choice| usize::from(*choice) % limit.max(1))
    }

    fn of<'i, T>(&mut self, items: &'i [T]) -> Option<&'i T> {
        items.get(self.below(items.len()))
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 1
    }
}

fn data_type(draw: &mut Draw<'_>, metadata: &Metadata) -> DataType {
    match (draw.below(4), draw.of(&metadata.enum_types)) {
        (0, Some(known)) => DataType::Enum(known.clone()),
        (1, _) => DataType::Integer,
        (2, _) => DataType::string(10).collate("C"),
        _ => DataType::Text.array(),
    }
}

/// One change of `table`, which may not be possible.
fn change(draw: &mut Draw<'_>, metadata: &Metadata, table: &Table, fresh: &str) -> Option<TableChange> {
    let column = draw.of(&table.columns)?.name.clone();
    let constraints: Vec<Constraint> = table.constraints().filter(|known| known.name().is_some()).collect();
    let constraint = draw.of(&constraints).cloned();
    Some(match draw.below(12) {
        0 | 1 => {
            let column_type = data_type(draw, metadata);
            let position = match draw.below(3) {
                0 => ColumnPosition::Last,
                1 => ColumnPosition::First,
                _ => ColumnPosition::After(column),
            };
            let column = Column::new(fresh, column_type).comment("new");
            TableChange::AddColumn { column, position, if_not_exists: draw.yes() }
        }
        2 | 3 => TableChange::DropColumn { name: column, if_exists: draw.yes() },
        4 => {
            let mut alter = AlterColumn::new(column);
            alter.rename = Some(fresh.to_owned());
            alter.nullable = Some(draw.yes());
            alter.column_type = Some(data_type(draw, metadata).into());
            alter.into()
        }
        5 => {
            let mut alter = AlterColumn::new(column);
            let default = [Change::Set(SqlValue::text("x").into()), Change::Drop];
            alter.server_default = draw.of(&default).cloned();
            alter.comment = Some(Change::Drop);
            alter.autoincrement = Some(draw.yes());
            alter.into()
        }
        6 => TableChange::AddConstraint {
            constraint: match draw.below(5) {
                0 => Constraint::Unique(Unique::new([column]).named(fresh)),
                1 => Constraint::Check(Check::new("1 = 1").named(fresh).not_valid()),
                2 => Constraint::PrimaryKey(PrimaryKey::new([column]).named(fresh)),
                3 => Constraint::Exclude(Exclude::new([("a", "=")]).named(fresh)),
                _ => Constraint::Unique(
                    Unique::new([column.clone(), draw.of(&table.columns)?.name.clone()]).named(fresh),
                ),
            },
        },
        7 => {
            let other = draw.of(metadata.tables())?;
            let key = ForeignKey::new([column], other.name.clone(), [draw.of(&other.columns)?.name.clone()])
                .named(fresh)
                .deferrable(Deferrable::InitiallyDeferred);
            TableChange::AddConstraint { constraint: Constraint::ForeignKey(key) }
        }
        8 | 9 => TableChange::DropConstraint {
            kind: constraint.as_ref()?.kind(),
            name: constraint.as_ref()?.name()?.clone(),
            if_exists: false,
        },
        10 => TableChange::RenameConstraint {
            kind: constraint.as_ref()?.kind(),
            from: constraint.as_ref()?.name()?.clone(),
            to: fresh.into(),
        },
        _ => TableChange::SetComment { comment: draw.yes().then(|| fresh.to_owned()) },
    })
}

/// One operation, which may not be possible.
fn operation(draw: &mut Draw<'_>, metadata: &Metadata, number: usize) -> Option<Operation> {
    let fresh = format!("n{number}");
    let table = draw.of(metadata.tables());
    Some(match draw.below(14) {
        0 => Operation::CreateTable {
            table: Table::build(fresh.as_str(), |t| {
                t.column("id", DataType::Integer);
                t.column("a", data_type(draw, metadata));
                t.primary_key(format!("{fresh}_pkey"), ["id"]);
                t.index(format!("{fresh}_ix"), ["a"]);
            }),
            if_not_exists: draw.yes(),
        },
        1 => Operation::DropTable { table: table?.name.clone(), if_exists: draw.yes() },
        2 => Operation::RenameTable { table: table?.name.clone(), to: fresh },
        3..=7 => {
            let mut altered = table?.clone();
            let mut changes = Vec::new();
            for at in 0..=draw.below(4) {
                let next = change(draw, metadata, &altered, &format!("{fresh}_{at}"));
                // One that is not possible would make all of them impossible.
                let mut tried = altered.clone();
                if let Some(change) = next.filter(|change| tried.apply(change).is_ok()) {
                    altered = tried;
                    changes.push(change);
                }
            }
            Operation::AlterTable { table: altered.name, changes }
        }
        8 => {
            let column = draw.of(&table?.columns)?.name.clone();
            let elements = [vec![column.as_str().into()], vec![IndexElement::expression("1"), column.into()]];
            let index = Index::new(fresh, draw.of(&elements)?.clone());
            let index = if draw.yes() { index.concurrently() } else { index };
            Operation::CreateIndex { table: table?.name.clone(), index, if_not_exists: draw.yes() }
        }
        9 => Operation::DropIndex {
            table: table?.name.clone(),
            name: draw.of(&table?.indexes)?.name.clone()?,
            if_exists: draw.yes(),
            concurrently: draw.yes(),
        },
        10 => Operation::RenameIndex {
            table: table?.name.clone(),
            from: draw.of(&table?.indexes)?.name.clone()?,
            to: fresh.into(),
        },
        11 => Operation::CreateEnum { enum_type: EnumType::new(fresh.as_str(), ["a", "b"]) },
        12 => {
            let known = draw.of(&metadata.enum_types)?;
            let (name, from) = (known.name.clone()?, draw.of(&known.values)?.clone());
            match draw.yes() {
                true => Operation::DropEnum { name, if_exists: draw.yes() },
                false => {
                    Operation::AlterEnum { name, changes: vec![EnumChange::RenameValue { from, to: fresh }] }
                }
            }
        }
        _ => match draw.of(&metadata.views) {
            Some(view) if draw.yes() => {
                Operation::DropView { name: view.name.clone(), materialized: false, if_exists: false }
            }
            Some(view) if draw.yes() => {
                let view = View { query: fresh.as_str().into(), ..view.clone() };
                Operation::CreateView { view, or_replace: true }
            }
            _ => {
                Operation::CreateView { view: View::new(fresh.as_str(), "SELECT 1"), or_replace: draw.yes() }
            }
        },
    })
}

/// Operations that are possible one after the other.
fn operations(choices: &[u8], before: &Metadata) -> Vec<Operation> {
    let mut draw = Draw { choices: choices.iter() };
    let (mut metadata, mut operations) = (before.clone(), Vec::new());
    for number in 0..40 {
        if draw.choices.len() == 0 {
            break;
        }
        if let Some(operation) = operation(&mut draw, &metadata, number)
            && metadata.apply(&operation).is_ok()
        {
            operations.push(operation);
        }
    }
    operations
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_can_be_done_can_be_undone(choices in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut before = Metadata::default();
        before.enum_type(EnumType::new("status", ["open", "closed"]));
        for name in ["a", "b"] {
            before.table(name, |t| {
                t.column("id", DataType::Integer);
                t.column("a", DataType::Text).comment("a");
                t.column("b", DataType::enumeration("status", ["open", "closed"]));
                t.primary_key(format!("{name}_pkey"), ["id"]);
                t.index(format!("{name}_ix"), ["a"]);
                t.unique(format!("{name}_uq"), ["b"]);
                t.foreign_key(ForeignKey::new(["id"], "a", ["id"]).named(format!("{name}_fk")));
            });
        }
        there_and_back(&before, &operations(&choices, &before));
    }
}
