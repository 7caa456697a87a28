//! Revisions made of what differs.

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::{Operation, Operations};
use dunlin_core::revision::{Direction, Migration, Revision, RevisionId};
use dunlin_core::schema::TableName;
use dunlin_engine::compare::{Comparison, Schema, complete};
use dunlin_engine::dialect::{Dialect, dialect};
use dunlin_engine::generate::revision::{RevisionSource, rust};
use dunlin_engine::generate::sql::{Schemas, revision as sql_revision};
use dunlin_engine::generate::unqualify;
use dunlin_engine::history::Target;
use dunlin_engine::owner::Owner;
use dunlin_engine::plan::{Intent, PlanError, State};
use dunlin_engine::sql::revision_file::Header;

use crate::compare::{CompareOptions, Drift, replayed};
use crate::database::{Database, LostWithView};
use crate::error::Error;
use crate::migrator::Migrator;
use crate::state;

impl Migrator {
    /// What makes of a database that stands at an owner's newest revisions what the owner's models want,
    /// and what else differs on other databases between its history and its models.
    ///
    /// # Errors
    /// As [`compare`](Self::compare), and [`Error::NotAtHeads`].
    pub async fn autogenerate(
        &self,
        database: &mut Database,
        owner: &str,
        options: &CompareOptions<'_>,
    ) -> Result<Drift, Error> {
        let owner = self.owner(owner)?;
        let rows = state::version_rows(database, &[owner.version_table()]).await?;
        let rows = rows.into_iter().next().flatten().unwrap_or_default();
        let heads = owner.history().effective_heads();
        if rows != heads {
            return Err(Error::NotAtHeads { owner: owner.name().to_owned(), rows, heads });
        }
        let drift = self.compare(database, owner.name(), options).await?;
        let mut drift = self.completed(drift, database.dialect(), &DialectName::ALL, owner, options)?;
        drift.lost = database.lost(&drift.comparison.upgrade).await?;
        Ok(drift)
    }

    /// What makes of the schema that an owner's history leaves what its models want, on some databases,
    /// without any of them.
    ///
    /// # Errors
    /// As [`compare_with_history`](Self::compare_with_history).
    pub fn autogenerate_offline(
        &self,
        dialects: &[DialectName],
        owner: &str,
        options: &CompareOptions<'_>,
    ) -> Result<Drift, Error> {
        let owner = self.owner(owner)?;
        let on = dialect(dialects.first().copied().unwrap_or(DialectName::Postgres));
        let drift = self.compare_with_history(on, owner.name(), options)?;
        self.completed(drift, on, dialects, owner, options)
    }

    fn completed(
        &self,
        mut drift: Drift,
        on: &dyn Dialect,
        dialects: &[DialectName],
        owner: &Owner,
        options: &CompareOptions<'_>,
    ) -> Result<Drift, Error> {
        if options.filter.is_some() {
            return Ok(drift);
        }
        let others = dialects.iter().filter(|name| **name != on.name()).map(|name| dialect(*name));
        let others: Vec<&dyn Dialect> = others.collect();
        let history = replayed(owner, &owner.history().effective_heads())?;
        drift.comparison = complete(drift.comparison, on, &others, &history, owner.metadata());
        drift.refused = refused(owner, &drift.comparison, on, &others)?;
        Ok(drift)
    }

    /// A revision file in Rust for what was found, as `migrations!` takes it; the host's schema does not
    /// stand in it.
    ///
    /// # Errors
    /// [`Error::Generate`].
    pub fn rust_revision(
        &self,
        owner: &str,
        revision: Revision,
        found: &Comparison,
    ) -> Result<String, Error> {
        let owner = self.owner(owner)?;
        let mut source = RevisionSource::new(revision);
        source.naming_convention = owner.host().naming_convention();
        source.upgrade = bare(&found.upgrade, owner);
        source.downgrade = bare(&found.downgrade, owner);
        rust(&source).map_err(|source| Error::Generate { source })
    }

