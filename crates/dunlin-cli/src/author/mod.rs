//! Commands for those who write models and revisions, for any host's own program.
//!
//! - [`Check`]: what differs between an owner's models and the database, or its history
//! - [`NewRevision`]: a revision file, empty or made of what differs
//! - [`GenerateModels`]: models of the tables that a database has
//!
//! Each is a set of clap arguments with a `run`; the host says which owner, and connects.

mod check;
mod draft;
mod generate;
mod opaque;
mod renames;
mod revision;
mod triggers;

use clap::Args;
use dunlin::core::dialect::DialectName;
use dunlin::{CompareOptions, Database, Drift, Error, Migrator, Scratch};

use crate::command_error::CommandError;
use crate::hint::Hints;
use crate::ui::Ui;

pub use check::Check;
pub(crate) use draft::Wanted;
pub use generate::GenerateModels;
pub use revision::NewRevision;
pub(crate) use revision::{Content, is_of_word, new_id, new_revision_id, slug, write_new};

/// What a command of an author works with.
#[derive(Clone, Copy)]
pub struct Author<'a> {
    /// The owners.
    pub migrator: &'a Migrator,
    /// The owner whose models and revisions they are.
    pub owner: &'a str,
    /// Makes an error of the library one of the program, with the program's hints.
    pub failed: fn(Error) -> CommandError,
    /// The program's words.
    pub words: &'a Hints,
    /// Where words go.
    pub ui: &'a Ui,
    /// Where scratch databases are made, if anywhere.
    scratch: Option<&'a ScratchSource<'a>>,
    /// Whether the models are SQL, and so those of one kind of database.
    has_sql_models: bool,
    /// Whether the owner's history stands for one that is seen in the database only.
    is_stand_in: bool,
    /// Whether a revision is written as SQL, which must put back what a table's rebuild takes along.
    writes_sql: bool,
}

/// Says where scratch databases are made.
pub type ScratchSource<'s> = dyn Fn() -> Result<Scratch, CommandError> + Sync + 's;

impl<'a> Author<'a> {
    /// For one of the owners, in the words of a program.
    pub fn new(
        migrator: &'a Migrator,
        owner: &'a str,
        failed: fn(Error) -> CommandError,
        words: &'a Hints,
        ui: &'a Ui,
    ) -> Self {
        Self {
            migrator,
            owner,
            failed,
            words,
            ui,
            scratch: None,
            has_sql_models: false,
            is_stand_in: false,
            writes_sql: false,
        }
    }

    /// The same with a place for scratch databases: revisions that are SQL can then be compared with models where no
    /// database is connected. It is asked only where one is needed.
    pub fn scratch(self, scratch: &'a ScratchSource<'a>) -> Self {
        Self { scratch: Some(scratch), ..self }
    }

    /// The same with models that are SQL.
    pub(crate) fn sql_models(self, has_sql_models: bool) -> Self {
        Self { has_sql_models, ..self }
    }

    /// The same for a revision that is SQL, or is not.
    fn writing_sql(self, writes_sql: bool) -> Self {
        Self { writes_sql, ..self }
    }

    /// The same with other owners, whose histories are seen.
    fn seeing(self, migrator: &'a Migrator) -> Self {
        Self { migrator, is_stand_in: true, ..self }
    }
}

/// With what models are compared.
#[derive(Debug, Clone, Default, Args)]
pub struct Against {
    /// Compare with the schema that the revisions leave, without any database; where some are SQL, in a scratch
    /// database, which is made and dropped again.
    #[arg(long)]
    offline: bool,
    /// The databases meant, separated by commas: postgres, mysql, mariadb, sqlite.
    #[arg(long, value_name = "DATABASE", value_delimiter = ',', value_parser = parse_dialect)]
    dialect: Vec<DialectName>,
    /// What was renamed: TABLE=NEW, TABLE.COLUMN=NEW or TYPE.VALUE=NEW.
    #[arg(long = "rename", value_name = "OLD=NEW")]
    renames: Vec<String>,
}

impl Against {
    /// Whether no database is needed.
    pub fn is_offline(&self) -> bool {
        self.offline
    }

    /// The databases named, or all.
    fn dialects(&self) -> Vec<DialectName> {
        match self.dialect.is_empty() {
            true => DialectName::ALL.to_vec(),
            false => self.dialect.clone(),
        }
    }

    /// The databases named, or, where none is, that of the project.
    fn scratch_dialects(&self) -> Vec<Option<DialectName>> {
        match self.dialect.is_empty() {
            true => vec![None],
            false => self.dialect.iter().copied().map(Some).collect(),
        }
    }

    fn options(&self, more: &[String]) -> CompareOptions<'static> {
        let all = self.renames.iter().chain(more);
        all.fold(CompareOptions::default(), |options, rename| options.rename(rename))
    }
}

/// A database by its name on the command line.
pub(crate) fn parse_dialect(text: &str) -> Result<DialectName, String> {
    let known = DialectName::ALL.into_iter().find(|name| name.as_str() == text.to_lowercase());
    known.ok_or_else(|| {
        let all: Vec<&str> = DialectName::ALL.iter().map(|name| name.as_str()).collect();
        format!("it is none of {}", all.join(", "))
    })
}

/// What differs between the models and what `against` says, with some renames.
async fn drift(
    author: &Author<'_>,
    against: &Against,
    database: Option<&mut Database>,
    renames: &[String],
) -> Result<Drift, Error> {
    let options = against.options(renames);
    match database {
        // What its revisions leave is what the database has.
        Some(database) if author.is_stand_in => {
            author.migrator.compare(database, author.owner, &options).await
        }
        Some(database) => author.migrator.autogenerate(database, author.owner, &options).await,
        None => author.migrator.autogenerate_offline(&against.dialects(), author.owner, &options),
    }
}
