//! A case of the catalogue on a real server.

mod comparison;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use dunlin::core::dialect::DialectName;
use dunlin::core::operation::{Operation, TableChange, create_all};
use dunlin::core::prelude::*;
use dunlin::core::session::Session as _;
use dunlin::engine::dialect::RenderError;
use dunlin::engine::dialect::lower::lower;
use dunlin::engine::history::Target;
use dunlin::engine::plan::Intent;
use dunlin::{Database, LockKey, Migrator};

use crate::catalogue::Case;
use crate::database::TestDatabase;
use crate::dump::{Rows, VERSION_TABLE, dump, rows, wipe};

pub use comparison::Compared;

/// A database on which one case is tried after the other; it is empty between them.
pub struct Server<'d> {
    db: &'d TestDatabase,
    database: Database,
    beside: Vec<String>,
    /// Whether nothing but the version table is there.
    is_empty: bool,
}

/// What came of a case that was as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The database does not have it: refused before anything ran.
    Refused(String),
    /// It was done and undone.
    Done {
        /// The dump with it.
        dump: String,
        /// What differs when the introspected schema is created anew; none where it says all.
        not_introspected: Option<String>,
        /// What differs when the schema is created at once, as the models would.
        not_as_created: Option<String>,
        /// What differs after the script ran through the database's own client.
        not_offline: Option<String>,
    },
}

impl<'d> Server<'d> {
    /// Connects.
    pub async fn new(db: &'d TestDatabase) -> Self {
        Self { db, database: db.connect().await, beside: Vec::new(), is_empty: true }
    }

    /// Runs a case up, down, and up again as a script.
    ///
    /// # Errors
    /// What is not as it should be, in words; the database is empty again.
    pub async fn check(&mut self, case: &Case) -> Result<Verdict, String> {
        self.beside.clear();
        self.is_empty = false;
        let result = self.try_case(case).await;
        if !matches!(result, Ok(Verdict::Refused(_))) {
            self.wipe().await;
        }
        if result.is_err() {
            // A run that failed may have left a transaction or a lock behind.
            let fresh = self.db.connect().await;
            std::mem::replace(&mut self.database, fresh).close().await;
        }
        result
    }

    async fn try_case(&mut self, case: &Case) -> Result<Verdict, String> {
        let dialect = self.database.dialect();
        let migrator = self.migrator(case.migrations());
        let up = Intent::Upgrade { target: None, use_migration_files: true };
        if let Err(error) = migrator.offline_script(dialect, "owner", &up, &Target::BASE).await {
            return Ok(Verdict::Refused(chain(&error)));
        }
        self.beside = case.schemas().into_iter().map(str::to_owned).collect();
        let empty = self.dump().await;
        self.begin(&migrator, case).await?;
        let (dump_before, rows_before) = self.state().await;

        let script = migrator.script(&mut self.database, "owner", &up).await;
        let script = script.map_err(|error| format!("there is no script: {}", chain(&error)))?;
        let upgrade = migrator.run(&mut self.database, "owner", up, &mut |_| {}).await;
        upgrade.map_err(|failure| format!("up: {}\n{}", chain(&failure.source), script.as_str()))?;
        let (dump_after, rows_after) = self.state().await;
        self.compare_rows(case, &rows_before, &rows_after, true)
            .map_err(|lost| format!("up: {lost}\n{}", script.as_str()))?;
        let replayed = migrator.owners()[0].replay(&[Case::CASE.into()]);
        let schema = replayed.map_err(|error| chain(&error))?;
        // No names are all tables of the default schema.
        let tables = schema.tables().iter().map(|table| &table.name);
        let types = schema.enum_types.iter().filter_map(|enum_type| enum_type.name.as_ref());
        let names: Vec<_> = tables.chain(types).cloned().collect();
        let names = if names.iter().any(|name| name.schema.is_some()) { names } else { Vec::new() };
        let introspected = self.database.introspect(&names).await;
        let introspected = introspected.map_err(|error| format!("introspection: {}", chain(&error)))?;

        if case.irreversible {
            self.wipe().await;
            self.begin(&migrator, case).await?;
        } else {
            self.down(&migrator, Case::BEFORE, "down").await?;
            let (dump_again, rows_again) = self.state().await;
            same("down", &dump_before, &dump_again)?;
            self.compare_rows(case, &rows_before, &rows_again, false)
                .map_err(|lost| format!("down: {lost}"))?;
        }

        let not_offline = match self.db.run_script(script.as_str()) {
            Err(said) => Some(format!("{said}\n{}", script.as_str())),
            Ok(()) => {
                let (dump_offline, rows_offline) = self.state().await;
                let rows = (rows_offline != rows_after)
                    .then(|| format!("{rows_after:?}\nbut offline\n{rows_offline:?}"));
                same("offline", &dump_after, &dump_offline).err().or(rows)
            }
        };
        if !case.irreversible && not_offline.is_none() {
            self.down(&migrator, Case::BEFORE, "down again").await?;
            self.down(&migrator, "base", "down to the base").await?;
            same("down to the base", &empty, &self.dump().await)?;
            self.is_empty = true;
        }

        let not_introspected =
            self.created(introspected, &dump_after, &["schema ", "trigger ", "function ", "sequence "]).await;
        let alters = |operation: &Operation| !matches!(operation, Operation::CreateTable { .. });
        let not_as_created = match case.operations.iter().any(alters) {
            true => self.created(schema, &dump_after, &[]).await,
            false => None,
        };
        Ok(Verdict::Done { dump: dump_after, not_introspected, not_as_created, not_offline })
    }

