//! `init`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::author::new_id;
use crate::command_error::CommandError;
use crate::config::FILE;
use crate::exit::ExitStatus;
use crate::ui::Ui;

/// Begin a project: dunlin.toml, and migrations/ with a README, a template and versions/.
///
/// In a Cargo project the revisions are Rust, unless --template sql says otherwise: build.rs, the DB manager in
/// src/db_manager.rs and the program src/bin/migrate.rs are written, too. Nothing is overwritten: where a file is
/// there already, none is written.
#[derive(Debug, Clone, Args)]
pub struct Init {
    /// What revisions are written in; `templates` lists them.
    #[arg(long, value_name = "TEMPLATE", conflicts_with = "plugin")]
    template: Option<Template>,
    /// Make the directory NAME: a crate that is an Airflow plugin with a table of its own.
    #[arg(long, value_name = "NAME")]
    plugin: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What a project's revisions are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Template {
    /// Files of SQL, which `dunlin` runs by itself
    Sql,
    /// Rust, compiled into a program of the project
    Rust,
}

/// What is to be written.
#[derive(Default)]
struct Tree {
    files: Vec<(PathBuf, String)>,
    /// Files that may be there already, if they have this in them.
    kept: Vec<(PathBuf, &'static str)>,
    next: Vec<String>,
}

/// What cargo needs to know to notice new revision files.
const RERUN: &str = "cargo:rerun-if-changed=migrations/versions";

macro_rules! template {
    ($path:literal) => {
        include_str!(concat!("../../templates/", $path, ".tmpl"))
    };
}

impl Init {
    /// Writes the files into the current directory.
    ///
    /// # Errors
    /// One is there already, or cannot be written.
    pub fn run(&self, ui: &Ui) -> Result<ExitStatus, CommandError> {
        let tree = match &self.plugin {
            Some(name) => plugin(name)?,
            None => {
                let name = package_name()?;
                match (self.template, name) {
                    (Some(Template::Rust), None) => {
                        return Err(CommandError::usage("there is no package in a Cargo.toml here")
                            .hint("`cargo init` makes one; without --template rust the revisions are SQL"));
                    }
                    (None | Some(Template::Rust), Some(name)) => rust(&name),
                    (Some(Template::Sql), Some(name)) => sql(&name),
                    (_, None) => sql(&directory_name()?),
                }
            }
        };
        tree.refuse_overwriting()?;
        let written = tree.write()?;
        if self.json {
            ui.line(&json!({ "files": written }).to_string());
            return Ok(ExitStatus::Done);
        }
        written.iter().for_each(|path| ui.line(path));
        tree.next.iter().for_each(|line| ui.note(line));
        Ok(ExitStatus::Done)
    }
}

/// A project of SQL revisions.
fn sql(name: &str) -> Tree {
    let fill = |text: &str| {
        fill(text, &[("owner", name), ("name", &identifier(name)), ("formatter", "sqlfluff\", \"fix")])
    };
    let mut tree = Tree::default();
    let config = template!("dunlin.toml").replace("{{of_sql}}", template!("of_sql.toml"));
    tree.add(FILE, fill(&config));
    tree.add("migrations/README.md", fill(template!("sql/README.md")));
    tree.add("migrations/revision.sql.template", template!("sql/revision.sql.template").to_owned());
    tree.add("migrations/versions/.gitkeep", String::new());
    tree.next = vec![
        "next: set DATABASE_URL, or write the URL into dunlin.toml".to_owned(),
        "      dunlin revision -m \"create the first table\"".to_owned(),
    ];
    tree
}

/// A Cargo project whose revisions are Rust.
fn rust(name: &str) -> Tree {
    let krate = identifier(name);
    let program = "src/bin/migrate.rs";
    let values = [
        ("owner", name),
        ("name", krate.as_str()),
        ("crate", krate.as_str()),
        ("formatter", "rustfmt"),
        ("program", program),
    ];
    let fill = |text: &str| fill(text, &values);
    let mut tree = Tree::default();
    tree.add(FILE, fill(&template!("dunlin.toml").replace("{{of_sql}}", "")));
    tree.add("migrations/README.md", fill(template!("rust/README.md")));
    tree.add("migrations/revision.rs.template", template!("rust/revision.rs.template").to_owned());
    tree.add("migrations/versions/.gitkeep", String::new());
    tree.add("build.rs", template!("rust/build.rs").to_owned());
    tree.kept.push(("build.rs".into(), RERUN));
    tree.add("src/db_manager.rs", fill(template!("rust/db_manager.rs")));
    tree.add(program, fill(template!("rust/migrate.rs")));
    let has_library = Path::new("src/lib.rs").is_file();
    if !has_library {
        tree.add("src/lib.rs", fill(template!("rust/lib.rs")));
    }
    tree.next = vec![
        "next: add dunlin-core, dunlin-macros and dunlin-cli to the dependencies in Cargo.toml".to_owned(),
    ];
    if has_library {
        let line = "      in src/lib.rs: mod db_manager; pub use db_manager::db_manager;";
        tree.next.push(line.to_owned());
    }
    tree.next.push("      set DATABASE_URL, or write the URL into dunlin.toml".to_owned());
    tree.next.push("      dunlin revision -m \"create the first table\"".to_owned());
    tree
}

/// A crate that is an Airflow plugin.
fn plugin(name: &str) -> Result<Tree, CommandError> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if !is_name(name) || name.len() > 20 {
        return Err(CommandError::usage(format!("{name} is no name for a plugin")).hint(
            "at most 20 small letters, digits and underscores: tables and modules are named after it",
        ));
    }
    let camel: String = name.split('_').map(capitalized).collect();
    let (id, owner) = (new_id(), format!("{name}.db_manager.{camel}DBManager"));
    let values = [
        ("owner", owner.as_str()),
        ("name", name),
        ("Name", camel.as_str()),
        ("id", id.as_str()),
        ("formatter", "rustfmt"),
        ("program", "examples/migrate.rs"),
    ];
    let fill = |text: &str| fill(text, &values);
    let mut tree = Tree::default();
    let mut add = |path: &str, text: &str| tree.add(&format!("{name}/{path}"), fill(text));
    add("Cargo.toml", template!("plugin/Cargo.toml"));
    add(FILE, &template!("dunlin.toml").replace("{{of_sql}}", ""));
    add("build.rs", template!("rust/build.rs"));
    add("examples/migrate.rs", template!("plugin/migrate.rs"));
    add("migrations/README.md", template!("plugin/README.md"));
    add(&format!("migrations/versions/{id}_create_{name}_run.rs"), template!("plugin/revision.rs"));
    add("src/lib.rs", template!("plugin/lib.rs"));
    add("src/db_manager.rs", template!("plugin/db_manager.rs"));
    add("src/listener.rs", template!("plugin/listener.rs"));
    add("src/models.rs", template!("plugin/models.rs"));
    add("src/plugin.rs", template!("plugin/plugin.rs"));
    add("src/services.rs", template!("plugin/services.rs"));
    tree.add(
        &format!("{name}/migrations/revision.rs.template"),
        template!("rust/revision.rs.template").to_owned(),
    );
    tree.next = vec![
        format!(
            "next: add the crate {name} to the host, and its {camel}Plugin to the plugins it is built with"
        ),
        format!("      [database] external_db_managers = {owner}"),
    ];
    Ok(tree)
}

