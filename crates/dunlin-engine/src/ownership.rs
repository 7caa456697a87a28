//! No two owners may claim one table or one version table.

use std::collections::BTreeMap;

use dunlin_core::schema::TableName;
use thiserror::Error;

/// What one owner claims.
#[derive(Debug, Clone)]
pub struct Claim<'o> {
    /// The owner's name.
    pub owner: &'o str,
    /// Its version table.
    pub version_table: &'o TableName,
    /// Its tables.
    pub tables: Vec<TableName>,
}

/// Two owners claim the same thing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{first} and {second} both claim the table {table}")]
pub struct Clash {
    /// The owner that was registered earlier.
    pub first: String,
    /// The owner that was registered later.
    pub second: String,
    /// The table, or version table.
    pub table: TableName,
}

/// Checks every owner against every other, version tables included.
///
/// # Errors
/// The first [`Clash`], in the order of registration.
///
/// ```
/// use dunlin_engine::ownership::{Claim, check};
///
/// let version_table = "alembic_version".into();
/// let core = Claim { owner: "core", version_table: &version_table, tables: vec!["dag".into()] };
/// let plugin = Claim { owner: "plugin", version_table: &version_table, tables: vec![] };
/// let clash = check(&[core, plugin]).unwrap_err();
/// assert_eq!(clash.to_string(), "core and plugin both claim the table alembic_version");
/// ```
pub fn check(claims: &[Claim<'_>]) -> Result<(), Clash> {
    let mut owners: BTreeMap<TableName, &str> = BTreeMap::new();
    for claim in claims {
        for table in std::iter::once(claim.version_table).chain(&claim.tables) {
            if let Some(first) = owners.insert(table.clone(), claim.owner) {
                let (first, second) = (first.to_owned(), claim.owner.to_owned());
                return Err(Clash { first, second, table: table.clone() });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_owners_of_one_table_clash_and_schemas_keep_them_apart() {
        let [version_a, version_b] = ["version_a", "version_b"].map(TableName::from);
        let claim = |owner, version_table, schema| {
            let tables = vec![TableName::new(schema, "ticket")];
            Claim { owner, version_table, tables }
        };
        let clash = check(&[claim("a", &version_a, None), claim("b", &version_b, None)]).unwrap_err();
        assert_eq!((clash.first.as_str(), clash.second.as_str()), ("a", "b"));
        assert!(check(&[claim("a", &version_a, None), claim("b", &version_b, Some("other"))]).is_ok());
    }

    #[test]
    fn a_version_table_may_not_be_another_owners_table() {
        let [version_a, version_b] = ["version_a", "version_b"].map(TableName::from);
        let a = Claim { owner: "a", version_table: &version_a, tables: vec!["version_b".into()] };
        let b = Claim { owner: "b", version_table: &version_b, tables: vec![] };
        assert_eq!(check(&[a.clone(), b]).unwrap_err().table, version_b);
        let elsewhere = TableName::new(Some("ops"), "version_b");
        assert!(check(&[a, Claim { owner: "b", version_table: &elsewhere, tables: vec![] }]).is_ok());
    }
}
