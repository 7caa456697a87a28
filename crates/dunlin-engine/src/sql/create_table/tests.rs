//! Every text that is read here without an error is one that SQLite (3.40) accepts. Those of
//! [`texts_that_sqlite_edited`] it wrote itself; those of [`tables_of_airflow`] come from a database of
//! Airflow, shortened.

// A test may look up, at what stands above `sql`; it goes by the name that programs use.
extern crate self as dunlin_engine;

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::Operation;
use dunlin_core::schema::Metadata;
use dunlin_engine::dialect::dialect;

use super::*;

fn try_read(sql: &str) -> Result<SqliteTable, SqlError> {
    read_sqlite(sql, |declared| dialect(DialectName::Sqlite).parse_type(declared))
}

fn read(sql: &str) -> SqliteTable {
    try_read(sql).unwrap_or_else(|error| panic!("{error}: {sql}"))
}

/// The first column of `CREATE TABLE t(…)`.
fn column(definitions: &str) -> Column {
    read(&format!("CREATE TABLE t({definitions})")).table.columns.remove(0)
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn tables_of_airflow() {
    let pool = "CREATE TABLE \"slot_pool\" (\n\tid INTEGER NOT NULL, \n\tpool VARCHAR(256), \n\tslots INTEGER, \n\t\
        description TEXT, \n\tinclude_deferred BOOLEAN NOT NULL, \n\tCONSTRAINT slot_pool_pkey PRIMARY KEY (id), \
        \n\tCONSTRAINT slot_pool_pool_uq UNIQUE (pool)\n)";
    let map = "CREATE TABLE task_map (\n\tdag_id VARCHAR(250) NOT NULL, \n\tmap_index INTEGER NOT NULL, \n\t\
        length INTEGER NOT NULL, \n\tkeys JSON, \n\tCONSTRAINT task_map_pkey PRIMARY KEY (dag_id, map_index), \n\t\
        CONSTRAINT ck_task_map_task_map_length_not_negative CHECK (length >= 0), \n\tCONSTRAINT \"dag.dag_id\" \
        FOREIGN KEY(dag_id, map_index) REFERENCES task_instance (dag_id, map_index) \
        ON DELETE CASCADE ON UPDATE SET NULL\n)";
    let event = "CREATE TABLE \"asset_event\" (\n\tid INTEGER NOT NULL, \n\ttimestamp TIMESTAMP NOT NULL, \n\t\
        source_map_index INTEGER DEFAULT '-1', \n\tis_orphaned BOOLEAN DEFAULT (false) NOT NULL, \
        partition_key VARCHAR(250), \n\tCONSTRAINT dataset_event_pkey PRIMARY KEY (id)\n)";
    let user = "CREATE TABLE ab_register_user (\n\tid INTEGER NOT NULL, \n\tusername VARCHAR(512) COLLATE \"NOCASE\" \
        NOT NULL, \n\tCONSTRAINT ab_register_user_pkey PRIMARY KEY (id), \n\tCONSTRAINT \
        ab_register_user_username_uq UNIQUE (username)\n)";
    let expected = [
        (
            pool,
            Table::build("slot_pool", |t| {
                t.column("id", DataType::Integer);
                t.column("pool", DataType::string(256));
                t.column("slots", DataType::Integer);
                t.column("description", DataType::Text);
                t.column("include_deferred", DataType::Boolean).not_null();
                t.primary_key("slot_pool_pkey", ["id"]);
                t.unique("slot_pool_pool_uq", ["pool"]);
            }),
        ),
        (
            map,
            Table::build("task_map", |t| {
                t.column("dag_id", DataType::string(250)).not_null();
                t.column("map_index", DataType::Integer).not_null();
                t.column("length", DataType::Integer).not_null();
                t.column("keys", DataType::Json);
                t.primary_key("task_map_pkey", ["dag_id", "map_index"]);
                t.check("ck_task_map_task_map_length_not_negative", "length >= 0");
                let columns = ["dag_id", "map_index"];
                t.foreign_key(
                    ForeignKey::new(columns, "task_instance", columns)
                        .named("dag.dag_id")
                        .on_delete(ReferentialAction::Cascade)
                        .on_update(ReferentialAction::SetNull),
                );
            }),
        ),
        (
            event,
            Table::build("asset_event", |t| {
                t.column("id", DataType::Integer);
                t.column("timestamp", DataType::Timestamp { precision: None, timezone: false }).not_null();
                t.column("source_map_index", DataType::Integer).server_default(SqlValue::text("-1"));
                t.column("is_orphaned", DataType::Boolean)
                    .not_null()
                    .server_default(SqlValue::expression("(false)"));
                t.column("partition_key", DataType::string(250));
                t.primary_key("dataset_event_pkey", ["id"]);
            }),
        ),
        (
            user,
            Table::build("ab_register_user", |t| {
                t.column("id", DataType::Integer);
                t.column("username", DataType::string(512).collate("NOCASE")).not_null();
                t.primary_key("ab_register_user_pkey", ["id"]);
                t.unique("ab_register_user_username_uq", ["username"]);
            }),
        ),
    ];
    for (sql, table) in expected {
        assert_eq!(read(sql), SqliteTable { table, lost: Vec::new() }, "{sql}");
    }
}

#[test]
fn texts_that_sqlite_edited() {
    // ADD COLUMN, RENAME TO and RENAME COLUMN.
    let renamed = read(
        "CREATE TABLE \"u\"(zz int, \"group\", \"c d\"text default'x'not null, constraint x check (zz>0) /* c */)",
    );
    let expected = Table::build("u", |t| {
        t.column("zz", DataType::native("int"));
        t.column("group", DataType::native(""));
        t.column("c d", DataType::Text).not_null().server_default(SqlValue::text("x"));
        t.check("x", "zz>0");
    });
    assert_eq!(renamed, SqliteTable { table: expected, lost: Vec::new() });

    // DROP COLUMN, then ADD COLUMN, between comments.
    let dropped =
        read("CREATE TABLE t(a int, -- the a, first\n c int -- the c, third\n, d int, check (a>0))");
    let names: Vec<_> = dropped.table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["a", "c", "d"]);

    // The columns of AS SELECT; a table of SQLite's own; the tables behind a virtual one.
    let selected =
        read("CREATE TABLE t(\n  a TEXT,\n  \"b c\" INT,\n  \"it\"\"s\" REAL,\n  \"1+1\",\n  \"select\"\n)");
    let names: Vec<_> = selected.table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["a", "b c", "it\"s", "1+1", "select"]);
    assert_eq!(read("CREATE TABLE sqlite_sequence(name,seq)").table.columns.len(), 2);
    let shadow = read("CREATE TABLE 't_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID");
    assert_eq!(shadow.table.name, TableName::from("t_idx"));
    assert_eq!((shadow.table.options.without_rowid, shadow.lost), (true, Vec::new()));
}

