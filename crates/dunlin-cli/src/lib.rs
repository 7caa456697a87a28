//! What programs that host dunlin share: which managers are registered, how reports read, which exit
//! code an outcome has, and what to do about an error.
//!
//! This is the only library of dunlin that prints, and it prints through [`Ui`].

pub mod author;
mod command_error;
pub mod commands;
pub mod config;
mod exit;
mod hint;
pub mod program;
mod project;
mod registry;
mod report;
mod ui;

pub use command_error::CommandError;
pub use exit::ExitStatus;
pub use hint::{Hints, UNKNOWN_REVISION, hint};
pub use project::{Delegation, Project};
pub use registry::{Registry, RegistryError};
pub use report::{describe_rows, print_status, progress, summarize, why_not_up_to_date};
pub use ui::Ui;
