//! Revision files of SQL as expressions.

use std::fs;

use dunlin_core::dialect::DialectName;
use dunlin_core::revision::{Direction, RevisionId};
use dunlin_core::schema::TableName;
use dunlin_sql::revision_file::{Header, RevisionFile, Section, Stage};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// Reads and checks a file.
///
/// # Errors
/// It is no revision file: the path, the line, and why.
pub(crate) fn read(path: &str) -> Result<RevisionFile, String> {
    let bytes = fs::read(path).map_err(|error| format!("{path} cannot be read: {error}"))?;
    let text = str::from_utf8(&bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        format!("{path}: line {} is not UTF-8", before.iter().filter(|byte| **byte == b'\n').count() + 1)
    })?;
    let file = RevisionFile::parse(text).map_err(|error| format!("{path} is no revision file: {error}"))?;
    Ok(file)
}

/// The revision that two files are.
pub(crate) fn duplicate(files: &[(&str, RevisionId)]) -> Option<String> {
    files.iter().enumerate().find_map(|(at, (second, id))| {
        let (first, _) = files[..at].iter().find(|(_, other)| other == id)?;
        Some(format!("revision {id} stands in two files: {first} and {second}"))
    })
}

/// The migration that a file is. Its text stands in it twice, so that cargo sees when it changes.
pub(crate) fn expression(path: &str, file: &RevisionFile) -> TokenStream {
    let revision = revision(&file.header);
    let sections = file.sections.iter().map(section);
    quote! {
        {
            const _: &str = ::core::include_str!(#path);
            ::dunlin_core::revision::Migration::of_script(
                #revision,
                ::dunlin_core::revision::SqlScript::default() #(#sections)*,
            )
        }
    }
}

fn revision(header: &Header) -> TokenStream {
    let (id, message) = (header.revision.as_str(), &header.message);
    let parents = header.down_revisions.iter().map(RevisionId::as_str);
    let (depends_on, labels) = (&header.depends_on, &header.branch_labels);
    quote! {
        ::dunlin_core::revision::Revision::new(#id)
            #(.down_revision(#parents))*
            #(.depends_on(#depends_on))*
            #(.branch_label(#labels))*
            .message(#message)
    }
}

fn section(section: &Section) -> TokenStream {
    let direction = match section.direction {
        Direction::Upgrade => quote!(::dunlin_core::revision::Direction::Upgrade),
        Direction::Downgrade => quote!(::dunlin_core::revision::Direction::Downgrade),
    };
    let dialect = section.dialect.map(|dialect| {
        let name = match dialect {
            DialectName::Postgres => "Postgres",
            DialectName::MySql => "MySql",
            DialectName::MariaDb => "MariaDb",
            DialectName::Sqlite => "Sqlite",
        };
        let name = Ident::new(name, Span::call_site());
        quote!(::dunlin_core::dialect::DialectName::#name)
    });
    let dialect = match dialect {
        Some(dialect) => quote!(::core::option::Option::Some(#dialect)),
        None => quote!(::core::option::Option::None),
    };
    let stages = section.stages.iter().map(stage);
    quote!(.section(#direction, #dialect, [#(#stages),*]))
}

fn stage(stage: &Stage) -> TokenStream {
    let (text, line) = (&stage.text, stage.line());
    let touches = stage.touches.as_ref().map(|tables| {
        let tables = tables.iter().map(table);
        quote!(.touches(::std::vec::Vec::<::dunlin_core::schema::TableName>::from([#(#tables),*])))
    });
    let no_transaction = stage.no_transaction.then(|| quote!(.no_transaction()));
    let no_foreign_keys = stage.no_foreign_keys.then(|| quote!(.no_foreign_keys()));
    quote! {
        ::dunlin_core::operation::SqlStage::new(#text, #line) #touches #no_transaction #no_foreign_keys
    }
}

fn table(table: &TableName) -> TokenStream {
    let name = &table.name;
    let schema = match &table.schema {
        Some(schema) => quote!(::core::option::Option::Some(#schema)),
        None => quote!(::core::option::Option::None),
    };
    quote!(::dunlin_core::schema::TableName::new(#schema, #name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_becomes_what_it_says() {
        let text = "-- revision: a1\n-- down_revision: b2, c3\n-- message: why\n\
            -- upgrade: mysql\n-- no-transaction\n-- touches: t, s.u\nSELECT 1;\n";
        let file = RevisionFile::parse(text).unwrap();
        let expanded = expression("/m/a1.sql", &file).to_string().replace(' ', "");
        assert_eq!(
            expanded,
            "{const_:&str=::core::include_str!(\"/m/a1.sql\");\
             ::dunlin_core::revision::Migration::of_script(\
             ::dunlin_core::revision::Revision::new(\"a1\").down_revision(\"b2\").down_revision(\"c3\").message(\"why\"),\
             ::dunlin_core::revision::SqlScript::default().section(\
             ::dunlin_core::revision::Direction::Upgrade,\
             ::core::option::Option::Some(::dunlin_core::dialect::DialectName::MySql),\
             [::dunlin_core::operation::SqlStage::new(\"SELECT1;\",7usize)\
             .touches(::std::vec::Vec::<::dunlin_core::schema::TableName>::from([\
             ::dunlin_core::schema::TableName::new(::core::option::Option::None,\"t\"),\
             ::dunlin_core::schema::TableName::new(::core::option::Option::Some(\"s\"),\"u\")]))\
             .no_transaction()]),)}"
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_path_and_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.sql");
        let path = path.to_str().unwrap();
        let error = |bytes: &[u8]| {
            fs::write(path, bytes).unwrap();
            read(path).unwrap_err().replace(path, "a.sql")
        };
        assert_eq!(error(b"-- revision: a1\n\xff"), "a.sql: line 2 is not UTF-8");
        assert_eq!(
            error(b"-- revision: a1\n"),
            "a.sql is no revision file: there is no section `-- upgrade`"
        );
        assert_eq!(
            error(b"-- revision: a1\n-- upgrade: sqlite\nSELECT 'a;\n"),
            "a.sql is no revision file: unclosed string at line 3, column 8"
        );
        let files = [("a.sql", "a1".into()), ("b.sql", "b2".into()), ("c.sql", "a1".into())];
        let said = "revision a1 stands in two files: a.sql and c.sql";
        assert_eq!(duplicate(&files).as_deref(), Some(said));
    }
}
