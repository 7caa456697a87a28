//! Every case of the catalogue on real servers: up, what it became, its reverse, rows kept, the script
//! through the database's own client.

use std::collections::BTreeSet;
use std::time::Instant;

use dunlin_testkit::catalogue::{Case, Check, EXCEPTIONS, cases, exception};
use dunlin_testkit::{Server, TestDatabase, Verdict, db_test};

/// All cases of some groups; `CATALOGUE` in the environment chooses those whose names hold its text.
async fn check(db: &TestDatabase, is_wanted: fn(&str) -> bool) {
    let chosen = std::env::var("CATALOGUE").unwrap_or_default();
    let wanted = |case: &Case| is_wanted(case.group()) && case.name.contains(&chosen);
    let mut server = Server::new(db).await;
    let mut wrong: Vec<String> = Vec::new();
    let mut met = BTreeSet::new();
    let (mut done, mut refused) = (0, 0);
    let begun = Instant::now();
    let cases: Vec<Case> = cases().into_iter().filter(wanted).collect();
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
    for known in EXCEPTIONS {
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

/// Whether a group has a test of its own.
fn is_of_tables(group: &str) -> bool {
    matches!(group, "type" | "create table" | "drop table" | "rename table" | "set comment")
}

fn is_of_columns(group: &str) -> bool {
    matches!(group, "add column" | "alter column" | "drop column" | "names")
}

db_test! {
    async fn tables_and_types(db) {
        check(db, is_of_tables).await;
    }
}

db_test! {
    async fn columns_and_names(db) {
        check(db, is_of_columns).await;
    }
}

db_test! {
    async fn everything_else(db) {
        check(db, |group| !is_of_tables(group) && !is_of_columns(group)).await;
    }
}
