//! Reads the CREATE TABLE text that SQLite keeps of a table.
//!
//! SQLite's pragmas know neither constraint names nor checks nor collations; all of it stands in the
//! text of `sqlite_master` only, which SQLite takes over from whoever created the table and edits in
//! place when the table is altered. A rebuild must say all of it again. What a [`Table`] cannot say is
//! [lost](SqliteTable::lost), in words, so that it is never dropped silently.
//!
//! The grammar is that of the page "CREATE TABLE" of SQLite's manual, with what SQLite accepts beyond
//! it: names in any quotes, a type in quotes, table constraints without commas between them.

use std::borrow::Cow;

use dunlin_core::schema::{
    Check, Column, Computed, DataType, Deferrable, ForeignKey, MatchType, Name, OnConflict, PrimaryKey,
    ReferentialAction, SqlValue, Table, TableName, Unique,
};

use super::cursor::{Cursor, is_name};
use super::lexer::{TokenKind, tokens};
use dunlin_sql::SqlError;

#[cfg(test)]
mod tests;

/// A table of SQLite as its text describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteTable {
    /// The table, without its indexes: they have texts of their own.
    pub table: Table,
    /// What the text says and `table` does not, such as `DESC of PRIMARY KEY (a)` or the name of a
    /// NOT NULL. A rebuild from `table` would drop it. What only writes out a default (ASC, NULL, NOT
    /// DEFERRABLE) is no loss. Comments are not listed.
    pub lost: Vec<String>,
}

/// Reads the text that SQLite keeps of a table (`sql` of `sqlite_master`), or that created it.
///
/// - A type is what `parse_type` makes of it. Where that is [`DataType::Native`], the declared text is
///   kept to the letter; it may be empty.
/// - A default that is a string becomes [`SqlValue::Text`]; any other is kept to the letter.
/// - Constraints of columns become constraints of the table. Those without a name stay without one.
/// - A column is `autoincrement` if it stands for the row id (`INTEGER PRIMARY KEY`), whether or not
///   the text says AUTOINCREMENT. It is not nullable if the text says NOT NULL, or if SQLite never lets
///   it be NULL: the row id, and any key of a table that is STRICT or WITHOUT ROWID.
/// - A foreign key that names no columns refers to the primary key; its `referred_columns` are empty.
/// - TEMPORARY is the schema `temp`. Names that a constraint repeats are spelled as the column is.
///
/// # Errors
/// The text is not a CREATE TABLE, or it is one without columns: a virtual table, or AS SELECT.
///
/// ```
/// use dunlin_core::prelude::*;
/// use dunlin_engine::dialect::dialect;
/// use dunlin_engine::sql::create_table::read_sqlite;
///
/// let text = r#"CREATE TABLE "pool"(id INTEGER CONSTRAINT pool_pkey PRIMARY KEY AUTOINCREMENT,
///     "slots" int DEFAULT -1, name VARCHAR(50) COLLATE NOCASE NOT NULL)"#;
/// let read = read_sqlite(text, |declared| dialect(DialectName::Sqlite).parse_type(declared)).unwrap();
///
/// let mut pool = Table::build("pool", |t| {
///     t.column("id", DataType::Integer);
///     t.column("slots", DataType::native("int")).server_default(SqlValue::expression("-1"));
///     t.column("name", DataType::string(50).collate("NOCASE")).not_null();
///     t.primary_key("pool_pkey", ["id"]);
/// });
/// pool.options.never_reuse_ids = true;
/// assert_eq!(read.table, pool);
/// assert!(read.lost.is_empty());
/// ```
pub fn read_sqlite(sql: &str, parse_type: impl FnMut(&str) -> DataType) -> Result<SqliteTable, SqlError> {
    let mut cursor = Cursor::new(sql)?;
    let table = Table::new(head(&mut cursor)?);
    let mut reader =
        Reader { cursor, parse_type, table, lost: Vec::new(), declared: Vec::new(), descending_key: false };
    reader.body()?;
    reader.options()?;
    reader.key();
    Ok(SqliteTable { table: reader.table, lost: reader.lost })
}

/// `CREATE TABLE name`, up to the opening bracket.
fn head(cursor: &mut Cursor<'_>) -> Result<TableName, SqlError> {
    cursor.expect_words(&["CREATE"])?;
    let temporary = cursor.skip_words(&["TEMP"]) || cursor.skip_words(&["TEMPORARY"]);
    let is_virtual = !temporary && cursor.skip_words(&["VIRTUAL"]);
    cursor.expect_words(&["TABLE"])?;
    cursor.skip_words(&["IF", "NOT", "EXISTS"]);
    let mut table = TableName::from(cursor.name("the table's name")?);
    if cursor.skip_symbol(".") {
        table = TableName { schema: Some(table.name), name: cursor.name("the table's name")? };
    } else if temporary {
        table.schema = Some("temp".to_owned());
    }
    if is_virtual {
        return Err(SqlError::VirtualTable { table });
    }
    if cursor.at_words(&["AS"]) {
        return Err(SqlError::AsSelect { table });
    }
    Ok(table)
}