#[test]
fn names_and_schemas() {
    for (sql, schema, name) in [
        ("create table t(a)", None, "t"),
        ("CREATE TABLE IF NOT EXISTS key(a);", None, "key"),
        ("CREATE TABLE \"a\"\"b\" (a)", None, "a\"b"),
        ("CREATE TABLE [a\"b](a)", None, "a\"b"),
        ("CREATE TABLE 'it''s'(a)", None, "it's"),
        ("CREATE TABLE main /* x */ . `t`(a)", Some("main"), "t"),
        ("CREATE TEMP TABLE t(a)", Some("temp"), "t"),
        ("CREATE TEMPORARY TABLE t(a)", Some("temp"), "t"),
    ] {
        assert_eq!(read(sql).table.name, TableName::new(schema, name), "{sql}");
    }
    let table = read("CREATE TABLE t(key, left int, `x``y`,'s''t' int,[a\"b]int,a$b,ü,\"\" int)").table;
    let names: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["key", "left", "x`y", "s't", "a\"b", "a$b", "ü", ""]);
}

#[test]
fn types_and_collations() {
    for (definition, data_type) in [
        ("a", DataType::native("")),
        ("a NOT NULL", DataType::native("")),
        ("a integer", DataType::Integer),
        ("a \"INTEGER\"", DataType::Integer),
        ("a \"my-type\"", DataType::native("\"my-type\"")),
        ("a [varchar(10)]", DataType::string(10)),
        ("a character varying(10)", DataType::native("character varying(10)")),
        ("a numeric ( +10 , -2 ) ", DataType::native("numeric ( +10 , -2 )")),
        ("a int /*x*/ unsigned -- z\n", DataType::native("int /*x*/ unsigned")),
        ("a 'x' \"y\"", DataType::native("'x' \"y\"")),
        ("a generated, b always", DataType::native("generated")),
        ("a integer without check (a)", DataType::native("integer without")),
        ("a VARCHAR(5) COLLATE NOCASE", DataType::string(5).collate("NOCASE")),
        ("a VARCHAR(5) NOT NULL COLLATE rtrim COLLATE [nocase]", DataType::string(5).collate("nocase")),
        ("a TEXT DEFAULT 'x' COLLATE NOCASE", DataType::Text.collate("NOCASE")),
        ("a COLLATE 'NOCASE'", DataType::native("").collate("NOCASE")),
        ("a my type COLLATE [no \"case\"]", DataType::native("my type").collate("no \"case\"")),
        ("a INTEGER UNSIGNED", DataType::Integer.unsigned()),
        ("a numeric unsigned (10, 2)", DataType::numeric(10, 2).unsigned()),
        ("a text unsigned", DataType::native("text unsigned")),
        ("a char unsigned(3)", DataType::native("char unsigned(3)")),
        ("a NUMERIC", DataType::Numeric { precision: None, scale: 0 }),
        ("a NUMERIC(10)", DataType::native("NUMERIC(10)")),
        ("a VARCHAR", DataType::String { length: None }),
        ("a VARBINARY(4)", DataType::VarBinary { length: 4 }),
        ("a LONGTEXT", DataType::LongText),
    ] {
        assert_eq!(column(definition).column_type, data_type.into(), "{definition}");
    }
}

