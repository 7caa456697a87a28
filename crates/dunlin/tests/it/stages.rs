//! What a database commits apart: new values of enum types, indexes built concurrently; and hazards.

use dunlin::core::prelude::*;
use dunlin::engine::dialect::RenderError;
use dunlin::engine::history::Target;
use dunlin::engine::plan::{Intent, PlanError};
use dunlin::{Error, Event, Left};
use dunlin_testkit::db_test;

use crate::support::*;

fn tickets(op: &mut Operations) {
    let status = op.create_enum("ticket_status", ["open", "closed"]);
    op.create_table("ticket", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("status", status).not_null().server_default("open");
    });
    op.bulk_insert("ticket", ["id"], (1..=3).map(|id| [SqlValue::Integer(id)]));
}

db_test! {
    async fn a_value_of_an_enum_type_is_added_and_used_in_one_revision(db) {
        let wait: Record = |op| {
            op.alter_enum("ticket_status", |e| e.add_value_after("waiting", "open"));
            op.execute("UPDATE ticket SET status = 'waiting' WHERE id = 2");
            op.alter_column("ticket", "status", |c| c.server_default("waiting"));
        };
        let rename: Record = |op| op.alter_enum("ticket_status", |e| e.rename_value("waiting", "on hold"));
        let unname: Record = |op| op.alter_enum("ticket_status", |e| e.rename_value("on hold", "waiting"));
        let migrator = migrator(db, [manager(&[
            ("first", tickets, |_| {}),
            ("wait", wait, |_| {}),
            ("rename", rename, unname),
        ])]);
        let mut database = db.connect().await;
        let rows = "SELECT id, status FROM ticket ORDER BY id";
        done(upgrade(&migrator, &mut database, "wait").await);
        execute(&mut database, &["INSERT INTO ticket (id) VALUES (4)"]).await;
        let waiting = [["1", "open"], ["2", "waiting"], ["3", "open"], ["4", "waiting"]];
        assert_eq!(query(&mut database, rows).await, waiting);
        done(upgrade(&migrator, &mut database, "rename").await);
        execute(&mut database, &["INSERT INTO ticket (id) VALUES (5)"]).await;
        let on_hold = [["1", "open"], ["2", "on hold"], ["3", "open"], ["4", "on hold"], ["5", "on hold"]];
        assert_eq!(query(&mut database, rows).await, on_hold);
        done(downgrade(&migrator, &mut database, "wait").await);
        assert_eq!(query(&mut database, rows).await[3..], [["4", "waiting"], ["5", "waiting"]]);
        database.close().await;
    }
}

db_test! {
    async fn a_revision_that_fails_behind_a_new_value_can_be_run_again(db) {
        let wait: Record = |op| {
            op.alter_enum("ticket_status", |e| e.add_value("waiting"));
            op.execute("UPDATE ticket SET status = 'waiting'");
            op.execute("INSERT INTO missing VALUES (1)");
        };
        let migrator = migrator(db, [manager(&[("first", tickets, |_| {}), ("wait", wait, |_| {})])]);
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "first").await);
        let failure = upgrade(&migrator, &mut database, "wait").await.unwrap_err();
        let nothing_stays = db.dialect() == DialectName::Sqlite;
        assert_eq!(failure.left, if nothing_stays { Left::Nothing } else { Left::Part });
        let mysql = matches!(db.dialect(), DialectName::MySql | DialectName::MariaDb);
        if !mysql {
            let rows = query(&mut database, "SELECT DISTINCT status FROM ticket").await;
            assert_eq!(rows, [["open"]]);
        }
        execute(&mut database, &["CREATE TABLE missing (id INTEGER)"]).await;
        done(upgrade(&migrator, &mut database, "wait").await);
        assert_eq!(query(&mut database, "SELECT DISTINCT status FROM ticket").await, [["waiting"]]);
        database.close().await;
    }
}

