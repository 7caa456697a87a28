//! The grammar: a text becomes its parts. What the options mean is decided elsewhere.

use std::net::Ipv6Addr;

use percent_encoding::percent_decode_str;

use super::{UrlDialect, UrlError};

/// The parts of a URL, percent-decoded.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    /// Database name; for SQLite the path.
    pub(super) database: Option<String>,
    /// Options in the URL's order; those without a value are left out, as SQLAlchemy does.
    pub(super) options: Vec<(String, String)>,
}

/// Drivers of SQLAlchemy that connect by host and port or by file, plus the usual misnomer `mysqlclient`.
const POSTGRES_DRIVERS: &[&str] =
    &["psycopg2", "psycopg", "psycopg_async", "psycopg2cffi", "asyncpg", "pg8000"];
const MYSQL_DRIVERS: &[&str] = &[
    "mysqldb",
    "mysqlclient",
    "pymysql",
    "mysqlconnector",
    "mariadbconnector",
    "aiomysql",
    "asyncmy",
    "cymysql",
];
const SQLITE_DRIVERS: &[&str] = &["pysqlite", "aiosqlite"];

/// Splits a URL into dialect, driver name and parts.
pub(super) fn split(text: &str) -> Result<(UrlDialect, Option<String>, Parts), UrlError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(UrlError::Empty);
    }
    if text.contains(|c: char| c.is_control()) {
        return Err(UrlError::ControlCharacter);
    }
    let (scheme, rest) = text.split_once(':').ok_or(UrlError::NoScheme)?;
    let after_slashes = rest.strip_prefix("//");
    let is_word = |s: &str| s.chars().all(|c| c.is_ascii_alphanumeric() || "+_-.".contains(c));
    let native_sqlite = scheme.eq_ignore_ascii_case("sqlite");
    if scheme.is_empty() || !is_word(scheme) || (after_slashes.is_none() && !native_sqlite) {
        return Err(UrlError::NoScheme);
    }
    let (dialect, driver) = scheme_parts(&scheme.to_ascii_lowercase())?;
    let parts = match (dialect, after_slashes) {
        (UrlDialect::Sqlite, Some(rest)) => split_sqlite(rest)?,
        (UrlDialect::Sqlite, None) => sqlite_path(rest)?,
        (_, rest) => split_server(rest.unwrap_or_default())?,
    };
    Ok((dialect, driver, parts))
}

fn scheme_parts(scheme: &str) -> Result<(UrlDialect, Option<String>), UrlError> {
    let (name, driver) = match scheme.split_once('+') {
        Some((name, driver)) => (name, Some(driver)),
        None => (scheme, None),
    };
    let (dialect, drivers) = match name {
        "postgresql" | "postgres" => (UrlDialect::Postgres, POSTGRES_DRIVERS),
        "mysql" | "mariadb" => (UrlDialect::MySql, MYSQL_DRIVERS),
        "sqlite" => (UrlDialect::Sqlite, SQLITE_DRIVERS),
        _ => return Err(UrlError::UnsupportedDialect { scheme: name.to_owned() }),
    };
    match driver {
        Some(driver) if !drivers.contains(&driver) => {
            Err(UrlError::UnknownDriver { dialect, driver: driver.to_owned() })
        }
        driver => Ok((dialect, driver.map(str::to_owned))),
    }
}

/// After `sqlite://`: a slash and the path (SQLAlchemy), or the path at once (sqlx).
fn split_sqlite(rest: &str) -> Result<Parts, UrlError> {
    if let Some(path) = rest.strip_prefix('/') {
        return sqlite_path(path);
    }
    let path = rest.split('?').next().unwrap_or_default();
    if path != ":memory:" && path.contains(['@', ':']) {
        return Err(UrlError::SqliteAuthority);
    }
    sqlite_path(rest)
}

fn sqlite_path(rest: &str) -> Result<Parts, UrlError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Ok(Parts { database: decode_part(path, "path")?, options: options(query)?, ..Parts::default() })
}

/// After `scheme://`: `[user[:password]@][host[:port]][/database][?options]`.
fn split_server(rest: &str) -> Result<Parts, UrlError> {
    let (login, rest) = split_login(rest);
    let login = login.unwrap_or_default();
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (host, port) = split_host(authority)?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Ok(Parts {
        user: decode_part(user, "user")?,
        password: decode_part(password, "password")?,
        host,
        port,
        database: decode_part(path.strip_prefix('/').unwrap_or_default(), "database name")?,
        options: options(query)?,
    })
}

