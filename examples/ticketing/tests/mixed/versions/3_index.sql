-- revision: 3
-- down_revision: 2
-- branch_labels: notes
-- depends_on: 1

-- upgrade: postgres
-- no-transaction
-- touches: note
CREATE INDEX CONCURRENTLY note_text ON note (text);

-- upgrade
SELECT 1;