#[test]
fn defaults() {
    for (default, expected) in [
        ("'it''s'", SqlValue::text("it's")),
        ("''", SqlValue::text("")),
        ("-1", SqlValue::expression("-1")),
        ("- 1", SqlValue::expression("- 1")),
        ("+1.5e-3", SqlValue::expression("+1.5e-3")),
        ("-'1'", SqlValue::expression("-'1'")),
        ("0x1F", SqlValue::expression("0x1F")),
        ("x'00ff'", SqlValue::expression("x'00ff'")),
        ("true", SqlValue::expression("true")),
        ("\"foo\"", SqlValue::expression("\"foo\"")),
        ("null", SqlValue::expression("null")),
        ("current_timestamp", SqlValue::expression("current_timestamp")),
        ("('it''s')", SqlValue::expression("('it''s')")),
        ("( (1) /* ) */ -- )\n)", SqlValue::expression("( (1) /* ) */ -- )\n)")),
        ("(1) default 2", SqlValue::expression("2")),
    ] {
        let read = column(&format!("a int DEFAULT {default} NOT NULL, b"));
        assert_eq!((read.server_default, read.nullable), (Some(expected.into()), false), "{default}");
    }
}

#[test]
fn constraints_of_columns_become_constraints_of_the_table() {
    let SqliteTable { table, lost } = read(
        "CREATE TABLE t(a INT CONSTRAINT a_pkey PRIMARY KEY ASC CONSTRAINT a_ck CHECK (a > 0 /* ( */ -- )\n ), \
         b TEXT CONSTRAINT b_uq UNIQUE NOT NULL UNIQUE, \
         c REFERENCES p CONSTRAINT c_fk REFERENCES \"q r\"(x) ON UPDATE NO ACTION ON DELETE SET DEFAULT \
         MATCH SIMPLE NOT DEFERRABLE INITIALLY DEFERRED NULL ON CONFLICT ABORT)",
    );
    assert_eq!(lost, strings(&[]));
    assert_eq!(table.primary_key, Some(PrimaryKey::new(["a"]).named("a_pkey")));
    assert_eq!(table.checks, [Check::new("a > 0").named("a_ck")]);
    assert_eq!(table.uniques, [Unique::new(["b"]).named("b_uq"), Unique::new(["b"]),]);
    let none: [&str; 0] = [];
    assert_eq!(
        table.foreign_keys,
        [
            ForeignKey::new(["c"], "p", none),
            ForeignKey::new(["c"], "q r", ["x"])
                .named("c_fk")
                .on_delete(ReferentialAction::SetDefault)
                .match_type(MatchType::Simple),
        ]
    );
}

