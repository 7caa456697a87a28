//! The layout of generated Rust: what `rustfmt` with its default settings and edition 2024 makes of it, for
//! the few forms that are generated. Source of the rules: what rustfmt does, and its documentation of
//! `max_width`, `fn_call_width`, `array_width`, `chain_width`, `struct_lit_width`.
//!
//! Every function answers `None` where the expression does not fit, and its caller then tries another form.

use super::expr::{Body, Expr, Statement};
use super::literal::{self, Literals};

pub(super) const MAX_WIDTH: usize = 100;
const INDENT: usize = 4;
const CALL_WIDTH: usize = 60;
const ARRAY_WIDTH: usize = 60;
const CHAIN_WIDTH: usize = 60;
const STRUCT_WIDTH: usize = 18;
/// An item that is no longer may stand in a line with others.
const SHORT_ITEM: usize = 10;
/// How many lines make a last call of a chain worth to stay in the chain's line.
const WORTH_EXTENDING: usize = 5;

/// Statements in lines of their own, at an indentation.
pub(super) fn statements(statements: &[Statement], indent: usize) -> String {
    let mut text = String::new();
    for statement in statements {
        text.push_str(&" ".repeat(indent));
        text.push_str(&one_statement(statement, indent));
        text.push('\n');
    }
    text
}

/// An expression in one line, however long.
pub(super) fn one_line(expr: &Expr) -> String {
    let layout = Layout { literals: Literals::WHOLE, one_line_chains: false };
    let shape = Shape { indent: 0, offset: 0, width: usize::MAX / 4 };
    layout.expr(expr, shape).unwrap_or_default()
}

/// A statement that fits, its texts broken where they are too long.
fn one_statement(statement: &Statement, indent: usize) -> String {
    let too_wide = |text: &String| text.lines().any(|line| literal::width(line) > MAX_WIDTH);
    let mut last = None;
    for literals in Literals::ATTEMPTS {
        let layout = Layout { literals, one_line_chains: false };
        match layout.statement(statement, indent) {
            Some(text) if !too_wide(&text) => return text,
            other => last = other.or(last),
        }
    }
    last.unwrap_or_else(|| match statement {
        Statement::Run(value) => one_line(value) + ";",
        Statement::Value(value) => one_line(value),
        Statement::Assign(place, value) => format!("{place} = {};", one_line(value)),
    })
}

/// Where an expression stands, and how much room there is.
#[derive(Debug, Clone, Copy)]
struct Shape {
    /// The indentation of the line.
    indent: usize,
    /// What stands in the line already.
    offset: usize,
    /// What is left of it.
    width: usize,
}

impl Shape {
    fn indented(indent: usize) -> Self {
        Self { indent, offset: 0, width: MAX_WIDTH.saturating_sub(indent) }
    }

    /// Behind so many characters.
    fn behind(self, characters: usize) -> Option<Self> {
        let width = self.width.checked_sub(characters)?;
        Some(Self { offset: self.offset + characters, width, ..self })
    }

    /// Before so many characters.
    fn before(self, characters: usize) -> Option<Self> {
        Some(Self { width: self.width.checked_sub(characters)?, ..self })
    }

    /// What must stand behind it.
    fn overhead(self) -> usize {
        MAX_WIDTH.saturating_sub(self.indent + self.offset + self.width)
    }

