//! What the options after `?` mean, per database system.

use std::time::Duration;

use super::split::parse_port;
use super::{DatabaseUrl, Password, TlsMode, UrlDialect, UrlError};

/// Options without a field of their own that sqlx takes in a URL.
pub(super) fn is_native(dialect: UrlDialect, name: &str) -> bool {
    match dialect {
        UrlDialect::Postgres => {
            matches!(name, "application_name" | "options" | "statement-cache-capacity")
                || (name.starts_with("options[") && name.ends_with(']'))
        }
        UrlDialect::MySql => {
            matches!(name, "charset" | "collation" | "timezone" | "time-zone" | "statement-cache-capacity")
        }
        UrlDialect::Sqlite => matches!(name, "mode" | "cache" | "immutable" | "vfs"),
    }
}

/// Moves each option into its field; keeps the others.
pub(super) fn apply(
    url: &mut DatabaseUrl,
    driver: Option<&str>,
    options: Vec<(String, String)>,
) -> Result<(), UrlError> {
    let single_host = options.iter().filter(|(name, _)| name == "host").count() <= 1;
    if !single_host && url.dialect == UrlDialect::Postgres {
        return Err(UrlError::SeveralHosts);
    }
    match url.dialect {
        UrlDialect::Postgres => postgres(url, options),
        UrlDialect::MySql => mysql(url, driver, options),
        UrlDialect::Sqlite => sqlite(url, options),
    }
}

/// libpq's names, asyncpg's `ssl`, and sqlx's spellings.
fn postgres(url: &mut DatabaseUrl, options: Vec<(String, String)>) -> Result<(), UrlError> {
    for (name, value) in options {
        match name.as_str() {
            "host" => host_and_port(url, value)?,
            "hostaddr" if url.host.is_none() => url.host = Some(value),
            "port" => url.port = Some(parse_port(&value)?),
            "user" => url.user = Some(value),
            "password" => url.password = Some(Password::new(value)),
            "dbname" | "database" => url.database = Some(value),
            "sslmode" | "ssl-mode" => url.tls.mode = Some(tls_mode(&name, &value)?),
            "ssl" => url.tls.mode = Some(tls_mode_or_switch(&name, &value)?),
            "sslrootcert" | "ssl-root-cert" | "ssl-ca" => url.tls.root_cert = Some(value),
            "sslcert" | "ssl-cert" => url.tls.client_cert = Some(value),
            "sslkey" | "ssl-key" => url.tls.client_key = Some(value),
            "connect_timeout" => url.timeouts.connect = seconds(&name, &value)?,
            _ => url.options.push((name, value)),
        }
    }
    // libpq: `system` means the machine's own authorities and full verification; a root certificate lifts
    // `require` to `verify-ca`.
    if url.tls.root_cert.as_deref() == Some("system") {
        url.tls.root_cert = None;
        url.tls.mode = Some(TlsMode::VerifyFull);
    } else if url.tls.root_cert.is_some() && url.tls.mode == Some(TlsMode::Require) {
        url.tls.mode = Some(TlsMode::VerifyCa);
    }
    Ok(())
}

/// `host=name`, `host=name:port` (SQLAlchemy) or `host=/socket/directory`.
fn host_and_port(url: &mut DatabaseUrl, value: String) -> Result<(), UrlError> {
    match value.split_once(':') {
        Some((host, port)) if !host.contains('/') && !port.contains(':') => {
            if !port.is_empty() {
                url.port = Some(parse_port(port)?);
            }
            url.host = Some(host.to_owned());
        }
        _ => url.host = Some(value),
    }
    Ok(())
}

/// Wishes for TLS that MySQL's drivers spell in several options.
#[derive(Default)]
struct MySqlTls {
    mode: Option<TlsMode>,
    disabled: bool,
    wanted: bool,
    authority: bool,
    verify_cert: Option<bool>,
    verify_host: Option<bool>,
}

impl MySqlTls {
    /// An explicit mode wins. Else a named authority asks for verification: of the certificate, as MySQL's
    /// own client does, and of the host too where the Python driver checks that by default.
    fn mode(&self, driver: Option<&str>) -> Option<TlsMode> {
        let checks_host = matches!(driver, Some("pymysql" | "asyncmy")) && self.authority;
        if self.mode.is_some() {
            self.mode
        } else if self.disabled {
            Some(TlsMode::Disable)
        } else if self.verify_host.unwrap_or(checks_host && self.verify_cert != Some(false)) {
            Some(TlsMode::VerifyFull)
        } else if self.verify_cert.unwrap_or(self.authority) {
            Some(TlsMode::VerifyCa)
        } else {
            (self.wanted || self.authority).then_some(TlsMode::Require)
        }
    }
}

