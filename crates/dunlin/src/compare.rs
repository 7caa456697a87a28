//! Models against the database, and against the history.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use dunlin_core::revision::RevisionId;
use dunlin_core::schema::{Metadata, Table, TableName};
use dunlin_engine::compare::{
    CompareError, Comparison, Rename, Schema, SchemaObject, compare, renamed, unanswered, unsettled,
    unsettled_views,
};
use dunlin_engine::dialect::{Dialect, RenderError};
use dunlin_engine::owner::Owner;

use crate::author::Refused;
use crate::database::Database;
use crate::error::Error;
use crate::introspect::{self, Surroundings};
use crate::migrator::Migrator;
use crate::state;

/// Whether a thing of a schema is to be compared.
pub type Filter<'f> = dyn Fn(&SchemaObject<'_>) -> bool + Send + Sync + 'f;

/// How schemas are compared.
#[derive(Default)]
#[non_exhaustive]
pub struct CompareOptions<'f> {
    /// What was renamed: `old=new`, as [`Rename::parse`] reads it.
    pub renames: Vec<String>,
    /// What is compared; nothing said is everything.
    pub filter: Option<&'f Filter<'f>>,
}

impl<'f> CompareOptions<'f> {
    /// The same with something that was renamed: `old=new`.
    pub fn rename(mut self, rename: impl Into<String>) -> Self {
        self.renames.push(rename.into());
        self
    }

    /// The same, where only what a filter wants to see is compared.
    pub fn filter(mut self, wanted: &'f Filter<'f>) -> Self {
        self.filter = Some(wanted);
        self
    }
}

/// What was compared, and what came of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Drift {
    /// What is there.
    pub from: Schema,
    /// What the models want.
    pub to: Schema,
    /// The difference.
    pub comparison: Comparison,
    /// What may differ or not: only the database could tell, and it could not be asked. Nothing of it is in the
    /// comparison.
    pub uncompared: Vec<Uncompared>,
    /// What a database will not do of it as a revision: found only where one is made of it.
    pub refused: Vec<Refused>,
    /// What goes with views that are made anew, and does not come back, as no model says it: `the privileges of view
    /// v`. Found only where a revision is made of a database.
    pub lost: Vec<String>,
}

/// An expression that could not be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uncompared {
    /// Of what, in words: `check ck_price of table ticket`.
    pub what: String,
    /// Why the database could not be asked.
    pub why: String,
}

impl fmt::Display for Uncompared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.why)
    }
}

impl Migrator {
    /// The tables of an owner as the database has them: those that its history leaves at the database's
    /// version rows, and those of its models.
    ///
    /// # Errors
    /// The database cannot be read, or the version rows are unknown.
    pub async fn introspect(&self, database: &mut Database, owner: &str) -> Result<Metadata, Error> {
        let owner = self.owner(owner)?;
        let history = history_in(database, owner).await?;
        introspect_owned(database, owner, &history).await
    }