    /// The items of a list in lines of their own, each before a comma.
    fn nested(self) -> Self {
        let nested = Self::indented(self.indent + INDENT);
        Self { width: nested.width.saturating_sub(1), ..nested }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tactic {
    Horizontal,
    Vertical,
    /// As many in a line as fit.
    Mixed,
}

#[derive(Debug, Clone, Copy)]
struct Layout {
    literals: Literals,
    /// A chain that does not fit in one line does not fit.
    one_line_chains: bool,
}

impl Layout {
    fn statement(self, statement: &Statement, indent: usize) -> Option<String> {
        let shape = Shape::indented(indent);
        match statement {
            Statement::Run(value) => Some(self.expr(value, shape.before(1)?)? + ";"),
            Statement::Value(value) => self.expr(value, shape),
            Statement::Assign(place, value) => self.assign(place, value, shape),
        }
    }

    /// `place = value;`, the value behind the place or in the next line.
    fn assign(self, place: &str, value: &Expr, shape: Shape) -> Option<String> {
        let here = shape.before(1)?.behind(place.len() + 3)?;
        let same_line = self.expr(value, here);
        if let Some(text) = &same_line
            && !text.contains('\n')
            && literal::width(text) <= here.width
        {
            return Some(format!("{place} = {text};"));
        }
        let below = Shape::indented(shape.indent + INDENT).before(1)?;
        let next_line = self.expr(value, below).filter(|text| fits(text, below) || same_line.is_none());
        let text = match (same_line, next_line) {
            (Some(same), Some(next)) if prefers_next_line(&same, &next) => new_line(below.indent) + &next,
            (Some(same), _) => format!(" {same}"),
            (None, Some(next)) => new_line(below.indent) + &next,
            (None, None) => return None,
        };
        Some(format!("{place} ={text};"))
    }

    fn expr(self, expr: &Expr, shape: Shape) -> Option<String> {
        match expr {
            Expr::Word(word) => (literal::width(word) <= shape.width).then(|| word.clone()),
            Expr::Text(text) => {
                let written = self.literals.write(text, shape.indent + shape.offset);
                (!text.in_lines
                    || !written.contains('\n')
                    || written.contains("\\\n")
                    || fits(&written, shape))
                .then_some(written)
            }
            Expr::Call(function, arguments) => self.list(function, ('(', ')'), arguments, CALL_WIDTH, shape),
            Expr::Tuple(items) => self.list("", ('(', ')'), items, CALL_WIDTH, shape),
            Expr::Array(items) => self.list("", ('[', ']'), items, ARRAY_WIDTH, shape),
            Expr::Vec(items) => self.list("vec!", ('[', ']'), items, ARRAY_WIDTH, shape),
            Expr::Chain(root, calls) => self.chain(root, calls, shape),
            Expr::Struct(name, fields) => self.fields(name, fields, shape),
            Expr::Closure(parameter, body) => self.closure(parameter, body, shape),
        }
    }

    fn closure(self, parameter: &str, body: &Body, shape: Shape) -> Option<String> {
        let prefix = format!("|{parameter}| ");
        // A brace behind the parameter.
        shape.before(prefix.len() + 1)?;
        let end = new_line(shape.indent) + "}";
        let block = |statements: &[Statement]| {
            let within = self::statements(statements, shape.indent + INDENT);
            format!("{prefix}{{\n{}{end}", within.trim_end_matches('\n'))
        };
        match body {
            Body::Block(statements) if statements.is_empty() => Some(prefix + "{}"),
            Body::Block(statements) => Some(block(statements)),
            Body::Value(value) => {
                let one_line = shape.behind(prefix.len()).and_then(|shape| self.expr(value, shape));
                match one_line.filter(|text| !text.contains('\n')) {
                    Some(text) => Some(prefix + &text),
                    None => Some(block(&[Statement::Value((**value).clone())])),
                }
            }
        }
    }

    fn fields(self, name: &str, fields: &[(&str, Expr)], shape: Shape) -> Option<String> {
        let below = Shape::indented(shape.indent + INDENT);
        let field = |(field, value): &(&str, Expr)| {
            let behind = below.before(1)?.behind(field.len() + 2)?;
            match self.expr(value, behind) {
                Some(text) => Some(format!("{field}: {text}")),
                None => {
                    let deeper = Shape::indented(below.indent + INDENT);
                    Some(format!("{field}:{}{}", new_line(deeper.indent), self.expr(value, deeper)?))
                }
            }
        };
        let fields: Vec<String> = fields.iter().map(field).collect::<Option<_>>()?;
        let one_line = fields.join(", ");
        let room = shape.width.checked_sub(name.len() + 5).map_or(0, |room| room.min(STRUCT_WIDTH));
        if !one_line.contains('\n') && literal::width(&one_line) <= room {
            return Some(format!("{name} {{ {one_line} }}"));
        }
        Some(format!("{name} {{{}{}}}", in_lines(&fields, below.indent), new_line(shape.indent)))
    }

    /// A call, an array, a tuple: `name(items)`.
    fn list(
        self,
        name: &str,
        (open, close): (char, char),
        items: &[Expr],
        most: usize,
        shape: Shape,
    ) -> Option<String> {
        let one_line_width = shape.width.saturating_sub(name.len() + 2);
        let one_line = shape.behind(name.len() + 1).and_then(|shape| shape.before(1));
        let one_line = one_line.unwrap_or(Shape { width: 0, ..shape });
        let nested = shape.nested();
        let mut texts: Vec<Option<String>> = items.iter().map(|item| self.expr(item, nested)).collect();
        let tactic = self.tactic(name, items, &mut texts, most, one_line, one_line_width);
        let texts: Vec<String> = texts.into_iter().collect::<Option<_>>()?;

        let end = new_line(shape.indent);
        let within = match tactic {
            Tactic::Horizontal => {
                let text = texts.join(", ");
                let first = literal::width(text.lines().next().unwrap_or_default());
                let room = shape.width.saturating_sub(name.len());
                match text.is_empty() || first < room {
                    true => text,
                    false => new_line(nested.indent) + &text + &end,
                }
            }
            Tactic::Vertical => in_lines(&texts, nested.indent) + &end,
            Tactic::Mixed => mixed(&texts, nested, name.is_empty()) + &end,
        };
        Some(format!("{name}{open}{within}{close}"))
    }

    /// How the items of a list stand; the last may begin in the line of the others and go on below.
    fn tactic(
        self,
        name: &str,
        items: &[Expr],
        texts: &mut [Option<String>],
        most: usize,
        one_line: Shape,
        one_line_width: usize,
    ) -> Tactic {
        let (Some(last), Some(at)) = (items.last(), items.len().checked_sub(1)) else {
            return Tactic::Horizontal;
        };
        let default = |texts: &[Option<String>]| one_line_or_lines(texts, most.min(one_line_width));
        let behind_name = items.len() == 1 && name.len() < INDENT;
        let overflowing = (behind_name || can_overflow(last, items.len()))
            .then(|| {
                let chains = self.one_line_chains || !behind_name && matches!(last, Expr::Chain(..));
                let shape = last_shape(items, texts, one_line, most)?;
                Layout { one_line_chains: chains, ..self }.expr(last, shape)
            })
            .flatten();
        if let Some(overflowing) = overflowing {
            let alone = texts[at].take();
            texts[at] = overflowing.lines().next().map(str::to_owned);
            if default(texts) == Tactic::Horizontal {
                let fits_below = items.len() == 1 && overflowing.matches('\n').count() == 1;
                texts[at] = match alone {
                    Some(alone) if fits_below && !alone.contains('\n') => Some(alone),
                    _ => Some(overflowing),
                };
                return Tactic::Horizontal;
            }
            texts[at] = alone;
        }
        if items.len() == 1 && one_line_width != 0 {
            let text = texts[at].as_deref().unwrap_or_default();
            if !text.contains('\n') && literal::width(text) <= one_line_width {
                return Tactic::Horizontal;
            }
        }
        let short = |text: &Option<String>| text.as_ref().is_some_and(|text| text.len() <= SHORT_ITEM);
        match default(texts) {
            Tactic::Vertical if items.iter().all(is_simple) && texts.iter().all(short) => Tactic::Mixed,
            tactic => tactic,
        }
    }

    fn chain(self, root: &Expr, calls: &[(String, Vec<Expr>)], shape: Shape) -> Option<String> {
        let call = |(method, arguments): &(String, Vec<Expr>), shape: Shape| {
            self.list(&format!(".{method}"), ('(', ')'), arguments, CALL_WIDTH, shape)
        };
        let mut text = self.expr(root, shape)?;
        let mut rest = calls;
        // A short root takes the first calls into its line.
        while text.len() <= INDENT.saturating_sub(shape.offset)
            && !text.contains('\n')
            && let Some((first, others)) = rest.split_first()
        {
            let Some(more) = shape.behind(text.len()).and_then(|shape| call(first, shape)) else { break };
            text.push_str(&more);
            rest = others;
        }
        let Some((last, others)) = rest.split_last() else { return fits(&text, shape).then_some(text) };

        let extendable = ends_extendable(&text);
        let ends_with_block = if rest.len() == calls.len() { is_block_like(root, &text) } else { extendable };
        let indent = if ends_with_block { shape.indent } else { shape.indent + INDENT };
        let child = Shape::indented(indent);
        let mut texts = vec![text];
        for other in others {
            texts.push(call(other, child)?);
        }

        let last_line = |text: &str| literal::width(text.lines().last().unwrap_or_default());
        let extendable = extendable && others.is_empty();
        let almost = match extendable {
            true => last_line(&texts[0]),
            false => texts.iter().map(|text| literal::width(text)).sum(),
        };
        let budget = if calls.len() == 1 { shape.width } else { shape.width.min(CHAIN_WIDTH) };
        let budget = budget.saturating_sub(almost);
        let one_line = budget > 0 && texts.iter().all(|text| !text.contains('\n'));
        let below = child.before(shape.overhead());
        let mut fits_one_line = false;
        let mut chosen = None;
        if (one_line || extendable)
            && let Some(here) = shape.behind(almost)
            && let Some(text) = call(last, here)
        {
            let lines = text.lines().count();
            let could_fit = literal::width(text.lines().next().unwrap_or_default()) <= budget;
            let here = could_fit && one_line;
            if could_fit && lines >= WORTH_EXTENDING {
                (chosen, fits_one_line) = (Some(text), one_line);
            } else {
                match call(last, below?) {
                    Some(other) if !could_fit || other.lines().count() < lines => chosen = Some(other),
                    _ => (chosen, fits_one_line) = (Some(text), here),
                }
            }
        }
        texts.push(match chosen {
            Some(text) => text,
            None => call(last, if one_line { shape } else { below? })?,
        });
        if !fits_one_line && self.one_line_chains {
            return None;
        }
        let text = texts.join(&if fits_one_line { String::new() } else { new_line(indent) });
        fits(&text, shape).then_some(text)
    }
}

fn new_line(indent: usize) -> String {
    format!("\n{}", " ".repeat(indent))
}

/// Each item in a line of its own, before a comma.
fn in_lines(items: &[String], indent: usize) -> String {
    items.iter().map(|item| format!("{}{item},", new_line(indent))).collect()
}

/// As many items in a line as fit. In the first line of a macro, no room is kept for the last comma.
fn mixed(items: &[String], shape: Shape, mut keeps_last_comma: bool) -> String {
    let mut text = new_line(shape.indent);
    let mut used = 0;
    for (at, item) in items.iter().enumerate() {
        let comma = usize::from(keeps_last_comma || at + 1 < items.len());
        let width = literal::width(item) + comma;
        if used > 0 && used + 1 + width > shape.width {
            text.push_str(&new_line(shape.indent));
            used = 0;
            keeps_last_comma = true;
        }
        if used > 0 {
            text.push(' ');
            used += 1;
        }
        text.push_str(item);
        text.push(',');
        used += width;
    }
    text
}

fn one_line_or_lines(texts: &[Option<String>], limit: usize) -> Tactic {
    let widths = texts.iter().flatten().map(|text| literal::width(text));
    let total: usize = widths.sum::<usize>() + 2 * texts.len().saturating_sub(1);
    let multiline = texts.iter().flatten().any(|text| text.contains('\n'));
    if total <= limit && !multiline { Tactic::Horizontal } else { Tactic::Vertical }
}

/// The room for a last item that begins behind the others.
fn last_shape(items: &[Expr], texts: &[Option<String>], shape: Shape, most: usize) -> Option<Shape> {
    let is_nested_call = |item: &Expr| matches!(item, Expr::Call(..) | Expr::Chain(..) | Expr::Vec(_));
    if let [only] = items
        && !is_nested_call(only)
    {
        return Some(shape);
    }
    let others = texts.split_last().map_or(&[][..], |(_, others)| others);
    let offset = others.iter().map(|text| 2 + text.as_deref().unwrap_or_default().len()).sum();
    Shape { width: shape.width.min(most), ..shape }.behind(offset)
}

fn can_overflow(item: &Expr, of: usize) -> bool {
    match item {
        Expr::Closure(..) => true,
        Expr::Word(_) | Expr::Text(_) => false,
        _ => of == 1,
    }
}

fn is_simple(item: &Expr) -> bool {
    match item {
        Expr::Word(word) => !word.contains("::"),
        Expr::Text(_) => true,
        _ => false,
    }
}

/// Whether what follows in a chain stands below the expression without an indentation.
fn is_block_like(root: &Expr, text: &str) -> bool {
    let last_line = || literal::width(text.lines().last().unwrap_or_default().trim_start());
    text.contains('\n')
        && match root {
            Expr::Call(..) | Expr::Array(_) | Expr::Struct(..) | Expr::Vec(_) => true,
            Expr::Text(_) => last_line() <= INDENT,
            _ => false,
        }
}

/// Whether the last line is nothing but the end of brackets that were opened above it.
fn ends_extendable(text: &str) -> bool {
    if text.ends_with("\"#") {
        return true;
    }
    for c in text.chars().rev() {
        match c {
            '(' | ')' | ']' | '}' | '?' | '>' => {}
            '\n' => return true,
            c if c.is_whitespace() => {}
            _ => return false,
        }
    }
    true
}

/// Whether the first line fits the room, the others the page, and the last what must stand behind it.
fn fits(text: &str, shape: Shape) -> bool {
    let mut lines = text.lines().map(literal::width);
    let first = lines.next().unwrap_or_default();
    let others: Vec<usize> = lines.collect();
    let last = others.last().copied().unwrap_or_default();
    first <= shape.width
        && others.iter().all(|width| *width <= MAX_WIDTH)
        && last <= shape.indent + shape.offset + shape.width
}

fn prefers_next_line(same_line: &str, next_line: &str) -> bool {
    let lines = |text: &str| text.matches('\n').count();
    let opens = |text: &str, with: char| text.lines().next().is_some_and(|line| line.ends_with(with));
    !next_line.contains('\n')
        || lines(same_line) > lines(next_line) + 1
        || ['(', '{', '['].into_iter().any(|with| opens(same_line, with) && !opens(next_line, with))
}
