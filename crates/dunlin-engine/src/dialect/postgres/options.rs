//! Changes of a table's options.

use dunlin_core::schema::{Table, TableOptions};

use super::{Postgres, index, normal, unsupported};
use crate::dialect::{Dialect, RenderError};

/// The clauses of ALTER TABLE that make of the options of a table other ones. What belongs to other
/// databases is passed over.
pub(super) fn changes(
    dialect: &Postgres,
    from: &TableOptions,
    to: &TableOptions,
) -> Result<Vec<String>, RenderError> {
    let (from, to) = (form(dialect, from), form(dialect, to));
    if from.partition_by != to.partition_by {
        return Err(unsupported(
            "change how a table is partitioned",
            "create a table that is partitioned so, move the rows, and rename it",
        ));
    }
    // The columns that are inherited would have to be added, or dropped, and only the server knows them.
    if from.inherits != to.inherits {
        return Err(unsupported(
            "change what a table inherits from",
            "say it in SQL (`execute_ddl`): `ALTER TABLE … INHERIT …`, and let the table have the columns itself",
        ));
    }
    let mut clauses = Vec::new();
    let is_gone = |name: &&String| !to.storage_parameters.contains_key(*name);
    let gone: Vec<&str> = from.storage_parameters.keys().filter(is_gone).map(String::as_str).collect();
    if !gone.is_empty() {
        clauses.push(format!("RESET ({})", gone.join(", ")));
    }
    let is_new = |(name, value): &(&String, &String)| from.storage_parameters.get(*name) != Some(*value);
    let new = to.storage_parameters.iter().filter(is_new);
    let new: Vec<_> = new.map(|(name, value)| index::parameter(dialect, name, value)).collect();
    if !new.is_empty() {
        clauses.push(format!("SET ({})", new.join(", ")));
    }
    if from.access_method != to.access_method {
        let method = to.access_method.as_deref().unwrap_or("heap");
        clauses.push(format!("SET ACCESS METHOD {}", dialect.quote(method)));
    }
    if from.tablespace != to.tablespace {
        let tablespace = to.tablespace.as_deref().unwrap_or("pg_default");
        clauses.push(format!("SET TABLESPACE {}", dialect.quote(tablespace)));
    }
    if from.unlogged != to.unlogged {
        clauses.push(if to.unlogged { "SET UNLOGGED" } else { "SET LOGGED" }.to_owned());
    }
    Ok(clauses)
}

fn form(dialect: &Postgres, options: &TableOptions) -> TableOptions {
    let mut table = Table::new("");
    table.options = options.clone();
    let key = table.options.partition_by.take();
    table.options.partition_by = key.and_then(|key| key.get(dialect.name()).cloned()).map(Into::into);
    normal::normalize(&mut table);
    table.options
}
