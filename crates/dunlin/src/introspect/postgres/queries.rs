//! The catalog queries: `{scope}` is a condition on the table `t`, `{namespace}` the schema's oid, `{types}`
//! a condition on the type `y`, and chr(31) stands between names that are joined.
//!
//! Columns are told by their numbers and tables by their oids, where the reader knows the names. What a
//! catalog has only since a version is asked of a row of it beside another one, `old`, which has such a
//! column in every version.

/// Enum types: those of the tables' columns, and those that are wanted by their own names.
pub(super) const ENUM_TYPES: &str = "\
SELECT y.oid::text, n.nspname, (n.nspname = current_schema())::text, y.typname,
       (SELECT string_agg(e.enumlabel, chr(31) ORDER BY e.enumsortorder)
        FROM pg_enum AS e WHERE e.enumtypid = y.oid),
       (y.typnamespace = {namespace} AND NOT EXISTS (
           SELECT FROM pg_depend AS p
           WHERE p.classid = 'pg_type'::regclass AND p.objid = y.oid AND p.deptype = 'e'))::text
FROM pg_type AS y
JOIN pg_namespace AS n ON n.oid = y.typnamespace
WHERE y.typtype = 'e' AND (y.typnamespace = {namespace} AND {types} OR y.oid IN (
    SELECT CASE WHEN u.typelem <> 0 THEN u.typelem ELSE u.oid END
    FROM pg_class AS t JOIN pg_attribute AS a ON a.attrelid = t.oid JOIN pg_type AS u ON u.oid = a.atttypid
    WHERE t.relkind IN ('r', 'p') AND {scope} AND a.attnum > 0 AND NOT a.attisdropped))
ORDER BY y.typname";

/// Tables, without partitions and those of extensions; a temporary one stands before another of its name.
pub(super) const TABLES: &str = "\
SELECT t.oid::text, t.relname, c.description, t.relpersistence::text,
       CASE WHEN t.relkind = 'p' THEN pg_get_partkeydef(t.oid) END,
       m.amname, array_to_string(t.reloptions, chr(31)), s.spcname,
       CASE WHEN EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = t.oid) THEN
           (SELECT string_agg(concat_ws(chr(30), n.nspname, n.nspname = current_schema(), f.relname), chr(31)
                              ORDER BY i.inhseqno)
            FROM pg_inherits AS i JOIN pg_class AS f ON f.oid = i.inhparent
            JOIN pg_namespace AS n ON n.oid = f.relnamespace
            WHERE i.inhrelid = t.oid) END,
       t.relrowsecurity::text,
       CASE WHEN t.relkind = 'p' THEN
           (SELECT string_agg(i.inhrelid::regclass::text, ', ' ORDER BY i.inhrelid::regclass::text)
            FROM pg_inherits AS i WHERE i.inhparent = t.oid) END
FROM pg_class AS t
LEFT JOIN pg_am AS m ON m.oid = t.relam
LEFT JOIN pg_tablespace AS s ON s.oid = t.reltablespace
LEFT JOIN pg_description AS c ON c.classoid = 'pg_class'::regclass AND c.objoid = t.oid AND c.objsubid = 0
WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND {scope} AND NOT EXISTS (
    SELECT FROM pg_depend AS p
    WHERE p.classid = 'pg_class'::regclass AND p.objid = t.oid AND p.deptype = 'e')
ORDER BY t.relname, t.relpersistence <> 't'";

/// The sequences of identity columns, and those that belong to a column whose default takes their values.
pub(super) const SEQUENCES: &str = "\
SELECT t.oid::text, p.refobjsubid::text, p.deptype::text, q.seqtypid::regtype::text, q.seqstart::text,
       q.seqincrement::text, q.seqmin::text, q.seqmax::text, q.seqcache::text, q.seqcycle::text
FROM pg_class AS t
JOIN pg_depend AS p ON p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass
    AND p.refobjid = t.oid AND p.refobjsubid > 0 AND p.deptype IN ('a', 'i')
JOIN pg_sequence AS q ON q.seqrelid = p.objid
WHERE t.relkind IN ('r', 'p') AND {scope} AND (p.deptype = 'i' OR EXISTS (
    SELECT FROM pg_attrdef AS d JOIN pg_depend AS used
        ON used.classid = 'pg_attrdef'::regclass AND used.objid = d.oid
    WHERE d.adrelid = t.oid AND d.adnum = p.refobjsubid
      AND used.refclassid = 'pg_class'::regclass AND used.refobjid = p.objid))";

