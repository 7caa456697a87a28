//! The catalogue is whole, and its cases are sound.

use std::collections::BTreeSet;

use dunlin_core::operation::{Operation, reverse};
use dunlin_core::schema::{DataType, IndexElement, Metadata, SqlValue};

use super::fields::{known, said};
use super::{Case, cases};

/// What is meant where nothing is written.
const DEFAULTS: [&str; 4] =
    ["ColumnPosition.last", "EnumPosition.last", "IndexKind.plain", "ReferentialAction.no_action"];

fn played(operations: &[Operation], schema: &mut Metadata) -> Result<(), String> {
    operations.iter().try_for_each(|operation| schema.apply(operation).map_err(|error| error.to_string()))
}

#[test]
fn every_field_and_variant_of_an_operation_is_said_by_a_case() {
    let mut missing = known::<Operation>();
    missing.extend(known::<DataType>());
    missing.extend(known::<SqlValue>());
    for Case { before, operations, .. } in cases() {
        for operation in before.iter().chain(&operations) {
            missing.retain({
                let said = said(operation);
                move |field| !said.contains(field)
            });
        }
    }
    missing.retain(|field| !DEFAULTS.contains(&field.as_str()));
    // What files of SQL say is no change of a schema in words of ours: `sql_directory` in dunlin's tests runs it.
    missing
        .retain(|field| !field.starts_with("Operation.execute_stages") && !field.starts_with("Direction."));
    assert!(missing.is_empty(), "no case says {missing:#?}");
}

/// The fields of an entry are flattened into others, which hides them from [`known`].
#[test]
fn every_field_of_an_index_element_is_said_by_a_case() {
    let fields = |element: &IndexElement| {
        let text = format!("{element:#?}");
        let inner = text.lines().filter_map(|line| line.strip_prefix("    "));
        let inner = inner.filter(|line| !line.starts_with([' ', '}', ')']));
        inner.map(str::to_owned).collect::<BTreeSet<String>>()
    };
    let plain = fields(&IndexElement::column_named("a"));
    let mut missing: BTreeSet<String> = plain.clone();
    missing.retain(|line| !line.starts_with("key:"));
    for case in cases() {
        for operation in &case.operations {
            if let Operation::CreateIndex { index, .. } = operation {
                for element in &index.elements {
                    let said = fields(element);
                    missing.retain(|line| said.contains(line));
                }
            }
        }
    }
    assert!(plain.len() > 4 && missing.is_empty(), "no case says anything but {missing:#?}");
}

#[test]
fn every_case_has_a_name_of_its_own_and_a_base_before_or_behind_it() {
    let cases = cases();
    let mut names = BTreeSet::new();
    for case in &cases {
        assert!(names.insert(case.name.as_str()), "two cases are named {}", case.name);
        assert!(!case.operations.is_empty(), "{} does nothing", case.name);
    }
    for case in &cases {
        if let Some(base) = &case.base {
            assert!(names.contains(base.as_str()), "{} has the base {base}, which there is not", case.name);
        }
    }
}

#[test]
fn every_case_can_be_played_and_reversed_as_it_says() {
    let mut wrong = Vec::new();
    for case in cases() {
        let mut schema = Metadata::default();
        let before = played(&case.before, &mut schema).and_then(|()| played(&case.rows, &mut schema.clone()));
        let reversed = reverse(&case.operations, &schema);
        let mut after = schema.clone();
        let up = played(&case.operations, &mut after);
        for (what, result) in [("before", before), ("up", up)] {
            if let Err(error) = result {
                wrong.push(format!("{} {what}: {error}", case.name));
            }
        }
        match reversed {
            Err(error) if !case.irreversible => wrong.push(format!("{}: {error}", case.name)),
            Ok(operations) if !case.irreversible => {
                if let Err(error) = played(&operations, &mut after) {
                    wrong.push(format!("{} down: {error}", case.name));
                } else if after != schema && !same_but_order(&after, &schema) {
                    wrong.push(format!("{}: {after:#?}\nis not\n{schema:#?}", case.name));
                }
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Tables, indexes and constraints have no order of their own.
fn same_but_order(one: &Metadata, other: &Metadata) -> bool {
    let sorted = |metadata: &Metadata| {
        let mut tables = metadata.tables().to_vec();
        tables.sort_by(|a, b| a.name.cmp(&b.name));
        for table in &mut tables {
            table.indexes.sort_by_key(|index| index.name.clone().map(String::from));
            table.uniques.sort_by_key(|unique| unique.name.clone().map(String::from));
            table.checks.sort_by_key(|check| check.name.clone().map(String::from));
            table.foreign_keys.sort_by_key(|key| key.name.clone().map(String::from));
        }
        (tables, metadata.enum_types.len(), metadata.views.clone(), metadata.objects.len())
    };
    sorted(one) == sorted(other)
}
