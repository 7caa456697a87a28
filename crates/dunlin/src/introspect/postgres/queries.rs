//! The catalog queries: `{scope}` is a condition on the table `t`, `{namespace}` the schema's oid, and
//! chr(31) stands between names that are joined.
//!
//! What a catalog has only since a version is asked of the row as JSON, which says nothing where there is
//! no such column.

/// Enum types: those of the tables' columns, and all of the schema where all tables are wanted.
pub(super) const ENUM_TYPES: &str = "\
SELECT y.oid::text, n.nspname, (n.nspname = current_schema())::text, y.typname,
       (SELECT string_agg(e.enumlabel, chr(31) ORDER BY e.enumsortorder)
        FROM pg_enum AS e WHERE e.enumtypid = y.oid)
FROM pg_type AS y
JOIN pg_namespace AS n ON n.oid = y.typnamespace
WHERE y.typtype = 'e' AND ({all} AND y.typnamespace = {namespace} AND NOT EXISTS (
        SELECT FROM pg_depend AS p
        WHERE p.classid = 'pg_type'::regclass AND p.objid = y.oid AND p.deptype = 'e')
    OR EXISTS (
        SELECT FROM pg_class AS t JOIN pg_attribute AS a ON a.attrelid = t.oid
        WHERE {scope} AND a.atttypid IN (y.oid, y.typarray) AND a.attnum > 0 AND NOT a.attisdropped))
ORDER BY y.typname";

/// Tables, without those of extensions.
pub(super) const TABLES: &str = "\
SELECT t.relname, obj_description(t.oid, 'pg_class'), t.relpersistence::text, pg_get_partkeydef(t.oid),
       m.amname, array_to_string(t.reloptions, chr(31)), s.spcname,
       (SELECT string_agg(concat_ws(chr(30), n.nspname, n.nspname = current_schema(), f.relname), chr(31)
                          ORDER BY i.inhseqno)
        FROM pg_inherits AS i JOIN pg_class AS f ON f.oid = i.inhparent
        JOIN pg_namespace AS n ON n.oid = f.relnamespace
        WHERE i.inhrelid = t.oid AND NOT t.relispartition)
FROM pg_class AS t
LEFT JOIN pg_am AS m ON m.oid = t.relam
LEFT JOIN pg_tablespace AS s ON s.oid = t.reltablespace
WHERE t.relkind IN ('r', 'p') AND {scope} AND NOT EXISTS (
    SELECT FROM pg_depend AS p
    WHERE p.classid = 'pg_class'::regclass AND p.objid = t.oid AND p.deptype = 'e')
ORDER BY t.relname";

/// Columns, without those that a table inherits. A column counts up if its default is the next value of
/// a sequence that is its own.
pub(super) const COLUMNS: &str = "\
SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text,
       pg_get_expr(d.adbin, d.adrelid), l.collname, col_description(t.oid, a.attnum),
       (a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) AND EXISTS (
           SELECT FROM pg_depend AS owned JOIN pg_depend AS used
               ON used.refclassid = owned.classid AND used.refobjid = owned.objid
           WHERE owned.classid = 'pg_class'::regclass AND owned.refclassid = 'pg_class'::regclass
             AND owned.refobjid = t.oid AND owned.refobjsubid = a.attnum AND owned.deptype = 'a'
             AND used.classid = 'pg_attrdef'::regclass AND used.objid = d.oid))::text,
       a.attgenerated::text, a.attidentity::text,
       (SELECT concat_ws(chr(31), q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle,
                         q.seqtypid::regtype)
        FROM pg_depend AS p JOIN pg_sequence AS q ON q.seqrelid = p.objid
        WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass
          AND p.refobjid = t.oid AND p.refobjsubid = a.attnum AND p.deptype = 'i'),
       a.attndims::text, (CASE WHEN y.typelem <> 0 THEN y.typelem ELSE y.oid END)::text
FROM pg_class AS t
JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type AS y ON y.oid = a.atttypid
LEFT JOIN pg_attrdef AS d ON d.adrelid = t.oid AND d.adnum = a.attnum
LEFT JOIN pg_collation AS l ON l.oid = a.attcollation AND a.attcollation <> y.typcollation
WHERE t.relkind IN ('r', 'p') AND (a.attislocal OR t.relispartition) AND {scope}
ORDER BY t.relname, a.attnum";