/// Columns; of those that a table inherits the names alone matter.
pub(super) const COLUMNS: &str = "\
SELECT t.oid::text, a.attnum::text, a.attname, a.attislocal::text, format_type(a.atttypid, a.atttypmod),
       a.attnotnull::text, pg_get_expr(d.adbin, d.adrelid), l.collname, c.description,
       a.attgenerated::text, a.attidentity::text, a.attndims::text,
       (CASE WHEN y.typelem <> 0 THEN y.typelem ELSE y.oid END)::text
FROM pg_class AS t
JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type AS y ON y.oid = a.atttypid
LEFT JOIN pg_attrdef AS d ON d.adrelid = t.oid AND d.adnum = a.attnum
LEFT JOIN pg_collation AS l ON l.oid = a.attcollation AND a.attcollation <> y.typcollation
LEFT JOIN pg_description AS c
    ON c.classoid = 'pg_class'::regclass AND c.objoid = t.oid AND c.objsubid = a.attnum
WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND {scope}
ORDER BY t.oid, a.attnum";

/// Constraints, without those that a table inherits, or has as a partition.
pub(super) const CONSTRAINTS: &str = "\
SELECT t.oid::text, c.conname, c.contype::text, c.conkey::text, c.confrelid::text,
       fn.nspname, (fn.nspname = current_schema())::text, f.relname, c.confkey::text,
       c.confdeltype::text, c.confupdtype::text, c.confmatchtype::text,
       CASE WHEN c.contype = 'f' THEN (SELECT confdelsetcols FROM (SELECT c.*) AS new)::text END,
       CASE WHEN c.contype = 'c' THEN pg_get_expr(c.conbin, c.conrelid, true) END,
       CASE WHEN c.condeferrable THEN c.condeferred::text END,
       (NOT c.convalidated)::text, c.connoinherit::text,
       CASE WHEN c.contype IN ('p', 'u') AND x.indnatts > x.indnkeyatts THEN x.indkey::text END,
       CASE WHEN c.contype = 'u' THEN (SELECT indnullsnotdistinct FROM (SELECT x.*) AS new)::text END,
       CASE WHEN c.contype = 'x' THEN m.amname END,
       CASE WHEN c.contype = 'x' THEN pg_get_expr(x.indpred, x.indrelid, true) END,
       CASE WHEN c.contype = 'x' THEN
           (SELECT string_agg(pg_get_indexdef(x.indexrelid, k.n::int, true)
                       || CASE WHEN oc.opcdefault THEN '' ELSE ' ' || oc.opcname END, chr(31) ORDER BY k.n)
            FROM unnest(x.indclass) WITH ORDINALITY AS k (class, n)
            JOIN pg_opclass AS oc ON oc.oid = k.class) END,
       CASE WHEN c.contype = 'x' THEN
           (SELECT string_agg(CASE WHEN pg_operator_is_visible(o.oid) THEN o.oprname
                       ELSE format('OPERATOR(%I.%s)', n.nspname, o.oprname) END, chr(31) ORDER BY k.n)
            FROM unnest(c.conexclop) WITH ORDINALITY AS k (operator, n)
            JOIN pg_operator AS o ON o.oid = k.operator
            JOIN pg_namespace AS n ON n.oid = o.oprnamespace) END
FROM pg_class AS t
JOIN pg_constraint AS c ON c.conrelid = t.oid
LEFT JOIN pg_class AS f ON f.oid = c.confrelid
LEFT JOIN pg_namespace AS fn ON fn.oid = f.relnamespace
LEFT JOIN pg_index AS x ON x.indexrelid = c.conindid AND c.contype IN ('p', 'u', 'x')
LEFT JOIN pg_class AS i ON i.oid = x.indexrelid
LEFT JOIN pg_am AS m ON m.oid = i.relam
CROSS JOIN (VALUES (false, NULL::smallint[])) AS old (indnullsnotdistinct, confdelsetcols)
WHERE c.contype IN ('p', 'u', 'f', 'c', 'x') AND c.conparentid = 0
  AND (c.contype <> 'c' OR c.conislocal) AND NOT t.relispartition AND {scope}
ORDER BY t.oid, c.conname";

