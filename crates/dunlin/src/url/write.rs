//! A URL as text again: for a driver, and for a message.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{DatabaseUrl, UrlDialect, options};

/// Escapes all but RFC 3986's unreserved characters.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PATH: &AsciiSet = &PART.remove(b'/');

impl DatabaseUrl {
    /// The URL for sqlx and SeaORM, **with the password**. Options they do not know are left out, and so are
    /// the [timeouts](DatabaseUrl::timeouts), which no URL of theirs can hold.
    ///
    /// SQLite: a path without `mode=` is opened as it is and not created.
    pub fn to_native(&self) -> String {
        let native = |name: &str| options::is_native(self.dialect, name);
        let kept = self.options.iter().filter(|(name, _)| native(name)).map(pair);
        match self.dialect {
            UrlDialect::Postgres => {
                // A URL cannot hold a login without a host: then all of it goes into the options.
                let mut query = Vec::new();
                let mut authority = String::new();
                let password = self.password().map(|password| password.expose());
                match &self.host {
                    Some(host) => {
                        authority = login(self.user.as_deref(), password) + &bracketed(host);
                        authority += &port(self.port);
                    }
                    None => {
                        query.extend(self.socket.as_deref().map(|socket| ("host", socket)));
                        query.extend(self.user.as_deref().map(|user| ("user", user)));
                        query.extend(password.map(|password| ("password", password)));
                    }
                }
                let number = self.port.map(|port| port.to_string());
                if self.host.is_none() {
                    query.extend(number.as_deref().map(|number| ("port", number)));
                }
                query.extend(self.postgres_tls());
                query.extend(kept);
                let database = encode(self.database.as_deref().unwrap_or_default());
                format!("postgres://{authority}/{database}{}", query_text(&query))
            }
            UrlDialect::MySql => {
                let login = login(self.user.as_deref(), self.password().map(|password| password.expose()));
                let host = bracketed(self.host.as_deref().unwrap_or("localhost"));
                let mut query = self.mysql_tls();
                query.extend(self.socket.as_deref().map(|socket| ("socket", socket)));
                query.extend(kept);
                let database = encode(self.database.as_deref().unwrap_or_default());
                format!("mysql://{login}{host}{}/{database}{}", port(self.port), query_text(&query))
            }
            UrlDialect::Sqlite => {
                let path = match self.database.as_deref() {
                    None | Some(":memory:") => Cow::Borrowed(":memory:"),
                    Some(path) => Cow::from(utf8_percent_encode(path, PATH)),
                };
                // `sqlite:` and a path mean the same to everyone; `sqlite://` and three slashes do not.
                let path = match path.strip_prefix('/') {
                    Some(rest) => format!("/{}", rest.trim_start_matches('/')),
                    None => path.into_owned(),
                };
                format!("sqlite:{path}{}", query_text(&kept.collect::<Vec<_>>()))
            }
        }
    }

    /// The URL for messages: the password and the values of options that dunlin does not know as `***`.
    pub fn redacted(&self) -> String {
        let (timeouts, dialect) = (self.timeouts, self.dialect);
        let mut query = match dialect {
            UrlDialect::Postgres => self.postgres_tls(),
            UrlDialect::MySql => self.mysql_tls(),
            UrlDialect::Sqlite => Vec::new(),
        };
        let socket_option = if dialect == UrlDialect::Postgres { "host" } else { "unix_socket" };
        query.extend(self.socket.as_deref().map(|socket| (socket_option, socket)));
        let waits = [
            ("connect_timeout", timeouts.connect),
            ("read_timeout", timeouts.read),
            ("timeout", timeouts.busy),
        ]
        .map(|(name, wait)| (name, wait.map(|wait| wait.as_secs_f64().to_string())));
        query.extend(waits.iter().filter_map(|(name, wait)| Some((*name, wait.as_deref()?))));
        let shown = |name: &str| options::is_native(dialect, name);
        query.extend(self.options.iter().map(pair).filter(|(name, _)| shown(name)));
        let mut text = query_text(&query);
        for name in self.ignored_options() {
            text.push(if text.is_empty() { '?' } else { '&' });
            text += &format!("{}=***", encode(name));
        }
        let database = self.database.as_deref().unwrap_or_default();
        if dialect == UrlDialect::Sqlite {
            let slash = if database.is_empty() { "" } else { "/" };
            return format!("sqlite://{slash}{}{text}", utf8_percent_encode(database, PATH));
        }
        let scheme = if dialect == UrlDialect::Postgres { "postgresql" } else { "mysql" };
        let user = self.user.as_deref().map(encode).unwrap_or_default();
        let login = match (&self.user, self.password()) {
            (None, None) => String::new(),
            (_, None) => format!("{user}@"),
            (_, Some(_)) => format!("{user}:***@"),
        };
        let host = bracketed(self.host.as_deref().unwrap_or_default());
        format!("{scheme}://{login}{host}{}/{}{text}", port(self.port), encode(database))
    }

    fn postgres_tls(&self) -> Vec<(&str, &str)> {
        tls_options(
            self.tls.mode.map(|mode| ("sslmode", mode.postgres_name())),
            [
                ("sslrootcert", &self.tls.root_cert),
                ("sslcert", &self.tls.client_cert),
                ("sslkey", &self.tls.client_key),
            ],
        )
    }

