//! What a comparison makes of a case: the database against the models before and after it.

use dunlin::core::operation::{Operation, create_all};
use dunlin::core::prelude::*;
use dunlin::core::session::Session as _;
use dunlin::engine::compare::describe;
use dunlin::engine::history::Target;
use dunlin::engine::plan::Intent;
use dunlin::{CompareOptions, Drift, LockKey, Migrator};

use super::{Names, Server, chain, created_at_once, same};
use crate::catalogue::Case;
use crate::dump::VERSION_TABLE;

/// What came of a comparison that was as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    /// The database does not have it, or raw SQL makes it, whose outcome no model knows.
    Beside,
    /// Nothing was found where nothing differs; what was found led to the models, and back.
    Converged {
        /// How many operations it took there.
        operations: usize,
    },
}

/// The revision that a comparison made.
const COMPARED: &str = "compared";

impl Server<'_> {
    /// Compares the database that a case begins with, with models of just that (which must find nothing)
    /// and with models of what the case leaves. What is found is run, and compared again; so is the way
    /// back. The dumps must be those of databases created at once.
    ///
    /// # Errors
    /// What is not as it should be, in words; the database is empty again.
    pub async fn check_comparison(&mut self, case: &Case) -> Result<Compared, String> {
        self.beside.clear();
        self.is_empty = false;
        let result = self.try_comparison(case).await;
        if result != Ok(Compared::Beside) {
            self.wipe().await;
        }
        // A temporary table stays with its session, and hides others of its name.
        let temporary = |operation: &Operation| matches!(operation, Operation::CreateTable { table, .. } if table.options.temporary);
        if result.is_err() || case.before.iter().chain(&case.operations).any(temporary) {
            let fresh = self.db.connect().await;
            std::mem::replace(&mut self.database, fresh).close().await;
        }
        result
    }

    async fn try_comparison(&mut self, case: &Case) -> Result<Compared, String> {
        let opaque = |operation: &Operation| matches!(operation, Operation::Execute { ddl: true, .. });
        let dialect = self.database.dialect();
        let migrator = self.migrator(case.migrations());
        let up = Intent::Upgrade { target: None, use_migration_files: true };
        let is_refused = migrator.offline_script(dialect, "owner", &up, &Target::BASE).await.is_err();
        if is_refused || case.before.iter().chain(&case.operations).any(opaque) {
            return Ok(Compared::Beside);
        }
        self.beside = case.schemas().into_iter().map(str::to_owned).collect();
        let owner = &migrator.owners()[0];
        let at = |revision: &str| owner.replay(&[revision.into()]).map_err(|error| chain(&error));
        let (before, after) = (at(Case::BEFORE)?, at(Case::CASE)?);
        let [first, _] = case.migrations();
        let renames = renames(case, &before);
        // No comparison knows what rows have in a column that must have something.
        let mut rowless = case.clone();
        rowless.rows.clear();
        let needs_values = needs_values(&before, &after, &renames) || needs_values(&after, &before, &renames);
        let case = if needs_values { &rowless } else { case };

        let created = |why: String| format!("created: {why}");
        let dump_fresh = self.fresh(&after).await.map_err(created)?;
        let dump_before_fresh = self.fresh(&before).await.map_err(created)?;
        self.wipe().await;
        self.begin(&migrator, case).await?;
        let (dump_before, rows_before) = self.state().await;
        let is_as_created = unordered(&dump_before) == unordered(&dump_before_fresh);

        let drift = self.drift(&before, vec![first.clone()], &[]).await?;
        nothing("unchanged", dialect, &drift)?;
        let drift = match self.drift(&after, vec![first.clone()], &renames).await {
            Ok(drift) => drift,
            // A name that goes to one thing from another is no rename, and the rows do not follow it.
            Err(_) if !renames.is_empty() => {
                self.wipe().await;
                self.begin(&self.migrator(case.migrations()), &rowless).await?;
                self.drift(&after, vec![first.clone()], &[]).await?
            }
            Err(why) => return Err(why),
        };
        let said = said(dialect, &drift);
        let found = drift.comparison;
        let record = |operations: &[Operation]| {
            let operations = operations.to_vec();
            move |op: &mut Operations| operations.iter().cloned().for_each(|operation| op.push(operation))
        };
        let compared = Migration::new(
            Revision::new(COMPARED).down_revision(Case::BEFORE),
            record(&found.upgrade),
            record(&found.downgrade),
        );
        let history = vec![first.clone(), compared];
        let migrator = self.migrator_of(&after, history.clone());
        let target = migrator.owners()[0].history().target(COMPARED).map_err(|error| chain(&error))?;
        let up = Intent::Upgrade { target: Some(target), use_migration_files: true };
        let run = migrator.run(&mut self.database, "owner", up, &mut |_| {}).await;
        run.map_err(|failure| format!("up: {}\n{said}", chain(&failure.source)))?;
        let (dump_after, rows_after) = self.state().await;
        let drift = self.drift(&after, history.clone(), &[]).await?;
        nothing("up", dialect, &drift).map_err(|why| format!("{why}\nfrom\n{said}"))?;
        if is_as_created {
            same("up", &unordered(&dump_fresh), &unordered(&dump_after))
                .map_err(|why| format!("{why}\nfrom\n{said}"))?;
        }
        if renames.len() == found.renames.len() {
            self.compare_rows(case, &rows_before, &rows_after, true)
                .map_err(|lost| format!("up: {lost}\n{said}"))?;
        }
        let back = said_of(dialect, &found.downgrade, &drift);
        match self.down(&migrator, Case::BEFORE, "down").await {
            // Its rows have nothing to come back with.
            Err(_) if case.irreversible => {
                return Ok(Compared::Converged { operations: found.upgrade.len() });
            }
            down => down.map_err(|why| format!("{why}\n{back}"))?,
        }
        let dump_again = self.dump().await;
        let drift = self.drift(&before, vec![first], &[]).await?;
        nothing("down", dialect, &drift).map_err(|why| format!("{why}\nfrom\n{back}"))?;
        if is_as_created {
            same("down", &unordered(&dump_before), &unordered(&dump_again))
                .map_err(|why| format!("{why}\nfrom\n{back}"))?;
        }
        Ok(Compared::Converged { operations: found.upgrade.len() })
    }

    /// The dump of a database that is created at once.
    async fn fresh(&mut self, schema: &Metadata) -> Result<String, String> {
        self.wipe().await;
        let mut played = Metadata::default();
        for operation in create_all(schema) {
            let statements = self.rendered(&operation, &mut played).map_err(|error| chain(&error))?;
            for sql in statements {
                let run = self.database.execute(&sql).await;
                run.map_err(|error| format!("{sql}: {error}: {:?}", error.source()))?;
            }
        }
        Ok(self.dump().await)
    }

    async fn drift(
        &mut self,
        models: &Metadata,
        history: Vec<Migration>,
        renames: &[String],
    ) -> Result<Drift, String> {
        let options = renames.iter().fold(CompareOptions::default(), |o, rename| o.rename(rename));
        let migrator = self.migrator_of(models, history);
        let drift = migrator.compare(&mut self.database, "owner", &options).await;
        drift.map_err(|error| chain(&error))
    }

    fn migrator_of(&self, models: &Metadata, history: Vec<Migration>) -> Migrator {
        let models = models.clone();
        let manager = DbManager::new("owner", VERSION_TABLE).models(move |_| models.clone());
        let key = LockKey::new(7, self.db.name());
        Migrator::new([manager.migrations(history)], &HostContext::default(), key)
            .unwrap_or_else(|error| panic!("{error}"))
    }
}