#[test]
fn constraints_of_the_table_need_no_commas_and_spell_columns_as_they_are() {
    let SqliteTable { table, lost } = read(
        "CREATE TABLE t(Id, 'b c' int, [)], PRIMARY KEY('ID', (\"B C\")) UNIQUE([b c]) CONSTRAINT ck CHECK(id) \
         CHECK ([)] <> ')(') FOREIGN KEY (iD) REFERENCES T(id), CONSTRAINT u2 UNIQUE(id ASC))",
    );
    assert_eq!(lost, strings(&[]));
    assert_eq!(table.primary_key, Some(PrimaryKey::new(["Id", "b c"])));
    assert_eq!(table.uniques, [Unique::new(["b c"]), Unique::new(["Id"]).named("u2"),]);
    assert_eq!(table.foreign_keys, [ForeignKey::new(["Id"], "T", ["id"])]);
    assert_eq!(table.checks, [Check::new("id").named("ck"), Check::new("[)] <> ')('")]);
}

#[test]
fn the_row_id_counts_up_and_some_keys_are_never_null() {
    // (text, autoincrement, nullable)
    for (body, autoincrement, nullable) in [
        ("(id INTEGER PRIMARY KEY)", true, false),
        ("(id \"integer\" PRIMARY KEY ASC)", true, false),
        ("(id INTEGER NOT NULL, PRIMARY KEY (id))", true, false),
        ("(id INTEGER, PRIMARY KEY (\"ID\" DESC))", true, false),
        ("(id INTEGER COLLATE NOCASE PRIMARY KEY)", true, false),
        // SQLite keeps an old mistake: this is no row id, and may be NULL.
        ("(id INTEGER PRIMARY KEY DESC)", false, true),
        ("(id INT PRIMARY KEY)", false, true),
        ("(id INTEGER(4) PRIMARY KEY)", false, true),
        ("(id INTEGER, b, PRIMARY KEY (id, b))", false, true),
        ("(id INTEGER PRIMARY KEY) WITHOUT ROWID", false, false),
        ("(id TEXT, b TEXT, PRIMARY KEY (b, id)) STRICT", false, false),
        ("(id INTEGER UNIQUE, b INTEGER PRIMARY KEY)", false, true),
    ] {
        let column = read(&format!("CREATE TABLE t{body}")).table.columns.remove(0);
        assert_eq!((column.autoincrement, column.nullable), (autoincrement, nullable), "{body}");
    }
}

