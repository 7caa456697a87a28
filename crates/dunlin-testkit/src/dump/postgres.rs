//! PostgreSQL's catalogs as text.

use dunlin::Database;

use super::{VERSION_TABLE, execute, query, text};

/// Lines of text. `public` is said to be there by nothing, as every database has it.
const LINES: &str = r"
WITH own AS (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
), rel AS (
    SELECT c.* FROM pg_class c JOIN own ON own.oid = c.relnamespace
    WHERE c.relname <> 'VERSION' AND c.relname NOT LIKE 'VERSION\_%'
)
SELECT 1, nspname::text, 'schema ' || nspname FROM own WHERE nspname <> 'public'
UNION ALL
SELECT 2, c.oid::regclass::text, format('relation %s kind=%s persistence=%s method=%s options=%s tablespace=%s partition=%s comment=%L',
    c.oid::regclass, c.relkind, c.relpersistence, (SELECT amname FROM pg_am a WHERE a.oid = c.relam),
    (SELECT string_agg(o, ',' ORDER BY o) FROM unnest(c.reloptions) o), c.reltablespace,
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, obj_description(c.oid, 'pg_class'))
    FROM rel c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
UNION ALL
SELECT 3, c.oid::regclass::text || ' ' || lpad(row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum)::text, 4, '0'),
    format('column %s.%s type=%s notnull=%s default=%s identity=%s generated=%s collation=%s storage=%s comment=%L',
    c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
    a.attidentity, a.attgenerated, CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
    a.attstorage, col_description(c.oid, a.attnum))
    FROM rel c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
UNION ALL
SELECT 4, c.oid::regclass::text || i.inhseqno, format('inherits %s from %s', c.oid::regclass, i.inhparent::regclass)
    FROM rel c JOIN pg_inherits i ON i.inhrelid = c.oid WHERE c.relkind IN ('r', 'p')
UNION ALL
SELECT 5, c.oid::regclass::text || ' ' || n.conname, format('constraint %s.%s %s valid=%s comment=%L', c.oid::regclass, n.conname,
    pg_get_constraintdef(n.oid), n.convalidated, obj_description(n.oid, 'pg_constraint'))
    FROM rel c JOIN pg_constraint n ON n.conrelid = c.oid WHERE n.contype <> 'n'
UNION ALL
SELECT 6, i.indexrelid::regclass::text, format('index %s valid=%s tablespace=%s comment=%L', pg_get_indexdef(i.indexrelid), i.indisvalid,
    x.reltablespace, obj_description(i.indexrelid, 'pg_class'))
    FROM rel c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
UNION ALL
SELECT 7, t.oid::regtype::text, format('enum %s (%s)', t.oid::regtype,
    (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
    FROM pg_type t JOIN own ON own.oid = t.typnamespace WHERE t.typtype = 'e'
UNION ALL
SELECT 8, c.oid::regclass::text, format('view %s: %s', c.oid::regclass, regexp_replace(pg_get_viewdef(c.oid), '\s+', ' ', 'g'))
    FROM rel c WHERE c.relkind IN ('v', 'm')
UNION ALL
SELECT 9, c.oid::regclass::text, format('sequence %s %s start=%s by=%s min=%s max=%s cycle=%s cache=%s owner=%s', c.oid::regclass,
    s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle, s.seqcache,
    (SELECT d.refobjid::regclass || '.' || a.attname FROM pg_depend d
     JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
     WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
    FROM rel c JOIN pg_sequence s ON s.seqrelid = c.oid
UNION ALL
SELECT 10, g.tgname || c.oid::regclass, 'trigger ' || pg_get_triggerdef(g.oid)
    FROM rel c JOIN pg_trigger g ON g.tgrelid = c.oid WHERE NOT g.tgisinternal
UNION ALL
SELECT 11, p.oid::regprocedure::text, 'function ' || replace(pg_get_functiondef(p.oid), E'\n', ' ')
    FROM pg_proc p JOIN own ON own.oid = p.pronamespace WHERE p.prokind = 'f'
ORDER BY 1, 2";

pub(super) async fn dump(database: &mut Database) -> Vec<String> {
    let sql = LINES.replace("VERSION", VERSION_TABLE);
    query(database, &sql).await.iter().map(|row| text(row, 2)).collect()
}

pub(super) async fn wipe(database: &mut Database) {
    let own = "SELECT quote_ident(nspname) FROM pg_namespace \
               WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'";
    for row in query(database, own).await {
        execute(database, &format!("DROP SCHEMA {} CASCADE", text(&row, 0))).await;
    }
    execute(database, "DISCARD TEMP").await;
    execute(database, "CREATE SCHEMA public").await;
}
