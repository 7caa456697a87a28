//! As much of a database URL as is needed to reach the server and to print it.

/// Host and port of `scheme://user:password@host:port/…`; `None` when it names no host (a socket).
pub(super) fn host_and_port(url: &str, standard_port: u16) -> Option<(String, u16)> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match host_port.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            (host, port.strip_prefix(':'))
        }
        None => match host_port.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (host_port, None),
        },
    };
    if host.is_empty() {
        return None;
    }
    let port = port.map_or(Some(standard_port), |port| port.parse().ok())?;
    Some((host.to_owned(), port))
}

/// The URL with its password left out, for people to read.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "(not a URL)".to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let path = path.split('?').next().unwrap_or_default();
    match authority.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{host}{path}")
        }
        None => format!("{scheme}://{authority}{path}"),
    }
}

/// The URL without its password, and the password as the server knows it (percent signs undone).
pub(super) fn split_password(url: &str) -> Option<(String, String)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (credentials, host) = authority.rsplit_once('@')?;
    let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
    let mut bytes = Vec::new();
    let mut left = password.as_bytes();
    while let Some((&byte, rest)) = left.split_first() {
        let code = rest.get(..2).and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        match code {
            Some(code) if byte == b'%' => {
                bytes.push(code);
                left = &rest[2..];
            }
            _ => {
                bytes.push(byte);
                left = rest;
            }
        }
    }
    Some((format!("{scheme}://{user}@{host}{path}"), String::from_utf8(bytes).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_are_found() {
        let found = |url| host_and_port(url, 5432);
        assert_eq!(found("postgres://u:p@h:6000/db"), Some(("h".to_owned(), 6000)));
        assert_eq!(found("postgres://u:p@h/db?x=y"), Some(("h".to_owned(), 5432)));
        assert_eq!(found("postgres://[::1]:7/db"), Some(("::1".to_owned(), 7)));
        assert_eq!(found("postgres:///db?host=/run"), None);
        assert_eq!(found("postgres://h:x/db"), None);
    }

    #[test]
    fn the_password_is_left_out() {
        assert_eq!(without_password("mysql://root:s3cret@h:1/mysql"), "mysql://root@h:1/mysql");
        assert_eq!(without_password("mysql://root:a@b@h/mysql"), "mysql://root@h/mysql");
        assert_eq!(without_password("postgres://h/db?password=s3cret"), "postgres://h/db");
        assert_eq!(without_password("s3cret"), "(not a URL)");
    }

    #[test]
    fn the_password_is_taken_out() {
        let split = |url| split_password(url).unwrap();
        let bare = "postgres://u@h:1/db?sslmode=disable".to_owned();
        assert_eq!(
            split("postgres://u:p%40s%25s%@h:1/db?sslmode=disable"),
            (bare.clone(), "p@s%s%".to_owned())
        );
        assert_eq!(split(&bare), (bare.clone(), String::new()));
    }
}
