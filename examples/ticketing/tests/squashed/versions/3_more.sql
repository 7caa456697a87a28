-- revision: 3
-- down_revision: 2
-- message: more

-- upgrade
-- touches: note

INSERT INTO note (id) VALUES (1);

-- downgrade
-- touches: note

DELETE FROM note;
