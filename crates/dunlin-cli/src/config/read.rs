//! Reading the text: every key by name, so that an error can name it and its line.

use std::path::{Path, PathBuf};

use dunlin::Transactions;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Config, ConfigError, FileTemplate, Hook, Models, UrlSource};

/// The keys of the file.
const KEYS: [&str; 17] = [
    "url",
    "url_env",
    "owner",
    "script_location",
    "version_locations",
    "recursive_version_locations",
    "file_template",
    "slug_length",
    "timezone",
    "transactions",
    "version_table",
    "version_table_schema",
    "schema",
    "models",
    "scratch_url",
    "scratch_url_env",
    "post_write_hooks",
];

const HOOK_KEYS: [&str; 3] = ["name", "run", "cwd"];

/// A value, and what an error about it says.
struct Value<'t> {
    source: &'t Source<'t>,
    key: String,
    line: usize,
    value: &'t DeValue<'t>,
}

struct Source<'t> {
    file: &'t Path,
    text: &'t str,
}

pub(super) fn config(file: &Path, text: &str) -> Result<Config, ConfigError> {
    let source = Source { file, text };
    let table = DeTable::parse(text).map_err(|error| {
        let line = source.line(error.span().map_or(0, |span| span.start));
        let problem = error.message().lines().next().unwrap_or_default().to_owned();
        ConfigError::Syntax { file: file.to_owned(), line, key: source.key(line), problem }
    })?;
    let mut config = Config::of_directory(file.parent().unwrap_or(Path::new("")));
    config.file = file.to_owned();
    let entries = source.entries(table.get_ref(), "", &KEYS)?;
    for (key, value) in &entries {
        set(&mut config, key, value)?;
    }
    let template = entries.iter().find(|(key, _)| key == "file_template");
    match template {
        Some((_, value)) if config.file_template.has_directory() && !config.recursive => {
            Err(value.wrong("has a /, and without recursive_version_locations = true no such file is read"))
        }
        _ => Ok(config),
    }
}

fn set(config: &mut Config, key: &str, value: &Value<'_>) -> Result<(), ConfigError> {
    match key {
        "url" | "url_env" => value.url(&mut config.url, "url")?,
        "scratch_url" | "scratch_url_env" => value.url(&mut config.scratch, "scratch_url")?,
        "owner" => config.owner = Some(value.text()?),
        "script_location" => config.script_location = value.text()?.into(),
        "version_locations" => {
            let locations: Vec<PathBuf> = value.texts()?.into_iter().map(PathBuf::from).collect();
            if locations.is_empty() {
                return Err(value.wrong("must name a directory, or be left out"));
            }
            config.version_locations = locations;
        }
        "recursive_version_locations" => config.recursive = value.truth()?,
        "file_template" => {
            config.file_template = FileTemplate::parse(&value.text()?).map_err(|why| value.wrong(&why))?;
        }
        "slug_length" => config.slug_length = value.length()?,
        "timezone" => {
            let name = value.text()?;
            let unknown = |_| value.wrong(&format!("names the time zone {name}, which is not known here"));
            config.timezone = match name.as_str() {
                "UTC" => jiff::tz::TimeZone::UTC,
                "local" => jiff::tz::TimeZone::system(),
                name => jiff::tz::TimeZone::get(name).map_err(unknown)?,
            };
        }
        "transactions" => {
            config.transactions = match value.text()?.as_str() {
                "default" => Transactions::Default,
                "revision" => Transactions::Revision,
                "run" => Transactions::Run,
                _ => return Err(value.wrong("must be \"default\", \"revision\" or \"run\"")),
            };
        }
        "version_table" => config.version_table = value.text()?,
        "version_table_schema" => config.version_table_schema = Some(value.text()?),
        "schema" => config.schema = Some(value.text()?),
        "models" => config.models = Some(value.models()?),
        _ => config.post_write_hooks = value.hooks()?,
    }
    Ok(())
}

impl Source<'_> {
    /// The line of a place in the text, from 1.
    fn line(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or(self.text);
        before.bytes().filter(|byte| *byte == b'\n').count() + 1
    }

    /// The key that stands in a line of a text that is no TOML, or in a line above it whose value goes on there.
    fn key(&self, line: usize) -> Option<String> {
        let lines: Vec<&str> = self.text.lines().take(line).collect();
        let key = |text: &str| {
            let (key, _) = text.split_once('=')?;
            let key = key.trim();
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
            (!key.is_empty() && key.chars().all(is_plain)).then(|| key.to_owned())
        };
        let (own, above) = lines.split_last()?;
        let goes_on = || DeTable::parse(&above.join("\n")).is_err();
        key(own).or_else(|| above.iter().rev().find_map(|text| key(text)).filter(|_| goes_on()))
    }

    /// The keys and values of a table, all of them known, in the order of the file.
    fn entries<'s>(
        &'s self,
        table: &'s DeTable<'s>,
        prefix: &str,
        known: &[&'static str],
    ) -> Result<Vec<(String, Value<'s>)>, ConfigError> {
        let mut entries: Vec<(&Spanned<_>, &Spanned<DeValue<'_>>)> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let mut found = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let line = self.line(key.span().start);
            let key = key.get_ref().to_string();
            if !known.contains(&key.as_str()) {
                let meant = known.iter().find(|known| is_near(known, &key)).map(|known| (*known).to_owned());
                let file = self.file.to_owned();
                let known = known.to_vec();
                return Err(ConfigError::UnknownKey {
                    file,
                    line,
                    key: format!("{prefix}{key}"),
                    meant,
                    known,
                });
            }
            let value = Value { source: self, key: format!("{prefix}{key}"), line, value: value.get_ref() };
            found.push((key, value));
        }
        Ok(found)
    }
}

