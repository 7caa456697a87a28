//! Database URLs, read and written as plain data.
//!
//! [`DatabaseUrl::parse`] reads the URLs of SQLAlchemy (`postgresql+psycopg2://…`, `mysql+pymysql://…`,
//! `sqlite:////abs/path`) and of the Rust drivers (`postgres://…`, `sqlite:path`), and
//! [`DatabaseUrl::to_native`] writes the one that sqlx and SeaORM understand. Nothing here connects.
//!
//! Where the two families read one text differently, SQLAlchemy's reading holds: `sqlite:///x.db` is the
//! *relative* path `x.db`, and a password ends at an `@`, so that it may contain `/` and `?`.
//! Three things are more lenient than in SQLAlchemy: an unescaped `@` in the password is taken as part of it,
//! a host that begins with `%2F` is a socket directory, and the scheme's letter case does not matter.
//! Three are stricter: text that cannot be a host or a port is refused (it may be a piece of a password, and
//! must not travel to a name server or into a message), as are control characters and broken UTF-8.
//!
//! A password never appears in `Debug`, in [`DatabaseUrl::redacted`] or in a [`UrlError`]; nor does the
//! value of an option that dunlin does not know.

mod database_url;
mod error;
mod options;
mod password;
mod split;
mod tls;
mod write;

pub use database_url::{DatabaseUrl, Timeouts, UrlDialect};
pub use error::UrlError;
pub use password::Password;
pub use tls::{Tls, TlsMode};
