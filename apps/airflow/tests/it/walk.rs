//! What the real Airflow's history leaves, step by step: `facts/walk-*.jsonl.gz`, as `cargo xtask oracle facts` writes
//! it; and that of FAB's manager: `facts/walk-fab-*.jsonl.gz`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};

use dunlin_testkit::dunlin::core::dialect::DialectName;
use dunlin_testkit::dunlin::core::schema::{DataType, Metadata, SqlValue, Table};
use flate2::read::GzDecoder;
use serde::Deserialize;

/// The way of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Way {
    Upgrade,
    Downgrade,
    Back,
    Models,
    Over,
    Taken,
}

/// A line of the file.
#[derive(Debug, Deserialize)]
struct Line {
    way: Way,
    release: Option<String>,
    revision: String,
    down_revision: Option<String>,
    #[serde(default)]
    file: String,

    #[serde(default)]
    tables: Vec<Table>,
    #[serde(default)]
    gone: Vec<String>,
    error: Option<String>,
}

/// A revision of the real history on one database.
#[derive(Debug)]
pub(crate) struct Revision {
    pub(crate) id: String,
    pub(crate) down_revision: Option<String>,
    /// The name of the real one's file: its number, its release, its title.
    pub(crate) file: String,
    /// The release that it ends.
    pub(crate) release: Option<String>,

    /// What the revision before it leaves.
    pub(crate) before: Metadata,
    /// What it leaves, or why it fails.
    pub(crate) after: Result<Metadata, String>,
    /// What its downgrade leaves where nothing else was there, or why it fails.
    pub(crate) back: Result<Metadata, String>,
    /// What the whole way down leaves below it.
    pub(crate) downgrade: Result<Metadata, String>,
    /// FAB's, where the core has made some of its tables: those that it leaves otherwise, or why it fails.
    pub(crate) over: Result<Vec<Table>, String>,
}

/// The real history on one database: as far as it goes.
#[derive(Debug)]
pub(crate) struct Walk {
    pub(crate) revisions: Vec<Revision>,
    /// What Airflow makes without its revisions.
    pub(crate) models: Metadata,
    /// FAB's tables that the real one leaves otherwise than it found them, made by the core, without a version row.
    pub(crate) taken: Vec<Table>,
}

type Tables = BTreeMap<String, Table>;

impl Walk {
    pub(crate) fn on(dialect: DialectName) -> Self {
        let walk = Self::read(&format!("walk-{dialect}"));
        if dialect == DialectName::MariaDb { walk.gone_on(Self::read("walk-mysql")) } else { walk }
    }

    /// The real one stops on the way to 3.0 on MariaDB: what it would do behind that is taken from MySQL.
    fn gone_on(mut self, mysql: Self) -> Self {
        let reached = self.revisions.iter().take_while(|revision| revision.after.is_ok()).count();
        assert!(reached >= 49, "{reached} revisions");
        self.revisions.truncate(reached);
        let rest = mysql.revisions.into_iter().skip(reached).map(|revision| Revision {
            before: in_mariadb(revision.before),
            after: revision.after.map(in_mariadb),
            back: revision.back.map(in_mariadb),
            downgrade: revision.downgrade.map(in_mariadb),
            ..revision
        });
        self.revisions.extend(rest);
        self
    }

    /// By the name of its file.
    pub(crate) fn read(name: &str) -> Self {
        let path = format!("{}/facts/{name}.jsonl.gz", env!("CARGO_MANIFEST_DIR"));
        let file = File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut walk = Self { revisions: Vec::new(), models: Metadata::default(), taken: Vec::new() };
        let mut left = Tables::new();
        for line in BufReader::new(GzDecoder::new(file)).lines() {
            let line: Line = serde_json::from_str(&line.unwrap()).unwrap();
            walk.take(line, &mut left);
        }
        walk
    }

    fn take(&mut self, line: Line, left: &mut Tables) {
        if line.way == Way::Upgrade {
            let before = metadata(left);
            let after = changed(&line, left);
            if let Ok(after) = &after {
                left.clone_from(after);
            }
            self.revisions.push(Revision {
                id: line.revision,
                down_revision: line.down_revision,
                file: line.file,
                release: line.release,

                before,
                after: after.map(|after| metadata(&after)),
                back: Err("not walked".to_owned()),
                downgrade: Err("not walked".to_owned()),
                over: Err("not walked".to_owned()),
            });
            return;
        }
        let at = self.revisions.iter().position(|revision| revision.id == line.revision);
        match line.way {
            Way::Models => {
                let head = at.and_then(|at| self.revisions.get(at)?.after.as_ref().ok());
                self.models = metadata(&changed(&line, &head.map(tables).unwrap_or_default()).unwrap());
            }
            Way::Taken => self.taken = line.tables,
            Way::Over => self.revisions[at.unwrap()].over = line.error.map_or(Ok(line.tables), Err),
            way => {
                let revision = &mut self.revisions[at.unwrap()];
                let below = changed(&line, &tables(&revision.before)).map(|tables| metadata(&tables));
                match way {
                    Way::Back => revision.back = below,
                    _ => revision.downgrade = below,
                }
            }
        }
    }

    pub(crate) fn revision(&self, id: &str) -> Option<&Revision> {
        self.revisions.iter().find(|revision| revision.id == id)
    }
}

fn changed(line: &Line, before: &Tables) -> Result<Tables, String> {
    if let Some(error) = &line.error {
        return Err(error.clone());
    }
    let mut tables = before.clone();
    tables.retain(|name, _| !line.gone.contains(name));
    tables.extend(line.tables.iter().map(|table| (table.name.name.clone(), table.clone())));
    Ok(tables)
}

fn metadata(tables: &Tables) -> Metadata {
    let mut metadata = Metadata::default();
    metadata.extend(tables.values().cloned());
    metadata
}

fn tables(metadata: &Metadata) -> Tables {
    metadata.tables().iter().map(|table| (table.name.name.clone(), table.clone())).collect()
}

/// A schema of MySQL as the same revisions leave it on MariaDB: UUIDs have a type there, and an expression stays as it
/// was written, or is the value that it is.
fn in_mariadb(mut schema: Metadata) -> Metadata {
    let names: Vec<_> = schema.tables().iter().map(|table| table.name.clone()).collect();
    for name in names {
        let Some(table) = schema.get_mut(&name) else { continue };
        for column in &mut table.columns {
            if column.column_type.get(DialectName::MySql) == Some(&DataType::char(32)) {
                column.column_type = DataType::native("uuid").into();
            }
            if column.server_default == Some(SqlValue::expression("(-(1))").into()) {
                let default = match name.name.as_str() {
                    "task_instance_history" => SqlValue::text("-1"),
                    _ => SqlValue::expression("(-1)"),
                };
                column.server_default = Some(default.into());
            }
        }
    }
    schema
}
