//! What `migrations!` becomes.

use std::env;
use std::path::Path;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::LitStr;

use crate::listing::{Kind, RevisionFile, revision_files};
use crate::sql;

/// The expression for a directory below the crate that is being compiled.
pub(crate) fn migrations(directory: &LitStr) -> syn::Result<TokenStream> {
    let error = |text: String| syn::Error::new(directory.span(), text);
    let root = env::var("CARGO_MANIFEST_DIR").map_err(|_| {
        error("CARGO_MANIFEST_DIR is not set: migrations! is for crates built by cargo".into())
    })?;
    let files =
        revision_files(Path::new(&root), &directory.value()).map_err(|cause| error(cause.report()))?;
    expression(&files).map_err(error)
}

/// A block that declares each file of Rust as a module, and lists what the files say.
///
/// # Errors
/// A file of SQL is no revision file, or two are the same revision.
fn expression(files: &[RevisionFile]) -> Result<TokenStream, String> {
    let mut modules = Vec::new();
    let mut migrations = Vec::with_capacity(files.len());
    let mut known = Vec::new();
    for RevisionFile { kind, path } in files {
        match kind {
            Kind::Rust { module } => {
                let module = Ident::new(module, Span::call_site());
                modules.push(quote!(#[path = #path] mod #module;));
                migrations.push(quote! {
                    ::dunlin_core::revision::Migration::new(
                        #module::revision(),
                        #module::upgrade,
                        #module::downgrade,
                    )
                });
            }
            Kind::Sql => {
                let file = sql::read(path)?;
                migrations.push(sql::expression(path, &file));
                known.push((path.as_str(), file.header.revision));
            }
        }
    }
    match sql::duplicate(&known) {
        Some(duplicate) => Err(duplicate),
        None => Ok(quote!({ #(#modules)* ::std::vec![#(#migrations),*] })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_a_module_and_a_migration() {
        let file = |module: &str, path: &str| RevisionFile {
            kind: Kind::Rust { module: module.into() },
            path: path.into(),
        };
        let files = [file("revision_1a", "/m/versions/1a.rs"), file("revision_2b", "/m/versions/2b.rs")];
        let text = expression(&files).unwrap().to_string().replace(' ', "");
        assert_eq!(
            text,
            "{#[path=\"/m/versions/1a.rs\"]modrevision_1a;#[path=\"/m/versions/2b.rs\"]modrevision_2b;\
             ::std::vec![\
             ::dunlin_core::revision::Migration::new(revision_1a::revision(),revision_1a::upgrade,revision_1a::downgrade,),\
             ::dunlin_core::revision::Migration::new(revision_2b::revision(),revision_2b::upgrade,revision_2b::downgrade,)\
             ]}"
        );
    }
}
