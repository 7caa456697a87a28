//! The same on every database.

use dunlin::core::dialect::DialectName;
use dunlin_testkit::db_test;

use crate::support::{LINE, Place};

db_test! {
    async fn revisions_of_sql_go_up_and_down(db) {
        let place = Place::on(db.url(), &LINE);
        let rows = "SELECT version_num FROM alembic_version";
        assert_eq!(place.succeed(&["current"]), "no revision\n");
        place.succeed(&["upgrade", "c3d4"]);
        assert_eq!(db.query(rows).await, [["c3d4"]]);
        assert_eq!(place.succeed(&["current"]), "c3d4  add title\n");
        let behind = place.run(&["current", "--check-heads"]);
        assert_eq!((behind.code, behind.stdout.as_str()), (3, "c3d4  add title\n"), "{behind:?}");
        place.succeed(&["upgrade"]);
        assert_eq!(place.run(&["current", "--check-heads"]).code, 0);
        place.succeed(&["downgrade", "-1"]);
        assert_eq!(db.query(rows).await, [["c3d4"]]);
        place.succeed(&["downgrade", "base"]);
        assert_eq!(db.tables().await, ["alembic_version", "dunlin_journal"]);
        assert!(db.query(rows).await.is_empty());

        place.succeed(&["stamp", "c3d4"]);
        assert_eq!(db.query(rows).await, [["c3d4"]]);
        let plan = place.succeed(&["plan"]);
        assert!(plan.starts_with("shop: at c3d4, 1 revision to run\n\nupgrade e5f6  create note"), "{plan}");
        let plan = place.succeed(&["plan", "base", "--downgrade"]);
        assert!(plan.contains("\ndowngrade c3d4  add title (then at a1b2)\n"), "{plan}");
        assert_eq!(place.run(&["wait", "--timeout", "0"]).code, 3);
        let log = place.succeed(&["log"]);
        let lines: Vec<&str> = log.lines().collect();
        assert_eq!(lines.len(), 7, "{log}");
        assert_eq!(lines[0], "[time] UTC  upgrade a1b2 (then at a1b2)  tester@[host]  (N ms)");
        assert_eq!(lines[6], "[time] UTC  stamp (then at c3d4)  tester@[host]  (N ms)");
        assert_eq!(db.query(rows).await, [["c3d4"]]);
    }
}

db_test! {
    async fn the_version_table_may_stand_in_a_schema_of_its_own(db) {
        let place = Place::on(db.url(), &LINE);
        let is_database = matches!(db.dialect(), DialectName::MySql | DialectName::MariaDb);
        let schema = if is_database { format!("{}_ops", db.name()) } else { "ops".to_owned() };
        let settings = format!("version_table = \"shop_version\"\nversion_table_schema = \"{schema}\"\n");
        place.write("dunlin.toml", &format!("url = \"{}\"\nowner = \"shop\"\n{settings}", db.url()));
        if db.dialect() == DialectName::Sqlite {
            for command in [&["upgrade"][..], &["current"], &["wait"], &["stamp", "head"], &["upgrade", "--sql"]] {
                let outcome = place.run(command);
                assert_eq!(outcome.code, 1, "{outcome:?}");
                let said = "error: SQLite cannot have the version table ops.shop_version\n";
                assert!(outcome.stderr.starts_with(said), "{outcome:?}");
                assert!(outcome.stderr.contains("hint: there are no schemas"), "{outcome:?}");
            }
            assert!(db.tables().await.is_empty());
            return;
        }

        let (make, drop) = match is_database {
            true => (format!("CREATE DATABASE {schema}"), format!("DROP DATABASE IF EXISTS {schema}")),
            false => (format!("CREATE SCHEMA {schema}"), format!("DROP SCHEMA IF EXISTS {schema} CASCADE")),
        };
        db.execute(&drop).await;
        assert_eq!(place.succeed(&["current"]), "no revision\n");
        let nowhere = place.run(&["upgrade"]);
        assert!(nowhere.stderr.contains(&format!("error: there is no schema {schema}\n")), "{nowhere:?}");
        assert!(nowhere.stderr.contains("version_table_schema in dunlin.toml"), "{nowhere:?}");
        assert!(db.tables().await.is_empty());

        db.execute(&make).await;
        let rows = format!("SELECT version_num FROM {schema}.shop_version");
        place.succeed(&["ensure-version"]);
        assert!(db.query(&rows).await.is_empty());
        let key = "SELECT constraint_name FROM information_schema.table_constraints \
                   WHERE table_name = 'shop_version' AND constraint_type = 'PRIMARY KEY'";
        // MySQL's primary keys have no other name.
        let name = if is_database { "PRIMARY" } else { "shop_version_pkc" };
        assert_eq!(db.query(&format!("{key} AND table_schema = '{schema}'")).await, [[name]]);
        place.succeed(&["upgrade", "c3d4"]);
        assert_eq!(db.query(&rows).await, [["c3d4"]]);
        assert_eq!(place.succeed(&["current"]), "c3d4  add title\n");
        place.succeed(&["upgrade"]);
        assert_eq!(place.run(&["wait", "--timeout", "0"]).code, 0);
        place.succeed(&["downgrade", "-1"]);
        assert_eq!(db.query(&rows).await, [["c3d4"]]);
        place.succeed(&["stamp", "a1b2", "--purge"]);
        assert_eq!(db.query(&rows).await, [["a1b2"]]);
        assert!(!place.succeed(&["generate-models"]).contains("shop_version"));

        let script = place.succeed(&["upgrade", "base:a1b2", "--sql"]);
        let bare = |text: &str| text.replace(['"', '`'], "");
        let create = format!("CREATE TABLE {schema}.shop_version (\n");
        assert!(bare(&script).contains(&create), "{script}");
        assert!(script.contains("shop_version_pkc"), "{script}");
        let insert = format!("INSERT INTO {schema}.shop_version (version_num) VALUES ('a1b2')");
        assert!(bare(&script).contains(&insert), "{script}");
        let tables = db.tables().await;
        let here: Vec<_> = tables.iter().filter(|table| *table != "shop_version" || is_database).collect();
        assert_eq!(here, ["dunlin_journal", "ticket"]);
        db.execute(&drop).await;
    }
}