    /// A revision file in SQL for what was found, with a section for each of some databases; the
    /// host's schema stands in it.
    ///
    /// # Errors
    /// [`Error::GenerateSql`], or the history cannot be played.
    pub fn sql_revision(
        &self,
        owner: &str,
        revision: Revision,
        found: &Comparison,
        dialects: &[DialectName],
    ) -> Result<String, Error> {
        let owner = self.owner(owner)?;
        let failed = |source| Error::GenerateSql { source };
        let header = Header::from(&revision);
        let with = with(owner, revision, found)?;
        let (before, after) = (owner.history().effective_heads(), with.history().effective_heads());
        let plan = |source| Error::Plan { owner: owner.name().to_owned(), source };
        let mut schemas = Vec::with_capacity(dialects.len());
        for name in dialects {
            let on = |owner: &Owner, rows: &[RevisionId]| owner.replay_on(dialect(*name), rows).map_err(plan);
            schemas.push((*name, on(owner, &before)?, on(&with, &after)?));
        }
        let anywhere = (replayed(owner, &before)?, replayed(&with, &after)?);
        let on: Vec<(DialectName, Schemas<'_>)> =
            schemas.iter().map(|(name, before, after)| (*name, Schemas { before, after })).collect();
        let anywhere = Schemas { before: &anywhere.0, after: &anywhere.1 };
        let file = sql_revision(header, &found.upgrade, Some(&found.downgrade), anywhere, &on);
        let file = file.map_err(failed)?;
        file.write().map_err(|source| failed(source.into()))
    }
}

impl Database {
    /// What goes with the views that operations make anew, and does not come back with them; see [`Drift::lost`].
    ///
    /// # Errors
    /// The catalog cannot be read.
    pub async fn lost(&mut self, upgrade: &[Operation]) -> Result<Vec<String>, Error> {
        let lost = self.lost_with_views(&made_anew(upgrade)).await?;
        Ok(lost.iter().filter(|lost| !comes_back(lost, upgrade)).map(in_words).collect())
    }
}

/// The views that are dropped, and made again.
fn made_anew(operations: &[Operation]) -> Vec<TableName> {
    let is_made = |name: &TableName| {
        operations
            .iter()
            .any(|operation| matches!(operation, Operation::CreateView { view, .. } if view.name == *name))
    };
    let dropped = operations.iter().filter_map(|operation| match operation {
        Operation::DropView { name, .. } => Some(name),
        _ => None,
    });
    dropped.filter(|name| is_made(name)).cloned().collect()
}

/// Whether a trigger is one of the objects that are created again.
fn comes_back(lost: &LostWithView, operations: &[Operation]) -> bool {
    let Some(name) = lost.name.as_deref().filter(|_| lost.what == "trigger") else { return false };
    let names_it =
        |sql: &String| sql.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
    let created = operations.iter().filter_map(|operation| match operation {
        Operation::CreateObject { object } => Some(&object.create),
        _ => None,
    });
    created.flatten().flat_map(|sql| sql.values()).any(names_it)
}

fn in_words(lost: &LostWithView) -> String {
    let LostWithView { view, what, name } = lost;
    match name {
        Some(name) => format!("the {what} {name} of view {view}"),
        None => format!("the {what} of view {view}"),
    }
}

/// Why a revision that is made of what differs cannot run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// Where.
    pub on: DialectName,
    /// Which of its directions.
    pub direction: Direction,
    /// Why.
    pub why: PlanError,
}

/// What a database will not do of a revision that is made of what differs: it is planned, both ways, on the
/// database that was compared, and on the others that can run the revisions before it and have the models.
fn refused(
    owner: &Owner,
    found: &Comparison,
    on: &dyn Dialect,
    others: &[&dyn Dialect],
) -> Result<Vec<Refused>, Error> {
    let heads = owner.history().heads();
    // A revision behind two heads is none that could be written.
    if found.upgrade.is_empty() || heads.len() > 1 {
        return Ok(Vec::new());
    }
    let revision = heads.iter().cloned().fold(Revision::new("autogenerated"), Revision::down_revision);
    let with = with(owner, revision, found)?;
    let at = |owner: &Owner| State { rows: Some(owner.history().effective_heads()), ..State::default() };
    let before = Target::from(heads.first().cloned());
    let upgrade = Intent::Upgrade { target: None, use_migration_files: true };
    let runs_before = |other: &dyn Dialect| {
        let has_models = Schema::new(other, owner.metadata().clone()).is_ok();
        let plan = owner.plan(&State::default(), &upgrade);
        has_models && plan.and_then(|plan| plan.render(owner, other)).is_ok()
    };
    let downgrade = with.plan(&at(&with), &Intent::Downgrade { target: before });
    let plans = [(Direction::Upgrade, with.plan(&at(owner), &upgrade)), (Direction::Downgrade, downgrade)];
    let others = others.iter().copied().filter(|other| runs_before(*other));
    let mut refused = Vec::new();
    for on in std::iter::once(on).chain(others) {
        for (direction, plan) in plans.clone() {
            if let Err(why) = plan.and_then(|plan| plan.render(&with, on)) {
                refused.push(Refused { on: on.name(), direction, why });
            }
        }
    }
    Ok(refused)
}

/// An owner with one more revision, which does what was found.
fn with(owner: &Owner, revision: Revision, found: &Comparison) -> Result<Owner, Error> {
    let record = |operations: &[Operation]| {
        let operations = bare(operations, owner);
        move |op: &mut Operations| operations.iter().cloned().for_each(|operation| op.push(operation))
    };
    Ok(owner.with(Migration::new(revision, record(&found.upgrade), record(&found.downgrade)))?)
}

/// Operations without the host's schema.
fn bare(operations: &[Operation], owner: &Owner) -> Vec<Operation> {
    let mut operations = operations.to_vec();
    operations.iter_mut().for_each(|operation| unqualify(operation, owner.host().schema()));
    operations
}