db_test_on! {
    [postgres: Postgres]
    async fn an_index_is_built_concurrently_and_a_half_built_one_is_built_again(db) {
        let index: Record = |op| op.add_index("ticket", Index::new("ix", ["status"]).unique().concurrently());
        let drop: Record = |op| op.drop_index_concurrently("ix", "ticket");
        let with_more: Record = |op| {
            op.add_column("ticket", Column::new("more", DataType::Integer));
            op.add_index("ticket", Index::new("ix2", ["more"]).concurrently());
        };
        let migrator = migrator(db, [manager(&[
            ("first", tickets, |_| {}),
            ("index", index, drop),
            ("more", with_more, |_| {}),
        ])]);
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "first").await);
        // Three rows are open: the index is built in part, and stays behind as not valid.
        let failure = upgrade(&migrator, &mut database, "index").await.unwrap_err();
        assert_eq!(failure.left, Left::Part);
        let valid = "SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'ix'::regclass";
        assert_eq!(query(&mut database, valid).await, [["false"]]);
        assert_eq!(query(&mut database, "SELECT version_num FROM version_owner").await, [["first"]]);
        execute(&mut database, &["DELETE FROM ticket WHERE id > 1"]).await;
        done(upgrade(&migrator, &mut database, "index").await);
        assert_eq!(query(&mut database, valid).await, [["true"]]);
        let failure = upgrade(&migrator, &mut database, "more").await.unwrap_err();
        let said = chain(&failure.source);
        assert!(said.ends_with("must be the only thing that a revision does"), "{said}");
        done(downgrade(&migrator, &mut database, "first").await);
        assert_eq!(query(&mut database, "SELECT to_regclass('ix')::text").await, [["NULL"]]);
        database.close().await;
    }
}

db_test! {
    async fn a_narrower_type_is_a_hazard_that_is_told_before_it_runs(db) {
        let base: Record = |op| {
            op.create_table("item", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("code", DataType::BigInteger);
            });
        };
        let narrow: Record = |op| op.alter_column("item", "code", |c| c.column_type(DataType::SmallInteger));
        let migrator = migrator(db, [manager(&[("first", base, |_| {}), ("narrow", narrow, |_| {})])]);
        let mut database = db.connect().await;
        let mut told = Vec::new();
        let intent = Intent::Upgrade { target: None, use_migration_files: true };
        done(migrator.run(&mut database, "owner", intent, &mut |event| match event {
            Event::Hazard { hazard, .. } => told.push(hazard.to_string()),
            Event::StepDone { .. } => told.push("step".to_owned()),
            _ => {}
        }).await);
        let hazard = "column code of table item gets a narrower type: BIGINT becomes SMALLINT";
        assert_eq!(told, [hazard, "step", "step"]);
        let script = script(&migrator, db.dialect()).await;
        assert!(script.as_str().contains(&format!("-- hazard: {hazard}\n")), "{}", script.as_str());
        database.close().await;
    }
}

/// What is wrong with a change is found while planning, and nothing is changed.
async fn plan_error(db: &dunlin_testkit::TestDatabase, change: Record) -> RenderError {
    let migrator = migrator(db, [manager(&[("first", tickets, |_| {}), ("change", change, |_| {})])]);
    let mut database = db.connect().await;
    if db.tables().await.is_empty() {
        done(upgrade(&migrator, &mut database, "first").await);
    }
    let failure = upgrade(&migrator, &mut database, "change").await.unwrap_err();
    assert_eq!(failure.left, Left::Nothing);
    assert_eq!(query(&mut database, "SELECT version_num FROM version_owner").await, [["first"]]);
    assert_eq!(db.tables().await, ["ticket", "version_owner"]);
    database.close().await;
    match failure.source {
        Error::Plan { source: PlanError::Render { source, .. }, .. } => source,
        Error::Plan { source: PlanError::Replay(error), .. } => RenderError::Schema(error.source),
        other => panic!("{}", chain(&other)),
    }
}