db_test! {
    async fn ids_that_differ_in_case_only_are_told_apart_or_refused(db) {
        let text = |id: &str, head: &str| format!("-- revision: {id}\n{head}-- upgrade\n\n-- downgrade\n");
        let on = |id: &str, parent: &str| text(id, &format!("-- down_revision: {parent}\n"));
        let revisions = [
            ("1.sql", text("abc", "")),
            ("2.sql", on("aBcd", "abc")),
            ("3.sql", on("AbCD", "abc")),
            ("4.sql", on("ABCD", "aBcd")),
        ];
        let revisions: Vec<(&str, &str)> = revisions.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let place = Place::on(db.url(), &revisions);
        // One becomes the other, and both are never there together.
        place.succeed(&["upgrade", "ABCD"]);
        assert_eq!(db.query("SELECT version_num FROM alembic_version").await, [["ABCD"]]);
        place.succeed(&["downgrade", "abc"]);
        let outcome = place.run(&["upgrade", "heads"]);
        let rows = db.query("SELECT version_num FROM alembic_version ORDER BY 1").await;
        if matches!(db.dialect(), DialectName::MySql | DialectName::MariaDb) {
            assert_eq!(outcome.code, 1, "{outcome:?}");
            let said = format!(
                "error: cannot plan for shop: {} takes the revisions ABCD and AbCD for one\n  \
                 nothing was changed\nhint: give one of the two another id\n",
                db.dialect().display_name()
            );
            assert_eq!(outcome.stderr, said);
            assert_eq!(rows, [["abc"]]);
        } else {
            assert_eq!(outcome.code, 0, "{outcome:?}");
            assert_eq!(rows, [["ABCD"], ["AbCD"]]);
        }
    }
}

db_test! {
    async fn what_ids_are_alike_the_version_tables_collation_says(db) {
        let text = |id: &str| format!("-- revision: {id}\n\n-- upgrade\n\n-- downgrade\n");
        let (cafe, accented, small, large) = (text("cafe"), text("café"), text("abc1"), text("ABC1"));
        let place = Place::on(db.url(), &[("1.sql", &small), ("2.sql", &large)]);
        let accents = Place::on(db.url(), &[("1.sql", &cafe), ("2.sql", &accented)]);
        if !matches!(db.dialect(), DialectName::MySql | DialectName::MariaDb) {
            place.succeed(&["upgrade", "heads"]);
            return;
        }
        let name = db.name();
        db.execute(&format!("ALTER DATABASE `{name}` COLLATE utf8mb4_general_ci")).await;
        for place in [&place, &accents] {
            let outcome = place.run(&["upgrade", "heads"]);
            assert!(outcome.code == 1 && outcome.stderr.contains(" for one\n  nothing was changed"), "{outcome:?}");
        }
        assert!(db.tables().await.is_empty());
        db.execute(&format!("ALTER DATABASE `{name}` COLLATE utf8mb4_bin")).await;
        place.succeed(&["upgrade", "heads"]);
        place.succeed(&["stamp", "base"]);
        accents.succeed(&["upgrade", "heads"]);
        let rows = db.query("SELECT version_num FROM alembic_version ORDER BY 1").await;
        assert_eq!(rows, [["cafe"], ["café"]]);
    }
}

