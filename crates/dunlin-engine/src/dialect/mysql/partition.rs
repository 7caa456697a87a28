//! How a table is partitioned, in one writing.

use super::expression::{Kind, Token, tokens, write};

/// What stands behind PARTITION BY, without what is so where nothing is said: one partition, the names
/// `p0`, `p1`, …, and the engine, which is the table's.
pub(super) fn normal(by: &str) -> String {
    let Some(all) = tokens(by) else { return by.trim().to_owned() };
    let mut kept: Vec<Token<'_>> = Vec::with_capacity(all.len());
    let mut rest = all.into_iter().peekable();
    while let Some(mut token) = rest.next() {
        if token.kind == Kind::Name {
            // A name is one in quotes and without.
            token.kind = Kind::Word;
        }
        let is_option = ["engine", "comment"].iter().any(|word| token.is_word(word));
        if is_option {
            rest.next_if(|next| next.is_symbol("="));
            let value = rest.next();
            let says = token.is_word("comment") && value.as_ref().is_some_and(|value| !value.text.is_empty());
            match value {
                Some(value) if says => kept.extend([token, value]),
                _ => {
                    kept.pop_if(|before| token.is_word("engine") && before.is_word("storage"));
                }
            }
            continue;
        }
        kept.push(token);
    }
    if kept.len() > 2 && kept[kept.len() - 2].is_word("partitions") && kept[kept.len() - 1].text == "1" {
        kept.truncate(kept.len() - 2);
    }
    while let Some(at) = bracketed_maximum(&kept) {
        kept.remove(at + 2);
        kept.remove(at);
    }
    write(&kept)
}

/// `THAN (MAXVALUE)` is `THAN MAXVALUE`.
fn bracketed_maximum(tokens: &[Token<'_>]) -> Option<usize> {
    let is_it = |window: &[Token<'_>]| match window {
        [than, open, maximum, close] => {
            than.is_word("than") && open.is_symbol("(") && maximum.is_word("maxvalue") && close.is_symbol(")")
        }
        _ => false,
    };
    tokens.windows(4).position(is_it).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn what_is_so_anyway_is_not_said() {
        for (written, printed) in [
            ("HASH (id) PARTITIONS 4", "HASH (`id`) PARTITIONS 4"),
            ("KEY(id)", "KEY (`id`) PARTITIONS 1"),
            (
                "RANGE (a) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)",
                "RANGE (`a`) (PARTITION `p0` VALUES LESS THAN (10) ENGINE = InnoDB, \
                 PARTITION `p1` VALUES LESS THAN MAXVALUE ENGINE = InnoDB)",
            ),
        ] {
            assert_eq!(normal(written), normal(printed), "{written}");
        }
        assert_ne!(normal("HASH (id) PARTITIONS 4"), normal("HASH (id) PARTITIONS 5"));
    }
}