db_test! {
    async fn what_cannot_be_is_said_with_table_and_column_before_anything_runs(db) {
        let bad: &[(Record, &str)] = &[
            (|op| op.create_table("twice", |t| { t.column("a", DataType::Integer); t.column("a", DataType::Text); }),
                "table twice already has a column a"),
            (|op| op.create_table("t", |t| { t.column("a", DataType::Integer).references("ticket", "no"); }),
                "the foreign key (a) of table t refers to ticket.no, which does not exist"),
            (|op| op.create_index("ix", "ticket", ["no"]), "the index ix of table ticket is on a column no, which the table does not have"),
            (|op| op.drop_column("ticket", "no"), "table ticket has no column no"),
            (|op| op.drop_table("no"), "there is no table no"),
            (|op| op.drop_index("no", "ticket"), "table ticket has no index no"),
            (|op| op.drop_constraint(ConstraintKind::Check, "no", "ticket"), "table ticket has no check no"),
            (|op| op.drop_enum("ticket_status"), "the enum type ticket_status cannot be dropped: column status of table ticket is of it"),
            (|op| op.alter_enum("ticket_status", |e| e.add_value("open")), "the enum type ticket_status already has a value open"),
            (|op| op.create_table("ticket", |t| { t.column("a", DataType::Integer); }), "table ticket already exists"),
            (|op| op.bulk_insert("ticket", ["id", "status"], [[SqlValue::Integer(1)]]), "a row for table ticket has 1 values for 2 columns"),
        ];
        for (change, said) in bad {
            let error = plan_error(db, *change).await;
            assert!(matches!(error, RenderError::Schema(_)), "{error:?}");
            assert_eq!(error.to_string(), *said);
        }
        let long: Record = |op| op.create_index("x".repeat(65), "ticket", ["status"]);
        let odd: Record = |op| op.add_column("ticket", Column::new("a", DataType::Interval { fields: None, precision: None }));
        match db.dialect() {
            DialectName::Sqlite => {}
            DialectName::Postgres => assert!(matches!(plan_error(db, long).await, RenderError::NameTooLong { .. })),
            _ => {
                assert!(matches!(plan_error(db, long).await, RenderError::NameTooLong { .. }));
                let said = plan_error(db, odd).await.to_string();
                assert!(said.ends_with("cannot have intervals"), "{said}");
            }
        }
    }
}

db_test_on! {
    [mysql: MySql]
    async fn a_server_that_requires_primary_keys_is_asked_before_anything_runs(db) {
        let base: Record = |op| op.create_table("t", |t| { t.column("a", DataType::Integer); });
        let rekey: Record = |op| {
            op.alter_table("k", |t| {
                t.drop_constraint(ConstraintKind::PrimaryKey, "k_pkey");
                t.create_primary_key("k_pkey", ["b"]);
            });
        };
        let keyed: Record = |op| op.create_table("k", |t| {
            t.column("a", DataType::string(10)).not_null();
            t.column("b", DataType::string(10)).not_null();
            t.primary_key("k_pkey", ["a"]);
        });
        let mut database = db.connect().await;
        execute(&mut database, &["SET SESSION sql_require_primary_key = ON"]).await;
        let without = migrator(db, [manager(&[("first", base, |_| {})])]);
        let failure = upgrade(&without, &mut database, "first").await.unwrap_err();
        let said = "table t has no primary key, and the server is set to take no such table";
        assert_eq!((chain(&failure.source).as_str(), failure.left), (said, Left::Nothing));
        // A key is replaced in one statement: the table is never without.
        let with = migrator(db, [manager(&[("keyed", keyed, |_| {}), ("rekey", rekey, |_| {})])]);
        done(upgrade(&with, &mut database, "rekey").await);
        database.close().await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn a_copy_that_a_crash_left_goes_or_takes_the_place_of_its_table(db) {
        let restrict: Record = |op| {
            op.create_unique_constraint("status_uq", "ticket", ["id", "status"]);
        };
        let release: Record = |op| op.drop_constraint(ConstraintKind::Unique, "status_uq", "ticket");
        let migrator = migrator(db, [manager(&[("first", tickets, |_| {}), ("restrict", restrict, release)])]);
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "first").await);
        let rows = "SELECT id, status FROM ticket ORDER BY id";
        let before = query(&mut database, rows).await;
        // The table is whole: the copy is of no use.
        execute(&mut database, &["CREATE TABLE _dunlin_rebuild_ticket (id INTEGER)"]).await;
        done(upgrade(&migrator, &mut database, "restrict").await);
        assert_eq!(query(&mut database, rows).await, before);
        // The table is gone: the copy is what is left of it.
        execute(&mut database, &["ALTER TABLE ticket RENAME TO _dunlin_rebuild_ticket"]).await;
        done(downgrade(&migrator, &mut database, "first").await);
        assert_eq!(query(&mut database, rows).await, before);
        assert_eq!(db.tables().await, ["ticket", "version_owner"]);
        database.close().await;
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn a_double_quote_may_mean_a_name(db) {
        let base: Record = |op| {
            let kind = op.create_enum("kind", ["it's", "a \"word\""]);
            op.create_table("select", |t| {
                t.column("order", DataType::Integer).primary_key().without_autoincrement();
                t.column("a\"b`c", DataType::string(20)).not_null().server_default("say \"x\" or 'y'");
                t.column("kind", kind).comment("\"so\"");
                t.comment("it's \"quoted\"");
                t.index("Group", ["a\"b`c"]);
                t.check("ck", PerDialect::all("`order` <> 7".to_owned()));
            });
            op.bulk_insert("select", ["order", "kind"], [[SqlValue::Integer(1), "a \"word\"".into()]]);
        };
        let change: Record = |op| {
            op.alter_column("select", "a\"b`c", |c| c.column_type(DataType::string(30)));
            op.rename_column("select", "a\"b`c", "where");
            op.create_unique_constraint("Unique", "select", ["where"]);
            op.execute("UPDATE `select` SET `where` = 'z' WHERE kind = 'a \"word\"'");
        };
        let back: Record = |op| {
            op.drop_constraint(ConstraintKind::Unique, "Unique", "select");
            op.rename_column("select", "where", "a\"b`c");
            op.alter_column("select", "a\"b`c", |c| c.column_type(DataType::string(20)));
        };
        let migrator = migrator(db, [manager(&[("first", base, |_| {}), ("change", change, back)])]);
        let show = "SHOW CREATE TABLE `select`";
        let mut seen = Vec::new();
        for mode in ["", ",ANSI_QUOTES"] {
            let mut database = db.connect().await;
            execute(&mut database, &[&format!("SET SESSION sql_mode = CONCAT(@@sql_mode, '{mode}')")]).await;
            done(upgrade(&migrator, &mut database, "first").await);
            done(upgrade(&migrator, &mut database, "change").await);
            assert_eq!(query(&mut database, "SELECT `where` FROM `select`").await, [["z"]]);
            done(downgrade(&migrator, &mut database, "first").await);
            execute(&mut database, &["SET SESSION sql_mode = REPLACE(@@sql_mode, 'ANSI_QUOTES', '')"]).await;
            seen.push(query(&mut database, show).await);
            execute(&mut database, &["DROP TABLE `select`", "DROP TABLE version_owner"]).await;
            database.close().await;
        }
        assert_eq!(seen[0], seen[1]);
    }
}