impl Tree {
    fn add(&mut self, path: &str, text: String) {
        self.files.push((path.into(), text));
    }

    /// Whether a file is there, and may be.
    fn keeps(&self, path: &Path) -> bool {
        let needed = self.kept.iter().find(|(known, _)| known == path);
        needed
            .is_some_and(|(_, needed)| std::fs::read_to_string(path).is_ok_and(|text| text.contains(needed)))
    }

    fn refuse_overwriting(&self) -> Result<(), CommandError> {
        let there = |path: &&PathBuf| path.symlink_metadata().is_ok() && !self.keeps(path);
        let there: Vec<&PathBuf> = self.files.iter().map(|(path, _)| path).filter(there).collect();
        if there.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = there.iter().map(|path| path.display().to_string()).collect();
        let error =
            CommandError::failed(format!("there already: {}", names.join(", "))).note("nothing was written");
        Err(match there.as_slice() {
            [only] if only.ends_with("build.rs") => {
                error.hint(format!("add println!(\"{RERUN}\"); to its main function, and run this again"))
            }
            _ => error.hint("move it away, or write the rest by hand: nothing is overwritten"),
        })
    }

    fn write(&self) -> Result<Vec<String>, CommandError> {
        let mut written = Vec::new();
        for (path, text) in self.files.iter().filter(|(path, _)| !self.keeps(path)) {
            let failed = |error: std::io::Error| {
                CommandError::failed(format!("cannot write {}: {error}", path.display()))
            };
            if let Some(directory) = path.parent() {
                std::fs::create_dir_all(directory).map_err(failed)?;
            }
            crate::author::write_new(path, text)?;
            written.push(path.display().to_string());
        }
        Ok(written)
    }
}

/// A template's `{{…}}`, filled in.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}

/// The name of the package in the Cargo.toml here.
fn package_name() -> Result<Option<String>, CommandError> {
    let Ok(text) = std::fs::read_to_string("Cargo.toml") else { return Ok(None) };
    let table: toml::de::DeTable<'_> = toml::de::DeTable::parse(&text)
        .map_err(|error| CommandError::failed(format!("Cargo.toml: {}", error.message())))?
        .into_inner();
    let package = table.get("package").and_then(|package| package.get_ref().get("name"));
    Ok(package.and_then(|name| name.get_ref().as_str()).map(str::to_owned))
}

/// The name of the current directory.
fn directory_name() -> Result<String, CommandError> {
    let here = std::env::current_dir().map_err(CommandError::failed)?;
    let name = here.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // It stands in quotes in the configuration.
    let plain: String = name.chars().filter(|c| !c.is_control() && !"\"\\".contains(*c)).collect();
    Ok(if plain.trim().is_empty() { "app".to_owned() } else { plain })
}

fn identifier(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}