    /// Compares the models of an owner with the database. Only its own tables are looked at: those that
    /// its history leaves at the database's version rows, and those of its models. Nothing of what others
    /// own is seen.
    ///
    /// Expressions that are written in other words than the database's are said to it in temporary tables
    /// that nobody else sees, where the role may make such; else they are named in [`Drift::uncompared`].
    ///
    /// # Errors
    /// The database cannot be read, the version rows are unknown, or a rename is none.
    pub async fn compare(
        &self,
        database: &mut Database,
        owner: &str,
        options: &CompareOptions<'_>,
    ) -> Result<Drift, Error> {
        let owner = self.owner(owner)?;
        let dialect = database.dialect();
        let failed = |source: CompareError| Error::Compare { owner: owner.name().to_owned(), source };

        let history = history_in(database, owner).await?;
        let surroundings = introspect::surroundings(database, &[owner.metadata(), &history]).await?;
        let form = |said: Arc<Metadata>| {
            form(dialect, surroundings.as_ref(), said).map_err(|error| failed(error.into()))
        };
        let mut from = introspect_owned(database, owner, &history).await?;
        from.schemas.clone_from(&history.schemas);
        from.objects.clone_from(&history.objects);
        let known = owner.metadata().enum_types.iter().chain(&history.enum_types);
        let known: BTreeSet<_> = known.filter_map(|enum_type| enum_type.name.as_ref()).collect();
        from.enum_types.retain(|enum_type| enum_type.name.as_ref().is_some_and(|name| known.contains(name)));
        if !dialect.capabilities().enum_types {
            from.enum_types.clone_from(&history.enum_types);
        }
        let (mut from, mut to) = (form(from.into())?, form(Arc::clone(owner.metadata()))?);
        let mut history = form(history.into())?;
        if let Some(wanted) = options.filter {
            [&mut from, &mut to, &mut history].into_iter().for_each(|schema| schema.retain(wanted));
        }
        let renames = parsed(&options.renames, &from, &to).map_err(failed)?;
        from.align(&mut to);
        let behind = renamed(dialect, &from, &to, &renames).map_err(failed)?;
        let uncompared = database.settle(&behind, &mut to, |_| true).await.map_err(failed_or(&failed))?;
        let mut changed = from.differing(&to);
        changed.extend(renames.iter().filter_map(Rename::table_before).cloned());
        database
            .settle(&from, &mut history, |table| changed.contains(table))
            .await
            .map_err(failed_or(&failed))?;
        from.adopt(history);
        let comparison = compare(dialect, &from, &to, &renames).map_err(failed)?;
        Ok(Drift { from, to, comparison, uncompared, refused: Vec::new(), lost: Vec::new() })
    }

    /// Compares the models of an owner with the schema that its history leaves at its heads on a
    /// database, without any database.
    ///
    /// # Errors
    /// The history cannot be played, or a rename is none.
    pub fn compare_with_history(
        &self,
        dialect: &dyn Dialect,
        owner: &str,
        options: &CompareOptions<'_>,
    ) -> Result<Drift, Error> {
        let owner = self.owner(owner)?;
        let failed = |source: CompareError| Error::Compare { owner: owner.name().to_owned(), source };
        let form = |said: Arc<Metadata>| Schema::new(dialect, said).map_err(|error| failed(error.into()));
        let history = replayed(owner, &owner.history().effective_heads())?;
        let (mut from, mut to) = (form(history.into())?, form(Arc::clone(owner.metadata()))?);
        if let Some(wanted) = options.filter {
            [&mut from, &mut to].into_iter().for_each(|schema| schema.retain(wanted));
        }
        let renames = parsed(&options.renames, &from, &to).map_err(failed)?;
        let comparison = compare(dialect, &from, &to, &renames).map_err(failed)?;
        Ok(Drift { from, to, comparison, uncompared: Vec::new(), refused: Vec::new(), lost: Vec::new() })
    }
}

/// A schema as a server has it.
pub(crate) fn form(
    dialect: &dyn Dialect,
    surroundings: Option<&Surroundings>,
    said: Arc<Metadata>,
) -> Result<Schema, RenderError> {
    match surroundings {
        Some(surroundings) => {
            let meant = surroundings.meant(dialect.name(), &said);
            Schema::meaning(dialect, said, &meant)
        }
        None => Schema::new(dialect, said),
    }
}

fn parsed(renames: &[String], from: &Schema, to: &Schema) -> Result<Vec<Rename>, CompareError> {
    renames.iter().map(|rename| Ok(Rename::parse(rename, from, to)?)).collect()
}

/// The schema that an owner's history leaves at the version rows of a database.
async fn history_in(database: &mut Database, owner: &Owner) -> Result<Metadata, Error> {
    let rows = state::version_rows(database, &[owner.version_table()]).await?;
    let rows = rows.into_iter().next().flatten().unwrap_or_default();
    replayed(owner, &rows)
}

/// The schema that an owner's history leaves at some revisions.
pub(crate) fn replayed(owner: &Owner, revisions: &[RevisionId]) -> Result<Metadata, Error> {
    let history = owner.replay(revisions);
    history.map_err(|source| Error::Plan { owner: owner.name().to_owned(), source: source.into() })
}

