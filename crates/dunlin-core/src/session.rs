//! What a manager's own code may do on the database: [`Session`].

use std::ops::Deref;
use std::pin::Pin;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::dialect::{DialectName, PerDialect};
use crate::schema::{SqlValue, TableName};

/// A boxed future, so that traits with async functions can be trait objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An error of any origin.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The connection that does the work.
///
/// In a [data step](crate::operation::DataStep) the statements are part of the transaction of its
/// revision, and a statement that changes the schema is refused where it would commit that transaction.
/// In a manager's [own code](crate::manager::Lifecycle) they are committed one by one, unless they begin
/// a transaction themselves.
///
/// When a script is written, [`execute`](Session::execute) adds the statement to it, and
/// [`query`](Session::query) is an error: there is no database to ask.
pub trait Session: Send {
    /// Whose SQL is spoken.
    fn dialect(&self) -> DialectName;

    /// The schema that the host's tables live in; `None` is the connection's default.
    fn schema(&self) -> Option<&str>;

    /// An identifier in the dialect's quotes.
    fn quote(&self, identifier: &str) -> String;

    /// A value as the dialect writes it, safe whatever it holds.
    fn literal(&self, value: &SqlValue) -> String;

    /// Runs one statement: how many rows it inserted, updated or deleted. When a script is written that
    /// is 0.
    ///
    /// # Errors
    /// What the database says.
    fn execute<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<u64, BoxError>>;

    /// Runs one query.
    ///
    /// # Errors
    /// What the database says; always when a script is written.
    fn query<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<Vec<Row>, BoxError>>;

    /// A table's name in quotes, in the host's schema unless it names another.
    fn table(&self, table: &TableName) -> String {
        match table.schema.as_deref().or_else(|| self.schema()) {
            Some(schema) => format!("{}.{}", self.quote(schema), self.quote(&table.name)),
            None => self.quote(&table.name),
        }
    }
}

/// A row: its columns as text, in order, NULL as `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row(Vec<Option<String>>);

impl Row {
    /// A column as text; `None` if it is NULL, or if there is no such column.
    pub fn text(&self, at: usize) -> Option<&str> {
        self.0.get(at).and_then(Option::as_deref)
    }

    /// A column as a value of another type; `None` if it is NULL, or if there is no such column.
    ///
    /// # Errors
    /// It is not of that type.
    pub fn parse<T: FromStr>(&self, at: usize) -> Result<Option<T>, T::Err> {
        self.text(at).map(str::parse).transpose()
    }
}

impl From<Vec<Option<String>>> for Row {
    fn from(columns: Vec<Option<String>>) -> Self {
        Self(columns)
    }
}