#[test]
fn what_sqlite_alone_can_say_is_read() {
    let said = |body: &str| {
        let SqliteTable { table, lost } = read(&format!("CREATE TABLE t{body}"));
        assert_eq!(lost, strings(&[]), "{body}");
        table
    };
    assert!(said("(a INTEGER PRIMARY KEY AUTOINCREMENT)").options.never_reuse_ids);
    assert!(said("(a INTEGER, PRIMARY KEY (a AUTOINCREMENT))").options.never_reuse_ids);
    let options = said("(a INTEGER PRIMARY KEY) STRICT, WITHOUT ROWID").options;
    assert!(options.strict && options.without_rowid && !options.never_reuse_ids);

    let table = said(
        "(a PRIMARY KEY on conflict replace, b NOT NULL ON CONFLICT IGNORE UNIQUE ON CONFLICT ROLLBACK, \
         UNIQUE (a, b) ON CONFLICT FAIL, UNIQUE (b, a) ON CONFLICT ABORT)",
    );
    assert_eq!(table.primary_key, Some(PrimaryKey::new(["a"]).on_conflict(OnConflict::Replace)));
    assert_eq!(table.columns[1].not_null_on_conflict, Some(OnConflict::Ignore));
    let actions: Vec<_> = table.uniques.iter().map(|unique| unique.on_conflict).collect();
    assert_eq!(actions, [OnConflict::Rollback, OnConflict::Fail, OnConflict::Abort].map(Some));

    let keys = said(
        "(a REFERENCES p DEFERRABLE, b REFERENCES p NOT NULL deferrable /**/ initially deferred, \
         FOREIGN KEY (a, b) REFERENCES p MATCH full DEFERRABLE INITIALLY IMMEDIATE, \
         FOREIGN KEY (a) REFERENCES p MATCH PARTIAL NOT DEFERRABLE INITIALLY DEFERRED)",
    )
    .foreign_keys;
    let keys: Vec<_> = keys.iter().map(|key| (key.match_type, key.deferrable)).collect();
    let (immediate, deferred) = (Deferrable::InitiallyImmediate, Deferrable::InitiallyDeferred);
    assert_eq!(
        keys,
        [
            (None, Some(immediate)),
            (None, Some(deferred)),
            (Some(MatchType::Full), Some(immediate)),
            (Some(MatchType::Partial), None),
        ]
    );

    let columns = said("(a, b int generated always as (a + (1)) stored, c AS (a) NOT NULL)").columns;
    assert_eq!(columns[1].computed, Some(Computed::stored("a + (1)")));
    assert_eq!((columns[2].computed.clone(), columns[2].nullable), (Some(Computed::on_read("a")), false));
}

#[test]
fn what_a_table_cannot_say_is_listed() {
    let cases: [(&str, &[&str]); 10] = [
        ("(a PRIMARY KEY desc)", &["DESC of PRIMARY KEY (a)"]),
        (
            "(a, b, PRIMARY KEY (a, b COLLATE nocase DESC))",
            &["COLLATE nocase of b in PRIMARY KEY (a, b)", "DESC of b in PRIMARY KEY (a, b)"],
        ),
        ("(a, UNIQUE ((a) COLLATE nocase) ON CONFLICT FAIL)", &["COLLATE nocase of a in UNIQUE (a)"]),
        ("(a, CHECK (a) ON CONFLICT FAIL)", &["ON CONFLICT FAIL of CHECK (a)"]),
        ("(a NULL ON CONFLICT FAIL)", &["ON CONFLICT FAIL of NULL of column a"]),
        (
            "(a, b, FOREIGN KEY (a, b) REFERENCES p MATCH odd ON INSERT SET NULL)",
            &["MATCH ODD of FOREIGN KEY (a, b)", "ON INSERT SET NULL of FOREIGN KEY (a, b)"],
        ),
        (
            "(a CONSTRAINT nn NOT NULL CONSTRAINT d DEFAULT 1)",
            &[
                "CONSTRAINT nn (the name of NOT NULL of column a)",
                "CONSTRAINT d (the name of DEFAULT 1 of column a)",
            ],
        ),
        ("(a CONSTRAINT x CONSTRAINT y CHECK (a))", &["CONSTRAINT x (the name of nothing)"]),
        ("(a CONSTRAINT x, b)", &["CONSTRAINT x (the name of nothing)"]),
        (
            "(a, CONSTRAINT x, CONSTRAINT y CONSTRAINT z CHECK (a))",
            &["CONSTRAINT x (the name of nothing)", "CONSTRAINT y (the name of nothing)"],
        ),
    ];
    for (body, lost) in cases {
        assert_eq!(read(&format!("CREATE TABLE t{body}")).lost, strings(lost), "{body}");
    }
}

