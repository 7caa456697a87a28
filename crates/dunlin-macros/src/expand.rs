//! What `migrations!` becomes.

use std::env;
use std::path::Path;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::LitStr;

use crate::listing::{Kind, Listing, RevisionFile, listing};
use crate::sql;

/// The expression for a directory below the crate that is being compiled.
pub(crate) fn migrations(directory: &LitStr) -> syn::Result<TokenStream> {
    let error = |text: String| syn::Error::new(directory.span(), text);
    let root = env::var("CARGO_MANIFEST_DIR").map_err(|_| {
        error("CARGO_MANIFEST_DIR is not set: migrations! is for crates built by cargo".into())
    })?;
    let listing = listing(Path::new(&root), &directory.value()).map_err(|cause| error(cause.report()))?;
    expression(&listing).map_err(error)
}

/// A block that declares each file of Rust as a module, and lists what the files say.
///
/// # Errors
/// A file of SQL is no revision file, or two of one history are the same revision.
fn expression(Listing { versions, squashed }: &Listing) -> Result<TokenStream, String> {
    let mut modules = Vec::new();
    let versions = migrations_of(versions, &mut modules)?;
    let squashed = match squashed.as_slice() {
        [] => None,
        some => {
            let squashed = migrations_of(some, &mut modules)?;
            Some(quote!(.squashed(::std::vec![#(#squashed),*])))
        }
    };
    Ok(quote!({
        #(#modules)*
        ::dunlin_core::revision::Migrations::new(::std::vec![#(#versions),*]) #squashed
    }))
}

/// Files as expressions of migrations, and the modules that they need.
fn migrations_of(files: &[RevisionFile], modules: &mut Vec<TokenStream>) -> Result<Vec<TokenStream>, String> {
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
        None => Ok(migrations),
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
        let versions =
            vec![file("revision_1a", "/m/versions/1a.rs"), file("revision_2b", "/m/versions/2b.rs")];
        let text = |listing| expression(&listing).unwrap().to_string().replace(' ', "");
        assert_eq!(
            text(Listing { versions, squashed: Vec::new() }),
            "{#[path=\"/m/versions/1a.rs\"]modrevision_1a;#[path=\"/m/versions/2b.rs\"]modrevision_2b;\
             ::dunlin_core::revision::Migrations::new(::std::vec![\
             ::dunlin_core::revision::Migration::new(revision_1a::revision(),revision_1a::upgrade,revision_1a::downgrade,),\
             ::dunlin_core::revision::Migration::new(revision_2b::revision(),revision_2b::upgrade,revision_2b::downgrade,)\
             ])}"
        );
        assert_eq!(
            text(Listing {
                versions: Vec::new(),
                squashed: vec![file("squashed_1a", "/m/squashed/versions/1a.rs")]
            }),
            "{#[path=\"/m/squashed/versions/1a.rs\"]modsquashed_1a;\
             ::dunlin_core::revision::Migrations::new(::std::vec![]).squashed(::std::vec![\
             ::dunlin_core::revision::Migration::new(squashed_1a::revision(),squashed_1a::upgrade,squashed_1a::downgrade,)\
             ])}"
        );
    }
}