/// Cuts `user:password@` off. The user ends at the first `:` or `/`; the password at the first `@` after it,
/// or at a later one while that leaves a `@` in the host.
fn split_login(rest: &str) -> (Option<&str>, &str) {
    let user_end = rest.find([':', '/']).unwrap_or(rest.len());
    let first_at = if rest[user_end..].starts_with(':') { rest[user_end..].find('@') } else { None };
    let Some(at) = first_at.map(|at| user_end + at).or_else(|| rest[..user_end].rfind('@')) else {
        return (None, rest);
    };
    let after = &rest[at + 1..];
    let host_end = after.find(['/', '?']).unwrap_or(after.len());
    let at = after[..host_end].rfind('@').map_or(at, |later| at + 1 + later);
    (Some(&rest[..at]), &rest[at + 1..])
}

fn split_host(authority: &str) -> Result<(Option<String>, Option<u16>), UrlError> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or(UrlError::Host)?;
            host.parse::<Ipv6Addr>().map_err(|_| UrlError::Host)?;
            let port = match after {
                "" => None,
                after => Some(after.strip_prefix(':').ok_or(UrlError::Port)?),
            };
            (host.to_owned(), port)
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host.to_owned(), Some(port)),
            None => (authority.to_owned(), None),
        },
    };
    let port = port.map(parse_port).transpose()?;
    Ok(((!host.is_empty()).then_some(host), port))
}

/// Reads a port number.
pub(super) fn parse_port(text: &str) -> Result<u16, UrlError> {
    if text.contains(',') {
        return Err(UrlError::SeveralHosts);
    }
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(port) if digits && port > 0 => Ok(port),
        _ => Err(UrlError::Port),
    }
}

/// `key=value&…`, with `+` for a space.
fn options(query: &str) -> Result<Vec<(String, String)>, UrlError> {
    let mut options = Vec::new();
    for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        if !value.is_empty() {
            let plain = |text: &str| decode(&text.replace('+', " "), "option");
            options.push((plain(key)?, plain(value)?));
        }
    }
    Ok(options)
}

/// The decoded part, `None` if it is empty.
fn decode_part(text: &str, part: &'static str) -> Result<Option<String>, UrlError> {
    if text.is_empty() { Ok(None) } else { decode(text, part).map(Some) }
}

/// Percent-decodes; a `%` that begins no escape stands for itself, as in SQLAlchemy.
pub(super) fn decode(text: &str, part: &'static str) -> Result<String, UrlError> {
    match percent_decode_str(text).decode_utf8() {
        Ok(decoded) => Ok(decoded.into_owned()),
        Err(_) => Err(UrlError::NotUtf8 { part }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_ends_where_sqlalchemy_ends_it_or_later() {
        for (text, login, rest) in [
            ("host/db", None, "host/db"),
            ("u@host/db", Some("u"), "host/db"),
            ("u:p@host/db", Some("u:p"), "host/db"),
            ("u:p@ss@host/db", Some("u:p@ss"), "host/db"),
            ("u:p@s:s@host:1/db", Some("u:p@s:s"), "host:1/db"),
            ("u@x@host/db", Some("u@x"), "host/db"),
            ("u@host:5432/db", Some("u"), "host:5432/db"),
            ("u@x:p@host/db", Some("u@x:p"), "host/db"),
            ("u:p/w?@host/db", Some("u:p/w?"), "host/db"),
            ("u:p@host/db@x", Some("u:p"), "host/db@x"),
            ("u:p@host/db?a=b@c", Some("u:p"), "host/db?a=b@c"),
            ("host:5432/db", None, "host:5432/db"),
            ("/db", None, "/db"),
            ("", None, ""),
        ] {
            assert_eq!(split_login(text), (login, rest), "{text}");
        }
    }

    #[test]
    fn ports_are_plain_numbers() {
        assert_eq!(parse_port("5432"), Ok(5432));
        for bad in ["", "0", "+1", " 1", "1_0", "65536", "-1", "١"] {
            assert_eq!(parse_port(bad), Err(UrlError::Port), "{bad:?}");
        }
        assert_eq!(parse_port("1,2"), Err(UrlError::SeveralHosts));
    }
}