    fn mysql_tls(&self) -> Vec<(&str, &str)> {
        tls_options(
            self.tls.mode.map(|mode| ("ssl-mode", mode.mysql_name())),
            [
                ("ssl-ca", &self.tls.root_cert),
                ("ssl-cert", &self.tls.client_cert),
                ("ssl-key", &self.tls.client_key),
            ],
        )
    }
}

fn tls_options<'a>(
    mode: Option<(&'a str, &'a str)>,
    files: [(&'a str, &'a Option<String>); 3],
) -> Vec<(&'a str, &'a str)> {
    let files = files.into_iter().filter_map(|(name, file)| Some((name, file.as_deref()?)));
    mode.into_iter().chain(files).collect()
}

fn pair((name, value): &(String, String)) -> (&str, &str) {
    (name, value)
}

fn encode(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, PART).into()
}

fn login(user: Option<&str>, password: Option<&str>) -> String {
    match (user, password) {
        (None, None) => String::new(),
        (user, None) => format!("{}@", encode(user.unwrap_or_default())),
        (user, Some(password)) => format!("{}:{}@", encode(user.unwrap_or_default()), encode(password)),
    }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

fn port(port: Option<u16>) -> String {
    port.map(|port| format!(":{port}")).unwrap_or_default()
}

fn query_text(options: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in options {
        text.push(if text.is_empty() { '?' } else { '&' });
        text += &format!("{}={}", encode(name), encode(value));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_and_redacted_forms() {
        for (url, native, redacted) in [
            (
                "postgresql+psycopg2://me:p%40ss@h:5433/air flow?sslmode=verify-full&sslrootcert=/a b.pem&x=secret",
                "postgres://me:p%40ss@h:5433/air%20flow?sslmode=verify-full&sslrootcert=%2Fa%20b.pem",
                "postgresql://me:***@h:5433/air%20flow?sslmode=verify-full&sslrootcert=%2Fa%20b.pem&x=***",
            ),
            (
                "postgresql://me:pw@/db?host=/run/pg&port=6000&connect_timeout=5",
                "postgres:///db?host=%2Frun%2Fpg&user=me&password=pw&port=6000",
                "postgresql://me:***@:6000/db?host=%2Frun%2Fpg&connect_timeout=5",
            ),
            ("postgresql:///db", "postgres:///db", "postgresql:///db"),
            ("postgresql://:pw@[::1]/db", "postgres://:pw@[::1]/db", "postgresql://:***@[::1]/db"),
            (
                "mysql+pymysql://u:p@h/db?ssl_ca=/ca.pem&charset=utf8mb4&unix_socket=/s",
                "mysql://u:p@h/db?ssl-mode=VERIFY_IDENTITY&ssl-ca=%2Fca.pem&socket=%2Fs&charset=utf8mb4",
                "mysql://u:***@h/db?ssl-mode=VERIFY_IDENTITY&ssl-ca=%2Fca.pem&unix_socket=%2Fs&charset=utf8mb4",
            ),
            ("mariadb:///db", "mysql://localhost/db", "mysql:///db"),
            ("sqlite:////a b/c?.db", "sqlite:/a%20b/c", "sqlite:////a%20b/c"),
            (
                "sqlite:////a%3F.db?mode=rwc&timeout=2",
                "sqlite:/a%3F.db?mode=rwc",
                "sqlite:////a%3F.db?timeout=2&mode=rwc",
            ),
            ("sqlite:///rel.db", "sqlite:rel.db", "sqlite:///rel.db"),
            ("sqlite://", "sqlite::memory:", "sqlite://"),
        ] {
            let parsed = DatabaseUrl::parse(url).unwrap();
            assert_eq!(parsed.to_native(), native, "{url}");
            assert_eq!(parsed.redacted(), redacted, "{url}");
            assert_eq!(format!("{parsed:?}"), format!("DatabaseUrl({redacted:?})"), "{url}");
        }
    }

    /// Each part may hold any character, and comes back from the native form as it was.
    #[test]
    fn every_character_survives() {
        let all: String = (' '..='~').chain(['ä', '€', '𝄞', '\n', '\u{1}']).collect();
        for dialect in [UrlDialect::Postgres, UrlDialect::MySql] {
            for host in [Some("h.example".to_owned()), Some("::1".to_owned()), None] {
                if dialect == UrlDialect::MySql && host.is_none() {
                    continue; // becomes localhost
                }
                let mut url = DatabaseUrl::sqlite(all.clone());
                url.dialect = dialect;
                url.user = Some(all.clone());
                url.password = Some(crate::url::Password::new(all.clone()));
                url.host = host;
                url.port = Some(1);
                url.tls.mode = Some(crate::url::TlsMode::VerifyCa);
                url.tls.root_cert = Some(all.clone());
                url.options = vec![("options".to_owned(), all.clone()), ("charset".to_owned(), all.clone())];
                url.options.retain(|(name, _)| options::is_native(dialect, name));
                assert!(DatabaseUrl::parse(&url.to_native()).unwrap() == url, "{url:?}");
            }
        }
        let file = DatabaseUrl::sqlite(format!("/{all}"));
        assert!(DatabaseUrl::parse(&file.to_native()).unwrap() == file);
    }
}
