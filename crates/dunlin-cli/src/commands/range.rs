//! `a:b`: two targets.

use dunlin::engine::history::Target;

use crate::command_error::CommandError;
use crate::project::Project;

/// Reads `from:to`, where either side may be missing.
///
/// # Errors
/// There is no colon, or a side is no target.
pub(super) fn range(project: &Project, text: &str) -> Result<(Option<Target>, Option<Target>), CommandError> {
    let Some((from, to)) = text.split_once(':') else {
        return Err(CommandError::usage(format!("{text} is no range")).hint("a range is FROM:TO"));
    };
    let side = |text: &str| if text.is_empty() { Ok(None) } else { project.target(text).map(Some) };
    Ok((side(from)?, side(to)?))
}

/// One target, where a range would mean nothing.
///
/// # Errors
/// It is a range, or no target.
pub(super) fn single(project: &Project, text: &str) -> Result<Target, CommandError> {
    if text.contains(':') {
        return Err(CommandError::usage(format!("{text} is a range, and the database says where to begin"))
            .hint("a range is for --sql"));
    }
    project.target(text)
}