#[test]
fn other_texts_are_errors_with_their_place() {
    for (sql, message) in [
        ("", "expected CREATE at line 1, column 1, found the end of the text"),
        ("CREATE INDEX i ON t(a)", "expected TABLE at line 1, column 8, found INDEX"),
        ("CREATE VIRTUAL TABLE t USING fts5(a)", "t is a virtual table"),
        ("CREATE TABLE main.t AS SELECT 1", "the text of main.t takes its columns from a query"),
        ("CREATE TABLE t", "expected `(` at line 1, column 15, found the end of the text"),
        ("CREATE TABLE t()", "expected a column's name at line 1, column 16, found )"),
        ("CREATE TABLE t(a,\n  )", "expected a column's name at line 2, column 3, found )"),
        ("CREATE TABLE t(a, CHECK (a),)", "expected a constraint at line 1, column 29, found )"),
        ("CREATE TABLE t(a, CHECK (a), b)", "expected a constraint at line 1, column 30, found b"),
        ("CREATE TABLE t(ü = 1)", "expected `,` or `)` at line 1, column 18, found ="),
        ("CREATE TABLE t(a CHECK (1)", "expected `,` or `)` at line 1, column 27, found the end of the text"),
        ("CREATE TABLE t(a CHECK (1", "expected `)` at line 1, column 26, found the end of the text"),
        ("CREATE TABLE t(a DEFAULT)", "expected a default at line 1, column 25, found )"),
        ("CREATE TABLE t(a, UNIQUE (a + 1))", "expected `)` at line 1, column 29, found +"),
        ("CREATE TABLE t(a 'b)", "unclosed string at line 1, column 18"),
        ("CREATE TABLE t(a) WITHOUT", "expected an option of the table at line 1, column 19, found WITHOUT"),
        ("CREATE TABLE t(a); x", "expected the end of the text at line 1, column 20, found x"),
    ] {
        assert_eq!(try_read(sql).unwrap_err().to_string(), message, "{sql}");
    }
}

#[test]
fn what_the_dialect_writes_is_read_back() {
    let mut random = Random(20);
    for round in 0..3000 {
        let table = random.table();
        let operation = Operation::CreateTable { table: table.clone(), if_not_exists: false };
        let rendered = dialect(DialectName::Sqlite).render(&operation, &Metadata::default()).unwrap();
        let sql = &rendered.statements[0];
        assert_eq!(read(sql), SqliteTable { table, lost: Vec::new() }, "round {round}: {sql}");
    }
}