/// The names of mysqlclient, PyMySQL and MySQL Connector/Python, and sqlx's spellings.
fn mysql(
    url: &mut DatabaseUrl,
    driver: Option<&str>,
    options: Vec<(String, String)>,
) -> Result<(), UrlError> {
    let mut tls = MySqlTls::default();
    for (name, value) in options {
        match name.as_str() {
            "host" => url.host = Some(value),
            "port" => url.port = Some(parse_port(&value)?),
            "user" => url.user = Some(value),
            "password" | "passwd" => url.password = Some(Password::new(value)),
            "database" | "db" => url.database = Some(value),
            "unix_socket" | "socket" => url.socket = Some(value),
            "connect_timeout" | "connection_timeout" => url.timeouts.connect = seconds(&name, &value)?,
            "read_timeout" => url.timeouts.read = seconds(&name, &value)?,
            "ssl_mode" | "ssl-mode" | "sslmode" => tls.mode = Some(tls_mode(&name, &value)?),
            "ssl" => match tls_mode_or_switch(&name, &value)? {
                TlsMode::Disable => tls.disabled = true,
                TlsMode::Require => tls.wanted = true,
                mode => tls.mode = Some(mode),
            },
            "ssl_disabled" => tls.disabled = switch(&name, &value)?,
            "ssl_verify_cert" => tls.verify_cert = Some(switch(&name, &value)?),
            "ssl_check_hostname" | "ssl_verify_identity" => tls.verify_host = Some(switch(&name, &value)?),
            "ssl_ca" | "ssl-ca" | "sslca" => {
                tls.authority = true;
                url.tls.root_cert = Some(value);
            }
            "ssl_cert" | "ssl-cert" | "sslcert" => {
                tls.wanted = true;
                url.tls.client_cert = Some(value);
            }
            "ssl_key" | "ssl-key" | "sslkey" => {
                tls.wanted = true;
                url.tls.client_key = Some(value);
            }
            other => {
                tls.authority |= other == "ssl_capath";
                tls.wanted |= other == "ssl_cipher";
                url.options.push((name, value));
            }
        }
    }
    url.tls.mode = tls.mode(driver);
    Ok(())
}

/// pysqlite's `timeout` and `uri`; sqlx's own options are kept as they are.
fn sqlite(url: &mut DatabaseUrl, options: Vec<(String, String)>) -> Result<(), UrlError> {
    let mut is_uri = false;
    for (name, value) in options {
        match name.as_str() {
            "timeout" => url.timeouts.busy = Some(fractional_seconds(&name, &value)?),
            "uri" => is_uri = switch(&name, &value)?,
            _ => url.options.push((name, value)),
        }
    }
    if let Some(path) = url.database.as_deref().and_then(|path| path.strip_prefix("file:")).filter(|_| is_uri)
    {
        url.database = Some(path.to_owned());
    }
    Ok(())
}

fn tls_mode(option: &str, value: &str) -> Result<TlsMode, UrlError> {
    TlsMode::from_name(value).ok_or_else(|| UrlError::InvalidOption {
        option: option.to_owned(),
        expected: "a TLS mode (disable, prefer, require, verify-ca, verify-full)",
    })
}

fn tls_mode_or_switch(option: &str, value: &str) -> Result<TlsMode, UrlError> {
    match switch(option, value) {
        Ok(true) => Ok(TlsMode::Require),
        Ok(false) => Ok(TlsMode::Disable),
        Err(_) => tls_mode(option, value),
    }
}

/// The words that SQLAlchemy takes for true and false.
fn switch(option: &str, value: &str) -> Result<bool, UrlError> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" | "t" | "1" => Ok(true),
        "false" | "no" | "off" | "n" | "f" | "0" => Ok(false),
        _ => Err(UrlError::InvalidOption { option: option.to_owned(), expected: "true or false" }),
    }
}

/// Whole seconds; zero or less means no limit.
fn seconds(option: &str, value: &str) -> Result<Option<Duration>, UrlError> {
    let seconds: i64 = value.trim().parse().map_err(|_| UrlError::InvalidOption {
        option: option.to_owned(),
        expected: "a whole number of seconds",
    })?;
    Ok(u64::try_from(seconds).ok().filter(|seconds| *seconds > 0).map(Duration::from_secs))
}

