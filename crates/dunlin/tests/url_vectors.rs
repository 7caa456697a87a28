//! URLs against SQLAlchemy's own reading (`data/url_vectors.json`, made by `data/url_vectors.py`) and, once
//! rewritten, against sqlx's.

#![allow(clippy::unwrap_used)]

use dunlin::url::{DatabaseUrl, UrlDialect};
use serde_json::{Map, Value, json};
use sqlx::ConnectOptions;
use sqlx::mysql::MySqlConnectOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

fn vectors() -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("data/url_vectors.json")).unwrap();
    let vectors = file["vectors"].as_array().unwrap().clone();
    assert!(vectors.len() >= 100, "only {} vectors", vectors.len());
    vectors
}

/// A parsed URL in the vectors' words, without its options.
fn fields(url: &DatabaseUrl) -> Map<String, Value> {
    let dialect = match url.dialect {
        UrlDialect::Postgres => "postgresql",
        UrlDialect::MySql => "mysql",
        UrlDialect::Sqlite => "sqlite",
    };
    let fields = json!({
        "dialect": dialect,
        "user": url.user,
        "password": url.password().map(|password| password.expose()),
        "host": url.host,
        "port": url.port,
        "socket": url.socket,
        "database": url.database,
    });
    fields.as_object().unwrap().clone()
}

/// What dunlin made of the option that SQLAlchemy hands to its driver under `name`, in that driver's words.
fn option(url: &DatabaseUrl, name: &str, expected: &Value) -> Value {
    let seconds = |time: Option<std::time::Duration>| json!(time.map(|time| time.as_secs_f64()));
    match name {
        "sslmode" | "ssl" if expected.is_string() => json!(url.tls.mode.unwrap().postgres_name()),
        "ssl_mode" => json!(url.tls.mode.unwrap().mysql_name()),
        "ssl" => {
            let mut found = json!({
                "ca": url.tls.root_cert, "cert": url.tls.client_cert, "key": url.tls.client_key,
            });
            let files = found.as_object_mut().unwrap();
            files.retain(|_, file| !file.is_null());
            if let Some(check) = expected.get("check_hostname") {
                // The mode carries it.
                assert_eq!(check.as_bool().unwrap(), url.tls.mode.unwrap().mysql_name() == "VERIFY_IDENTITY");
                files.insert("check_hostname".to_owned(), check.clone());
            }
            found
        }
        "ssl_disabled" => json!((url.tls.mode.unwrap().mysql_name() == "DISABLED").to_string()),
        "sslrootcert" => json!(url.tls.root_cert),
        "sslcert" => json!(url.tls.client_cert),
        "sslkey" => json!(url.tls.client_key),
        "connect_timeout" => seconds(url.timeouts.connect),
        "read_timeout" => seconds(url.timeouts.read),
        "timeout" => seconds(url.timeouts.busy),
        other => json!(url.option(other)),
    }
}

/// Numbers and switches may stand as text.
fn same(found: &Value, expected: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Bool(switch) => Some(f64::from(*switch)),
        Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    };
    found == expected || (number(found).is_some() && number(found) == number(expected))
}