/// Constraints, without those that a table inherits, or has as a partition.
pub(super) const CONSTRAINTS: &str = "\
SELECT t.relname, c.conname, c.contype::text,
       (SELECT string_agg(a.attname, chr(31) ORDER BY k.n)
        FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, n)
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum),
       fn.nspname, (fn.nspname = current_schema())::text, f.relname,
       (SELECT string_agg(a.attname, chr(31) ORDER BY k.n)
        FROM unnest(c.confkey) WITH ORDINALITY AS k (attnum, n)
        JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.attnum),
       c.confdeltype::text, c.confupdtype::text, pg_get_expr(c.conbin, c.conrelid, true),
       CASE WHEN c.condeferrable THEN c.condeferred::text END, c.confmatchtype::text,
       (NOT c.convalidated)::text, c.connoinherit::text,
       (SELECT string_agg(a.attname, chr(31) ORDER BY k.n)
        FROM unnest(x.indkey) WITH ORDINALITY AS k (attnum, n)
        JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
        WHERE k.n > x.indnkeyatts AND c.contype IN ('p', 'u')),
       to_jsonb(x) ->> 'indnullsnotdistinct',
       CASE WHEN c.contype = 'x' THEN m.amname END,
       CASE WHEN c.contype = 'x' THEN pg_get_expr(x.indpred, x.indrelid, true) END,
       (SELECT string_agg(pg_get_indexdef(x.indexrelid, k.n::int, true)
                   || CASE WHEN oc.opcdefault THEN '' ELSE ' ' || oc.opcname END, chr(31) ORDER BY k.n)
        FROM unnest(x.indclass) WITH ORDINALITY AS k (class, n) JOIN pg_opclass AS oc ON oc.oid = k.class
        WHERE c.contype = 'x'),
       (SELECT string_agg(CASE WHEN pg_operator_is_visible(o.oid) THEN o.oprname
                   ELSE format('OPERATOR(%I.%s)', n.nspname, o.oprname) END, chr(31) ORDER BY k.n)
        FROM unnest(c.conexclop) WITH ORDINALITY AS k (operator, n)
        JOIN pg_operator AS o ON o.oid = k.operator JOIN pg_namespace AS n ON n.oid = o.oprnamespace)
FROM pg_constraint AS c
JOIN pg_class AS t ON t.oid = c.conrelid
LEFT JOIN pg_class AS f ON f.oid = c.confrelid
LEFT JOIN pg_namespace AS fn ON fn.oid = f.relnamespace
LEFT JOIN pg_index AS x ON x.indexrelid = c.conindid AND c.contype IN ('p', 'u', 'x')
LEFT JOIN pg_class AS i ON i.oid = x.indexrelid
LEFT JOIN pg_am AS m ON m.oid = i.relam
WHERE c.contype IN ('p', 'u', 'f', 'c', 'x') AND c.conparentid = 0
  AND (c.contype <> 'c' OR c.conislocal) AND {scope}
ORDER BY t.relname, c.conname";

/// The elements of the indexes that implement no constraint, each with what its index is.
pub(super) const INDEX_ELEMENTS: &str = "\
SELECT t.relname, i.relname, x.indisunique::text, pg_get_expr(x.indpred, x.indrelid, true), m.amname,
       (SELECT string_agg(a.attname, chr(31) ORDER BY k.n)
        FROM unnest(x.indkey) WITH ORDINALITY AS k (attnum, n)
        JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
        WHERE k.n > x.indnkeyatts),
       to_jsonb(x) ->> 'indnullsnotdistinct', array_to_string(i.reloptions, chr(31)), s.spcname,
       obj_description(i.oid, 'pg_class'),
       a.attname, pg_get_indexdef(i.oid, k.n, true), (x.indoption[k.n - 1])::text, l.collname,
       CASE WHEN NOT oc.opcdefault OR e.attoptions IS NOT NULL THEN
           CASE WHEN pg_opclass_is_visible(oc.oid) THEN '' ELSE quote_ident(n.nspname) || '.' END
           || quote_ident(oc.opcname)
           || coalesce('(' || array_to_string(e.attoptions, ', ') || ')', '') END
FROM pg_index AS x
JOIN pg_class AS t ON t.oid = x.indrelid
JOIN pg_class AS i ON i.oid = x.indexrelid
JOIN pg_am AS m ON m.oid = i.relam
LEFT JOIN pg_tablespace AS s ON s.oid = i.reltablespace
CROSS JOIN generate_series(1, x.indnkeyatts) AS k (n)
JOIN pg_attribute AS e ON e.attrelid = i.oid AND e.attnum = k.n
JOIN pg_type AS y ON y.oid = e.atttypid
LEFT JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = x.indkey[k.n - 1] AND a.attnum > 0
LEFT JOIN pg_collation AS l
    ON l.oid = x.indcollation[k.n - 1] AND l.oid <> coalesce(a.attcollation, y.typcollation)
JOIN pg_opclass AS oc ON oc.oid = x.indclass[k.n - 1]
JOIN pg_namespace AS n ON n.oid = oc.opcnamespace
WHERE NOT i.relispartition AND {scope} AND NOT EXISTS (
    SELECT FROM pg_constraint AS c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x'))
ORDER BY t.relname, i.relname, k.n";

/// Views, without those of extensions, in the order of their making: each behind those it reads, unless
/// it was replaced since.
pub(super) const VIEWS: &str = "\
SELECT t.relname, (t.relkind = 'm')::text, pg_get_viewdef(t.oid, true)
FROM pg_class AS t
WHERE t.relkind IN ('v', 'm') AND {scope} AND NOT EXISTS (
    SELECT FROM pg_depend AS p
    WHERE p.classid = 'pg_class'::regclass AND p.objid = t.oid AND p.deptype = 'e')
ORDER BY t.oid";
