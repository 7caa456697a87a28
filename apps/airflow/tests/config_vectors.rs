//! The configuration against the real Airflow's own reading of the same environment and file
//! (`data/config_vectors.json`, made by `data/config_vectors.py`).

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use airflow::config::{Config, ConfigError, Environment, Settings, keys};
use dunlin::url::DatabaseUrl;
use serde_json::{Value, json};

/// A directory of its own for a test, without what an earlier run left there.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("config").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(path.join("af")).unwrap();
    path
}

/// The environment of a vector; its file is written.
fn prepare(directory: &Path, vector: &Value) -> Environment {
    let root = directory.to_str().unwrap();
    let home = format!("{root}/af");
    let mut variables: BTreeMap<String, String> =
        [("PATH", "/usr/bin:/bin"), ("HOME", root), ("AIRFLOW_HOME", &home)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
    for (name, value) in vector["env"].as_object().unwrap() {
        match value.as_str() {
            Some(value) => variables.insert(name.clone(), value.replace("{T}", root)),
            None => variables.remove(name),
        };
    }
    if let Some(text) = vector["file"].as_str() {
        let elsewhere = variables.get("AIRFLOW_CONFIG").is_some_and(|path| path == "~/other.cfg");
        fs::write(directory.join(if elsewhere { "other.cfg" } else { "af/airflow.cfg" }), text).unwrap();
    }
    Environment::of(variables)
}

/// What this program reads, in the vectors' words; the connection also as it stands there.
fn read(environment: &Environment) -> Result<(Settings, Option<String>), ConfigError> {
    let settings = Settings::load(environment)?;
    let connection = Config::load(environment)?.get(&keys::SQL_ALCHEMY_CONN)?;
    Ok((settings, connection.map(|value| value.text)))
}

#[test]
fn configuration_is_read_as_airflow_reads_it() {
    let file: Value = serde_json::from_str(include_str!("data/config_vectors.json")).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 90, "only {} vectors", vectors.len());
    let mut wrong = Vec::new();
    for (number, vector) in vectors.iter().enumerate() {
        let name = vector["name"].as_str().unwrap();
        let on_purpose = vector.get("dunlin");
        assert_eq!(on_purpose.is_some(), vector["because"].is_string(), "{name}");
        let directory = directory(&format!("vector{number}"));
        let before = prepare(&directory, vector);
        let files = list(&directory);
        let found = read(&before);
        assert_eq!(list(&directory), files, "{name}: nothing is written");
        match (found, on_purpose.unwrap_or(&vector["airflow"])) {
            (Err(_), Value::Null) => {}
            (Err(error), _) => wrong.push(format!("{name}: {error}")),
            (Ok((settings, _)), Value::Null) => {
                wrong.push(format!("{name}: should be refused: {settings:?}"))
            }
            (Ok((settings, connection)), expected) => {
                let conn = expected["conn"].as_str().unwrap().replace("{T}", directory.to_str().unwrap());
                if settings.database_url != DatabaseUrl::parse(&conn).unwrap() {
                    wrong.push(format!("{name}: {:?}, should be {conn}", settings.database_url));
                }
                if let Some(text) = connection.filter(|text| *text != conn) {
                    wrong.push(format!("{name}: {text:?}, should be {conn:?}"));
                }
                let rest = json!({"managers": settings.external_db_managers, "schema": settings.schema});
                let should_be = json!({"managers": expected["managers"], "schema": expected["schema"]});
                if rest != should_be {
                    wrong.push(format!("{name}: {rest}, should be {should_be}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn list(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        found.push(path.clone());
        if path.is_dir() {
            found.extend(list(&path));
        }
    }
    found.sort();
    found
}

/// One line that says where and what, a hint, and nothing secret.
#[test]
fn errors_name_the_place_and_no_secret() {
    let conn = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN";
    for (number, (variable, value, file, message, hint)) in [
        ("", "", "[database]\nx = 1\n\nhunter2\n", "airflow.cfg, line 4: it is neither", "key = value"),
        ("", "", "x = hunter2\n", "airflow.cfg, line 1: there is no [section]", ""),
        ("", "", "[a]\nb = hunter2\nb = hunter2\n", "airflow.cfg, line 3: `b` is there already", ""),
        (
            "",
            "",
            "[database]\n\nsql_alchemy_conn = postgresql://u:hunter2%@h/db\n",
            "[database] sql_alchemy_conn (",
            "%%",
        ),
        ("_CMD", "sh -c 'echo hunter2; echo hunter2 >&2; exit 3'", "", "(exit status: 3)", "by hand"),
        ("_CMD", "hunter2-does-not-exist", "", "SQL_ALCHEMY_CONN_CMD cannot be started", "no shell"),
        ("_CMD", "echo 'hunter2", "", "open quote", "quoted"),
        ("_CMD", " ", "", "SQL_ALCHEMY_CONN_CMD is empty", ""),
        ("_SECRET", "hunter2", "", "SQL_ALCHEMY_CONN_SECRET asks for a secrets backend", "_CMD"),
        ("", "postgresql://u:hunter2@h:x/db", "", "SQL_ALCHEMY_CONN cannot be used", "%40"),
        ("", "sqlite:///airflow.db", "", "relative path `airflow.db`", "four slashes"),
        ("", "hunter2", "", "SQL_ALCHEMY_CONN cannot be used", "postgresql://"),
    ]
    .into_iter()
    .enumerate()
    {
        let directory = directory(&format!("error{number}"));
        fs::write(directory.join("af/airflow.cfg"), file).unwrap();
        let mut variables = vec![
            ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
            ("AIRFLOW_HOME".to_owned(), directory.join("af").display().to_string()),
        ];
        if !value.is_empty() {
            variables.push((format!("{conn}{variable}"), value.to_owned()));
        }
        let error = Settings::load(&Environment::of(variables)).err().unwrap();
        let shown = error.to_string();
        assert!(shown.contains(message) && !shown.contains('\n'), "{shown}");
        assert!(error.hint().contains(hint) && !error.hint().contains('\n'), "{shown}: {}", error.hint());
        assert!(!format!("{error:?}{shown}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn warnings_and_places() {
    let directory = directory("warnings");
    let home = directory.join("af").display().to_string();
    let text = "[core]\nsql_alchemy_conn = postgresql://u:hunter2@h/db?sslcrl=hunter2\n\
                [database]\nsql_alchemy_connect_args = my.module.ARGS\n";
    fs::write(directory.join("af/airflow.cfg"), text).unwrap();
    let settings = Settings::load(&Environment::of([("AIRFLOW_HOME", &home)])).unwrap();
    let place = format!("({home}/airflow.cfg, line 2)");
    assert_eq!(
        settings.warnings,
        [
            format!("[core] sql_alchemy_conn {place} is outdated: use [database] sql_alchemy_conn"),
            format!("[core] sql_alchemy_conn {place}: these options have no effect here: sslcrl"),
            format!(
                "[database] sql_alchemy_connect_args ({home}/airflow.cfg, line 4) names a Python object and \
                 has no effect here"
            ),
        ]
    );
    assert_eq!(settings.home, Path::new(&home));
    assert_eq!(settings.config_file, Some(Path::new(&home).join("airflow.cfg")));
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[cfg(unix)]
#[test]
fn broken_files_and_variables() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    let directory = directory("broken");
    let home = directory.join("af").into_os_string();
    let load = |more: &[(&str, OsString)]| {
        let mut variables = vec![(OsString::from("AIRFLOW_HOME"), home.clone())];
        variables.extend(more.iter().map(|(name, value)| (OsString::from(name), value.clone())));
        Settings::load(&Environment::of(variables)).err().unwrap()
    };
    fs::write(directory.join("latin1.cfg"), b"[database]\nx = \xe4\n").unwrap();
    let latin1 = directory.join("latin1.cfg").into_os_string();
    assert!(matches!(load(&[("AIRFLOW_CONFIG", latin1)]), ConfigError::NotUtf8 { .. }));
    let is_directory = load(&[("AIRFLOW_CONFIG", home.clone())]);
    assert!(matches!(is_directory, ConfigError::Unreadable { .. }), "{is_directory}");
    let bytes = OsString::from_vec(b"postgresql://u:\xff@h/db".to_vec());
    let not_unicode = load(&[("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", bytes)]);
    assert!(matches!(not_unicode, ConfigError::NotUnicode { .. }), "{not_unicode}");
    assert!(matches!(load(&[("AIRFLOW_CONFIG", "".into())]), ConfigError::EmptyVariable { .. }));
    assert!(matches!(Settings::load(&Environment::default()).err().unwrap(), ConfigError::NoHome));
}
