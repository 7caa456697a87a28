//! PostgreSQL: three queries over `pg_catalog`.

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::schema::{
    Check, Column, ForeignKey, Index, Metadata, PrimaryKey, SqlValue, TableName, Unique,
};

use super::{Scope, action, names, optional, text};
use crate::database::Database;
use crate::error::Error;

const COLUMNS: &str = "\
SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text,
       pg_get_expr(d.adbin, d.adrelid), l.collname, col_description(t.oid, a.attnum),
       (a.attidentity <> '' OR EXISTS (
           SELECT FROM pg_depend AS p JOIN pg_class AS s ON s.oid = p.objid AND s.relkind = 'S'
           WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass
             AND p.refobjid = t.oid AND p.refobjsubid = a.attnum AND p.deptype = 'a'))::text
FROM pg_class AS t
JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type AS y ON y.oid = a.atttypid
LEFT JOIN pg_attrdef AS d ON d.adrelid = t.oid AND d.adnum = a.attnum
LEFT JOIN pg_collation AS l ON l.oid = a.attcollation AND a.attcollation <> y.typcollation
WHERE t.relkind IN ('r', 'p') AND {scope}
ORDER BY t.relname, a.attnum";

const CONSTRAINTS: &str = "\
SELECT t.relname, c.conname, c.contype::text,
       (SELECT string_agg(a.attname, chr(31) ORDER BY k.n)
        FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, n)
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum),
       CASE WHEN fn.nspname <> current_schema() THEN fn.nspname END, f.relname,
       (SELECT string_agg(a.attname, chr(31) ORDER BY k.n)
        FROM unnest(c.confkey) WITH ORDINALITY AS k (attnum, n)
        JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.attnum),
       c.confdeltype::text, c.confupdtype::text, pg_get_expr(c.conbin, c.conrelid)
FROM pg_constraint AS c
JOIN pg_class AS t ON t.oid = c.conrelid
LEFT JOIN pg_class AS f ON f.oid = c.confrelid
LEFT JOIN pg_namespace AS fn ON fn.oid = f.relnamespace
WHERE c.contype IN ('p', 'u', 'f', 'c') AND {scope}
ORDER BY t.relname, c.conname";

const INDEXES: &str = "\
SELECT t.relname, i.relname, x.indisunique::text,
       (SELECT string_agg(pg_get_indexdef(x.indexrelid, k.n::int, true), chr(31) ORDER BY k.n)
        FROM generate_series(1, x.indnkeyatts) AS k (n)),
       pg_get_expr(x.indpred, x.indrelid)
FROM pg_index AS x
JOIN pg_class AS t ON t.oid = x.indrelid
JOIN pg_class AS i ON i.oid = x.indexrelid
WHERE NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x'))
  AND {scope}
ORDER BY t.relname, i.relname";

pub(super) async fn read(
    database: &mut Database,
    scope: &Scope<'_>,
    metadata: &mut Metadata,
) -> Result<(), Error> {
    let namespace = match scope.schema {
        Some(schema) => {
            format!("{}::regnamespace", database.dialect().literal(&database.dialect().quote(schema)))
        }
        None => "current_schema()::regnamespace".to_owned(),
    };
    let condition =
        format!("t.relnamespace = {namespace} AND {}", scope.names_condition(database, "t.relname"));
    let dialect = database.dialect();

    for row in database.rows(&COLUMNS.replace("{scope}", &condition)).await? {
        let name = scope.table(text(&row, 0));
        let mut data_type = dialect.parse_type(text(&row, 2));
        if let Some(collation) = optional(&row, 5) {
            data_type = data_type.collate(collation);
        }
        let autoincrement = text(&row, 7) == "true";
        let mut column = Column::new(text(&row, 1), data_type);
        column.nullable = text(&row, 3) != "true";
        let default = optional(&row, 4).filter(|_| !autoincrement);
        column.server_default = default.map(SqlValue::Expression).map(PerDialect::from);
        column.autoincrement = autoincrement;
        column.comment = optional(&row, 6);
        metadata.entry(name).columns.push(column);
    }
    for row in database.rows(&CONSTRAINTS.replace("{scope}", &condition)).await? {
        let Some(table) = metadata.get_mut(&scope.table(text(&row, 0))) else { continue };
        let name = text(&row, 1);
        let columns = names(&row, 3);
        match text(&row, 2) {
            "p" => table.primary_key = Some(PrimaryKey::new(columns).named(name)),
            "u" => table.uniques.push(Unique::new(columns).named(name)),
            "f" => {
                let referred = TableName { schema: optional(&row, 4), name: text(&row, 5).to_owned() };
                let key = ForeignKey::new(columns, referred, names(&row, 6)).named(name);
                table.foreign_keys.push(key.on_delete(action(text(&row, 7))).on_update(action(text(&row, 8))));
            }
            _ => table.checks.push(Check::new(text(&row, 9)).named(name)),
        }
    }
    for row in database.rows(&INDEXES.replace("{scope}", &condition)).await? {
        let Some(table) = metadata.get_mut(&scope.table(text(&row, 0))) else { continue };
        let mut index = Index::new(text(&row, 1), names(&row, 3).iter().map(|column| unquote(column)));
        index.unique = text(&row, 2) == "true";
        index.predicate = optional(&row, 4).map(|sql| PerDialect::only(DialectName::Postgres, sql));
        table.indexes.push(index);
    }
    Ok(())
}

/// `pg_get_indexdef` prints a column as an identifier; an expression stays as it is.
fn unquote(column: &str) -> String {
    match column.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(name) => name.replace("\"\"", "\""),
        None => column.to_owned(),
    }
}
