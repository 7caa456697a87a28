//! Files written and read again, and files that are none.

use DialectName::{MariaDb, MySql, Postgres, Sqlite};
use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> RevisionFile {
    RevisionFile::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn statements(file: &RevisionFile, direction: Direction, dialect: DialectName) -> Vec<String> {
    let section = file.section(direction, dialect).unwrap();
    let all = section.stages.iter().flat_map(|stage| stage.statements(dialect).unwrap());
    all.map(|statement| statement.sql.to_owned()).collect()
}

const WHOLE: &str = "\
-- revision: d759c6d30f5a
-- down_revision: 3f1a0c6d9b21, aa
-- message: create ticket table
-- message:
-- message: and more: of it
-- branch_labels: tickets
-- depends_on: ext@head, 12
-- created: 2026-11-22 21:46:04 UTC

-- upgrade
-- touches: ticket, audit.log, \"odd, \"\"name\", \"a.b\".c

-- The table.
CREATE TABLE ticket (
    id INTEGER, -- upgrade
    name TEXT
);

INSERT INTO ticket VALUES (1, '
-- not a mark: it stands in quotes
');

-- upgrade: postgres
-- touches:

ALTER TYPE mood ADD VALUE 'glad';

-- new-transaction
-- no-transaction

CREATE INDEX CONCURRENTLY i ON ticket (id);

-- upgrade: mysql

DELIMITER //
CREATE TRIGGER t BEFORE INSERT ON i FOR EACH ROW BEGIN SET @a = 1; END
//
DELIMITER ;

-- downgrade: sqlite
-- no-foreign-keys

DROP TABLE ticket;

-- downgrade
";

#[test]
fn a_whole_file_is_read_and_written_as_it_was() {
    let file = parse(WHOLE);
    let expected = Header {
        down_revisions: vec!["3f1a0c6d9b21".into(), "aa".into()],
        message: "create ticket table\n\nand more: of it".to_owned(),
        branch_labels: vec!["tickets".to_owned()],
        depends_on: vec!["ext@head".to_owned(), "12".to_owned()],
        created: Some("2026-11-22 21:46:04 UTC".to_owned()),
        ..Header::new("d759c6d30f5a")
    };
    assert_eq!(file.header, expected);
    assert_eq!(Header::parse(WHOLE), Ok(expected));
    assert_eq!(file.write().as_deref(), Ok(WHOLE));

    let touches = file.sections[0].stages[0].touches.as_ref().unwrap();
    let names: Vec<_> = touches.iter().map(|it| (it.schema.as_deref(), it.name.as_str())).collect();
    assert_eq!(names, [(None, "ticket"), (Some("audit"), "log"), (None, "odd, \"name"), (Some("a.b"), "c")]);
    assert_eq!(file.sections[1].stages[0].touches, Some(Vec::new()));
    assert_eq!(file.sections[1].stages[1].touches, None);
    assert!(file.sections[1].stages[1].no_transaction && file.sections[3].stages[0].no_foreign_keys);

    assert_eq!(
        statements(&file, Direction::Upgrade, Postgres),
        ["ALTER TYPE mood ADD VALUE 'glad'", "CREATE INDEX CONCURRENTLY i ON ticket (id)"]
    );
    assert_eq!(statements(&file, Direction::Upgrade, MariaDb), statements(&file, Direction::Upgrade, MySql));
    assert_eq!(statements(&file, Direction::Upgrade, Sqlite).len(), 2);
    assert_eq!(statements(&file, Direction::Downgrade, Sqlite), ["DROP TABLE ticket"]);
    assert_eq!(statements(&file, Direction::Downgrade, MySql), [""; 0]);
    let second = file.sections[0].stages[0].statements(Sqlite).unwrap()[1];
    assert_eq!(WHOLE.lines().nth(second.line - 1), Some("INSERT INTO ticket VALUES (1, '"));
}

#[test]
fn windows_has_its_lines_too() {
    let file = parse(&format!("\u{feff}{}", WHOLE.replace('\n', "\r\n")));
    assert_eq!(file.header, parse(WHOLE).header);
    assert_eq!(
        statements(&file, Direction::Upgrade, Postgres),
        statements(&parse(WHOLE), Direction::Upgrade, Postgres)
    );
    assert_eq!(
        statements(&file, Direction::Upgrade, MySql),
        statements(&parse(WHOLE), Direction::Upgrade, MySql)
    );
}

#[test]
fn a_mark_counts_in_the_middle_of_a_statement_and_not_in_quotes() {
    let file = parse("-- revision: a\n-- upgrade\nCREATE TABLE t (a INT)\n-- downgrade\nDROP TABLE t");
    assert_eq!(statements(&file, Direction::Upgrade, MySql), ["CREATE TABLE t (a INT)"]);
    assert_eq!(statements(&file, Direction::Downgrade, MySql), ["DROP TABLE t"]);

    let quoted = "-- revision: a\n-- upgrade: postgres\nDO $$\n-- downgrade\n$$;\nSELECT '\n-- upgrade\n';\n/*\n-- upgrade\n*/";
    assert_eq!(statements(&parse(quoted), Direction::Upgrade, Postgres).len(), 2);
    let everywhere = "-- revision: a\n-- upgrade\nSELECT '\n-- downgrade\n';";
    assert_eq!(statements(&parse(everywhere), Direction::Upgrade, Sqlite), ["SELECT '\n-- downgrade\n'"]);

    // A backslash is nothing special but on MySQL, and the section may be for any.
    let backslash =
        "-- revision: a\n-- upgrade\nINSERT INTO t VALUES ('C:\\');\n-- downgrade\nDELETE FROM t;";
    let file = parse(backslash);
    assert_eq!(statements(&file, Direction::Downgrade, Sqlite), ["DELETE FROM t"]);
    let unread = file.section(Direction::Upgrade, MySql).unwrap().stages[0].statements(MySql);
    assert_eq!(unread.unwrap_err().to_string(), "unclosed string at line 3, column 23");
}

#[test]
fn comments_are_comments() {
    for comment in [
        "-- upgrade the table",
        "-- downgrade is not possible",
        "-- Note: upgrade",
        "-- see: docs",
        "--",
        "--- rule ---",
        "-- the upgrade: mysql first",
        " -- downgrade",
        "-- touches the ticket table",
        "-- transaction",
    ] {
        let file = parse(&format!("-- revision: a\n-- upgrade\n{comment}\nSELECT 1;\n{comment}\nSELECT 2"));
        assert_eq!(file.sections.len(), 1, "{comment}");
        assert_eq!(statements(&file, Direction::Upgrade, Sqlite).len(), 2, "{comment}");
    }
    // In a statement an option is none.
    let file = parse("-- revision: a\n-- upgrade\nSELECT 1,\n-- touches: t\n-- touch: t\n-- other: x\n2;");
    assert_eq!(file.sections[0].stages[0].touches, None);
    let head = parse("/* Licensed\n so */\n\n-- Copyright: me\n-- a word\n-- revision: a\n-- upgrade\n");
    assert_eq!(head.header, Header::new("a"));
}

#[test]
fn what_is_nearly_right_is_an_error_with_its_line() {
    let body = |line: &str| format!("-- revision: a\n-- upgrade\nSELECT 1;\n{line}\nSELECT 2;");
    for (line, meant) in [
        ("-- Upgrade", "-- upgrade"),
        ("--downgrade", "-- downgrade"),
        ("-- downgrad", "-- downgrade"),
        ("--  downgrade", "-- downgrade"),
        ("-- upgrade: postgress", "-- upgrade: postgres"),
        ("-- upgrade:", "-- upgrade: postgres"),
        ("-- upgrade: PostgreSQL", "-- upgrade: postgres"),
        ("-- upgrade mysql", "-- upgrade: mysql"),
        ("-- upgarde: sqlite", "-- upgrade: sqlite"),
        ("-- no-transactions", "-- no-transaction"),
        ("-- no_transaction", "-- no-transaction"),
        ("-- new-transaction:", "-- new-transaction"),
        ("-- touch: a, b", "-- touches: a, b"),
        ("-- touches", "-- touches: table"),
    ] {
        let error = RevisionFile::parse(&body(line)).unwrap_err().to_string();
        assert_eq!(error, format!("line 4: `{line}` is no mark: is `{meant}` meant?"));
    }
    let cases: [(&str, &str); 23] = [
        ("", "there is no line `-- revision: …` before the first section"),
        ("-- upgrade\n", "there is no line `-- revision: …` before the first section"),
        ("-- revision: a\n", "there is no section `-- upgrade`"),
        ("-- revision: a\n-- downgrade\n", "there is no section `-- upgrade`"),
        ("-- revision:\n", "line 1: revision has no value"),
        ("-- revision: a\n-- revision: b\n", "line 2: revision is given twice"),
        (
            "-- revision: a\n-- down_revison: b\n",
            "line 2: there is no key down_revison: is `down_revision` meant?",
        ),
        ("-- Down-Revision: b\n", "line 1: there is no key Down-Revision: is `down_revision` meant?"),
        ("-- author: b\n", "line 1: there is no key author"),
        ("-- revision: a\n\nSELECT 1;\n", "line 3: this stands before the first section (`-- upgrade`)"),
        (
            "SELECT 1;\n-- revision: a\n-- upgrade\n",
            "line 1: this stands before the first section (`-- upgrade`)",
        ),
        ("CREATE TABLE t (a INT);\n", "there is no line `-- revision: …` before the first section"),
        (
            "-- revision: a\r-- upgrade\rSELECT 1;\r",
            "line 1: a carriage return alone ends no line: write `-- revision: …`, `-- upgrade` and the others as \
             lines that end with LF or CR LF",
        ),
        ("-- revision: a\n-- Upgrade\n", "line 2: `-- Upgrade` is no mark: is `-- upgrade` meant?"),
        (
            "-- revision: a\n-- touches: t\n",
            "line 2: `-- touches: t` must stand right below the line that begins the section or stage",
        ),
        (
            "-- revision: a\n-- upgrade\nSELECT 1;\n-- upgrade\n",
            "line 4: `-- upgrade` is there already, in line 2",
        ),
        (
            "-- revision: a\n-- upgrade\n\n-- no-transaction\nSELECT 1;",
            "line 4: `-- no-transaction` must stand right below the line that begins the section or stage",
        ),
        (
            "-- revision: a\n-- upgrade\n-- touches: a\n-- touches: b\n",
            "line 4: -- touches: b is given twice",
        ),
        ("-- revision: a\n-- upgrade\n-- touches: a,, b\n", "line 3: `, b` is no table name"),
        (
            "-- revision: a\n-- upgrade: mysql\n\nSELECT 1;\n SELECT 'a\\';\n-- downgrade\n",
            "unclosed string at line 5, column 9",
        ),
        (
            "-- revision: a\n-- upgrade\n\n/* SELECT 1;\n-- downgrade\n",
            "unclosed comment at line 4, column 1",
        ),
        ("-- revision: a\n-- upgrade\nSELECT 'ä';\0 SELECT 2;\n", "a NUL character at line 3, column 12"),
        ("\u{feff}-- revision: a\0\n-- upgrade\n", "a NUL character at line 1, column 15"),
    ];
    for (text, error) in cases {
        assert_eq!(RevisionFile::parse(text).unwrap_err().to_string(), error, "{text}");
    }
}

#[test]
fn what_cannot_stand_in_a_file_is_not_written() {
    let stage = |sql: &str| Stage::new(Postgres, [sql]).unwrap_err().to_string();
    assert_eq!(
        stage("SELECT 1,\n-- upgrade\n2"),
        "the statement `SELECT 1,\n-- upgrade\n2` would be read as something else: a line of it is a mark of revision files"
    );
    assert!(stage("SELECT 1; SELECT 2").ends_with("as 2 statements"));
    assert!(stage("-- nothing").ends_with("as 0 statements"));
    assert!(stage("SELECT 'a").ends_with("unclosed string at line 1, column 8"));
    let with = |change: fn(&mut RevisionFile)| {
        let mut file = parse("-- revision: a\n\n-- upgrade\n");
        change(&mut file);
        file.write()
    };
    assert!(with(|_| {}).is_ok());
    assert!(with(|file| file.header.revision = "a, b".into()).is_err());
    assert!(with(|file| file.header.message = "a\n b".into()).is_err());
    assert!(with(|file| file.header.created = Some("a\nb".into())).is_err());
    assert!(with(|file| file.header.down_revisions.push("".into())).is_err());
    assert!(with(|file| file.sections[0].stages[0].touches = Some(vec!["a\nb".into()])).is_err());
    assert!(with(|file| file.sections[0].stages[0].text = "SELECT 1;\n-- downgrade".into()).is_err());
    assert!(with(|file| file.sections[0].stages[0].text = "SELECT 1;\n-- Downgrade".into()).is_err());
    assert!(with(|file| file.sections.clear()).is_err());
}

/// A text in quotes, as a database writes it.
fn literal(dialect: DialectName, text: &str) -> String {
    dunlin_engine::dialect::dialect(dialect).literal(text)
}

fn nasty() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("-- upgrade\n"),
        Just("\n-- downgrade: mysql\n"),
        Just("\n-- new-transaction\n"),
        Just(";"),
        Just("'"),
        Just("\""),
        Just("\\"),
        Just("$$"),
        Just("$a$"),
        Just("/*"),
        Just("*/"),
        Just("--"),
        Just("# "),
        Just("`"),
        Just("["),
        Just("]"),
        Just("\nDELIMITER //\n"),
        Just("//"),
        Just("BEGIN"),
        Just(" END;"),
        Just("\r\n"),
        Just("ü"),
        Just(" "),
        Just("/*!"),
        Just("("),
    ];
    prop::collection::vec(word, 0..12).prop_map(|words| words.concat())
}

