//! `templates`

use clap::{Args, ValueEnum as _};
use serde_json::{Value, json};

use super::init::Template;
use crate::exit::ExitStatus;
use crate::ui::Ui;

/// List what `init` can begin a project with.
#[derive(Debug, Clone, Args)]
pub struct Templates {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Templates {
    /// Lists them.
    pub fn run(&self, ui: &Ui) -> ExitStatus {
        let of_value = |value: clap::builder::PossibleValue| {
            let about = value.get_help().map(ToString::to_string).unwrap_or_default();
            (value.get_name().to_owned(), format!("init --template {}", value.get_name()), about)
        };
        let mut all: Vec<(String, String, String)> =
            Template::value_variants().iter().filter_map(Template::to_possible_value).map(of_value).collect();
        let about = "A crate that is an Airflow plugin with a table of its own";
        all.push(("plugin".to_owned(), "init --plugin NAME".to_owned(), about.to_owned()));
        if self.json {
            let template = |(name, command, about): &(String, String, String)| -> Value {
                json!({ "template": name, "command": command, "about": about })
            };
            let templates: Vec<Value> = all.iter().map(template).collect();
            ui.line(&json!({ "templates": templates }).to_string());
            return ExitStatus::Done;
        }
        for (_, command, about) in &all {
            ui.line(&format!("dunlin {command:<22} {about}"));
        }
        ExitStatus::Done
    }
}
