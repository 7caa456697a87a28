//! Tables with rows, as anybody may write them, and random changes of their models that rows can stand.

use std::slice::Iter;

use dunlin::core::prelude::*;
use dunlin::core::schema::{Computed, Constraint, Deferrable, OnConflict};
use dunlin::engine::sql::rename::names_column;
use dunlin_testkit::run;
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngSeed, TestRunner};

use dunlin::core::session::Session as _;

use super::*;

type Numbers = (Vec<Vec<u16>>, Vec<Vec<u16>>);

struct Choices<'n>(Iter<'n, u16>);

impl Choices<'_> {
    fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or_default()) % count.max(1)
    }

    fn one<'i, T>(&mut self, of: &'i [T]) -> &'i T {
        &of[self.below(of.len())]
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }
}

const TABLES: [&str; 4] = ["t", "Order", "my table", "größen"];

/// How a key is written: at the column, and behind the columns.
const KEYS: [(&str, &str, &str); 6] = [
    ("id INTEGER PRIMARY KEY", "", ""),
    ("\"id\" integer NOT NULL PRIMARY KEY AUTOINCREMENT", "", ""),
    ("id INT NOT NULL", "PRIMARY KEY (ID)", ""),
    ("[id] BIGINT", "CONSTRAINT `the key` PRIMARY KEY (\"id\") ON CONFLICT ABORT", ""),
    ("id text primary key not null", "", "without rowid"),
    ("id INTEGER", "", ""),
];

/// Types as they are written, and their values in three rows.
const TYPES: [(&str, [&str; 3]); 9] = [
    ("integer", ["1", "NULL", "-3"]),
    ("BOOLEAN", ["0", "NULL", "1"]),
    ("varchar (20)", ["'it''s'", "NULL", "' x '"]),
    ("TEXT COLLATE nocase", ["'a'", "NULL", "'B'"]),
    ("decimal(10,3)", ["1.125", "NULL", "1e30"]),
    ("\"DOUBLE PRECISION\"", ["1.5", "NULL", "2"]),
    ("", ["x'00ff'", "NULL", "'1'"]),
    ("datetime", ["'2024-01-02 03:04:05'", "NULL", "CURRENT_DATE"]),
    ("BLOB", ["x''", "NULL", "'text'"]),
];

const DEFAULTS: [&str; 8] = ["0", "(-1)", "'it''s'", "\"x\"", "NULL", "CURRENT_TIMESTAMP", "TRUE", "(1 + 1)"];

const NAMES: [&str; 6] = ["a", "[B c]", "\"group\"", "größe", "`it's`", "D"];

/// The statements that make a table with three rows.
fn create(choices: &mut Choices<'_>, at: usize, parents: &[String]) -> (String, Vec<String>) {
    let name = format!("{}{at}", choices.one(&TABLES));
    let (key, behind, options) = choices.one(&KEYS);
    let mut parts = vec![(*key).to_owned()];
    let mut columns: Vec<(&str, [&str; 3])> = vec![("id", ["1", "2", "3"])];
    let mut constraints: Vec<String> =
        Some(*behind).filter(|part| !part.is_empty()).map(str::to_owned).into_iter().collect();
    for column in NAMES.iter().take(1 + choices.below(NAMES.len())) {
        let (data_type, values) = choices.one(&TYPES);
        let mut part = format!("{column} {data_type}");
        match choices.below(6) {
            0 => {
                parts.push(format!("{part} AS (id || 'x') {}", choices.one(&["STORED", "VIRTUAL"])));
                continue;
            }
            1 => part.push_str(&format!(" DEFAULT {}", choices.one(&DEFAULTS))),
            2 => part.push_str(&format!(" CHECK ({column} IS NOT 'never')")),
            3 => part.push_str(" UNIQUE"),
            4 if !parents.is_empty() => part = format!("{column} REFERENCES \"{}\"", choices.one(parents)),
            _ => {}
        }
        let values = if part.contains("REFERENCES") { ["1", "NULL", "3"] } else { *values };
        columns.push((column, values));
        parts.push(part);
        match choices.below(6) {
            0 => constraints.push(format!("check(length({column}) < 99 /* much */)")),
            1 => {
                constraints.push(format!("CONSTRAINT \"the {at} of {}\" UNIQUE (id, {column})", parts.len()))
            }
            2 => constraints.push(format!("UNIQUE ({column}, id) ON CONFLICT REPLACE")),
            _ => {}
        }
    }
    parts.append(&mut constraints);
    let mut statements = vec![format!("CREATE TABLE \"{name}\" ({}) {options}", parts.join(", "))];
    if let Some((column, _)) = columns.get(1).filter(|_| choices.once_in(2)) {
        statements.push(format!(
            "CREATE {} INDEX \"ix of {name}\" ON \"{name}\" ({column}, id DESC) WHERE {column} > 0",
            choices.one(&["", "UNIQUE"]),
        ));
    }
    for row in 0..3 {
        let values: Vec<&str> = columns.iter().map(|(_, values)| values[row]).collect();
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let (names, values) = (names.join(", "), values.join(", "));
        statements.push(format!("INSERT INTO \"{name}\" ({names}) VALUES ({values})"));
    }
    (name, statements)
}

