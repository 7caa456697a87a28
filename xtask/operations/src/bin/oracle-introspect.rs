//! `cargo xtask oracle facts`, dunlin's part: for each line with a database's URL, a line of JSON with its schema as
//! dunlin introspects it, `{"ok": metadata}`, or `{"error": text}`.
#![allow(clippy::print_stdout, reason = "its answers are what it is for")]

use std::error::Error;
use std::io::{BufRead, Write};

use dunlin::core::prelude::*;
use dunlin::{Access, Database, DatabaseUrl};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for line in std::io::stdin().lock().lines() {
        let url: Value = serde_json::from_str(&line?)?;
        let answer = match runtime.block_on(introspected(url.as_str().unwrap_or_default())) {
            Ok(metadata) => json!({"ok": metadata}),
            Err(error) => json!({"error": chain(error.as_ref()), "phase": "introspect"}),
        };
        println!("{answer}");
        std::io::stdout().flush()?;
    }
    Ok(())
}

async fn introspected(url: &str) -> Result<Metadata, Box<dyn Error>> {
    let mut database = Database::connect(&DatabaseUrl::parse(url)?, Access::Read).await?;
    let metadata = database.introspect(&[]).await;
    database.close().await;
    Ok(metadata?)
}

/// An error and all of its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
