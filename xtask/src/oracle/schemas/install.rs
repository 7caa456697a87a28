//! What the schemas come in: packages of Python and of Debian.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::database::{Database, Kind};
use super::super::program::{Programs, Who};
use super::super::venv::Venv;
use super::sources::{Made, Schema};
use crate::Result;
use crate::machine::{cache_dir, output};

/// Everything that the schemas come in.
pub(super) struct Installed<'v> {
    airflow: &'v Venv,
    venvs: BTreeMap<&'static str, Venv>,
    /// Where Debian's packages are unpacked.
    files: PathBuf,
}

impl<'v> Installed<'v> {
    /// Installs what these schemas need and is not there.
    pub(super) fn of(schemas: &[&Schema], airflow: &'v Venv) -> Result<Self> {
        let files = cache_dir()?.join("oracle/debian");
        let mut installed = Self { airflow, venvs: BTreeMap::new(), files };
        for schema in schemas {
            match &schema.made {
                Made::Airflow => {}
                Made::Script { venv, .. } => {
                    if !installed.venvs.contains_key(venv) {
                        let requirements = format!("schemas/requirements-{venv}.txt");
                        installed.venvs.insert(venv, Venv::of(&format!("venv-{venv}"), &requirements)?);
                    }
                }
                Made::Files { packages, .. } => {
                    for package in *packages {
                        unpack(package, &installed.files)?;
                    }
                }
            }
        }
        Ok(installed)
    }

    /// Makes a schema in a database that is empty.
    pub(super) fn make(&self, schema: &Schema, database: &Database<'_>) -> Result<()> {
        let mut command = match &schema.made {
            Made::Airflow => {
                let programs = Programs { real: self.airflow.airflow(), ours: PathBuf::new() };
                return programs.run(Who::Real, database, "db migrate");
            }
            Made::Script { venv, call, .. } => {
                let venv = self.venvs.get(venv).ok_or("an environment is missing")?;
                let (script, args) = call.split_first().ok_or("a schema without a script")?;
                let mut command = venv.run_script(&format!("schemas/{script}"));
                command.args(args);
                command
            }
            Made::Files { packages, files } => {
                let mut command = self.airflow.run_script("schemas/sql.py");
                let of_it = files.iter().find(|(kinds, _)| kinds.contains(&database.kind));
                for file in of_it.map(|(_, files)| *files).unwrap_or_default() {
                    command.arg(self.file(packages, file, database.kind)?);
                }
                command
            }
        };
        output(command.env("DATABASE_URL", &database.url)).map(drop)
    }

    fn file(&self, packages: &[&str], file: &str, kind: Kind) -> Result<PathBuf> {
        let mut places = packages.iter().map(|package| self.files.join(directory(package)).join(file));
        let there = places.find(|path| path.is_file());
        there.ok_or_else(|| format!("no package has {file} for {}", kind.name()).into())
    }
}

/// The directory of a package of one version.
fn directory(package: &str) -> String {
    package.replace(['=', ':', '~', '+'], "_")
}

/// Downloads a package, `name=version`, and unpacks it; nothing is installed.
fn unpack(package: &str, into: &Path) -> Result<()> {
    let to = into.join(directory(package));
    if to.is_dir() {
        return Ok(());
    }
    eprintln!("oracle: unpacking {package}");
    let download = into.join("download");
    if download.exists() {
        fs::remove_dir_all(&download)?;
    }
    fs::create_dir_all(&download)?;
    output(Command::new("apt-get").args(["download", package]).current_dir(&download)).map_err(|e| {
        format!(
            "{e}\n  hint: apt-get update; the version that is pinned may have been replaced in the archive"
        )
    })?;
    let found = fs::read_dir(&download)?.next().ok_or("apt-get downloaded nothing")??;
    let unpacked = download.join("unpacked");
    output(Command::new("dpkg-deb").arg("-x").arg(found.path()).arg(&unpacked))?;
    fs::rename(unpacked, to)?;
    fs::remove_dir_all(&download)?;
    Ok(())
}