/// A statement around a nasty text.
fn statement(dialect: DialectName) -> impl Strategy<Value = String> {
    (nasty(), 0..7).prop_map(move |(text, form)| {
        let quoted = literal(dialect, &text);
        let name = dunlin_engine::dialect::dialect(dialect).quote(&text);
        let line = text.replace(['\n', '\r'], " ");
        let block = text.replace(['/', '*'], " ");
        match form {
            0 => format!("INSERT INTO t VALUES ({quoted}, {quoted})"),
            1 => format!("SELECT 1 AS {name}"),
            2 => format!("SELECT 1 /* {block} */ + 2"),
            3 => format!("SELECT 1 -- it is {line}"),
            4 => format!("-- it is {line}\nSELECT {quoted}"),
            5 if dialect == Postgres => format!("DO $nasty$ BEGIN {text} END $nasty$"),
            5 | 6 if dialect == Sqlite => format!("CREATE TRIGGER t AFTER INSERT ON i BEGIN SELECT {quoted}; SELECT 2; END"),
            5 | 6 if dialect != Postgres => {
                format!("CREATE TRIGGER t BEFORE INSERT ON i FOR EACH ROW BEGIN SET @a = {quoted}; SET @b = 2; END")
            }
            _ => format!("SELECT E'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        }
    })
}

fn section(direction: Direction, dialect: DialectName) -> impl Strategy<Value = (Section, Vec<Vec<String>>)> {
    let name = || nasty().prop_map(|text| text.replace(['\n', '\r'], "."));
    let touches = prop::option::of(prop::collection::vec((prop::option::of(name()), name()), 0..3));
    let stage = (prop::collection::vec(statement(dialect), 0..4), any::<bool>(), any::<bool>(), touches);
    prop::collection::vec(stage, 1..3).prop_map(move |stages| {
        let mut texts = Vec::new();
        let stages = stages.into_iter().map(|(statements, no_transaction, no_foreign_keys, touches)| {
            let stage = Stage::new(dialect, statements.iter().map(String::as_str)).unwrap();
            let tables = |names: Vec<(Option<String>, String)>| {
                names.into_iter().map(|(schema, name)| TableName { schema, name }).collect()
            };
            texts.push(statements);
            Stage { no_transaction, no_foreign_keys, touches: touches.map(tables), ..stage }
        });
        let stages = stages.collect();
        (Section { direction, dialect: Some(dialect), stages }, texts)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_again(
        sections in (
            section(Direction::Upgrade, Postgres), section(Direction::Upgrade, MySql), section(Direction::Upgrade, MariaDb),
            section(Direction::Upgrade, Sqlite), section(Direction::Downgrade, MySql), section(Direction::Downgrade, Sqlite),
        ),
        message in "[a-z:,;'-]{0,10}(\n[a-z:-]{0,10})?",
    ) {
        let sections = [sections.0, sections.1, sections.2, sections.3, sections.4, sections.5];
        let file = RevisionFile {
            header: Header { message, down_revisions: vec!["b".into()], ..Header::new("a") },
            sections: sections.iter().map(|(section, _)| section.clone()).collect(),
        };
        let text = file.write().unwrap_or_else(|error| panic!("{error}"));
        let read = parse(&text);
        prop_assert_eq!(&read, &file);
        for ((_, expected), section) in sections.iter().zip(&read.sections) {
            for (expected, stage) in expected.iter().zip(&section.stages) {
                let dialect = section.dialect.unwrap();
                let found: Vec<_> = stage.statements(dialect).unwrap().iter().map(|it| it.sql).collect();
                prop_assert_eq!(&found, expected);
            }
        }
    }
}