/// Tables with every feature that the dialect can write, always the same ones for a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        // Knuth's constants of MMIX.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn one<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())].clone()
    }

    fn name(&mut self) -> String {
        let names = ["a", "key", "a b", "it's", "q\"q", "b`k", "[x]", "ü", "", "check", "-- c", "/*", "(,)"];
        self.one(&names).to_owned()
    }

    /// Some of the columns, each once.
    fn some(&mut self, columns: &[Column]) -> Vec<String> {
        let mut names: Vec<_> = columns.iter().map(|column| column.name.clone()).collect();
        let count = 1 + self.below(names.len());
        (0..count).map(|_| names.remove(self.below(names.len()))).collect()
    }

    fn data_type(&mut self) -> DataType {
        let types = [
            DataType::Boolean,
            DataType::SmallInteger,
            DataType::Integer,
            DataType::BigInteger,
            DataType::Float,
            DataType::Double,
            DataType::numeric(10, 2),
            DataType::string(250),
            DataType::string(50).collate("NOCASE"),
            DataType::string(50).collate("rtrim"),
            DataType::char(32),
            DataType::Text,
            DataType::Binary,
            DataType::Date,
            DataType::time(),
            DataType::datetime(),
            DataType::Timestamp { precision: None, timezone: false },
            DataType::Json,
            DataType::native(""),
            DataType::native("my type (1, -2)"),
            DataType::native("\"my-type\""),
            DataType::native("my type").collate("NOCASE"),
            DataType::native("").collate("RTRIM"),
            DataType::Integer.unsigned(),
            DataType::numeric(10, 2).unsigned(),
            DataType::VarBinary { length: 3 },
            DataType::MediumText,
        ];
        self.one(&types)
    }

    fn default(&mut self) -> Option<SqlValue> {
        let texts = ["", "it's", "-1", "(", "--", "\\"];
        let expressions =
            ["0", "-1.5e-3", "CURRENT_TIMESTAMP", "NULL", "(1 + (2))", "x'00'", "\"x\"", "(')')"];
        match self.below(3) {
            0 => None,
            1 => Some(SqlValue::text(self.one(&texts))),
            _ => Some(SqlValue::expression(self.one(&expressions))),
        }
    }

    fn conflict(&mut self) -> Option<OnConflict> {
        use OnConflict::{Abort, Fail, Ignore, Replace, Rollback};
        let actions = [Abort, Fail, Ignore, Replace, Rollback];
        (self.below(3) == 0).then(|| self.one(&actions))
    }

    fn constraint_name(&mut self) -> Option<Name> {
        (self.below(2) == 0).then(|| self.name().into())
    }

    fn column(&mut self, name: String) -> Column {
        let mut column = Column::new(name, self.data_type());
        match self.below(6) {
            0 => column.computed = Some(Computed::on_read("1 + ( 2)")),
            1 => column.computed = Some(Computed::stored("')'")),
            _ => column.server_default = self.default().map(Into::into),
        }
        column.nullable = self.below(2) == 0;
        if !column.nullable {
            column.not_null_on_conflict = self.conflict();
        }
        column
    }

    fn key(&mut self, table: &mut Table) {
        let columns = self.some(&table.columns);
        table.options.without_rowid = self.below(4) == 0;
        if let [only] = columns.as_slice() {
            let only = table.columns.iter_mut().find(|column| &column.name == only).unwrap();
            if only.column_type == DataType::Integer.into() && !table.options.without_rowid {
                (only.autoincrement, only.nullable) = (true, false);
                table.options.never_reuse_ids = self.below(2) == 0;
            }
        }
        if table.options.without_rowid {
            for column in table.columns.iter_mut().filter(|column| columns.contains(&column.name)) {
                column.nullable = false;
            }
        }
        let mut key = PrimaryKey::new(columns);
        (key.name, key.on_conflict) = (self.constraint_name(), self.conflict());
        table.primary_key = Some(key);
    }

    fn table(&mut self) -> Table {
        let mut table = Table::new(self.name());
        for _ in 0..=self.below(5) {
            let name = self.name();
            if table.column(&name).is_none() {
                let column = self.column(name);
                table.columns.push(column);
            }
        }
        if self.below(3) > 0 {
            self.key(&mut table);
        }
        for _ in 0..self.below(3) {
            let mut unique = Unique::new(self.some(&table.columns));
            (unique.name, unique.on_conflict) = (self.constraint_name(), self.conflict());
            table.uniques.push(unique);
        }
        for _ in 0..self.below(3) {
            let expressions =
                ["1 > 0", "(1) <> ')'", "\"(\" IN (1, (2))", "1 /* ) */ -- )\n < 1", "'[)' ->> '$'"];
            let mut check = Check::new(self.one(&expressions));
            check.name = self.constraint_name();
            table.checks.push(check);
        }
        for _ in 0..self.below(3) {
            use ReferentialAction::{Cascade, NoAction, Restrict, SetDefault, SetNull};
            let columns = self.some(&table.columns);
            let key = ForeignKey::new(columns.clone(), self.name(), columns);
            let actions = [NoAction, Restrict, Cascade, SetNull, SetDefault];
            let mut key = key.on_delete(self.one(&actions)).on_update(self.one(&actions));
            let waits = [Deferrable::InitiallyDeferred, Deferrable::InitiallyImmediate];
            key.deferrable = (self.below(2) == 0).then(|| self.one(&waits));
            key.match_type = (self.below(2) == 0).then_some(MatchType::Simple);
            key.name = self.constraint_name();
            table.foreign_keys.push(key);
        }
        table
    }
}
