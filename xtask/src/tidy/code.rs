//! Rust source reduced to what the rules look at.

/// The source with every comment, string and character literal blanked out; offsets and lines stay the same.
pub(super) fn code_only(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = literal_or_comment(bytes, at);
        if end > at {
            code[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
            at = end;
        } else {
            at += 1;
        }
    }
    String::from_utf8(code).unwrap_or_default()
}

/// [`code_only`], with items under `#[cfg(test)]` blanked out too.
pub(super) fn without_tests(source: &str) -> String {
    let mut code = code_only(source).into_bytes();
    const MARK: &[u8] = b"#[cfg(test)]";
    let mut at = 0;
    while let Some(start) = find(&code, MARK, at) {
        let mut end = start + MARK.len();
        let mut depth = 0;
        while end < code.len() {
            match code[end] {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            end += 1;
            if depth == 0 && matches!(code[end - 1], b'}' | b';') {
                break;
            }
        }
        code[start..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        at = end;
    }
    String::from_utf8(code).unwrap_or_default()
}

fn find(text: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    text[from..].windows(wanted.len()).position(|window| window == wanted).map(|found| found + from)
}

/// Where the comment or literal that begins at `at` ends; `at` when none begins there.
fn literal_or_comment(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    let length = match rest {
        [b'/', b'/', ..] => rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()),
        [b'/', b'*', ..] => block_comment(rest),
        [b'"', ..] => string(rest),
        [b'r' | b'b' | b'c', ..] if at == 0 || !is_word(bytes[at - 1]) => prefixed(rest),
        [b'\'', b'\\', _, more @ ..] => more.iter().position(|byte| *byte == b'\'').map_or(0, |end| end + 4),
        // A character, not a lifetime: closed after one character, which may be several bytes long.
        [b'\'', more @ ..] => {
            let end = more.iter().skip(1).take(4).position(|byte| *byte == b'\'');
            let one =
                |end: &usize| std::str::from_utf8(&more[..=*end]).is_ok_and(|text| text.chars().count() == 1);
            end.filter(one).map_or(0, |end| end + 3)
        }
        _ => 0,
    };
    at + length
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at + 1 < rest.len() {
        match &rest[at..at + 2] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// A string from its opening quote on.
fn string(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `b"…"`, `r#"…"#` and the like; 0 when it is only a word that begins with such a letter.
fn prefixed(rest: &[u8]) -> usize {
    let letters = rest.iter().take(2).take_while(|byte| matches!(byte, b'r' | b'b' | b'c')).count();
    let raw = rest[..letters].contains(&b'r');
    let hashes = rest[letters..].iter().take_while(|byte| **byte == b'#').count();
    let start = letters + hashes;
    if rest.get(start) != Some(&b'"') || (hashes > 0 && !raw) {
        return 0;
    }
    if !raw {
        return start + string(&rest[start..]);
    }
    let mut close = vec![b'"'];
    close.resize(hashes + 1, b'#');
    find(rest, &close, start + 1).map_or(rest.len(), |found| found + close.len())
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Every place where `word` stands as a whole word (a path or macro name).
pub(super) fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let bytes = code.as_bytes();
        let before = at.checked_sub(1).is_none_or(|i| !is_word(bytes[i]));
        let after = bytes.get(at + word.len()).is_none_or(|byte| !is_word(*byte) || word.ends_with('!'));
        before && after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_comments_are_blanked() {
        let source = r####"a("x \" y", b"z", r#"q " "#, 'c', '\'', '\u{e9}', 'é'); // no
let r: &'a str = /* n /* o */ */ barrel; r"\"; end"####;
        let code = code_only(source);
        assert_eq!(code.len(), source.len());
        let words: Vec<_> = code.split_whitespace().collect();
        assert_eq!(words.join(" "), "a( , , , , , , ); let r: &'a str = barrel; ; end");
    }

    #[test]
    fn tests_are_blanked() {
        let source = "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() { if x { y } }\n}\n#[cfg(test)]\nmod c;\nfn d() {}";
        let code = without_tests(source);
        assert_eq!(code.split_whitespace().collect::<Vec<_>>().join(" "), "fn a() {} fn d() {}");
    }

    #[test]
    fn only_whole_words_are_found() {
        assert_eq!(words("eprintln!() println!()", "println!").collect::<Vec<_>>(), [12]);
        assert_eq!(words("my_env::var env::variable env::var(", "env::var").collect::<Vec<_>>(), [26]);
    }
}
