//! Values that a command prints: split into words, run without a shell.

use std::process::{Command, Stdio};

use super::{ConfigError, Environment, Origin};

/// Runs a command and gives its output without the white space around it.
///
/// # Errors
///
/// One that names the setting, never the command or its output: both may hold secrets.
pub(super) fn run(command: &str, origin: &Origin, environment: &Environment) -> Result<String, ConfigError> {
    let origin = || origin.clone();
    let words = split_words(command).ok_or_else(|| ConfigError::CommandQuoting { origin: origin() })?;
    let (program, arguments) =
        words.split_first().ok_or_else(|| ConfigError::CommandEmpty { origin: origin() })?;
    let output = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(environment.variables())
        .stdin(Stdio::inherit())
        .output()
        .map_err(|source| ConfigError::CommandStart { origin: origin(), source })?;
    if !output.status.success() {
        return Err(ConfigError::CommandFailed { origin: origin(), status: output.status.to_string() });
    }
    match std::str::from_utf8(&output.stdout).map(str::trim) {
        Ok("") => Err(ConfigError::CommandSilent { origin: origin() }),
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(ConfigError::CommandNotUtf8 { origin: origin() }),
    }
}

/// Splits as a POSIX shell splits words, with nothing expanded; `None` for an open quote or a last backslash.
fn split_words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = command.chars();
    while let Some(c) = characters.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(characters.next()?),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '"' => break,
                        '\\' => match characters.next()? {
                            c @ ('"' | '\\') => word.push(c),
                            c => word.extend(['\\', c]),
                        },
                        c => word.push(c),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for (command, expected) in [
            ("", Some(vec![])),
            ("  cat\t/a/b \n", Some(vec!["cat", "/a/b"])),
            (r#"a 'b c' "d e""#, Some(vec!["a", "b c", "d e"])),
            (r#"a'b'"c"d"#, Some(vec!["abcd"])),
            (r#"'' "" x"#, Some(vec!["", "", "x"])),
            (r"a\ b \' \\", Some(vec!["a b", "'", r"\"])),
            (r#""a\"b\\c\d\$""#, Some(vec![r#"a"b\c\d\$"#])),
            (r"'a\b'", Some(vec![r"a\b"])),
            ("a # b $HOME *", Some(vec!["a", "#", "b", "$HOME", "*"])),
            ("'open", None),
            ("\"open", None),
            ("last\\", None),
        ] {
            let expected = expected.map(|words| words.into_iter().map(str::to_owned).collect());
            assert_eq!(split_words(command), expected, "{command}");
        }
    }
}