async fn introspect_owned(
    database: &mut Database,
    owner: &Owner,
    history: &Metadata,
) -> Result<Metadata, Error> {
    let of = |metadata: &Metadata| -> Vec<TableName> {
        let tables = metadata.tables().iter().map(|table| &table.name);
        let views = metadata.views.iter().map(|view| &view.name);
        let enum_types = metadata.enum_types.iter().filter_map(|enum_type| enum_type.name.as_ref());
        tables.chain(views).chain(enum_types).cloned().collect()
    };
    let mut names: BTreeSet<TableName> = of(history).into_iter().collect();
    names.extend(of(owner.metadata()));
    if names.is_empty() {
        return Ok(Metadata::default());
    }
    let names: Vec<TableName> = names.into_iter().collect();
    database.introspect(&names).await
}

impl Database {
    /// Compares two schemas on this database, of which the first is what was introspected. Expressions
    /// that are written in other words are said to the database, as far as the role may; see
    /// [`Drift::uncompared`].
    ///
    /// # Errors
    /// The database cannot be read, a schema cannot be on it, or a rename does not fit.
    pub async fn compare(
        &mut self,
        from: Metadata,
        to: Metadata,
        renames: &[Rename],
    ) -> Result<Drift, Error> {
        let failed = |source: CompareError| Error::Compare { owner: String::new(), source };
        let dialect = self.dialect();
        let surroundings = introspect::surroundings(self, &[&to]).await?;
        let form = |said: Metadata| {
            form(dialect, surroundings.as_ref(), said.into()).map_err(|error| failed(error.into()))
        };
        let (mut from, mut to) = (form(from)?, form(to)?);
        from.align(&mut to);
        let behind = renamed(dialect, &from, &to, renames).map_err(failed)?;
        let uncompared = self.settle(&behind, &mut to, |_| true).await.map_err(failed_or(&failed))?;
        let comparison = compare(dialect, &from, &to, renames).map_err(failed)?;
        Ok(Drift { from, to, comparison, uncompared, refused: Vec::new(), lost: Vec::new() })
    }

    /// Lets the database say what only it can compare, for those tables that are asked about. What it could
    /// not be asked is taken for the same, and returned.
    async fn settle(
        &mut self,
        from: &Schema,
        to: &mut Schema,
        is_asked: impl Fn(&TableName) -> bool,
    ) -> Result<Vec<Uncompared>, Unsettled> {
        let dialect = self.dialect();
        let mut uncompared = Vec::new();
        let mut tables = unsettled(dialect, from, to);
        tables.retain(|table| is_asked(&table.name));
        if !tables.is_empty() {
            let described = introspect::describe(self, &tables).await?;
            to.settle(dialect, &described.said).map_err(CompareError::from)?;
            for (name, why) in &described.unasked {
                let is_it = |table: &&Table| table.name == *name;
                let Some(asked) = tables.iter().find(is_it) else { continue };
                let asked = unanswered(asked, described.said.iter().find(is_it));
                let assumed = to.assume(dialect, from, &asked).map_err(CompareError::from)?;
                uncompared.extend(assumed.into_iter().map(|what| Uncompared { what, why: why.clone() }));
            }
        }
        let views = unsettled_views(dialect, from, to);
        if !views.is_empty() {
            let described = introspect::describe_views(self, &views).await?;
            to.settle_views(dialect, &described.said);
            for (name, why) in described.unasked {
                let asked = views.iter().find(|view| view.name == name);
                let assumed = asked.and_then(|view| to.assume_view(from, view));
                uncompared.extend(assumed.map(|what| Uncompared { what, why }));
            }
        }
        Ok(uncompared)
    }
}

/// Why expressions could not be settled.
enum Unsettled {
    Database(Error),
    Compare(CompareError),
}

impl From<Error> for Unsettled {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<CompareError> for Unsettled {
    fn from(error: CompareError) -> Self {
        Self::Compare(error)
    }
}

fn failed_or<'f>(failed: &'f impl Fn(CompareError) -> Error) -> impl Fn(Unsettled) -> Error + 'f {
    move |unsettled| match unsettled {
        Unsettled::Database(error) => error,
        Unsettled::Compare(error) => failed(error),
    }
}
