//! How a connection is encrypted.

/// TLS settings of a URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// The mode that the URL asks for; `None` when it says nothing, see [`Tls::mode_or_default`].
    pub mode: Option<TlsMode>,
    /// File with the certificates of the trusted authorities.
    pub root_cert: Option<String>,
    /// File with the client's certificate.
    pub client_cert: Option<String>,
    /// File with the client's key.
    pub client_key: Option<String>,
}

impl Tls {
    /// The mode in force: the URL's, else [`TlsMode::Prefer`], which is the default of libpq, of MySQL's
    /// client library and of sqlx.
    pub fn mode_or_default(&self) -> TlsMode {
        self.mode.unwrap_or_default()
    }
}

/// How much TLS a connection wants, in libpq's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TlsMode {
    /// Never.
    Disable,
    /// Only if the server insists (PostgreSQL; MySQL has no such mode and uses [`TlsMode::Prefer`]).
    Allow,
    /// If the server can.
    #[default]
    Prefer,
    /// Always, with any certificate.
    Require,
    /// Always, with a certificate of a trusted authority.
    VerifyCa,
    /// Always, with a certificate of a trusted authority for this host name. MySQL: `VERIFY_IDENTITY`.
    VerifyFull,
}

impl TlsMode {
    /// Reads a mode in PostgreSQL's or MySQL's spelling, in any letter case.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().replace('_', "-").as_str() {
            "disable" | "disabled" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" | "preferred" => Self::Prefer,
            "require" | "required" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" | "verify-identity" => Self::VerifyFull,
            _ => return None,
        })
    }

    /// The value of PostgreSQL's `sslmode`.
    pub fn postgres_name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }

    /// The value of MySQL's `ssl-mode`.
    pub fn mysql_name(self) -> &'static str {
        match self {
            Self::Disable => "DISABLED",
            Self::Allow | Self::Prefer => "PREFERRED",
            Self::Require => "REQUIRED",
            Self::VerifyCa => "VERIFY_CA",
            Self::VerifyFull => "VERIFY_IDENTITY",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for mode in
            [TlsMode::Disable, TlsMode::Prefer, TlsMode::Require, TlsMode::VerifyCa, TlsMode::VerifyFull]
        {
            assert_eq!(TlsMode::from_name(mode.postgres_name()), Some(mode));
            assert_eq!(TlsMode::from_name(mode.mysql_name()), Some(mode));
        }
        assert_eq!(TlsMode::from_name("allow"), Some(TlsMode::Allow));
        assert_eq!(TlsMode::from_name("verify"), None);
        assert_eq!(Tls::default().mode_or_default(), TlsMode::Prefer);
    }
}
