//! Every operation with every option, as data.
//!
//! One [`Case`] is an operation with one option, and names the case that it differs from by just that
//! option. What renders operations, what runs them on servers, and `docs/SUPPORT.md` all go through this
//! one list; [`fields`] finds what `dunlin-core` can say and no case says.

mod alter;
mod case;
mod column;
mod constraint;
mod data;
mod exceptions;
pub mod fields;
mod index;
mod names;
mod objects;
mod table;
mod types;

pub use case::Case;
pub use exceptions::{Check, DEFECTS, EXCEPTIONS, Exception, exception};

/// All cases, those of an operation together.
pub fn cases() -> Vec<Case> {
    cases_in("dunlin_catalogue")
}

/// All cases, where the schema that some of them make has a name: on MySQL it stands beside the database.
pub fn cases_in(schema: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    types::cases(&mut cases);
    table::cases(&mut cases, schema);
    column::cases(&mut cases);
    constraint::cases(&mut cases);
    index::cases(&mut cases);
    alter::cases(&mut cases);
    objects::cases(&mut cases, schema);
    data::cases(&mut cases);
    names::cases(&mut cases);
    let mut groups: Vec<String> = Vec::new();
    for case in &cases {
        if groups.iter().all(|known| known != case.group()) {
            groups.push(case.group().to_owned());
        }
    }
    cases.sort_by_key(|case| groups.iter().position(|group| group == case.group()));
    cases
}

#[cfg(test)]
mod tests;