db_test_on! {
    [postgres: Postgres]
    async fn an_index_counts_as_built_only_if_it_is_the_one_that_is_wanted(db) {
        let index: Record = |op| {
            let open = "ticket.status = 'open'";
            op.add_index("ticket", Index::new("ix", ["status", "id"]).unique().predicate(open).concurrently());
        };
        let migrator = migrator(db, [manager(&[("first", tickets, |_| {}), ("index", index, |_| {})])]);
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "first").await);
        let others = [
            "CREATE INDEX ix ON ticket (status, id) WHERE status = 'open'",
            "CREATE UNIQUE INDEX ix ON ticket (status, id)",
            "CREATE UNIQUE INDEX ix ON ticket (id, status) WHERE status = 'open'",
            "CREATE UNIQUE INDEX ix ON ticket (status, id) WHERE status = 'closed'",
        ];
        for other in others {
            execute(&mut database, &[other]).await;
            let failure = upgrade(&migrator, &mut database, "index").await.unwrap_err();
            let said = chain(&failure.source);
            assert!(said.contains("relation \"ix\" already exists"), "{other}: {said}");
            execute(&mut database, &["DROP INDEX ix"]).await;
        }
        execute(&mut database, &["CREATE UNIQUE INDEX ix ON ticket (status, id) WHERE status = 'open'"]).await;
        done(upgrade(&migrator, &mut database, "index").await);
        assert_eq!(query(&mut database, "SELECT version_num FROM version_owner").await, [["index"]]);
        assert_eq!(query(&mut database, "SELECT count(*)::text FROM pg_class WHERE relname = 'ix'").await, [["1"]]);
        database.close().await;
    }
}

