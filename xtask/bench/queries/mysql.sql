SELECT table_name, engine, table_collation, table_comment FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY 1;
SELECT table_name, column_name, column_type, is_nullable, column_default, extra, collation_name, column_comment
FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position;
SELECT table_name, index_name, non_unique, column_name, sub_part, index_type FROM information_schema.statistics
WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index;
SELECT table_name, constraint_name, column_name, referenced_table_name, referenced_column_name
FROM information_schema.key_column_usage WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL
ORDER BY table_name, constraint_name, ordinal_position;
SELECT table_name, constraint_name, update_rule, delete_rule FROM information_schema.referential_constraints
WHERE constraint_schema = DATABASE();
