//! Character sets and collations.

/// A collation under the name that servers print now: what is `utf8` here is `utf8mb3`.
pub(super) fn spelled(collation: &str) -> String {
    let lower = collation.trim_matches(['\'', '"', '`']).to_ascii_lowercase();
    match lower.strip_prefix("utf8_") {
        Some(rest) => format!("utf8mb3_{rest}"),
        None if lower == "utf8" => "utf8mb3".to_owned(),
        None => lower,
    }
}

/// The collation of a text of which the character set is said, or both, or none.
pub(super) fn effective(
    mariadb: bool,
    character_set: Option<&str>,
    collation: Option<&str>,
) -> Option<String> {
    match (collation, character_set) {
        (Some(collation), _) => Some(spelled(collation)),
        (None, Some(character_set)) => Some(default_of(mariadb, &spelled(character_set))),
        (None, None) => None,
    }
}

/// The collation of a character set of which none is said, by "Supported Character Sets and Collations" of
/// both manuals.
fn default_of(mariadb: bool, character_set: &str) -> String {
    let suffix = match character_set {
        "utf8mb4" if !mariadb => "0900_ai_ci",
        "latin1" | "dec8" | "swe7" => "swedish_ci",
        "hp8" => "english_ci",
        "latin5" => "turkish_ci",
        "ujis" | "sjis" | "cp932" | "eucjpms" => "japanese_ci",
        "big5" | "gb2312" | "gbk" | "gb18030" => "chinese_ci",
        "euckr" => "korean_ci",
        "tis620" => "thai_ci",
        "binary" => return "binary".to_owned(),
        _ => "general_ci",
    };
    format!("{character_set}_{suffix}")
}
