//! Answers to catalog queries: many rows of short texts.

use std::ops::Range;

use futures_util::{Stream, TryStreamExt as _};
use sqlx::{ColumnIndex, Decode, Either};

/// A row whose texts stand one behind the other, so that it can be read into again and again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    texts: String,
    cells: Vec<Option<Range<usize>>>,
}

impl Row {
    /// A column as text; `None` if it is NULL, or if there is no such column.
    pub(crate) fn text(&self, at: usize) -> Option<&str> {
        self.texts.get(self.cells.get(at)?.clone()?)
    }

    /// Reads a row. Every server sends text: the statements are not prepared.
    fn read<R>(&mut self, told: &R) -> Result<(), sqlx::Error>
    where
        R: sqlx::Row,
        usize: ColumnIndex<R>,
        for<'r> Option<&'r str>: Decode<'r, R::Database>,
    {
        self.texts.clear();
        self.cells.clear();
        for at in 0..told.len() {
            let cell: Option<&str> = told.try_get_unchecked(at)?;
            let start = self.texts.len();
            self.texts.push_str(cell.unwrap_or_default());
            self.cells.push(cell.map(|_| start..self.texts.len()));
        }
        Ok(())
    }
}

/// Reads the answers to several queries. `take` gets each row with the place of its query; a failure comes
/// with that of the query that failed.
pub(super) async fn each<D, R>(
    mut answers: impl Stream<Item = Result<Either<D, R>, sqlx::Error>> + Unpin,
    mut take: impl FnMut(usize, &Row) + Send,
) -> Result<(), (usize, sqlx::Error)>
where
    R: sqlx::Row,
    usize: ColumnIndex<R>,
    for<'r> Option<&'r str>: Decode<'r, R::Database>,
{
    let mut row = Row::default();
    let mut at = 0;
    while let Some(next) = answers.try_next().await.map_err(|error| (at, error))? {
        match next {
            Either::Left(_) => at += 1,
            Either::Right(told) => {
                row.read(&told).map_err(|error| (at, error))?;
                take(at, &row);
            }
        }
    }
    Ok(())
}