/// The names of columns: `{numbers}` are the tables' oids.
pub(super) const REFERRED_COLUMNS: &str = "\
SELECT a.attrelid::text, a.attnum::text, a.attname FROM pg_attribute AS a
WHERE a.attrelid IN ({numbers}) AND a.attnum > 0
ORDER BY a.attrelid, a.attnum";

/// Indexes that implement no constraint. Expressions, operator classes and collations are told where one
/// of an index's elements has one that does not go without saying.
pub(super) const INDEXES: &str = "\
SELECT t.oid::text, i.relname, x.indisvalid::text, x.indisunique::text, x.indnkeyatts::text, x.indkey::text,
       x.indoption::text, pg_get_expr(x.indpred, x.indrelid, true), m.amname,
       (SELECT indnullsnotdistinct FROM (SELECT x.*) AS new)::text,
       array_to_string(i.reloptions, chr(31)), s.spcname, c.description,
       CASE WHEN 0 = ANY (x.indkey) THEN
           (SELECT string_agg(CASE WHEN x.indkey[k.n - 1] = 0 THEN pg_get_indexdef(i.oid, k.n, true)
                              ELSE '' END, chr(31) ORDER BY k.n)
            FROM generate_series(1, x.indnkeyatts) AS k (n)) END,
       CASE WHEN NOT (x.indclass::oid[] <@ (SELECT array_agg(o.oid) FROM pg_opclass AS o WHERE o.opcdefault))
                 OR m.amname NOT IN ('btree', 'hash') THEN
           (SELECT string_agg(CASE WHEN o.opcdefault AND e.attoptions IS NULL THEN '' ELSE
                   CASE WHEN pg_opclass_is_visible(o.oid) THEN '' ELSE quote_ident(n.nspname) || '.' END
                   || quote_ident(o.opcname)
                   || coalesce('(' || array_to_string(e.attoptions, ', ') || ')', '') END,
                   chr(31) ORDER BY e.attnum)
            FROM pg_attribute AS e
            JOIN pg_opclass AS o ON o.oid = x.indclass[e.attnum - 1]
            JOIN pg_namespace AS n ON n.oid = o.opcnamespace
            WHERE e.attrelid = i.oid AND e.attnum <= x.indnkeyatts) END,
       CASE WHEN NOT (x.indcollation::oid[] <@ '{0,100}'::oid[]) THEN
           (SELECT string_agg(CASE WHEN l.oid <> coalesce(a.attcollation, y.typcollation) THEN l.collname
                              ELSE '' END, chr(31) ORDER BY e.attnum)
            FROM pg_attribute AS e
            JOIN pg_type AS y ON y.oid = e.atttypid
            LEFT JOIN pg_attribute AS a
                ON a.attrelid = t.oid AND a.attnum = x.indkey[e.attnum - 1] AND a.attnum > 0
            LEFT JOIN pg_collation AS l ON l.oid = x.indcollation[e.attnum - 1]
            WHERE e.attrelid = i.oid AND e.attnum <= x.indnkeyatts) END,
       x.indcollation::text
FROM pg_class AS t
JOIN pg_index AS x ON x.indrelid = t.oid
JOIN pg_class AS i ON i.oid = x.indexrelid
JOIN pg_am AS m ON m.oid = i.relam
LEFT JOIN pg_tablespace AS s ON s.oid = i.reltablespace
LEFT JOIN pg_description AS c ON c.classoid = 'pg_class'::regclass AND c.objoid = i.oid AND c.objsubid = 0
CROSS JOIN (VALUES (false)) AS old (indnullsnotdistinct)
WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND {scope} AND NOT EXISTS (
    SELECT FROM pg_constraint AS c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x'))
ORDER BY t.oid, i.relname";

/// Views, without those of extensions, in the order of their making: each behind those it reads, unless
/// it was replaced since.
pub(super) const VIEWS: &str = "\
SELECT t.relname, (t.relkind = 'm')::text, pg_get_viewdef(t.oid, true), array_to_string(t.reloptions, chr(31))
FROM pg_class AS t
WHERE t.relkind IN ('v', 'm') AND {scope} AND NOT EXISTS (
    SELECT FROM pg_depend AS p
    WHERE p.classid = 'pg_class'::regclass AND p.objid = t.oid AND p.deptype = 'e')
ORDER BY t.oid";
