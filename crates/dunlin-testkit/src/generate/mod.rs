//! Random schemas and random changes of them, valid on the replay and on a database.
//!
//! Numbers are generated, and read as choices against the schema as it is at that point; so a failing
//! scenario shrinks by leaving numbers out. [`code`] prints a scenario as revisions.

mod changes;
mod choices;
mod code;
mod tables;

use dunlin::core::dialect::DialectName;
use dunlin::core::operation::{Operation, reverse};
use dunlin::core::schema::Metadata;
use dunlin::engine::dialect::dialect;
use dunlin::engine::dialect::lower::lower;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};

use crate::catalogue::Case;

use choices::Choices;
pub use code::code;

/// The numbers of a scenario: of its tables, and of its changes.
pub type Numbers = (Vec<Vec<u16>>, Vec<Vec<u16>>);

/// Numbers of one to three tables and of one to eight changes.
pub fn numbers() -> impl Strategy<Value = Numbers> {
    let of_one = || vec(any::<u16>(), 4..40);
    (vec(of_one(), 1..4), vec(of_one(), 1..9))
}

/// The scenario that numbers make on a database: tables with rows, and changes of them.
pub fn scenario(on: DialectName, (tables, changes): &Numbers) -> Case {
    let mut schema = Metadata::default();
    let mut case = Case::new("generated");
    for (at, numbers) in tables.iter().enumerate() {
        let operation = tables::create_table(&mut Choices::new(numbers), on, at, &schema);
        push(on, &mut schema, &mut case.before, operation);
    }
    case.rows = schema.tables().iter().map(tables::insert_rows).collect();
    for (at, numbers) in changes.iter().enumerate() {
        let mut choices = Choices::new(numbers);
        if let Some(operation) = changes::change(&mut choices, on, at, &schema) {
            push(on, &mut schema, &mut case.operations, operation);
        }
    }
    case
}

/// Takes an operation up if it can be played, rendered, and undone.
fn push(on: DialectName, schema: &mut Metadata, operations: &mut Vec<Operation>, operation: Operation) {
    let mut after = schema.clone();
    if after.apply(&operation).is_err() || !renders(on, schema, std::slice::from_ref(&operation)) {
        return;
    }
    match reverse(std::slice::from_ref(&operation), schema) {
        Ok(back) if renders(on, &after, &back) => {
            *schema = after;
            operations.push(operation);
        }
        _ => {}
    }
}

fn renders(on: DialectName, schema: &Metadata, operations: &[Operation]) -> bool {
    let dialect = dialect(on);
    let mut schema = schema.clone();
    operations.iter().all(|operation| {
        let Ok(lowered) = lower(dialect, operation, &schema) else { return false };
        lowered
            .iter()
            .all(|operation| dialect.render(operation, &schema).is_ok() && schema.apply(operation).is_ok())
    })
}