fn is_referred(models: &Metadata, table: &Table) -> bool {
    models.tables().iter().any(|other| other.foreign_keys.iter().any(|key| key.referred_table == table.name))
}

/// Changes the models of one table, in a way that its rows can stand.
fn change(choices: &mut Choices<'_>, models: &mut Metadata, at: usize) {
    let at_table = choices.below(models.tables().len());
    let name = models.tables()[at_table].name.clone();
    let others: Vec<TableName> = models
        .tables()
        .iter()
        .filter(|other| other.name != name && other.primary_key.is_some())
        .map(|other| other.name.clone())
        .collect();
    let is_referred = is_referred(models, &models.tables()[at_table]);
    let Some(table) = models.get_mut(&name) else { return };
    let key: Vec<String> = table.primary_key.iter().flat_map(|key| key.columns.clone()).collect();
    let column = choices.below(table.columns.len());
    let is_key = key.contains(&table.columns[column].name) || column == 0;
    match choices.below(12) {
        0 | 1 => {
            let constraints: Vec<Constraint> =
                table.constraints().filter(|one| one.kind() != ConstraintKind::PrimaryKey).collect();
            if !constraints.is_empty() {
                remove(table, choices.one(&constraints));
            }
        }
        2 => {
            let check = Check::new("id IS NOT 'never'");
            table.checks.push(if choices.once_in(2) { check.named(format!("ck{at}")) } else { check });
        }
        3 => {
            let column = &mut table.columns[column];
            let to = match column.column_type.default_value() {
                Some(DataType::Integer) => Some(DataType::BigInteger),
                Some(DataType::String { .. }) => Some(DataType::Text),
                Some(DataType::Text) => Some(DataType::string(80)),
                Some(DataType::DateTime { .. }) => Some(DataType::timestamp()),
                Some(DataType::Native(text)) if text.starts_with("decimal") => Some(DataType::numeric(20, 3)),
                Some(DataType::Collated { text, .. }) => Some((**text).clone()),
                _ => None,
            };
            if let Some(to) = to.filter(|_| !is_referred || !is_key) {
                column.column_type = to.into();
                column.autoincrement = false;
                table.options.never_reuse_ids &= !is_key;
            }
        }
        4 => {
            let column = &mut table.columns[column];
            if column.computed.is_none() && !is_key && column.nullable {
                let defaults = [
                    None,
                    Some(SqlValue::Integer(7)),
                    Some(SqlValue::text("it's new")),
                    Some(SqlValue::expression("CURRENT_DATE")),
                    Some(SqlValue::Bytes(vec![0, 255])),
                    Some(SqlValue::Boolean(true)),
                ];
                column.server_default = choices.one(&defaults).clone().map(PerDialect::all);
            }
        }
        5 => {
            let mut new = Column::new(format!("new {at}"), DataType::Integer);
            match choices.below(4) {
                0 => new = new.server_default(3).not_null(),
                1 => new = new.computed(Computed::stored("id || 'y'")),
                2 => new = new.computed(Computed::on_read("id || 'z'")),
                _ => {}
            }
            table.columns.push(new);
        }
        6 => {
            let gone = table.columns[column].clone();
            let comes_back = gone.nullable || gone.server_default.is_some();
            if !is_key && comes_back {
                drop_column(table, &gone.name);
            }
        }
        7 => {
            let can_count = key.len() == 1
                && table.column(&key[0]).is_some_and(|column| column.column_type == DataType::Integer.into())
                && !table.options.without_rowid;
            if can_count {
                table.options.never_reuse_ids = !table.options.never_reuse_ids;
            } else if !key.is_empty() {
                table.options.without_rowid = !table.options.without_rowid;
                key.iter().for_each(|name| table.column_mut(name).unwrap().nullable = false);
            }
        }
        8 => match table.indexes.pop() {
            Some(index) if choices.once_in(2) => {
                let mut index = index;
                index.unique = false;
                index.predicate = None;
                table.indexes.push(index);
            }
            Some(_) => {}
            None => {
                let mut index = Index::new(format!("new ix {at}"), ["id"]);
                index.unique = choices.once_in(2);
                table.indexes.push(index);
            }
        },
        9 => match table.foreign_keys.first_mut() {
            Some(key) => {
                key.on_delete = *choices.one(&[ReferentialAction::Cascade, ReferentialAction::SetNull]);
                key.deferrable = choices.once_in(2).then_some(Deferrable::InitiallyDeferred);
            }
            None if !others.is_empty() => {
                let key = ForeignKey::new(["id"], choices.one(&others).clone(), ["id"]);
                table.foreign_keys.push(if choices.once_in(2) { key.named(format!("fk{at}")) } else { key });
            }
            None => {}
        },
        10 => {
            let column = &mut table.columns[column];
            match (&mut column.computed, column.nullable) {
                (computed @ Some(_), _) => *computed = None,
                (None, false) if !is_key => column.not_null_on_conflict = Some(OnConflict::Ignore),
                _ => {}
            }
        }
        _ if !is_referred && table.primary_key.is_some() => {
            table.primary_key = None;
            table.options.never_reuse_ids = false;
            table.options.without_rowid = false;
            table.columns.iter_mut().for_each(|column| column.autoincrement = false);
        }
        _ => {}
    }
}