struct Reader<'s, F> {
    cursor: Cursor<'s>,
    parse_type: F,
    table: Table,
    lost: Vec<String>,
    /// The type texts of the table's columns, without quotes.
    declared: Vec<Cow<'s, str>>,
    /// `PRIMARY KEY DESC` stands at a column, which then does not stand for the row id.
    descending_key: bool,
}

impl<'s, F: FnMut(&str) -> DataType> Reader<'s, F> {
    /// `(columns, constraints)`.
    fn body(&mut self) -> Result<(), SqlError> {
        self.cursor.expect_symbol("(")?;
        self.column()?;
        let mut constrained = false;
        loop {
            let comma = self.cursor.skip_symbol(",");
            if self.at_table_constraint() || (comma && constrained) {
                self.table_constraint()?;
                constrained = true;
            } else if comma {
                self.column()?;
            } else if self.cursor.skip_symbol(")") {
                return Ok(());
            } else {
                return Err(self.cursor.unexpected("`,` or `)`"));
            }
        }
    }

    /// `name type constraints`.
    fn column(&mut self) -> Result<(), SqlError> {
        let name = self.cursor.name("a column's name")?;
        let declared = self.declared_type()?;
        self.table.columns.push(Column::new(name.clone(), DataType::Native(String::new())));
        let position = self.table.columns.len() - 1;
        let mut collation = None;
        let mut constraint = None;
        loop {
            let start = self.cursor.place();
            let Some(token) = self.cursor.peek(0).filter(|token| token.kind == TokenKind::Word) else {
                break;
            };
            match token.text.to_ascii_uppercase().as_str() {
                "CONSTRAINT" => {
                    self.cursor.skip(1);
                    let name = self.cursor.name("a constraint's name")?;
                    self.unused_name(constraint.replace(name), "nothing");
                    continue;
                }
                "NULL" => {
                    self.cursor.skip(1);
                    self.lost_conflict(&format!("NULL of column {name}"))?;
                }
                "NOT" if self.cursor.at_words(&["NOT", "NULL"]) => {
                    self.cursor.skip(2);
                    self.table.columns[position].nullable = false;
                    self.table.columns[position].not_null_on_conflict = self.on_conflict()?;
                }
                "DEFAULT" => {
                    self.cursor.skip(1);
                    self.table.columns[position].server_default = Some(self.default_value()?.into());
                }
                "COLLATE" => {
                    self.cursor.skip(1);
                    collation = Some(self.cursor.name("a collation's name")?);
                }
                "PRIMARY" => self.column_key(constraint.take(), &name)?,
                "UNIQUE" => {
                    self.cursor.skip(1);
                    self.unique(constraint.take(), vec![name.clone()])?;
                }
                "CHECK" => self.check(constraint.take())?,
                "REFERENCES" => self.references(constraint.take(), vec![name.clone()])?,
                "NOT" | "DEFERRABLE" => {
                    let deferrable = self.deferrable()?;
                    if let Some(key) = self.table.foreign_keys.last_mut() {
                        key.deferrable = deferrable;
                    }
                }
                "GENERATED" | "AS" => self.table.columns[position].computed = Some(self.generated()?),
                _ => break,
            }
            self.unused_name(
                constraint.take(),
                &format!("{} of column {name}", self.cursor.text_since(start)),
            );
        }
        self.unused_name(constraint, "nothing");
        let unquoted = unquoted_type(declared);
        self.table.columns[position].column_type = self.column_type(declared, &unquoted, collation).into();
        self.declared.push(unquoted);
        Ok(())
    }