db_test! {
    async fn waiting_says_what_for(db) {
        if db.dialect() == DialectName::Sqlite {
            // There is no server that could refuse.
            return;
        }
        let nowhere = db.url().replace(db.name(), "dunlin_test_nowhere");
        let stranger = db.url().replacen("//dunlin:", "//dunlin_test_nobody:", 1);
        for (url, why, hint) in [
            (nowhere, "dunlin_test_nowhere", "hint: create the database, or correct its name in dunlin.toml"),
            (stranger, "dunlin_test_nobody", "hint: check the user, the password, "),
        ] {
            assert_ne!(url, db.url());
            let waited = Place::on(&url, &LINE).run(&["wait", "--timeout", "1"]);
            assert_eq!(waited.code, 1, "{waited:?}");
            let lines: Vec<&str> = waited.stderr.lines().collect();
            let [waiting, error, note, last] = lines[..] else { panic!("{waited:?}") };
            let reason = waiting.strip_prefix("waiting: ").unwrap();
            assert_eq!(error, format!("error: {reason}"));
            assert!(reason.matches(why).count() >= 2 && reason.starts_with("cannot connect to "), "{reason}");
            assert_eq!(note, "  waited 1 s");
            assert!(last.starts_with(hint), "{last}");
        }
    }
}

db_test! {
    async fn a_superfluous_row_is_marked_and_can_be_taken_out(db) {
        let place = Place::on(db.url(), &LINE);
        place.succeed(&["upgrade", "c3d4"]);
        db.execute("INSERT INTO alembic_version VALUES ('a1b2')").await;
        let current = "a1b2  create ticket (superfluous)\nc3d4  add title\n";
        assert_eq!(place.succeed(&["current"]), current);
        let long = place.succeed(&["current", "--verbose"]);
        assert!(long.starts_with("revision:      a1b2 (superfluous)\n"), "{long}");
        assert!(place.succeed(&["current", "--json"]).contains("\"superfluous\":[\"a1b2\"]"));
        let upgrade = place.run(&["upgrade"]);
        assert_eq!(upgrade.code, 1);
        assert!(upgrade.stderr.contains("hint: `dunlin current --check-heads` says "), "{upgrade:?}");
        for command in [&["current", "--check-heads"][..], &["wait", "--timeout", "0"]] {
            let outcome = place.run(command);
            assert_eq!(outcome.code, 3, "{outcome:?}");
            let hint = "hint: `dunlin stamp c3d4 --purge` takes out what is superfluous\n";
            assert!(outcome.stderr.ends_with(hint), "{outcome:?}");
        }
        place.succeed(&["stamp", "c3d4", "--purge"]);
        assert_eq!(place.succeed(&["current"]), "c3d4  add title\n");
        place.succeed(&["upgrade"]);
    }
}

db_test! {
    async fn tables_without_a_version_row_are_refused_before_anything_runs(db) {
        let place = Place::on(db.url(), &LINE);
        db.execute("CREATE TABLE note (id INTEGER)").await;
        // What the revisions that are meant do not make is in nobody's way.
        place.succeed(&["upgrade", "a1b2"]);
        for statement in ["DELETE FROM alembic_version", "DROP TABLE alembic_version"] {
            db.execute(statement).await;
            let before = db.tables().await;
            for command in [&["upgrade"][..], &["upgrade", "a1b2"], &["plan"]] {
                let refused = place.run(command);
                assert_eq!(refused.code, 1, "{refused:?}");
                let said = "error: cannot plan for shop: shop has tables (ticket) but no row in alembic_version ";
                assert!(refused.stderr.starts_with(said), "{refused:?}");
                assert!(refused.stderr.contains("`dunlin stamp REVISION`"), "{refused:?}");
            }
            assert_eq!(db.tables().await, before);
        }
        place.succeed(&["stamp", "a1b2"]);
        place.succeed(&["upgrade", "c3d4"]);
        assert_eq!(place.succeed(&["current"]), "c3d4  add title\n");
    }
}

db_test! {
    async fn tables_that_are_in_nobodys_way_are_not_refused(db) {
        let revision = "-- revision: a1\n\n-- upgrade\n\
            INSERT INTO seen VALUES (1);\n\
            CREATE TABLE IF NOT EXISTS kept (a INTEGER);\n\
            DROP TABLE gone;\nCREATE TABLE gone (b INTEGER);\n\
            -- upgrade: postgres\n\
            CREATE TABLE IF NOT EXISTS kept (a INTEGER);\n\
            CREATE TABLE elsewhere (a INTEGER);\n\
            DO $$ BEGIN DROP TABLE gone; END $$;\nCREATE TABLE gone (b INTEGER);\n";
        let place = Place::on(db.url(), &[("a1.sql", revision)]);
        for table in ["seen", "kept", "gone", "elsewhere"] {
            db.execute(&format!("CREATE TABLE {table} (a INTEGER)")).await;
        }
        if db.dialect() == DialectName::Postgres {
            // From here on the role's own schema is where tables are made.
            db.execute("CREATE SCHEMA dunlin").await;
        }
        place.succeed(&["upgrade"]);
        db.query("SELECT b FROM gone").await;
    }
}