fn drop_column(table: &mut Table, name: &str) {
    let named = |sql: &str| names_column(sql, name);
    let listed = |columns: &[String]| columns.iter().any(|column| column == name);
    table.columns.retain(|column| column.name != name);
    table.uniques.retain(|unique| !listed(&unique.columns));
    table.foreign_keys.retain(|key| !listed(&key.columns));
    table.checks.retain(|check| !check.expression.values().any(|sql| named(sql)));
    table.indexes.retain(|index| !index.columns().any(|column| column == name));
}

fn numbers() -> impl proptest::strategy::Strategy<Value = Numbers> {
    let of_one = || vec(any::<u16>(), 4..40);
    (vec(of_one(), 1..4), vec(of_one(), 1..7))
}

/// What came of one scenario: how many operations, or why it is wrong.
async fn attempt(db: &TestDatabase, database: &mut Database, numbers: &Numbers) -> Result<usize, String> {
    wipe(database).await;
    let mut parents = Vec::new();
    let mut all = Vec::new();
    for (at, numbers) in numbers.0.iter().enumerate() {
        let (name, statements) = create(&mut Choices(numbers.iter()), at, &parents);
        if statements[0].to_lowercase().contains("primary key") {
            parents.push(name);
        }
        all.extend(statements);
    }
    for sql in &all {
        database.execute(sql).await.map_err(|error| format!("{sql}: {error}: {:?}", error.source()))?;
    }
    let found = database.introspect(&[]).await.map_err(|error| chain(&error))?;
    stamp(database, "first").await;
    let same = of_models(db, &found, &found, None);
    let nothing = self::found(&same, database).await.0;
    let written = all.join(";\n");
    if !nothing.is_empty() {
        return Err(format!("{written}\nunchanged: {nothing:#?}"));
    }
    let mut models = found.clone();
    for (at, numbers) in numbers.1.iter().enumerate() {
        change(&mut Choices(numbers.iter()), &mut models, at);
    }
    there_and_back(db, database, &found, &models).await.map_err(|why| format!("{written}\n{why}"))
}

async fn wipe(database: &mut Database) {
    execute(database, &["PRAGMA foreign_keys = OFF"]).await;
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    for row in query(database, tables).await {
        execute(database, &[&format!("DROP TABLE \"{}\"", row[0])]).await;
    }
    execute(database, &["PRAGMA foreign_keys = ON"]).await;
}

const SCENARIOS: u32 = 40;
const SMALLER: usize = 200;

fn how_many() -> u32 {
    let said = std::env::var("DUNLIN_TEST_CASES").ok().and_then(|text| text.parse().ok());
    let full = std::env::var_os("DUNLIN_TEST_FULL").is_some();
    said.unwrap_or(if full { 1_000 } else { SCENARIOS })
}

async fn rows_stay(db: &TestDatabase) {
    let mut database = db.connect().await;
    let config =
        Config { rng_seed: RngSeed::Fixed(20_261_124), failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let mut operations = 0;
    for at in 0..how_many() {
        let mut tree = numbers().new_tree(&mut runner).unwrap();
        let mut why = match attempt(db, &mut database, &tree.current()).await {
            Ok(some) => {
                operations += some;
                continue;
            }
            Err(why) => why,
        };
        let mut more = tree.simplify();
        for _ in 0..SMALLER {
            if !more {
                break;
            }
            more = match attempt(db, &mut database, &tree.current()).await {
                Err(other) => {
                    why = other;
                    tree.simplify()
                }
                Ok(_) => tree.complicate(),
            };
        }
        panic!("scenario {at}: {why}");
    }
    println!("rows stay: {} scenarios, {operations} operations, 0 failures", how_many());
    database.close().await;
}

#[test]
fn rows_stay_whatever_changes() {
    run(DialectName::Sqlite, module_path!(), |db| Box::pin(rows_stay(db)));
}