    fn migrator(&self, migrations: impl IntoIterator<Item = Migration>) -> Migrator {
        let manager = DbManager::new("owner", VERSION_TABLE).migrations(migrations);
        let key = LockKey::new(7, self.db.name());
        Migrator::new([manager], &HostContext::default(), key).unwrap_or_else(|error| panic!("{error}"))
    }

    async fn begin(&mut self, migrator: &Migrator, case: &Case) -> Result<(), String> {
        let target = migrator.owners()[0].history().target(Case::BEFORE).map_err(|error| chain(&error))?;
        let intent = Intent::Upgrade { target: Some(target), use_migration_files: true };
        let run = migrator.run(&mut self.database, "owner", intent, &mut |_| {}).await;
        run.map_err(|failure| format!("before: {}", chain(&failure.source)))?;
        for operation in &case.rows {
            let rendered = self.database.dialect().render(operation, &Metadata::default());
            for sql in rendered.map_err(|error| chain(&error))?.statements {
                let run = self.database.execute(&sql).await;
                run.map_err(|error| format!("before: {sql}: {error}: {:?}", error.source()))?;
            }
        }
        Ok(())
    }

    async fn down(&mut self, migrator: &Migrator, to: &str, what: &str) -> Result<(), String> {
        let target = migrator.owners()[0].history().target(to).map_err(|error| chain(&error))?;
        let intent = Intent::Downgrade { target };
        let run = migrator.run(&mut self.database, "owner", intent, &mut |_| {}).await;
        run.map(drop).map_err(|failure| format!("{what}: {}", chain(&failure.source)))
    }

    async fn dump(&mut self) -> String {
        let beside: Vec<&str> = self.beside.iter().map(String::as_str).collect();
        dump(&mut self.database, &beside).await
    }

    async fn wipe(&mut self) {
        let beside: Vec<&str> = self.beside.iter().map(String::as_str).collect();
        wipe(&mut self.database, self.db.name(), &beside).await;
    }

    async fn state(&mut self) -> (String, Rows) {
        (self.dump().await, rows(&mut self.database).await)
    }