db_test! {
    async fn no_script_restates_a_table_that_a_statement_has_changed(db) {
        let first: Record = |op| {
            op.create_table("item", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("n", DataType::Integer);
            });
            op.create_table("other", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("n", DataType::Integer);
            });
            op.execute_ddl("ALTER TABLE item ADD COLUMN more INTEGER", ["item"]);
        };
        let rename: Record = |op| op.rename_table("item", "thing");
        let change: Record = |op| op.alter_column("thing", "n", |c| c.column_type(DataType::BigInteger));
        let unlike: Record = |op| op.alter_column("other", "n", |c| c.column_type(DataType::BigInteger));
        let anew: Record = |op| {
            op.drop_table("thing");
            op.create_table("thing", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("n", DataType::Integer);
            });
        };
        type History = Vec<(&'static str, Record, Record)>;
        let histories: [(History, bool); 3] = [
            (vec![("first", first, |_| {}), ("rename", rename, |_| {}), ("change", change, |_| {})], false),
            (vec![("first", first, |_| {}), ("unlike", unlike, |_| {})], true),
            (
                vec![("first", first, |_| {}), ("rename", rename, |_| {}), ("anew", anew, |_| {}), ("change", change, |_| {})],
                true,
            ),
        ];
        let dialect = dunlin::engine::dialect::dialect(db.dialect());
        let mut database = db.connect().await;
        for (revisions, written) in histories {
            let migrator = migrator(db, [manager(&revisions)]);
            let intent = Intent::Upgrade { target: None, use_migration_files: true };
            let script = migrator.offline_script(dialect, "owner", &intent, &Target::BASE).await;
            match script {
                Ok(_) => assert!(written),
                Err(error) => {
                    let said = "owner: upgrade change change cannot be written down: it restates table thing, \
                                which `ALTER TABLE item ADD COLUMN more INTEGER` has changed";
                    assert_eq!((chain(&error).as_str(), written), (said, false));
                }
            }
            let last = revisions.last().unwrap().0;
            done(upgrade(&migrator, &mut database, last).await);
            done(migrator.reset(&mut database, false, false, &mut |_| {}).await);
        }
        database.close().await;
    }
}

db_test! {
    async fn the_databases_own_client_runs_a_script_with_a_trigger_that_has_a_body(db) {
        let first: Record = |op| {
            op.create_table("item", |t| {
                t.column("id", DataType::Integer).primary_key().without_autoincrement();
                t.column("n", DataType::Integer);
            });
            let body = "BEGIN INSERT INTO seen VALUES (NEW.id); INSERT INTO seen VALUES (NEW.n); END";
            op.create_table("seen", |t| { t.column("id", DataType::Integer); });
            op.execute_ddl(
                PerDialect::all(format!("CREATE TRIGGER item_seen AFTER INSERT ON item FOR EACH ROW {body}"))
                    .on(DialectName::Postgres, "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS \
                        $$ BEGIN INSERT INTO seen VALUES (NEW.id); INSERT INTO seen VALUES (NEW.n); RETURN NEW; END $$".to_owned()),
                ["item"],
            );
            op.execute_ddl(
                PerDialect::only(
                    DialectName::Postgres,
                    "CREATE TRIGGER item_seen AFTER INSERT ON item FOR EACH ROW EXECUTE FUNCTION see()".to_owned(),
                ),
                ["item"],
            );
            op.bulk_insert("item", ["id", "n"], [[SqlValue::Integer(1), SqlValue::Integer(2)]]);
        };
        let migrator = migrator(db, [manager(&[("first", first, |_| {})])]);
        db.run_script(script(&migrator, db.dialect()).await.as_str()).unwrap();
        let mut database = db.connect().await;
        assert_eq!(query(&mut database, "SELECT id FROM seen ORDER BY id").await, [["1"], ["2"]]);
        database.close().await;
    }
}

db_test_on! {
    [postgres: Postgres]
    async fn a_name_may_have_dollars_where_a_sequence_is_changed(db) {
        let first: Record = |op| op.create_table("a$$b$q$", |t| {
            t.column("id$$", DataType::Integer).not_null().autoincrement();
            t.primary_key("a_pkey", ["id$$"]);
        });
        let wider: Record = |op| op.alter_column("a$$b$q$", "id$$", |c| c.column_type(DataType::BigInteger));
        let plain: Record = |op| op.alter_column("a$$b$q$", "id$$", |c| c.autoincrement(false));
        let migrator = migrator(db, [manager(&[
            ("first", first, |_| {}),
            ("wider", wider, |_| {}),
            ("plain", plain, |_| {}),
        ])]);
        let mut database = db.connect().await;
        let sequences = "SELECT data_type::text FROM pg_sequences";
        done(upgrade(&migrator, &mut database, "wider").await);
        assert_eq!(query(&mut database, sequences).await, [["bigint"]]);
        done(upgrade(&migrator, &mut database, "plain").await);
        assert!(query(&mut database, sequences).await.is_empty());
        database.close().await;
    }
}
