//! The hash of a serialized DAG, as Airflow makes it: that of its JSON as Python writes it, with keys sorted, and with
//! lists of words and of tasks sorted, but without the file that the DAG is in.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use md5::{Digest as _, Md5};

use super::json_text::{elements, member, members};

/// The hash of a serialized DAG; `None` if it is no JSON to Python.
pub(super) fn hash(data: &str) -> Option<String> {
    let mut text = String::new();
    write_sorted(&mut text, data, Place::Top)?;
    Some(Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Dag,
    /// So deep below them.
    Below(usize),
}

/// So deep Python reads.
const DEEPEST: usize = 900;

fn write_sorted(out: &mut String, json: &str, place: Place) -> Option<()> {
    let below = match place {
        Place::Top | Place::Dag => Place::Below(0),
        Place::Below(depth) => Place::Below((depth < DEEPEST).then_some(depth + 1)?),
    };
    match json.trim().chars().next()? {
        '{' => {
            let mut sorted = BTreeMap::new();
            for (key, value) in members(json)? {
                sorted.insert(characters(key)?, (key, value));
            }
            out.push('{');
            let mut separator = "";
            for (characters, (key, value)) in sorted {
                if place == Place::Dag && key == "\"fileloc\"" {
                    continue;
                }
                out.push_str(separator);
                write_string(out, &characters);
                out.push_str(": ");
                let is_dag = place == Place::Top && key == "\"dag\"";
                write_sorted(out, value, if is_dag { Place::Dag } else { below })?;
                separator = ", ";
            }
            out.push('}');
        }
        '[' => {
            out.push('[');
            for (at, element) in sorted(elements(json)?).into_iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                write_sorted(out, element, below)?;
            }
            out.push(']');
        }
        '"' => write_string(out, &characters(json)?),
        _ if WORDS.contains(&json.trim()) => out.push_str(json.trim()),
        _ => out.push_str(&number(json.trim())?),
    }
    Some(())
}

const WORDS: [&str; 6] = ["null", "true", "false", "NaN", "Infinity", "-Infinity"];

/// Tasks by their ids, words by themselves; other lists stay.
fn sorted(elements: Vec<&str>) -> Vec<&str> {
    let by = |key: &dyn Fn(&str) -> Option<Vec<u32>>| {
        let keys: Option<Vec<_>> = elements.iter().map(|element| Some((key(element)?, *element))).collect();
        keys.map(|mut keys| {
            keys.sort_by(|(one, _), (other, _)| one.cmp(other));
            keys.into_iter().map(|(_, element)| element).collect()
        })
    };
    let of_task = |element: &str| characters(member(member(element, "__var")?, "task_id")?);
    by(&of_task).or_else(|| by(&characters)).unwrap_or(elements)
}

/// The characters of a string, halves of surrogate pairs among them; `None` if it is none.
fn characters(string: &str) -> Option<Vec<u32>> {
    let inside = string.trim().strip_prefix('"')?.strip_suffix('"')?;
    let mut found: Vec<u32> = Vec::with_capacity(inside.len());
    let mut rest = inside.chars();
    while let Some(next) = rest.next() {
        let character = match next {
            '\\' => escaped(&mut rest)?,
            plain => plain.into(),
        };
        match found.last() {
            Some(high @ 0xD800..=0xDBFF) if (0xDC00..=0xDFFF).contains(&character) => {
                let whole = 0x1_0000 + ((high - 0xD800) << 10) + (character - 0xDC00);
                found.pop();
                found.push(whole);
            }
            _ => found.push(character),
        }
    }
    Some(found)
}

/// What stands behind a backslash.
fn escaped(rest: &mut std::str::Chars<'_>) -> Option<u32> {
    Some(match rest.next()? {
        itself @ ('"' | '\\' | '/') => itself.into(),
        'b' => 0x08,
        't' => 0x09,
        'n' => 0x0A,
        'f' => 0x0C,
        'r' => 0x0D,
        'u' => {
            let text = rest.as_str();
            *rest = text.get(4..)?.chars();
            u32::from_str_radix(text.get(..4)?, 16).ok()?
        }
        _ => return None,
    })
}

/// Python writes ASCII.
fn write_string(out: &mut String, characters: &[u32]) {
    out.push('"');
    for &character in characters {
        match (character, char::from_u32(character)) {
            (0x08, _) => out.push_str("\\b"),
            (0x09, _) => out.push_str("\\t"),
            (0x0A, _) => out.push_str("\\n"),
            (0x0C, _) => out.push_str("\\f"),
            (0x0D, _) => out.push_str("\\r"),
            (_, Some(escaped @ ('"' | '\\'))) => out.extend(['\\', escaped]),
            (0x20..0x7F, Some(plain)) => out.push(plain),
            (0x1_0000.., Some(wide)) => {
                for unit in wide.encode_utf16(&mut [0; 2]) {
                    _ = write!(out, "\\u{unit:04x}");
                }
            }
            _ => _ = write!(out, "\\u{character:04x}"),
        }
    }
    out.push('"');
}

/// A number as Python writes what it has read.
fn number(json: &str) -> Option<String> {
    let value: f64 = json.parse().ok()?;
    Some(match json {
        "-0" => "0".to_owned(),
        _ if json.contains(['.', 'e', 'E']) => float(value),
        whole => whole.to_owned(),
    })
}

/// A number with a point, as Python writes it.
pub(super) fn float(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let text = format!("{value:?}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}e-{exponent:0>2}"),
        None => format!("{digits}e+{exponent:0>2}"),
    }
}
