//! JSON by its text. What a parser or a database would change or refuse stays as it is written: numbers of any size, NaN,
//! `\u0000`, half of a surrogate pair.

/// The members of an object, keys and values as they are written; `None` if it is none.
pub(super) fn members(text: &str) -> Option<Vec<(&str, &str)>> {
    let inside = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    split(inside, b',').into_iter().map(|member| split(member, b':').try_into().ok()).map(pair).collect()
}

fn pair(parts: Option<[&str; 2]>) -> Option<(&str, &str)> {
    parts.map(|[key, value]| (key, value))
}

/// The elements of a list, as they are written; `None` if it is none.
pub(super) fn elements(text: &str) -> Option<Vec<&str>> {
    let inside = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    Some(split(inside, b','))
}

/// A member of an object; the last of those that have the key.
pub(super) fn member<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let found = members(text)?.into_iter().rev().find(|(name, _)| string(name).as_deref() == Some(key))?;
    Some(found.1)
}

/// What a string says; `None` if it is none.
pub(super) fn string(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}

/// A string as JSON writes it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The text without what `jsonb` refuses: NUL characters are left out, and half of a surrogate pair becomes U+FFFD.
pub(super) fn for_jsonb(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        found.push_str(before);
        let (put, taken) = match (code(escape), escape.get(6..).and_then(code)) {
            (Some(0), _) => ("", 6),
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (&escape[..12], 12),
            (Some(0xD800..=0xDFFF), _) => ("\\ufffd", 6),
            (Some(_), _) => (&escape[..6], 6),
            (None, _) => {
                let taken = 1 + escape.chars().nth(1).map_or(0, char::len_utf8);
                (&escape[..taken], taken)
            }
        };
        found.push_str(put);
        rest = &escape[taken..];
    }
    found.push_str(rest);
    found
}

/// The character code of the `\uXXXX` that a text begins with.
fn code(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

/// The parts between separators that are neither within strings nor within objects or lists.
fn split(text: &str, separator: u8) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ if byte == separator && depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = text[start..].trim();
    if !(parts.is_empty() && last.is_empty()) {
        parts.push(last);
    }
    parts
}
