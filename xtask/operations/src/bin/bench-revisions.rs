//! The program that `cargo xtask bench revisions` measures.
//!
//! `bench-revisions write DIR SHAPE COUNT` writes histories of so many revisions, as SQL in DIR/sql and, the same
//! graph, as Alembic's in DIR/alembic/versions; `bench-revisions plan DIR/sql` loads, resolves and plans, and says
//! what each took, in milliseconds.
#![allow(clippy::print_stdout, reason = "its answer is what it is for")]

use std::fs;
use std::path::Path;
use std::time::Instant;

use dunlin::core::session::BoxError;
use dunlin::directory::Directory;
use dunlin::engine::history::RevisionMap;

fn main() -> Result<(), BoxError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["write", directory, shape, count] => write(Path::new(directory), shape, count.parse()?),
        ["plan", directory] => plan(directory),
        _ => Err("bench-revisions write DIR linear|merge-heavy COUNT, or plan DIR".into()),
    }
}

/// The parents of each revision: one line, or one that parts in three and comes together again and again, with a
/// line across that is merged in the end.
fn parents(shape: &str, count: usize) -> Vec<Vec<usize>> {
    let parents = |at: usize| match (shape, at % 5) {
        (_, _) if at == 0 => Vec::new(),
        ("linear", _) => vec![at - 1],
        (_, 1..=3) => vec![at / 5 * 5],
        (_, 4) => vec![at - 3, at - 2, at - 1],
        _ => vec![at - 1],
    };
    (0..count).map(parents).collect()
}

fn write(directory: &Path, shape: &str, count: usize) -> Result<(), BoxError> {
    let (sql, python) = (directory.join("sql"), directory.join("alembic/versions"));
    fs::create_dir_all(&sql)?;
    fs::create_dir_all(&python)?;
    // Ids as random ones are: the order of the files is not that of the history.
    let id = |at: usize| format!("{:012x}", (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16);
    for (at, parents) in parents(shape, count).iter().enumerate() {
        let (id, parents) = (id(at), parents.iter().map(|parent| id(*parent)).collect::<Vec<_>>());
        let down = if parents.is_empty() {
            String::new()
        } else {
            format!("-- down_revision: {}\n", parents.join(", "))
        };
        let text = format!(
            "-- revision: {id}\n{down}-- message: step {at}\n-- created: 2026-11-23 02:00:00 UTC\n\n-- upgrade\n\
             CREATE TABLE t_{at} (id INTEGER NOT NULL, name VARCHAR(100), PRIMARY KEY (id));\n\n\
             -- downgrade\nDROP TABLE t_{at};\n"
        );
        fs::write(sql.join(format!("{id}_step_{at}.sql")), text)?;
        let down = match parents.as_slice() {
            [] => "None".to_owned(),
            [parent] => format!("'{parent}'"),
            several => format!("('{}')", several.join("', '")),
        };
        let text = format!(
            "\"\"\"step {at}\"\"\"\n\nimport sqlalchemy as sa\nfrom alembic import op\n\nrevision = '{id}'\n\
             down_revision = {down}\nbranch_labels = None\ndepends_on = None\n\n\ndef upgrade():\n    \
             op.create_table('t_{at}', sa.Column('id', sa.Integer, primary_key=True))\n\n\n\
             def downgrade():\n    op.drop_table('t_{at}')\n"
        );
        fs::write(python.join(format!("{id}_step_{at}.py")), text)?;
    }
    Ok(())
}

fn plan(directory: &str) -> Result<(), BoxError> {
    let started = Instant::now();
    let mut last = started;
    let mut lap = |what: &str| {
        println!("{what} {:.1}", last.elapsed().as_secs_f64() * 1000.0);
        last = Instant::now();
    };
    let loaded = Directory::new(directory).load()?;
    lap("load");
    let map = RevisionMap::new(loaded.files().iter().map(|file| file.migration.revision().clone()))?;
    lap("check");
    let up = map.upgrade(&[], &map.target("heads")?)?;
    lap("upgrade");
    let down = map.downgrade(&map.effective_heads(), &map.target("base")?)?;
    lap("downgrade");
    if up.len() != map.revisions().len() || down.len() != up.len() {
        return Err("a plan is not whole".into());
    }
    println!("steps {}", up.len());
    Ok(())
}