/// Whether a table gets a column that must have a value which nobody says, and that is renamed by nobody.
fn needs_values(from: &Metadata, to: &Metadata, renames: &[String]) -> bool {
    to.tables().iter().any(|table| {
        let pairs = renames.iter().filter_map(|rename| rename.split_once('='));
        let other_name = pairs.flat_map(|(old, new)| [(old, new), (new, old)]);
        let mut other_name = other_name.filter(|(_, name)| *name == table.name.to_string());
        let before = other_name.find_map(|(other, _)| from.get(&other.into())).or(from.get(&table.name));
        let Some(before) = before else { return false };
        let said = |column: &Column| {
            column.server_default.is_some() || column.computed.is_some() || column.identity.is_some()
        };
        let is_renamed = |column: &Column| {
            let mut names = renames.iter().flat_map(|rename| rename.split(['.', '=']));
            names.any(|name| name == column.name)
        };
        table.columns.iter().any(|column| {
            !column.nullable && !said(column) && !is_renamed(column) && before.column(&column.name).is_none()
        })
    })
}

/// What the operations of a case rename of what is there before.
fn renames(case: &Case, before: &Metadata) -> Vec<String> {
    let names = Names::of(case);
    let mut renames = Vec::new();
    for table in before.tables() {
        let name = &table.name;
        let Some(now) = names.table(&name.name) else { continue };
        if now != name.name {
            renames.push(format!("{name}={now}"));
        }
        for column in &table.columns {
            let now = names.column(&name.name, &column.name).filter(|now| *now != column.name);
            renames.extend(now.map(|now| format!("{name}.{}={now}", column.name)));
        }
    }
    for operation in &case.operations {
        if let Operation::AlterEnum { name, changes } = operation {
            for change in changes {
                if let dunlin::core::schema::EnumChange::RenameValue { from, to } = change {
                    renames.push(format!("{name}.{from}={to}"));
                }
            }
        }
    }
    renames
}

