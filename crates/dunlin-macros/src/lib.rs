//! `migrations!`: a directory of revision files, compiled in.

mod expand;
mod listing;
mod sql;

use proc_macro::TokenStream;
use syn::LitStr;

/// The revision files of a directory, as `dunlin_core::revision::Migrations`, which `DbManager::migrations` takes.
///
/// `migrations!("migrations")` takes every `migrations/versions/*.rs` and `*.sql` below the crate's own
/// directory, sorted by name; files whose name starts with `_` or `.` are left out. Both may stand in one
/// history. A file of SQL is checked while it is compiled in, and stands in the program: docs/REVISIONS.md has
/// its format. A file of Rust is a module with three functions:
///
/// ```text
/// //! create ticket table
///
/// use dunlin_core::prelude::*;
///
/// pub(crate) fn revision() -> Revision {
///     Revision::new("d759c6d30f5a").message("create ticket table")
/// }
///
/// pub(crate) fn upgrade(op: &mut Operations) { … }
///
/// pub(crate) fn downgrade(op: &mut Operations) { … }
/// ```
///
/// There may be no revision yet. If there is a directory `migrations/squashed/versions`, its files are what squashed
/// revisions stand for (`dunlin squash` moves them there), and a database in the middle of them is brought on by these.
///
/// Cargo sees a changed file by itself, but a new one only if the crate has a build script that says
/// where to look, so there must be a `build.rs`:
///
/// ```text
/// fn main() {
///     println!("cargo:rerun-if-changed=migrations/versions");
/// }
/// ```
///
/// # Errors
/// Compilation fails where there is no `build.rs`, no such directory, or a file of Rust whose name makes no
/// identifier; and with the file and line where a file of SQL is no revision file, or two of them are the same
/// revision. (A squashed revision has the id of the last that it stands for: that one is in both directories.)
#[proc_macro]
pub fn migrations(input: TokenStream) -> TokenStream {
    let directory = syn::parse_macro_input!(input as LitStr);
    expand::migrations(&directory).unwrap_or_else(|error| error.to_compile_error()).into()
}
