//! Plans as a text that the database's own client runs.

use super::render::{RenderedStage, RenderedStep};
use super::stage::StageKind;
use crate::dialect::{Dialect, Suspension};
use crate::sql::lexer::tokens;

/// Rendered steps as a text that the database's own client runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    text: String,
    client_cuts_bodies: bool,
}

impl Script {
    /// An empty script, but for the session settings under which revisions run, and for what makes the
    /// database's client stop at the first error: going on behind a failed step loses data.
    pub fn new(dialect: &dyn Dialect) -> Self {
        let mut script = Self { client_cuts_bodies: dialect.client_cuts_bodies(), ..Self::default() };
        if let Some(line) = dialect.stop_at_error() {
            script.text.push_str(line);
            script.text.push('\n');
        }
        dialect.session_settings().iter().for_each(|sql| script.statement(sql));
        script.text.push('\n');
        script
    }

    /// Adds a comment line.
    pub fn comment(&mut self, line: &str) {
        self.text.push_str(&format!("-- {}\n", line.trim_end().replace(['\n', '\r'], " ")));
    }

    /// Adds one statement.
    pub fn statement(&mut self, sql: &str) {
        let sql = sql.trim_end().trim_end_matches(';').trim_end();
        if self.client_cuts_bodies && has_body(sql) {
            let delimiter =
                ["//", "$$", "||", "@@@"].into_iter().find(|it| !sql.contains(it)).unwrap_or("%%%%");
            self.text.push_str(&format!("DELIMITER {delimiter}\n{sql}\n{delimiter}\nDELIMITER ;\n"));
            return;
        }
        self.text.push_str(sql);
        // A comment at its end must not swallow the semicolon.
        let last = sql.lines().next_back().unwrap_or_default();
        self.text.push_str(if last.contains("--") || last.contains('#') { "\n;\n" } else { ";\n" });
    }

    /// Adds a step: its hazards and functions as comments, each stage in a transaction where it is one.
    pub fn step(&mut self, step: &RenderedStep, dialect: &dyn Dialect) {
        self.comment(&step.title);
        step.hazards.iter().for_each(|hazard| self.comment(&format!("hazard: {hazard}")));
        let mut stages = step.stages.iter().peekable();
        while let Some(stage) = stages.next() {
            match stage.stage.kind {
                StageKind::Batches => {
                    // What only writes down that it is done is done with it.
                    let rows = stages.next_if(|next| next.stage.operations.is_empty());
                    self.batches(stage, rows);
                }
                StageKind::Together | StageKind::Rows | StageKind::Alone => self.stage(stage, dialect),
            }
        }
        self.text.push('\n');
    }

    /// What is done in batches is one transaction, as a script cannot go on where it stopped.
    fn batches(&mut self, stage: &RenderedStage, rows: Option<&RenderedStage>) {
        self.functions(stage);
        self.comment("the program does this some rows at a time, each time in a transaction of its own");
        self.statement("BEGIN");
        self.statements(&stage.statements);
        rows.into_iter().for_each(|rows| self.statements(&rows.statements));
        self.statement("COMMIT");
    }

    fn functions(&mut self, stage: &RenderedStage) {
        for function in &stage.functions {
            self.comment(&format!("not in this script, as it is a function of the program: {function}"));
        }
    }

    fn stage(&mut self, stage: &RenderedStage, dialect: &dyn Dialect) {
        self.functions(stage);
        let suspension = match stage.suspends_foreign_keys {
            true => dialect.suspend_foreign_keys(stage.stage.changed_tables().as_ref()),
            false => Suspension::default(),
        };
        let transaction = stage.stage.is_transaction(dialect);
        self.statements(&suspension.before);
        if transaction {
            self.statement("BEGIN");
        }
        self.statements(&suspension.first);
        self.statements(&stage.statements);
        self.statements(&suspension.last);
        if transaction {
            self.statement("COMMIT");
        }
        self.statements(&suspension.after);
    }

    fn statements(&mut self, statements: &[String]) {
        statements.iter().for_each(|sql| self.statement(sql));
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Whether there is a semicolon within a statement, outside quotes and comments.
fn has_body(sql: &str) -> bool {
    match tokens(sql) {
        Ok(tokens) => tokens.iter().any(|token| token.is_symbol(";")),
        Err(_) => sql.contains(';'),
    }
}

#[cfg(test)]
mod tests {
    use dunlin_core::dialect::DialectName;

    use super::*;
    use crate::dialect::dialect;

    #[test]
    fn the_mysql_client_is_told_where_a_statement_with_a_body_ends() {
        let text = |name, sql: &str| {
            let mut script = Script { text: String::new(), ..Script::new(dialect(name)) };
            script.statement(sql);
            script.text
        };
        let body = "CREATE TRIGGER t BEFORE INSERT ON i FOR EACH ROW BEGIN SET @a = 1; SET @b = 2; END";
        let mysql = format!("DELIMITER //\n{body}\n//\nDELIMITER ;\n");
        assert_eq!(text(DialectName::MySql, &format!("{body};")), mysql);
        assert_eq!(text(DialectName::MariaDb, body), mysql);
        assert_eq!(text(DialectName::Postgres, body), format!("{body};\n"));
        assert_eq!(text(DialectName::Sqlite, body), format!("{body};\n"));
        let url = format!("{body} /* http://; */");
        assert_eq!(text(DialectName::MySql, &url), format!("DELIMITER $$\n{url}\n$$\nDELIMITER ;\n"));
        let plain = "INSERT INTO t VALUES ('a;b') /* ; */";
        assert_eq!(text(DialectName::MySql, plain), format!("{plain};\n"));
    }
}