    /// What differs when a schema is created in an empty database, but for lines that begin with some words.
    async fn created(&mut self, mut schema: Metadata, expected: &str, but_for: &[&str]) -> Option<String> {
        if !std::mem::take(&mut self.is_empty) {
            self.wipe().await;
        }
        schema.remove(&VERSION_TABLE.into());
        let tables = schema.tables().iter().map(|table| &table.name);
        let types = schema.enum_types.iter().filter_map(|enum_type| enum_type.name.as_ref());
        let used = tables.chain(types).filter_map(|name| name.schema.clone());
        for name in used.collect::<BTreeSet<_>>() {
            if !schema.schemas.contains(&name) {
                schema.schemas.push(name);
            }
        }
        let operations = create_all(&schema);
        let mut played = Metadata::default();
        for operation in &operations {
            let sql = match self.rendered(operation, &mut played) {
                Ok(sql) => sql,
                Err(error) => return Some(chain(&error)),
            };
            for sql in sql {
                if let Err(error) = self.database.execute(&sql).await {
                    return Some(format!("{sql}: {error}: {:?}", error.source()));
                }
            }
        }
        let found = self.dump().await;
        same("created", &created_at_once(expected, but_for), &created_at_once(&found, but_for)).err()
    }

    /// The statements of an operation, which is then played.
    fn rendered(&self, operation: &Operation, played: &mut Metadata) -> Result<Vec<String>, RenderError> {
        let dialect = self.database.dialect();
        let mut statements = Vec::new();
        for operation in lower(dialect, operation, played)? {
            statements.extend(dialect.render(&operation, played)?.statements);
            played.apply(&operation)?;
        }
        Ok(statements)
    }

    /// Rows that were there are there, with the values they had.
    fn compare_rows(&self, case: &Case, before: &Rows, after: &Rows, up: bool) -> Result<(), String> {
        let names = Names::of(case);
        for (table, rows) in before {
            let now = if up { names.table(table) } else { Some(table.clone()) };
            if names.table(table).is_none() {
                continue;
            }
            let Some(now) = now.and_then(|now| after.get(&now)) else {
                return Err(format!("table {table} is gone"));
            };
            let changed = |column: &&String| {
                case.changes_values_of.iter().any(|(of, name)| &of.name == table && &name == column)
            };
            let lost = |column: &&String| changed(column) || names.column(table, column).is_none();
            let kept: Vec<&str> = rows.columns.iter().filter(|c| !lost(c)).map(String::as_str).collect();
            let renamed = kept.iter().map(|column| match up {
                true => names.column(table, column).unwrap_or_default(),
                false => (*column).to_owned(),
            });
            let renamed: Vec<String> = renamed.collect();
            let renamed: Vec<&str> = renamed.iter().map(String::as_str).collect();
            let (had, has) = (rows.of(&kept), now.of(&renamed));
            let inserted = up && case.operations.iter().any(Operation::is_data);
            let kept = match (&had, &has) {
                (Some(had), Some(has)) if inserted => had.iter().all(|row| has.contains(row)),
                _ => had == has,
            };
            if !kept {
                return Err(format!("the rows of {table} were\n{had:?}\nand are\n{has:?}"));
            }
        }
        Ok(())
    }
}

/// The names that tables and columns have after a case.
struct Names {
    tables: BTreeMap<String, Option<String>>,
    /// By table and column before; none where it is dropped.
    columns: BTreeMap<(String, String), Option<String>>,
}

impl Names {
    fn of(case: &Case) -> Self {
        let mut names = Self { tables: BTreeMap::new(), columns: BTreeMap::new() };
        for operation in &case.operations {
            match operation {
                Operation::DropTable { table, .. } => {
                    names.tables.insert(names.before(&table.name), None);
                }
                Operation::RenameTable { table, to } => {
                    names.tables.insert(names.before(&table.name), Some(to.clone()));
                }
                Operation::AlterTable { table, changes } => {
                    let table = names.before(&table.name);
                    for change in changes {
                        let (now, to) = match change {
                            TableChange::AlterColumn(alter) if alter.rename.is_some() => {
                                (&alter.name, alter.rename.clone())
                            }
                            TableChange::DropColumn { name, .. } => (name, None),
                            _ => continue,
                        };
                        let mut known = names.columns.iter();
                        let of_it = known.find(|((t, _), known)| *t == table && known.as_ref() == Some(now));
                        let column = of_it.map_or_else(|| now.clone(), |((_, column), _)| column.clone());
                        names.columns.insert((table.clone(), column), to);
                    }
                }
                _ => {}
            }
        }
        names
    }

