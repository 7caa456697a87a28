SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY 1;
SELECT m.name, i.cid, i.name, i.type, i."notnull", i.dflt_value, i.pk, i.hidden
FROM sqlite_master m JOIN pragma_table_xinfo(m.name) i WHERE m.type = 'table' ORDER BY m.name, i.cid;
SELECT m.name, l.name, l."unique", l.origin, l.partial, x.seqno, x.name
FROM sqlite_master m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) x
WHERE m.type = 'table' ORDER BY 1, 2, x.seqno;
SELECT m.name, k.id, k.seq, k."table", k."from", k."to", k.on_update, k.on_delete
FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) k WHERE m.type = 'table' ORDER BY 1, 2, 3;