    /// The type's text as it stands: words, which may be quoted, and arguments in brackets.
    fn declared_type(&mut self) -> Result<&'s str, SqlError> {
        let start = self.cursor.place();
        let mut words = 0;
        while self.cursor.peek(0).as_ref().is_some_and(is_name) && !self.at_column_constraint() {
            self.cursor.skip(1);
            words += 1;
        }
        if words == 0 {
            return Ok("");
        }
        if self.cursor.at_symbol("(") {
            self.cursor.brackets()?;
        }
        Ok(self.cursor.text_since(start))
    }

    /// Words that cannot be part of a type, as they begin what may follow it.
    fn at_column_constraint(&self) -> bool {
        const WORDS: [&str; 11] = [
            "CONSTRAINT",
            "NULL",
            "NOT",
            "DEFAULT",
            "COLLATE",
            "PRIMARY",
            "UNIQUE",
            "CHECK",
            "REFERENCES",
            "DEFERRABLE",
            "AS",
        ];
        let next = self.cursor.peek(0);
        next.is_some_and(|token| WORDS.iter().any(|word| token.is_word(word)))
            || self.cursor.at_words(&["GENERATED", "ALWAYS", "AS"])
    }

    fn column_type(&mut self, declared: &str, unquoted: &str, collation: Option<String>) -> DataType {
        let data_type = match (self.parse_type)(unquoted) {
            DataType::Native(_) => DataType::native(declared),
            known => known,
        };
        match collation {
            Some(collation) => data_type.collate(collation),
            None => data_type,
        }
    }

    /// What follows DEFAULT: `(expression)`, or a literal or word that may have a sign.
    fn default_value(&mut self) -> Result<SqlValue, SqlError> {
        let start = self.cursor.place();
        if self.cursor.at_symbol("(") {
            self.cursor.brackets()?;
            return Ok(SqlValue::expression(self.cursor.text_since(start)));
        }
        let signed = self.cursor.skip_symbol("-") || self.cursor.skip_symbol("+");
        match self.cursor.peek(0) {
            Some(token) if token.kind != TokenKind::Symbol => {
                self.cursor.skip(1);
                if token.kind == TokenKind::String && !signed {
                    return Ok(SqlValue::text(token.value()));
                }
                Ok(SqlValue::expression(self.cursor.text_since(start)))
            }
            _ => Err(self.cursor.unexpected("a default")),
        }
    }

    /// `PRIMARY KEY` at a column.
    fn column_key(&mut self, name: Option<String>, column: &str) -> Result<(), SqlError> {
        self.cursor.expect_words(&["PRIMARY", "KEY"])?;
        if self.cursor.skip_words(&["DESC"]) {
            self.descending_key = true;
            self.lost.push(format!("DESC of PRIMARY KEY ({column})"));
        } else {
            self.cursor.skip_words(&["ASC"]);
        }
        self.primary_key(name, vec![column.to_owned()])?;
        self.table.options.never_reuse_ids |= self.cursor.skip_words(&["AUTOINCREMENT"]);
        Ok(())
    }

    /// A key on these columns, and what may follow them.
    fn primary_key(&mut self, name: Option<String>, columns: Vec<String>) -> Result<(), SqlError> {
        let mut key = PrimaryKey::new(columns);
        key.name = name.map(Name::from);
        key.on_conflict = self.on_conflict()?;
        self.table.primary_key = Some(key);
        Ok(())
    }

    fn unique(&mut self, name: Option<String>, columns: Vec<String>) -> Result<(), SqlError> {
        let mut unique = Unique::new(columns);
        unique.name = name.map(Name::from);
        unique.on_conflict = self.on_conflict()?;
        self.table.uniques.push(unique);
        Ok(())
    }

    /// `[GENERATED ALWAYS] AS (expression) [STORED | VIRTUAL]`.
    fn generated(&mut self) -> Result<Computed, SqlError> {
        self.cursor.skip_words(&["GENERATED", "ALWAYS"]);
        self.cursor.expect_words(&["AS"])?;
        let expression = self.cursor.brackets()?;
        if self.cursor.skip_words(&["STORED"]) {
            return Ok(Computed::stored(expression));
        }
        self.cursor.skip_words(&["VIRTUAL"]);
        Ok(Computed::on_read(expression))
    }

    fn at_table_constraint(&self) -> bool {
        ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"]
            .iter()
            .any(|word| self.cursor.at_words(&[word]))
    }

    fn table_constraint(&mut self) -> Result<(), SqlError> {
        let mut name = None;
        while self.cursor.skip_words(&["CONSTRAINT"]) {
            let next = self.cursor.name("a constraint's name")?;
            self.unused_name(name.replace(next), "nothing");
        }
        if self.cursor.skip_words(&["PRIMARY", "KEY"]) {
            let columns = self.key_columns("PRIMARY KEY")?;
            self.primary_key(name, columns)?;
        } else if self.cursor.skip_words(&["UNIQUE"]) {
            let columns = self.key_columns("UNIQUE")?;
            self.unique(name, columns)?;
        } else if self.cursor.at_words(&["CHECK"]) {
            self.check(name)?;
        } else if self.cursor.skip_words(&["FOREIGN", "KEY"]) {
            let columns = self.cursor.names_in_brackets("a column's name")?;
            let columns = columns.into_iter().map(|column| self.spelled(column)).collect();
            self.references(name, columns)?;
        } else if name.is_some() {
            self.unused_name(name, "nothing");
        } else {
            return Err(self.cursor.unexpected("a constraint"));
        }
        Ok(())
    }

    /// `(a COLLATE x DESC, b)`: names are all that a constraint may have as expressions.
    fn key_columns(&mut self, kind: &str) -> Result<Vec<String>, SqlError> {
        let (mut columns, mut notes) = (Vec::new(), Vec::new());
        self.cursor.expect_symbol("(")?;
        loop {
            let mut open = 0;
            while self.cursor.skip_symbol("(") {
                open += 1;
            }
            let name = self.cursor.name("a column's name")?;
            let column = self.spelled(name);
            loop {
                if self.cursor.skip_words(&["COLLATE"]) {
                    notes.push(format!("COLLATE {} of {column}", self.cursor.name("a collation's name")?));
                } else if open > 0 {
                    self.cursor.expect_symbol(")")?;
                    open -= 1;
                } else {
                    break;
                }
            }
            if self.cursor.skip_words(&["DESC"]) {
                notes.push(format!("DESC of {column}"));
            } else {
                self.cursor.skip_words(&["ASC"]);
            }
            self.table.options.never_reuse_ids |= self.cursor.skip_words(&["AUTOINCREMENT"]);
            columns.push(column);
            if !self.cursor.skip_symbol(",") {
                break;
            }
        }
        self.cursor.expect_symbol(")")?;
        let of = clause(kind, &columns);
        self.lost.extend(notes.iter().map(|note| format!("{note} in {of}")));
        Ok(columns)
    }

    /// `CHECK (expression)`.
    fn check(&mut self, name: Option<String>) -> Result<(), SqlError> {
        self.cursor.expect_words(&["CHECK"])?;
        let expression = self.cursor.brackets()?.to_owned();
        self.lost_conflict(&clause("CHECK", &[&expression]))?;
        let mut check = Check::new(expression);
        check.name = name.map(Name::from);
        self.table.checks.push(check);
        Ok(())
    }

    /// `REFERENCES table (columns) …`, for a column or behind `FOREIGN KEY (columns)`.
    fn references(&mut self, name: Option<String>, columns: Vec<String>) -> Result<(), SqlError> {
        self.cursor.expect_words(&["REFERENCES"])?;
        let of = clause("FOREIGN KEY", &columns);
        let table = self.cursor.name("the table referred to")?;
        let named = self.cursor.at_symbol("(");
        let referred =
            if named { self.cursor.names_in_brackets("a column referred to")? } else { Vec::new() };
        let mut key = ForeignKey::new(columns, table, referred);
        key.name = name.map(Name::from);
        loop {
            if self.cursor.skip_words(&["ON", "DELETE"]) {
                key.on_delete = self.action()?;
            } else if self.cursor.skip_words(&["ON", "UPDATE"]) {
                key.on_update = self.action()?;
            } else if self.cursor.skip_words(&["ON", "INSERT"]) {
                let action = self.action()?;
                self.lost.push(format!("ON INSERT {} of {of}", action.as_sql()));
            } else if self.cursor.skip_words(&["MATCH"]) {
                let kind = self.cursor.name("a kind of match")?.to_ascii_uppercase();
                match kind.as_str() {
                    "SIMPLE" => key.match_type = Some(MatchType::Simple),
                    "FULL" => key.match_type = Some(MatchType::Full),
                    "PARTIAL" => key.match_type = Some(MatchType::Partial),
                    _ => self.lost.push(format!("MATCH {kind} of {of}")),
                }
            } else if self.cursor.at_words(&["DEFERRABLE"]) || self.cursor.at_words(&["NOT", "DEFERRABLE"]) {
                key.deferrable = self.deferrable()?;
            } else {
                break;
            }
        }
        self.table.foreign_keys.push(key);
        Ok(())
    }

    fn action(&mut self) -> Result<ReferentialAction, SqlError> {
        use ReferentialAction::{Cascade, NoAction, Restrict, SetDefault, SetNull};
        [
            (["SET", "NULL"].as_slice(), SetNull),
            (&["SET", "DEFAULT"], SetDefault),
            (&["CASCADE"], Cascade),
            (&["RESTRICT"], Restrict),
            (&["NO", "ACTION"], NoAction),
        ]
        .into_iter()
        .find_map(|(words, action)| self.cursor.skip_words(words).then_some(action))
        .ok_or_else(|| self.cursor.unexpected("what the foreign key does"))
    }

    /// `[NOT] DEFERRABLE [INITIALLY …]`. With NOT, nothing is deferred, whatever follows.
    fn deferrable(&mut self) -> Result<Option<Deferrable>, SqlError> {
        let not = self.cursor.skip_words(&["NOT"]);
        self.cursor.expect_words(&["DEFERRABLE"])?;
        let mut deferrable = Deferrable::InitiallyImmediate;
        if self.cursor.skip_words(&["INITIALLY"]) {
            deferrable = match self.one_of(&["DEFERRED", "IMMEDIATE"]) {
                Some("DEFERRED") => Deferrable::InitiallyDeferred,
                Some(_) => deferrable,
                None => return Err(self.cursor.unexpected("DEFERRED or IMMEDIATE")),
            };
        }
        Ok((!not).then_some(deferrable))
    }

    /// `ON CONFLICT …`, if it stands here.
    fn on_conflict(&mut self) -> Result<Option<OnConflict>, SqlError> {
        use OnConflict::{Abort, Fail, Ignore, Replace, Rollback};
        if !self.cursor.skip_words(&["ON", "CONFLICT"]) {
            return Ok(None);
        }
        [("ABORT", Abort), ("ROLLBACK", Rollback), ("FAIL", Fail), ("IGNORE", Ignore), ("REPLACE", Replace)]
            .into_iter()
            .find_map(|(word, action)| self.cursor.skip_words(&[word]).then_some(Some(action)))
            .ok_or_else(|| self.cursor.unexpected("what is done on conflict"))
    }

    /// `ON CONFLICT …` where the model has no place for it, and where it only says what happens anyway
    /// unless it is another action than ABORT.
    fn lost_conflict(&mut self, of: &str) -> Result<(), SqlError> {
        let action = self.on_conflict()?.filter(|action| *action != OnConflict::Abort);
        self.lost.extend(action.map(|action| format!("{} of {of}", action.as_sql())));
        Ok(())
    }

    /// Passes over one of these words.
    fn one_of(&mut self, words: &[&'static str]) -> Option<&'static str> {
        words.iter().copied().find(|word| self.cursor.skip_words(&[word]))
    }

    /// SQLite lets anything have a name, but a table has no place for those of NOT NULL and the like.
    fn unused_name(&mut self, name: Option<String>, of: &str) {
        self.lost.extend(name.map(|name| format!("CONSTRAINT {name} (the name of {of})")));
    }

    /// A column's name as the column itself spells it: SQLite does not tell `a` from `A`.
    fn spelled(&self, name: String) -> String {
        let column = self.table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(&name));
        column.map_or(name, |column| column.name.clone())
    }

    /// What follows the closing bracket.
    fn options(&mut self) -> Result<(), SqlError> {
        while self.cursor.peek(0).is_some() && !self.cursor.at_symbol(";") {
            if self.cursor.skip_words(&["WITHOUT", "ROWID"]) {
                self.table.options.without_rowid = true;
            } else if self.cursor.skip_words(&["STRICT"]) {
                self.table.options.strict = true;
            } else {
                return Err(self.cursor.unexpected("an option of the table"));
            }
            if !self.cursor.skip_symbol(",") {
                break;
            }
        }
        self.cursor.skip_symbol(";");
        self.cursor.expect_end()
    }

    /// What the primary key makes of its columns.
    fn key(&mut self) {
        let Some(key) = &self.table.primary_key else { return };
        let (strict, without_rowid) = (self.table.options.strict, self.table.options.without_rowid);
        let columns = self.table.columns.iter_mut().zip(&self.declared);
        for (column, declared) in columns.filter(|(column, _)| key.columns.contains(&column.name)) {
            let integer = declared.eq_ignore_ascii_case("INTEGER");
            let row_id = integer && key.columns.len() == 1 && !self.descending_key && !without_rowid;
            column.autoincrement = row_id;
            column.nullable &= !(row_id || without_rowid || strict);
        }
    }
}

/// `UNIQUE (a, b)`, for [`SqliteTable::lost`].
fn clause(kind: &str, columns: &[impl AsRef<str>]) -> String {
    let columns: Vec<_> = columns.iter().map(AsRef::as_ref).collect();
    format!("{kind} ({})", columns.join(", "))
}

/// A type that is one word in quotes means what it means without them.
fn unquoted_type(declared: &str) -> Cow<'_, str> {
    if !declared.contains(['"', '`', '[', '\'']) {
        return Cow::Borrowed(declared);
    }
    match tokens(declared).as_deref() {
        Ok([only]) => only.value(),
        _ => Cow::Borrowed(declared),
    }
}