fn nothing(what: &str, dialect: &dyn dunlin::engine::dialect::Dialect, drift: &Drift) -> Result<(), String> {
    match drift.comparison.is_empty() {
        true => Ok(()),
        false => Err(format!("{what}: found where nothing differs:\n{}", said(dialect, drift))),
    }
}

fn said(dialect: &dyn dunlin::engine::dialect::Dialect, drift: &Drift) -> String {
    said_of(dialect, &drift.comparison.upgrade, drift)
}

fn said_of(
    dialect: &dyn dunlin::engine::dialect::Dialect,
    operations: &[Operation],
    drift: &Drift,
) -> String {
    let lines: Vec<String> =
        operations.iter().flat_map(|operation| describe(dialect, operation, &drift.from)).collect();
    lines.iter().map(|line| format!("  {line}\n")).collect()
}

/// A dump without the order of a table's columns, where a column's own constraint is its table's: SQLite adds
/// a column together with its check.
fn unordered(dump: &str) -> String {
    let dump = created_at_once(dump, &[]);
    let line = |line: &str| {
        let line = line.trim().trim_end_matches(',');
        let mut parts: Vec<&str> = line.split(" | ").collect();
        if let ["column", _, _, ..] = parts.as_slice() {
            parts.remove(2);
            return parts.join(" | ");
        }
        match line.split_once(": ") {
            Some((table, columns)) if columns.contains("; ") => {
                let mut columns: Vec<&str> = columns.split("; ").collect();
                columns.sort_unstable();
                format!("{table}: {}", columns.join("; "))
            }
            _ => line.to_owned(),
        }
    };
    let apart = |line: &'_ str| match line.trim_start().find(" CONSTRAINT ") {
        Some(at) => {
            let (column, constraint) = line.trim_start().split_at(at);
            vec![column.to_owned(), constraint.trim_start().to_owned()]
        }
        None => vec![line.to_owned()],
    };
    let mut lines: Vec<String> = dump.lines().flat_map(apart).map(|text| line(&text)).collect();
    lines.sort_unstable();
    lines.join("\n")
}