impl IntoIterator for Row {
    type Item = Option<String>;
    type IntoIter = std::vec::IntoIter<Option<String>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Deref for Row {
    type Target = [Option<String>];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// Reads a table some rows at a time, in the order of a unique key whose columns are never NULL and no bytes. Rows may
/// be changed meanwhile, but for their keys.
///
/// ```
/// use dunlin_core::session::{Batches, BoxError, Session};
///
/// async fn count(session: &mut dyn Session) -> Result<usize, BoxError> {
///     let mut batches = Batches::new("person", ["id"]).columns(["name"]).size(500);
///     let mut rows = 0;
///     while let Some(batch) = batches.next(session).await? {
///         rows += batch.len();
///     }
///     Ok(rows)
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batches {
    table: TableName,
    key: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    columns: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    expressions: Vec<PerDialect<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    only_where: Option<PerDialect<String>>,
    size: u64,
    #[serde(skip)]
    last: Option<Vec<String>>,
    #[serde(skip)]
    done: bool,
}

impl Batches {
    /// Batches of 1,000 rows: each row is the key's columns.
    pub fn new<K>(table: impl Into<TableName>, key: K) -> Self
    where
        K: IntoIterator<Item: Into<String>>,
    {
        Self {
            table: table.into(),
            key: key.into_iter().map(Into::into).collect(),
            columns: Vec::new(),
            expressions: Vec::new(),
            only_where: None,
            size: 1_000,
            last: None,
            done: false,
        }
    }

    /// Other columns, which each row has behind the key's.
    pub fn columns<C>(mut self, columns: C) -> Self
    where
        C: IntoIterator<Item: Into<String>>,
    {
        self.columns = columns.into_iter().map(Into::into).collect();
        self
    }

    /// An SQL expression over a row, whose value each row has behind the columns; NULL on a database for which it says
    /// nothing.
    pub fn expression(mut self, sql: impl Into<PerDialect<String>>) -> Self {
        self.expressions.push(sql.into());
        self
    }

    /// Only rows that satisfy a condition: all of them on a database for which it says nothing.
    pub fn only_where(mut self, condition: impl Into<PerDialect<String>>) -> Self {
        self.only_where = Some(condition.into());
        self
    }

    /// So many rows at a time: at least one.
    pub fn size(mut self, rows: u64) -> Self {
        self.size = rows.max(1);
        self
    }

    /// Goes on behind the row that has a key: the values of the key's columns, as a row says them.
    pub fn behind(mut self, key: Vec<String>) -> Self {
        self.last = Some(key);
        self
    }

    /// The key of the last row that was read.
    pub fn last_key(&self) -> Option<&[String]> {
        self.last.as_deref()
    }

    /// Whether there may be rows behind the last that was read.
    pub fn has_more(&self) -> bool {
        !self.done
    }

    /// The table.
    pub fn table(&self) -> &TableName {
        &self.table
    }

    /// The columns of the key.
    pub fn key(&self) -> &[String] {
        &self.key
    }

    /// The table, to be given another name.
    pub fn table_mut(&mut self) -> &mut TableName {
        &mut self.table
    }

    /// The query for the next rows.
    fn sql(&self, session: &dyn Session) -> String {
        let quoted = |names: &[String]| names.iter().map(|name| session.quote(name)).collect::<Vec<_>>();
        let key = quoted(&self.key);
        let mut columns = key.clone();
        columns.extend(quoted(&self.columns));
        let here = |sql: &PerDialect<String>| sql.get(session.dialect()).cloned();
        columns.extend(self.expressions.iter().map(|sql| here(sql).unwrap_or_else(|| "NULL".to_owned())));
        let mut conditions: Vec<String> =
            self.only_where.as_ref().and_then(here).into_iter().map(|sql| format!("({sql})")).collect();
        if let Some(last) = &self.last {
            let last: Vec<_> = last.iter().map(|value| session.literal(&value.as_str().into())).collect();
            conditions.push(behind(&key, &last));
        }
        let filter = match conditions.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", conditions.join(" AND ")),
        };
        let (columns, order) = (columns.join(", "), key.join(", "));
        let (table, size) = (session.table(&self.table), self.size);
        format!("SELECT {columns} FROM {table}{filter} ORDER BY {order} LIMIT {size}")
    }

    /// The next rows; `None` behind the last.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next(&mut self, session: &mut dyn Session) -> Result<Option<Vec<Row>>, BoxError> {
        if self.done {
            return Ok(None);
        }
        let sql = self.sql(session);
        let rows = session.query(&sql).await?;
        self.done = (rows.len() as u64) < self.size;
        let Some(row) = rows.last() else { return Ok(None) };
        self.last = Some(row.iter().take(self.key.len()).map(|v| v.clone().unwrap_or_default()).collect());
        Ok(Some(rows))
    }
}

/// `a >= 1 AND (a > 1 OR (a = 1 AND b > 2))`: the keys behind one. Not every database compares rows by an
/// index; the first condition is a bound to all of them.
pub fn behind(key: &[String], last: &[String]) -> String {
    beyond(key, last, [">", ">=", ">"])
}

/// `a <= 1 AND (a < 1 OR (a = 1 AND b <= 2))`: the keys up to one.
pub fn up_to(key: &[String], last: &[String]) -> String {
    beyond(key, last, ["<", "<=", "<="])
}

/// `strict` compares a column before the last, `bound` the first, and `end` the last.
fn beyond(key: &[String], last: &[String], [strict, bound, end]: [&str; 3]) -> String {
    let pairs: Vec<(&String, &String)> = key.iter().zip(last).collect();
    let term = |at: usize| {
        let operator = if at + 1 == pairs.len() { end } else { strict };
        let equal = pairs[..at].iter().map(|(column, value)| format!("{column} = {value}"));
        let beyond = format!("{} {operator} {}", pairs[at].0, pairs[at].1);
        equal.chain([beyond]).collect::<Vec<_>>().join(" AND ")
    };
    match pairs.as_slice() {
        [] => "1 = 1".to_owned(),
        [_] => term(0),
        [(column, value), ..] => {
            let terms: Vec<_> = (0..pairs.len()).map(|at| format!("({})", term(at))).collect();
            format!("{column} {bound} {value} AND ({})", terms.join(" OR "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_several_columns_is_compared_column_by_column() {
        let of = |columns: &[&str]| columns.iter().map(|&column| column.to_owned()).collect::<Vec<_>>();
        assert_eq!(behind(&of(&["a"]), &of(&["1"])), "a > 1");
        assert_eq!(up_to(&of(&["a"]), &of(&["1"])), "a <= 1");
        let (key, last) = (of(&["a", "b"]), of(&["1", "2"]));
        assert_eq!(behind(&key, &last), "a >= 1 AND ((a > 1) OR (a = 1 AND b > 2))");
        assert_eq!(up_to(&key, &last), "a <= 1 AND ((a < 1) OR (a = 1 AND b <= 2))");
    }
}
