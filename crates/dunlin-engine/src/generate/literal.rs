//! Texts as Rust literals.

use super::expr::Text;

/// How texts are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Literals {
    /// A longer text is broken into lines.
    pub(super) longest: usize,
    /// Whether one that has lines stands in the source as it is.
    pub(super) in_lines: bool,
}

/// How long the lines of a broken text are.
const LINE: usize = 60;

/// A text whose lines are longer does not stand in the source as it is.
const LINE_AS_IT_IS: usize = 90;

impl Literals {
    /// What is tried, one after the other, until everything fits.
    pub(super) const ATTEMPTS: [Self; 6] = [
        Self { longest: usize::MAX, in_lines: true },
        Self { longest: 76, in_lines: true },
        Self { longest: 50, in_lines: true },
        Self { longest: 76, in_lines: false },
        Self { longest: 50, in_lines: false },
        Self { longest: 30, in_lines: false },
    ];

    /// No text is broken.
    pub(super) const WHOLE: Self = Self { longest: usize::MAX, in_lines: false };

    /// The literal of a text that begins in a column.
    pub(super) fn write(self, text: &Text, column: usize) -> String {
        let Text { value, in_lines } = text;
        let lines = self.in_lines && *in_lines && value.contains('\n') && !value.ends_with('\n');
        // A line does not end in a carriage return: the compiler would take it away in front of a line feed.
        if lines && value.split('\n').all(stands_as_it_is) {
            return as_it_is(value);
        }
        let literal = format!("{value:?}");
        if width(&literal) <= self.longest { literal } else { broken(value, column) }
    }
}

/// Whether a line is the same in a literal, or would be if quotes and backslashes were no matter.
fn stands_as_it_is(line: &str) -> bool {
    let plain = line.chars().all(|c| matches!(c, '"' | '\'' | '\\') || c.escape_debug().eq([c]));
    plain && !line.ends_with(char::is_whitespace) && width(line) <= LINE_AS_IT_IS
}

fn as_it_is(value: &str) -> String {
    if !value.contains(['"', '\\']) {
        return format!("\"{value}\"");
    }
    let mut hashes = "#".to_owned();
    while value.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{value}\"{hashes}")
}

/// A literal in lines that end in `\`, which takes the space before the next line away.
fn broken(value: &str, column: usize) -> String {
    let indent = " ".repeat(column + 1);
    let mut lines = vec![String::new()];
    let mut last_space = None;
    let mut rest = value.chars().peekable();
    while let Some(c) = rest.next() {
        let Some(line) = lines.last_mut() else { break };
        line.push_str(&escaped(c));
        let may_end = !matches!(rest.peek(), Some(next) if next.is_ascii_whitespace() && *next != '\n')
            && rest.peek().is_some();
        if !may_end {
            continue;
        }
        if c == '\n' {
            lines.push(String::new());
            last_space = None;
        } else if width(line) >= LINE {
            let tail = last_space.map(|at| line.split_off(at)).unwrap_or_default();
            lines.push(tail);
            last_space = None;
        } else if c == ' ' {
            last_space = Some(line.len());
        }
    }
    format!("\"{}\"", lines.join(&format!("\\\n{indent}")))
}

fn escaped(c: char) -> String {
    match c {
        '\'' => "'".to_owned(),
        c => {
            let mut text = format!("{:?}", c.to_string());
            text.pop();
            text.remove(0);
            text
        }
    }
}

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// Whether a character takes two columns: what East Asian scripts and pictures do. (Those that take none are
/// escaped in a literal.)
fn is_wide(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1f64f | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_lines(value: &str) -> String {
        let text = Text { value: value.to_owned(), in_lines: true };
        Literals::ATTEMPTS[0].write(&text, 0)
    }

    #[test]
    fn line_feeds_stand_in_the_source_and_carriage_returns_are_escaped() {
        assert_eq!(in_lines("SELECT 'a\nb'"), "\"SELECT 'a\nb'\"");
        for text in ["SELECT 'a\r\nb'", "SELECT a\nFROM t\r\nWHERE b", "a\nb\rc", "a\nb\r"] {
            let literal = in_lines(text);
            assert!(!literal.contains('\r') && literal.contains("\\r"), "{text:?}: {literal:?}");
        }
        assert_eq!(in_lines("SELECT 'a\r\nb'"), r#""SELECT 'a\r\nb'""#);
    }
}
