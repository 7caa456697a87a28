//! What `migrations!` becomes.

use std::env;
use std::path::Path;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::LitStr;

use crate::listing::{RevisionFile, revision_files};

/// The expression for a directory below the crate that is being compiled.
pub(crate) fn migrations(directory: &LitStr) -> syn::Result<TokenStream> {
    let error = |text: String| syn::Error::new(directory.span(), text);
    let root = env::var("CARGO_MANIFEST_DIR").map_err(|_| {
        error("CARGO_MANIFEST_DIR is not set: migrations! is for crates built by cargo".into())
    })?;
    let files =
        revision_files(Path::new(&root), &directory.value()).map_err(|cause| error(cause.report()))?;
    Ok(expression(&files))
}

/// A block that declares each file as a module and lists what the modules say.
fn expression(files: &[RevisionFile]) -> TokenStream {
    let paths = files.iter().map(|file| &file.path);
    let modules: Vec<_> = files.iter().map(|file| Ident::new(&file.module, Span::call_site())).collect();
    quote! {
        {
            #( #[path = #paths] mod #modules; )*
            ::std::vec![#(
                ::dunlin_core::revision::Migration::new(
                    #modules::revision(),
                    #modules::upgrade,
                    #modules::downgrade,
                )
            ),*]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_a_module_and_a_migration() {
        let file = |module: &str, path: &str| RevisionFile { module: module.into(), path: path.into() };
        let files = [file("revision_1a", "/m/versions/1a.rs"), file("revision_2b", "/m/versions/2b.rs")];
        let text = expression(&files).to_string().replace(' ', "");
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
