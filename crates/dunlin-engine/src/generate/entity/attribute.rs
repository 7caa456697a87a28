//! Attributes, as rustfmt lays them out.

use super::super::layout::MAX_WIDTH;

/// Wider arguments stand in lines of their own: rustfmt's `attr_fn_like_width`.
const ARGUMENTS: usize = 70;

/// `#[sea_orm(…)]` at an indentation; nothing without arguments.
pub(super) fn attribute(indent: usize, arguments: &[String]) -> String {
    let blank = " ".repeat(indent);
    if arguments.is_empty() {
        return String::new();
    }
    let line = arguments.join(", ");
    let width = line.chars().count();
    // `#[sea_orm(` and `)]`: one argument stays where it is, if it can.
    if width <= ARGUMENTS || arguments.len() == 1 && indent + width + 12 <= MAX_WIDTH {
        return format!("{blank}#[sea_orm({line})]\n");
    }
    let lines: Vec<String> = arguments.iter().map(|argument| format!("{blank}    {argument}")).collect();
    format!("{blank}#[sea_orm(\n{}\n{blank})]\n", lines.join(",\n"))
}
