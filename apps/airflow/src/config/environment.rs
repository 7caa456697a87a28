//! The environment, as given to the program or to a test.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::{ConfigError, Origin};

/// A snapshot of environment variables, so that nothing else reads the process's own.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
    user_home: Option<String>,
}

impl Environment {
    /// The environment of this process, and the home directory of its user.
    pub fn process() -> Self {
        let user_home = std::env::home_dir().and_then(|path| path.into_os_string().into_string().ok());
        Self { variables: std::env::vars_os().collect(), user_home }
    }

    /// An environment of just these variables; the home directory is `HOME`, if that is among them.
    pub fn of<N: Into<OsString>, V: Into<OsString>>(variables: impl IntoIterator<Item = (N, V)>) -> Self {
        let variables: BTreeMap<OsString, OsString> =
            variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let user_home =
            variables.get(&OsString::from("HOME")).and_then(|home| home.to_str()).map(str::to_owned);
        Self { variables, user_home }
    }

    /// The value of a variable.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NotUnicode`]
    pub fn get(&self, name: &str) -> Result<Option<&str>, ConfigError> {
        match self.variables.get(&OsString::from(name)) {
            None => Ok(None),
            Some(value) => match value.to_str() {
                Some(value) => Ok(Some(value)),
                None => Err(ConfigError::NotUnicode { variable: name.to_owned() }),
            },
        }
    }

    /// Every variable, for a child process.
    pub(crate) fn variables(&self) -> &BTreeMap<OsString, OsString> {
        &self.variables
    }

    /// Replaces `$NAME`, `${NAME}` and a leading `~` until nothing changes any more, as Airflow does. Unknown
    /// variables, and `~name`, stay as they are.
    ///
    /// # Errors
    ///
    /// [`ConfigError::EndlessExpansion`] if a variable leads to itself; [`ConfigError::NotUnicode`].
    pub(super) fn expand(&self, value: &str, origin: &Origin) -> Result<String, ConfigError> {
        let mut value = value.to_owned();
        for _ in 0..64 {
            let expanded = self.expand_user(self.expand_variables(&value)?);
            if expanded == value {
                return Ok(value);
            }
            if expanded.len() > 1 << 20 {
                break;
            }
            value = expanded;
        }
        Err(ConfigError::EndlessExpansion { origin: origin.clone() })
    }

    fn expand_variables(&self, value: &str) -> Result<String, ConfigError> {
        let mut expanded = String::new();
        let mut rest = value;
        while let Some(dollar) = rest.find('$') {
            let (before, after) = (&rest[..dollar], &rest[dollar + 1..]);
            expanded += before;
            let braced = after.strip_prefix('{').and_then(|name| name.split_once('}'));
            let (name, tail) = braced.unwrap_or_else(|| {
                let end = after.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(after.len());
                after.split_at(end)
            });
            match self.get(name)? {
                Some(value) => expanded += value,
                None => expanded += &rest[dollar..rest.len() - tail.len()],
            }
            rest = tail;
        }
        Ok(expanded + rest)
    }

    fn expand_user(&self, value: String) -> String {
        match (value.strip_prefix('~'), &self.user_home) {
            (Some(""), Some(home)) => home.clone(),
            (Some(rest), Some(home)) if rest.starts_with('/') => {
                format!("{}{rest}", home.trim_end_matches('/'))
            }
            _ => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expansion() {
        let environment = Environment::of([
            ("HOME", "/home/me/"),
            ("A", "x"),
            ("A_B", "y"),
            ("NEST", "$A${A_B}"),
            ("TILDE", "~/t"),
            ("LOOP", "$LOOP"),
            ("GROW", "$GROW $GROW"),
            ("EMPTY", ""),
        ]);
        let origin = Origin::Variable("TEST".to_owned());
        for (value, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("$A", "x"),
            ("$A_B$A-$A", "yx-x"),
            ("${A}_B", "x_B"),
            ("$NEST/$UNKNOWN/${UNKNOWN}/$EMPTY.", "xy/$UNKNOWN/${UNKNOWN}/."),
            ("a$", "a$"),
            ("${A", "${A"),
            ("$$A", "$x"),
            ("$ä", "$ä"),
            ("~/x", "/home/me/x"),
            ("a~/x", "a~/x"),
            ("~other/x", "~other/x"),
            ("$TILDE", "/home/me/t"),
            ("$LOOP", "$LOOP"),
        ] {
            let found = environment.expand(value, &origin);
            assert_eq!(found.ok().as_deref(), Some(expected), "{value}");
        }
        assert!(matches!(environment.expand("$GROW", &origin), Err(ConfigError::EndlessExpansion { .. })));
        assert!(Environment::default().expand("~/x", &origin).is_ok_and(|path| path == "~/x"));
    }
}