    fn before(&self, now: &str) -> String {
        let known = self.tables.iter().find(|(_, to)| to.as_deref() == Some(now));
        known.map_or_else(|| now.to_owned(), |(before, _)| before.clone())
    }

    fn table(&self, before: &str) -> Option<String> {
        self.tables.get(before).map_or_else(|| Some(before.to_owned()), Clone::clone)
    }

    fn column(&self, table: &str, before: &str) -> Option<String> {
        let key = (table.to_owned(), before.to_owned());
        self.columns.get(&key).map_or_else(|| Some(before.to_owned()), Clone::clone)
    }
}

/// A dump without what rows and earlier names leave in it, and without lines that begin with some words.
fn created_at_once(dump: &str, but_for: &[&str]) -> String {
    let mut lines = Vec::new();
    let left_out =
        |line: &&str| line.starts_with("counted ") || but_for.iter().any(|word| line.starts_with(word));
    for line in dump.lines().filter(|line| !left_out(line)) {
        // The sequence of a SERIAL column keeps the name that its table had.
        if let Some((head, tail)) = line.split_once(" default=nextval('") {
            let rest = tail.split_once("'::regclass)").map_or("", |(_, rest)| rest);
            lines.push(format!("{head} default=nextval{rest}"));
            continue;
        }
        if let Some((_, tail)) = line.strip_prefix("sequence ").and_then(|rest| rest.split_once("_seq")) {
            lines.push(format!("sequence{}", tail.trim_start_matches('"')));
            continue;
        }
        match line.split_once(" AUTO_INCREMENT=") {
            Some((head, tail)) if line.starts_with(')') => {
                let rest = tail.trim_start_matches(|c: char| c.is_ascii_digit());
                lines.push(format!("{head}{rest}"));
            }
            _ => lines.push(without_needless_quotes(line)),
        }
    }
    // Without their names they have no order.
    let (mut sequences, mut rest): (Vec<_>, Vec<_>) =
        lines.into_iter().partition(|line| line.starts_with("sequence "));
    sequences.sort_unstable();
    rest.extend(sequences);
    rest.join("\n")
}

/// `"a" > 0` is `a > 0`: SQLite writes a column's new name with quotes, whoever typed the old one.
fn without_needless_quotes(line: &str) -> String {
    let parts: Vec<&str> = line.split('"').collect();
    let is_plain = |word: &str| {
        !word.is_empty()
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            && !word.starts_with(|c: char| c.is_ascii_digit())
    };
    let mut text = String::with_capacity(line.len());
    for (at, part) in parts.iter().enumerate() {
        let quoted = at % 2 == 1 && at + 1 < parts.len();
        match quoted && !is_plain(part) {
            true => text.extend(["\"", part, "\""]),
            false => text.push_str(part),
        }
    }
    text
}

/// Says what differs between two dumps.
fn same(what: &str, expected: &str, found: &str) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let missing = expected.lines().filter(|line| !found.lines().any(|other| other == *line));
    let more = found.lines().filter(|line| !expected.lines().any(|other| other == *line));
    let mut lines: Vec<String> = missing.map(|line| format!("  was {line}")).collect();
    lines.extend(more.map(|line| format!("  is  {line}")));
    if lines.is_empty() {
        lines.push(format!("  the order: was\n{expected}\n  is\n{found}"));
    }
    Err(format!("{what}: other than before:\n{}", lines.join("\n")))
}

/// The error and all of its causes, in one line.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

/// Which database it is, for those that list exceptions.
impl Server<'_> {
    /// Whose SQL it speaks.
    pub fn dialect(&self) -> DialectName {
        self.database.dialect().name()
    }
}
