//! The queries of views. The catalog prints them with the name of the database before that of each table and
//! column, but where a table has an alias.

use super::super::text;
use crate::database::answer::Row;

/// The query of a view, without the names of the connection's own database.
pub(super) fn query(row: &Row, keeps_schema: bool) -> String {
    let query = match keeps_schema {
        true => text(row, 1).to_owned(),
        false => without_schema(text(row, 1), text(row, 3)),
    };
    match text(row, 2) {
        "" | "NONE" => query,
        _ if query.is_empty() => query,
        check => format!("{query} with {} check option", check.to_lowercase()),
    }
}

/// A printed query without the name of a database. A table or an alias may have the same name: of three names
/// the first is the database's, of two it is where a table or a function stands.
fn without_schema(query: &str, schema: &str) -> String {
    let quoted = format!("`{}`", schema.replace('`', "``"));
    let pieces = pieces(query);
    let at = |index: usize| pieces.get(index).copied().unwrap_or_default();
    let mut text = String::with_capacity(query.len());
    let mut brackets = Brackets::default();
    let mut index = 0;
    while index < pieces.len() {
        let piece = pieces[index];
        let begins = index == 0 || at(index - 1) != ".";
        if piece == quoted && begins && at(index + 1) == "." {
            let of_three = at(index + 3) == ".";
            if of_three || at(index + 3) == "(" || brackets.awaits_table {
                index += 2;
                brackets.awaits_table = false;
                continue;
            }
        }
        brackets.read(piece, &pieces[index + 1..]);
        text.push_str(piece);
        index += 1;
    }
    text
}

/// What is open, and whether a table may come next.
#[derive(Default)]
struct Brackets {
    /// Whether each open bracket holds a query.
    queries: Vec<bool>,
    awaits_table: bool,
}

impl Brackets {
    fn read(&mut self, piece: &str, behind: &[&str]) {
        let word = |word: &str| piece.eq_ignore_ascii_case(word);
        if piece.trim().is_empty() {
            return;
        }
        if piece == "(" {
            let first = behind.iter().find(|piece| !piece.trim().is_empty());
            let query = first.is_some_and(|first| {
                first.eq_ignore_ascii_case("select") || first.eq_ignore_ascii_case("with")
            });
            self.queries.push(query);
            self.awaits_table &= !query;
            return;
        }
        if piece == ")" {
            self.queries.pop();
        }
        // `extract(year from x)` and its like have no tables.
        let of_query = self.queries.last().is_none_or(|query| *query);
        self.awaits_table = (word("from") && of_query) || word("join") || word("straight_join");
    }
}

/// Names in backticks, texts, words, and every other character by itself.
fn pieces(query: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = query;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '`' | '\'' | '"' => quoted(rest, first),
            _ if is_word(first) => rest.find(|next| !is_word(next)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (piece, behind) = rest.split_at(length);
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$'
}

/// The length of what begins with a quote. Two quotes within it are one; a backslash is special in texts.
fn quoted(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\\' && quote != '`' {
            characters.next();
        } else if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return at + character.len_utf8();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::without_schema;

    #[test]
    fn the_database_goes_and_the_table_of_its_name_stays() {
        let query = "select `x`.`x`.`id` AS `id`,`x`.`f`(`x`.`u`.`id`) AS `n` from (`x`.`x` join `x`.`u` \
                     on((`x`.`x`.`id` = `x`.`u`.`id`))) where (`x`.`x`.`a` = 'it\\'s `x`.`x`.')";
        let bare = "select `x`.`id` AS `id`,`f`(`u`.`id`) AS `n` from (`x` join `u` on((`x`.`id` = `u`.`id`))) \
                    where (`x`.`a` = 'it\\'s `x`.`x`.')";
        assert_eq!(without_schema(query, "x"), bare);
    }

    #[test]
    fn an_alias_of_its_name_stays() {
        let query = "select `x`.`id` AS `id`,extract(year from `x`.`day`) AS `y` from ((`x`.`t` `x` left join \
                     (select `x`.`u`.`id` AS `id` from `x`.`u`) `d` on((`d`.`id` = `x`.`id`))) join `x`.`v`)";
        let bare = "select `x`.`id` AS `id`,extract(year from `x`.`day`) AS `y` from ((`t` `x` left join \
                    (select `u`.`id` AS `id` from `u`) `d` on((`d`.`id` = `x`.`id`))) join `v`)";
        assert_eq!(without_schema(query, "x"), bare);
    }

    #[test]
    fn a_name_may_hold_backticks() {
        assert_eq!(without_schema("select 1 from `a``b`.`t`", "a`b"), "select 1 from `t`");
    }
}
