//! `generate-models`

use clap::Args;
use dunlin::Access;

use crate::author;
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::{Project, failed};
use crate::ui::Ui;

/// Write models of the tables that the database has, so that an existing application can start.
///
/// They are a function that builds a Metadata, with --entities SeaORM entities, or with --json what `models` in
/// dunlin.toml names. Version tables and the journal are left out.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct GenerateModels {
    #[command(flatten)]
    generate: author::GenerateModels,
}

impl GenerateModels {
    /// Reads the database and writes the models.
    ///
    /// # Errors
    /// The database cannot be read, a table does not exist, or a file is there already.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        let mut database = project.connect(Access::Read).await?;
        let result = self.generate.run(project.migrator(), failed, ui, &mut database).await;
        database.close().await;
        result
    }
}