fn fractional_seconds(option: &str, value: &str) -> Result<Duration, UrlError> {
    let seconds = value.trim().parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds
        .ok_or_else(|| UrlError::InvalidOption { option: option.to_owned(), expected: "a number of seconds" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> Option<TlsMode> {
        DatabaseUrl::parse(url).unwrap_or_else(|error| panic!("{url}: {error}")).tls.mode
    }

    #[test]
    fn tls_modes() {
        use TlsMode::*;
        for (scheme, options, expected) in [
            ("postgresql", "a=b", None),
            ("postgresql", "sslmode=allow", Some(Allow)),
            ("postgresql", "ssl-mode=VERIFY-CA", Some(VerifyCa)),
            ("postgresql", "sslmode=require", Some(Require)),
            // libpq: a root certificate is there to be used
            ("postgresql", "sslmode=require&sslrootcert=/ca.pem", Some(VerifyCa)),
            ("postgresql", "sslrootcert=/ca.pem", None),
            ("postgresql", "sslmode=require&sslrootcert=system", Some(VerifyFull)),
            ("postgresql+asyncpg", "ssl=true", Some(Require)),
            ("postgresql+asyncpg", "ssl=false", Some(Disable)),
            ("mysql", "charset=utf8", None),
            ("mysql", "ssl_mode=REQUIRED", Some(Require)),
            ("mysql", "ssl_mode=verify_identity&ssl_ca=/ca.pem", Some(VerifyFull)),
            ("mysql", "ssl_mode=PREFERRED&ssl_ca=/ca.pem", Some(Prefer)),
            ("mysql", "ssl_disabled=True", Some(Disable)),
            ("mysql", "ssl_disabled=False", None),
            ("mysql", "ssl=0", Some(Disable)),
            ("mysql", "ssl=true", Some(Require)),
            ("mysql", "ssl_ca=/ca.pem", Some(VerifyCa)),
            ("mysql", "ssl_capath=/etc/ssl", Some(VerifyCa)),
            ("mysql", "ssl_ca=/ca.pem&ssl_verify_cert=false", Some(Require)),
            ("mysql", "ssl_ca=/ca.pem&ssl_check_hostname=true", Some(VerifyFull)),
            ("mysql", "ssl_verify_identity=true", Some(VerifyFull)),
            ("mysql", "ssl_verify_cert=true", Some(VerifyCa)),
            ("mysql", "ssl_cert=/c.pem&ssl_key=/k.pem", Some(Require)),
            // PyMySQL checks the host name unless told not to
            ("mysql+pymysql", "ssl_ca=/ca.pem", Some(VerifyFull)),
            ("mysql+pymysql", "ssl_ca=/ca.pem&ssl_check_hostname=false", Some(VerifyCa)),
        ] {
            assert_eq!(mode(&format!("{scheme}://u:p@h/db?{options}")), expected, "{scheme} {options}");
        }
    }

    #[test]
    fn impossible_values_name_the_option_only() {
        for (url, option) in [
            ("postgresql://h/db?sslmode=verify", "sslmode"),
            ("postgresql://h/db?ssl=maybe", "ssl"),
            ("postgresql://h/db?connect_timeout=1.5", "connect_timeout"),
            ("mysql://h/db?ssl_disabled=2", "ssl_disabled"),
            ("mysql://h/db?ssl={\"ca\":\"/x\"}", "ssl"),
            ("mysql://h/db?read_timeout=x", "read_timeout"),
            ("sqlite:////db?timeout=-1", "timeout"),
            ("sqlite:////db?timeout=nan", "timeout"),
        ] {
            match DatabaseUrl::parse(url) {
                Err(UrlError::InvalidOption { option: found, .. }) => assert_eq!(found, option, "{url}"),
                other => panic!("{url}: {other:?}"),
            }
        }
    }

    #[test]
    fn unknown_options_are_kept_and_named() {
        for (url, ignored) in [
            ("postgresql://h/db?sslmode=require&application_name=x&options=-ca=b&connect_timeout=3", ""),
            ("postgresql://h/db?sslcrl=/crl&channel_binding=require", "sslcrl channel_binding"),
            ("postgresql://h/db?options[lock_timeout]=5s&options[x=1", "options[x"),
            ("mysql://h/db?charset=utf8mb4&local_infile=1&ssl_cipher=AES", "local_infile ssl_cipher"),
            ("sqlite:////db?timeout=1&mode=ro&check_same_thread=false", "check_same_thread"),
        ] {
            let parsed = DatabaseUrl::parse(url).unwrap();
            assert_eq!(parsed.ignored_options().collect::<Vec<_>>().join(" "), ignored, "{url}");
        }
        let url = DatabaseUrl::parse("mysql://h/db?ssl_cipher=A&ssl_cipher=B").unwrap();
        assert_eq!(url.option("ssl_cipher"), Some("B"));
    }

    #[test]
    fn sqlite_in_memory_and_uri_paths() {
        for (url, path, in_memory) in [
            ("sqlite://", None, true),
            ("sqlite:///:memory:", Some(":memory:"), true),
            ("sqlite:////x.db", Some("/x.db"), false),
            ("sqlite:///file:/x.db?uri=true&mode=ro", Some("/x.db"), false),
            ("sqlite:///file:x?mode=memory&cache=shared&uri=true", Some("x"), true),
            ("sqlite:///file:x.db", Some("file:x.db"), false),
        ] {
            let parsed = DatabaseUrl::parse(url).unwrap();
            assert_eq!((parsed.database.as_deref(), parsed.is_in_memory()), (path, in_memory), "{url}");
        }
    }
}
