//! The queries over `information_schema`. In each, `{schema}` and `{names}` stand for what is looked for.
//!
//! `key_column_usage` and `referential_constraints` are read apart and put together later: joined on the
//! server they take seconds where each alone takes milliseconds.

/// How names are compared, and what a table has that says nothing.
pub(super) const SETTINGS: &str = "\
SELECT @@lower_case_table_names, @@default_storage_engine, s.default_collation_name, s.schema_name
FROM information_schema.schemata AS s
WHERE s.schema_name = {schema}";

pub(super) const TABLES: &str = "\
SELECT c.table_name, c.engine, c.table_collation, c.create_options, c.table_comment
FROM information_schema.tables AS c
WHERE c.table_type = 'BASE TABLE' AND c.table_schema = {schema} AND {names}
ORDER BY c.table_name";

pub(super) const COLUMNS_MYSQL: &str = "\
SELECT c.table_name, c.column_name, c.column_type, c.is_nullable, c.column_default, c.extra, c.collation_name,
       c.column_comment, c.generation_expression, c.srs_id
FROM information_schema.columns AS c
WHERE c.table_schema = {schema} AND {names}
ORDER BY c.table_name, c.ordinal_position";

pub(super) const COLUMNS_MARIADB: &str = "\
SELECT c.table_name, c.column_name, c.column_type, c.is_nullable, c.column_default, c.extra, c.collation_name,
       c.column_comment, c.generation_expression, NULL
FROM information_schema.columns AS c
WHERE c.table_schema = {schema} AND {names}
ORDER BY c.table_name, c.ordinal_position";

pub(super) const INDEXES_MYSQL: &str = "\
SELECT c.table_name, c.index_name, c.non_unique, c.column_name, c.sub_part, c.collation, c.index_type,
       c.index_comment, c.expression, c.is_visible
FROM information_schema.statistics AS c
WHERE c.table_schema = {schema} AND {names}
ORDER BY c.table_name, c.index_name, c.seq_in_index";

pub(super) const INDEXES_MARIADB: &str = "\
SELECT c.table_name, c.index_name, c.non_unique, c.column_name, c.sub_part, c.collation, c.index_type,
       c.index_comment, NULL, NULL
FROM information_schema.statistics AS c
WHERE c.table_schema = {schema} AND {names}
ORDER BY c.table_name, c.index_name, c.seq_in_index";

pub(super) const KEY_COLUMNS: &str = "\
SELECT c.table_name, c.constraint_name, c.column_name,
       CASE WHEN c.referenced_table_schema <> c.table_schema THEN c.referenced_table_schema END,
       c.referenced_table_name, c.referenced_column_name
FROM information_schema.key_column_usage AS c
WHERE c.referenced_table_name IS NOT NULL AND c.table_schema = {schema} AND {names}
ORDER BY c.table_name, c.constraint_name, c.ordinal_position";

pub(super) const REFERENCES: &str = "\
SELECT c.table_name, c.constraint_name, c.delete_rule, c.update_rule
FROM information_schema.referential_constraints AS c
WHERE c.constraint_schema = {schema} AND {names}";

/// MariaDB tells the table of a check in the view itself, and has checks that belong to a column and bear
/// its name; MySQL tells the table, and whether it is enforced, only in `table_constraints`.
pub(super) const CHECKS_MARIADB: &str = "\
SELECT c.table_name, c.constraint_name, c.check_clause, c.level, 'YES'
FROM information_schema.check_constraints AS c
WHERE c.constraint_schema = {schema} AND {names}
ORDER BY c.table_name, c.constraint_name";

pub(super) const CHECKS_MYSQL: &str = "\
SELECT c.table_name, c.constraint_name, k.check_clause, 'Table', c.enforced
FROM information_schema.table_constraints AS c
JOIN information_schema.check_constraints AS k
  ON k.constraint_schema = c.constraint_schema AND k.constraint_name = c.constraint_name
WHERE c.constraint_type = 'CHECK' AND c.table_schema = {schema} AND {names}
ORDER BY c.table_name, c.constraint_name";

pub(super) const VIEWS: &str = "\
SELECT c.table_name, c.view_definition, c.check_option, c.table_schema, c.security_type
FROM information_schema.views AS c
WHERE c.table_schema = {schema} AND {names}
ORDER BY c.table_name";

/// Only where a table is partitioned.
pub(super) const PARTITIONS: &str = "\
SELECT c.table_name, c.partition_method, c.partition_expression, c.subpartition_method, c.subpartition_expression,
       c.partition_name, c.subpartition_name, c.partition_description, c.partition_comment
FROM information_schema.partitions AS c
WHERE c.partition_name IS NOT NULL AND c.table_schema = {schema} AND {names}
ORDER BY c.table_name, c.partition_ordinal_position, c.subpartition_ordinal_position";

/// The collation of each character set of which none is said.
pub(super) const CHARACTER_SETS: &str =
    "SELECT character_set_name, default_collate_name FROM information_schema.character_sets";
