//! The head of a revision file in Rust: what its `fn revision()` says, in literals.

use std::path::Path;

use dunlin_core::revision::Revision;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use super::DirectoryError;

/// Reads `Revision::new("…").down_revision("…")…` from the body of `fn revision()`. What it says otherwise than in
/// literals only the compiler knows.
pub(super) fn revision(path: &Path, text: &str) -> Result<Revision, DirectoryError> {
    let wrong = |problem: &str, at: Option<Span>| DirectoryError::Rust {
        path: path.to_owned(),
        line: at.map(|at| at.start().line),
        problem: problem.to_owned(),
    };
    let tokens: TokenStream = text
        .parse()
        .map_err(|error: proc_macro2::LexError| wrong(&format!("no Rust: {error}"), Some(error.span())))?;
    let body = body(tokens).ok_or_else(|| wrong("there is no function `revision`", None))?;
    let calls = calls(&body).map_err(|at| wrong("the revision is not said in plain text", at))?;
    let mut calls = calls.into_iter();
    let Some((_, id)) = calls.next().filter(|(method, _)| method == "new") else {
        return Err(wrong("there is no `Revision::new(\"…\")` in its function `revision`", None));
    };
    Ok(calls.fold(Revision::new(id), |revision, (method, value)| match method.as_str() {
        "down_revision" => revision.down_revision(value),
        "depends_on" => revision.depends_on(value),
        "branch_label" => revision.branch_label(value),
        "message" => revision.message(value),
        _ => revision,
    }))
}

/// The tokens between the brackets of `fn revision() … { … }`.
fn body(tokens: TokenStream) -> Option<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |tree: &TokenTree, word: &str| matches!(tree, TokenTree::Ident(ident) if ident == word);
    let at = tokens.windows(2).position(|two| is(&two[0], "fn") && is(&two[1], "revision"))?;
    tokens[at..].iter().find_map(|tree| match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            Some(group.stream().into_iter().collect())
        }
        _ => None,
    })
}

/// The calls `Revision::a("…").b("…")` as methods and texts; where something else stands that is no text.
fn calls(body: &[TokenTree]) -> Result<Vec<(String, String)>, Option<Span>> {
    let is_type = |tree: &TokenTree| matches!(tree, TokenTree::Ident(ident) if ident == "Revision");
    let begin = body.iter().position(is_type).ok_or(None)?;
    let mut calls = Vec::new();
    let mut rest = body[begin + 1..].iter().filter(|tree| !matches!(tree, TokenTree::Punct(_)));
    while let Some(tree) = rest.next() {
        let TokenTree::Ident(method) = tree else { return Err(Some(tree.span())) };
        let arguments = rest.next();
        let Some(TokenTree::Group(group)) = arguments else { return Err(Some(tree.span())) };
        let mut inner = group.stream().into_iter();
        let text = match (inner.next(), inner.next()) {
            (Some(TokenTree::Literal(literal)), None) => {
                syn::parse_str::<syn::LitStr>(&literal.to_string()).map(|text| text.value()).ok()
            }
            _ => None,
        };
        calls.push((method.to_string(), text.ok_or(Some(group.span()))?));
    }
    Ok(calls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Revision, String> {
        revision(Path::new("a.rs"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_said_in_plain_text_is_read() {
        let text = r##"//! create "ticket"
            use dunlin_core::prelude::*;
            fn other() -> u8 { 1 }
            pub(crate) fn revision() -> Revision {
                Revision::new("c3").down_revision("a1").down_revision("b2")
                    .depends_on("label").branch_label("tickets")
                    .message(r#"create "ticket""#)
            }
            pub(crate) fn upgrade(op: &mut Operations) { op.drop_table("x"); }"##;
        let said = Revision::new("c3").down_revision("a1").down_revision("b2");
        let said = said.depends_on("label").branch_label("tickets").message("create \"ticket\"");
        assert_eq!(read(text), Ok(said));
    }

    #[test]
    fn what_is_not_is_an_error_with_its_line() {
        for (text, said) in [
            ("fn upgrade() {}", "a.rs: there is no function `revision`"),
            (
                "fn revision() -> R {\n    Revision::new(ID)\n}",
                "a.rs: line 2: the revision is not said in plain text",
            ),
            ("fn revision() -> R { make() }", "a.rs: the revision is not said in plain text"),
            ("fn revision() {\n \"", "a.rs: line 2: no Rust: cannot parse string into token stream"),
        ] {
            assert_eq!(read(text), Err(said.to_owned()), "{text}");
        }
    }
}
