//! The same on every database.

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
