//! Every case of the catalogue on real servers: up, what it became, its reverse, rows kept, the script
//! through the database's own client.

use std::collections::BTreeSet;
use std::time::Instant;

use dunlin_testkit::catalogue::{Case, Check, DEFECTS, EXCEPTIONS, cases_in, exception};
use dunlin_testkit::{Server, TestDatabase, Verdict, db_test};

/// All cases of a test; `CATALOGUE` in the environment chooses those whose names hold its text.
async fn check(db: &TestDatabase, test: &str) {
    let chosen = std::env::var("CATALOGUE").unwrap_or_default();
    let wanted = |case: &Case| test_of(case.group()) == test && case.name.contains(&chosen);
    let mut server = Server::new(db).await;
    let mut wrong: Vec<String> = Vec::new();
    let mut met = BTreeSet::new();
    let (mut done, mut refused) = (0, 0);
    let begun = Instant::now();
    let all = cases_in(&format!("{}_beside", db.name()));
    let cases: Vec<Case> = all.into_iter().filter(wanted).collect();
    for case in &cases {
        let mut fail = |check: Check, why: &str| match exception(case, db.dialect(), check) {
            Some(known) => drop(met.insert(std::ptr::from_ref(known) as usize)),
            None => wrong.push(format!("## {}: {check:?}\n{why}", case.name)),
        };
        match server.check(case).await {
            Err(why) => fail(Check::Run, &why),
            Ok(Verdict::Refused(_)) => refused += 1,
            Ok(Verdict::Done { not_offline, not_introspected, not_as_created, .. }) => {
                done += 1;
                not_offline.iter().for_each(|why| fail(Check::Offline, why));
                not_introspected.iter().for_each(|why| fail(Check::Introspection, why));
                not_as_created.iter().for_each(|why| fail(Check::AsCreated, why));
            }
        }
    }
    for known in EXCEPTIONS.iter().chain(DEFECTS) {
        let here =
            known.on.contains(&db.dialect()) && cases.iter().any(|case| case.name.starts_with(known.cases));
        if here && !met.contains(&(std::ptr::from_ref(known) as usize)) {
            wrong.push(format!("## {}: an exception that is not needed: {}", known.cases, known.why));
        }
    }
    println!(
        "{}: {done} done, {refused} refused, {} wrong, {:?}",
        db.dialect(),
        wrong.len(),
        begun.elapsed()
    );
    assert!(wrong.is_empty(), "{} wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// Which test a group of cases belongs to.
fn test_of(group: &str) -> &'static str {
    match group {
        "type" => "types",
        "create table" => "tables",
        "drop table" | "rename table" | "set comment" | "names" => "other_table_operations",
        "add column" => "added_columns",
        "alter column" => "altered_columns",
        "drop column" | "drop constraint" | "rename constraint" | "validate constraint" | "alter table" => {
            "dropped_columns_and_constraints"
        }
        "add constraint" => "added_constraints",
        "create index" | "drop index" | "rename index" => "indexes",
        _ => "everything_else",
    }
}

db_test! {
    async fn types(db) {
        check(db, "types").await;
    }
}

db_test! {
    async fn tables(db) {
        check(db, "tables").await;
    }
}

db_test! {
    async fn other_table_operations(db) {
        check(db, "other_table_operations").await;
    }
}

db_test! {
    async fn added_columns(db) {
        check(db, "added_columns").await;
    }
}

db_test! {
    async fn altered_columns(db) {
        check(db, "altered_columns").await;
    }
}

db_test! {
    async fn dropped_columns_and_constraints(db) {
        check(db, "dropped_columns_and_constraints").await;
    }
}

db_test! {
    async fn added_constraints(db) {
        check(db, "added_constraints").await;
    }
}

db_test! {
    async fn indexes(db) {
        check(db, "indexes").await;
    }
}

db_test! {
    async fn everything_else(db) {
        check(db, "everything_else").await;
    }
}