#[test]
fn urls_are_read_as_sqlalchemy_reads_them() {
    let mut wrong = Vec::new();
    for vector in vectors() {
        let text = vector["url"].as_str().unwrap();
        let (expected, on_purpose) = match vector.get("dunlin") {
            Some(expected) => (expected, true),
            None => (&vector["sqlalchemy"], false),
        };
        assert_eq!(
            on_purpose,
            vector["because"].is_string(),
            "{text}: a difference and its reason go together"
        );
        let found = DatabaseUrl::parse(text);
        let Some(expected) = expected.as_object() else {
            if found.is_ok() {
                wrong.push(format!("{text}: should be refused"));
            }
            continue;
        };
        let url = match found {
            Ok(url) => url,
            Err(error) => {
                wrong.push(format!("{text}: {error}"));
                continue;
            }
        };
        let mut fields = fields(&url);
        for (name, value) in expected["options"].as_object().unwrap() {
            let found = option(&url, name, value);
            if !same(&found, value) {
                wrong.push(format!("{text}: option {name} is {found}, should be {value}"));
            }
        }
        fields.insert("options".to_owned(), expected["options"].clone());
        if &fields != expected {
            wrong.push(format!("{text}: {}", json!(fields)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The native form says the same to sqlx as the fields do, and reads back as itself.
#[test]
fn native_urls_mean_the_same_to_sqlx() {
    let mut seen = 0;
    for vector in vectors() {
        let text = vector["url"].as_str().unwrap();
        let Ok(url) = DatabaseUrl::parse(text) else { continue };
        let native = url.to_native();
        let password = url.password().map(|password| password.expose().to_owned());
        seen += 1;
        match url.dialect {
            UrlDialect::Postgres => {
                let sqlx: PgConnectOptions =
                    native.parse().unwrap_or_else(|e| panic!("{text} {native}: {e}"));
                if let Some(host) = &url.host {
                    assert_eq!(sqlx.get_host().trim_matches(['[', ']']), host, "{text}");
                }
                if let Some(user) = &url.user {
                    assert_eq!(sqlx.get_username(), user, "{text}");
                }
                if let Some(port) = url.port {
                    assert_eq!(sqlx.get_port(), port, "{text}");
                }
                assert_eq!(sqlx.get_socket().map(|path| path.display().to_string()), url.socket, "{text}");
                assert_eq!(sqlx.get_database(), url.database.as_deref(), "{text}");
                assert_eq!(sqlx.get_application_name(), url.option("application_name"), "{text}");
                assert_eq!(sqlx.get_options(), url.option("options"), "{text}");
                let mode = url.tls.mode_or_default().postgres_name().replace('-', "");
                assert_eq!(format!("{:?}", sqlx.get_ssl_mode()).to_lowercase(), mode, "{text}");
                assert_eq!(decoded(sqlx.to_url_lossy().password()), password, "{text}");
            }
            UrlDialect::MySql => {
                let sqlx: MySqlConnectOptions =
                    native.parse().unwrap_or_else(|e| panic!("{text} {native}: {e}"));
                assert_eq!(
                    sqlx.get_host().trim_matches(['[', ']']),
                    url.host.as_deref().unwrap_or("localhost"),
                    "{text}"
                );
                assert_eq!(sqlx.get_port(), url.port.unwrap_or(3306), "{text}");
                assert_eq!(sqlx.get_username(), url.user.as_deref().unwrap_or("root"), "{text}");
                assert_eq!(sqlx.get_database(), url.database.as_deref(), "{text}");
                let socket = sqlx.get_socket().map(|path| path.display().to_string());
                assert_eq!(socket, url.socket, "{text}");
                assert_eq!(sqlx.get_charset(), url.option("charset").unwrap_or("utf8mb4"), "{text}");
                assert_eq!(sqlx.get_collation(), url.option("collation"), "{text}");
                let mode = url.tls.mode_or_default().mysql_name().replace('_', "");
                assert_eq!(format!("{:?}", sqlx.get_ssl_mode()).to_uppercase(), mode, "{text}");
                assert_eq!(decoded(sqlx.to_url_lossy().password()), password, "{text}");
            }
            UrlDialect::Sqlite => {
                let sqlx: SqliteConnectOptions =
                    native.parse().unwrap_or_else(|e| panic!("{text} {native}: {e}"));
                if url.is_in_memory() {
                    assert!(
                        sqlx.get_filename().starts_with("file:sqlx-in-memory-0")
                            || native.contains(":memory:")
                    );
                } else {
                    assert_eq!(sqlx.get_filename().to_str(), url.database.as_deref(), "{text}");
                }
            }
        }
        let again = DatabaseUrl::parse(&native).unwrap_or_else(|e| panic!("{text} {native}: {e}"));
        assert_eq!(again.to_native(), native, "{text}");
    }
    assert!(seen >= 80, "only {seen} URLs seen");
}

/// `to_url_lossy` escapes; this undoes it.
fn decoded(text: Option<&str>) -> Option<String> {
    text.map(|text| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned())
}

/// No message, and no debug output, shows a password or a piece of one.
#[test]
fn no_message_shows_a_password() {
    const SECRET: &str = "hunter2";
    let mut refused = 0;
    for mark in
        ["", "@", ":", "/", "?", "#", "%", "%ff", "\n", "[", "]", "&", "=", ",", " ", "ä", "://", "\\"]
    {
        for scheme in
            ["postgresql", "mysql+pymysql", "mariadb", "sqlite", "mssql", "postgresql+nosuch", "x y"]
        {
            for form in
                ["S://u:P@h/db", "S://P@h/db", "S://h:P/db", "S://u:P", "S://h/db?password=P", "S:P@h", "P"]
            {
                for password in [format!("{SECRET}{mark}{SECRET}"), format!("{mark}{SECRET}")] {
                    if form == "P" && mark == "://" {
                        continue; // what stands before `://` is a scheme, and may be named
                    }
                    let text = form.replace('S', scheme).replace('P', &password);
                    match DatabaseUrl::parse(&text) {
                        Err(error) => {
                            refused += 1;
                            let shown = format!("{error} {error:?} {}", error.hint());
                            assert!(!shown.contains(SECRET), "{text:?}: {shown}");
                        }
                        // A user, a host or a path is not secret; a password is.
                        Ok(url)
                            if url.password().is_some_and(|password| password.expose().contains(SECRET)) =>
                        {
                            let shown = format!("{} {url:?}", url.redacted());
                            let visible = [&url.user, &url.host, &url.database];
                            let elsewhere = visible
                                .iter()
                                .any(|part| part.as_deref().is_some_and(|p| p.contains(SECRET)));
                            assert!(elsewhere || !shown.contains(SECRET), "{text:?}: {shown}");
                        }
                        Ok(_) => {}
                    }
                }
            }
        }
    }
    assert!(refused > 300, "only {refused} refused");
}
