PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;

CREATE TABLE customer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    mood TEXT NOT NULL DEFAULT 'ok' CHECK (mood IN ('sad', 'ok')),
    born DATE
);

CREATE TABLE invoice (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    total NUMERIC NOT NULL DEFAULT 0,
    doubled NUMERIC GENERATED ALWAYS AS (total * 2) STORED,
    made TEXT DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX invoice_customer ON invoice (customer_id, made DESC) WHERE total > 0;
CREATE VIEW moods AS SELECT name, mood FROM customer;
CREATE TRIGGER invoice_total AFTER INSERT ON invoice BEGIN
    UPDATE invoice SET total = abs(total) WHERE id = NEW.id;
END;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, PRIMARY KEY (version_num));
COMMIT;
