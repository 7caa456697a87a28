//! `generate models`: models of the tables that a database has.

use std::path::PathBuf;

use clap::Args;
use dunlin::core::schema::{Metadata, TableName};
use dunlin::engine::generate::{entity, models};
use dunlin::{Database, Error, JOURNAL_TABLE, Migrator};

use super::revision::write_new;
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::ui::Ui;

/// Write models of the tables that the database has, so that an existing application can start.
///
/// They are a function that builds a Metadata, or, with --entities, SeaORM entities. Version tables and
/// the journal are left out.
#[derive(Debug, Clone, Args)]
pub struct GenerateModels {
    /// Write SeaORM entities, a file each, into the directory --output.
    #[arg(long, requires = "output")]
    entities: bool,
    /// Write JSON, as `models` in dunlin.toml names it.
    #[arg(long, conflicts_with = "entities")]
    json: bool,
    /// The schema of the tables; else the connection's own.
    #[arg(long, value_name = "SCHEMA")]
    schema: Option<String>,
    /// A table; else all are meant. May be given several times.
    #[arg(long = "table", value_name = "TABLE")]
    tables: Vec<String>,
    /// The file (or, with --entities, the directory) to write; else the models are printed.
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
}

impl GenerateModels {
    /// Reads the database and writes the models.
    ///
    /// # Errors
    /// The database cannot be read, a table does not exist, or a file is there already.
    pub async fn run(
        &self,
        migrator: &Migrator,
        failed: fn(Error) -> CommandError,
        ui: &Ui,
        database: &mut Database,
    ) -> Result<ExitStatus, CommandError> {
        let metadata = self.introspected(migrator, database).await.map_err(failed)?;
        for table in &self.tables {
            if metadata.get(&TableName::new(self.schema.as_deref(), table)).is_none() {
                return Err(CommandError::failed(format!("there is no table {table}")));
            }
        }
        if self.entities {
            let dialect = database.dialect().name();
            let files = entity::entities(&metadata, dialect).map_err(CommandError::failed)?;
            let Some(directory) = &self.output else { return Ok(ExitStatus::Usage) };
            std::fs::create_dir_all(directory).map_err(|error| {
                CommandError::failed(format!("cannot create {}: {error}", directory.display()))
            })?;
            for file in files {
                let path = directory.join(&file.name);
                write_new(&path, &file.source)?;
                ui.line(&path.display().to_string());
            }
            return Ok(ExitStatus::Done);
        }
        let source = match self.json {
            true => serde_json::to_string_pretty(&metadata).map_err(CommandError::failed)? + "\n",
            false => models::builder(&metadata).map_err(CommandError::failed)?,
        };
        match &self.output {
            Some(path) => {
                write_new(path, &source)?;
                ui.line(&path.display().to_string());
            }
            None => ui.text(&source)?,
        }
        Ok(ExitStatus::Done)
    }

    async fn introspected(&self, migrator: &Migrator, database: &mut Database) -> Result<Metadata, Error> {
        let schema = self.schema.as_deref();
        let mut metadata = match self.tables.is_empty() {
            true => database.introspect_schema(schema).await?,
            false => {
                let names: Vec<TableName> =
                    self.tables.iter().map(|table| TableName::new(schema, table)).collect();
                database.introspect(&names).await?
            }
        };
        let ours =
            migrator.owners().iter().map(|owner| owner.version_table().name.as_str()).chain([JOURNAL_TABLE]);
        for table in ours {
            metadata.remove(&TableName::new(schema, table));
        }
        Ok(metadata)
    }
}
