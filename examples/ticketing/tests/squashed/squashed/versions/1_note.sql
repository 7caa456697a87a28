-- revision: 1
-- message: create note

-- upgrade
-- touches: note

CREATE TABLE note (id INTEGER NOT NULL, PRIMARY KEY (id));

-- downgrade
-- touches: note

DROP TABLE note;