impl<'t> Value<'t> {
    fn wrong(&self, problem: &str) -> ConfigError {
        let (file, problem) = (self.source.file.to_owned(), problem.to_owned());
        ConfigError::Value { file, line: self.line, key: self.key.clone(), problem }
    }

    /// The value is of another kind than wanted.
    fn other_kind(&self, wanted: &str) -> ConfigError {
        let found = match self.value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.wrong(&format!("must be {wanted}, not {found}"))
    }

    fn text(&self) -> Result<String, ConfigError> {
        match self.value {
            DeValue::String(text) if text.trim().is_empty() => Err(self.wrong("must not be empty")),
            DeValue::String(text) => Ok(text.to_string()),
            _ => Err(self.other_kind("a text")),
        }
    }

    /// A URL, or, where the key is not `key` itself, the name of the variable that holds it.
    fn url(&self, source: &mut UrlSource, key: &str) -> Result<(), ConfigError> {
        if *source != UrlSource::None {
            return Err(self.wrong(&format!("stands beside the other of {key} and {key}_env: one is enough")));
        }
        let text = self.text()?;
        // Never shown: what is no name may be a URL with its password.
        let is_name = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
        *source = match self.key == key {
            true => UrlSource::Text(text),
            false if is_name(&text) => UrlSource::Variable(text),
            false => {
                let problem = format!("must be the name of an environment variable; a URL stands in {key}");
                return Err(self.wrong(&problem));
            }
        };
        Ok(())
    }

    fn models(&self) -> Result<Models, ConfigError> {
        let path = PathBuf::from(self.text()?);
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("sql") => Ok(Models::Sql(path)),
            Some("json") => Ok(Models::Json(path)),
            _ => Err(self.wrong("must be a file of SQL (.sql) or of JSON (.json)")),
        }
    }

    fn truth(&self) -> Result<bool, ConfigError> {
        match self.value {
            DeValue::Boolean(truth) => Ok(*truth),
            _ => Err(self.other_kind("true or false")),
        }
    }

    fn length(&self) -> Result<usize, ConfigError> {
        match self.value {
            DeValue::Integer(number) => {
                let length = usize::from_str_radix(number.as_str(), number.radix()).ok();
                length
                    .filter(|length| (1..=200).contains(length))
                    .ok_or_else(|| self.wrong("must be a number from 1 to 200"))
            }
            _ => Err(self.other_kind("a number")),
        }
    }

    fn texts(&self) -> Result<Vec<String>, ConfigError> {
        let DeValue::Array(values) = self.value else { return Err(self.other_kind("a list of texts")) };
        values.iter().map(|value| self.element(value).text()).collect()
    }

    fn hooks(&self) -> Result<Vec<Hook>, ConfigError> {
        let DeValue::Array(values) = self.value else { return Err(self.other_kind("a list of tables")) };
        values.iter().map(|value| self.element(value).hook()).collect()
    }

    fn hook(&self) -> Result<Hook, ConfigError> {
        let DeValue::Table(table) = self.value else { return Err(self.other_kind("a list of tables")) };
        let mut hook = Hook { name: String::new(), run: Vec::new(), cwd: None };
        for (key, value) in self.source.entries(table, "post_write_hooks.", &HOOK_KEYS)? {
            match key.as_str() {
                "name" => hook.name = value.text()?,
                "run" => hook.run = value.texts()?,
                _ => hook.cwd = Some(value.text()?.into()),
            }
        }
        let Some(program) = hook.run.first() else {
            return Err(self.wrong("must say with run what to run"));
        };
        if hook.name.is_empty() {
            hook.name.clone_from(program);
        }
        Ok(hook)
    }

    /// A value of a list, on its own line.
    fn element(&self, value: &'t Spanned<DeValue<'t>>) -> Value<'t> {
        let line = self.source.line(value.span().start);
        Value { source: self.source, key: self.key.clone(), line, value: value.get_ref() }
    }
}

/// Whether one is the other misspelt: one letter more, fewer or another, two that changed places, or the
/// beginning of it.
fn is_near(known: &str, key: &str) -> bool {
    let plain = |text: &str| text.replace('-', "_").to_lowercase();
    let (known, key) = (plain(known), plain(key));
    if known == key || (key.len() >= 4 && (known.starts_with(&key) || key.starts_with(&known))) {
        return true;
    }
    let alike = known.bytes().zip(key.bytes()).take_while(|(a, b)| a == b).count();
    let alike_at_end = known.bytes().rev().zip(key.bytes().rev()).take_while(|(a, b)| a == b).count();
    let shorter = known.len().min(key.len());
    let longer = known.len().max(key.len());
    shorter >= 3 && longer - shorter <= 1 && alike + alike_at_end + 2 >= longer
}
