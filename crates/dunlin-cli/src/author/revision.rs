//! `revision`: a new revision file.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args};
use dunlin::Database;
use dunlin::core::revision::Revision;
use dunlin::engine::owner::Owner;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::draft::Wanted;
use super::{Against, Author};
use crate::command_error::CommandError;
use crate::exit::ExitStatus;

/// Write a new revision file behind the newest revision.
///
/// With --autogenerate it does what makes of the database, which must stand at the newest revision, what
/// the models want; with --offline as well, of what the revisions leave. Where nothing differs, no file is
/// written; what somebody changed by hand in the database, or the database could not be asked about, is named,
/// and no part of it. What a database will not do of it is said in a warning.
#[derive(Debug, Clone, Args)]
#[command(
    group(ArgGroup::new("for_databases").args(["sql", "offline"]).multiple(true)),
    mut_arg("dialect", |arg| arg.requires("for_databases")),
)]
pub struct NewRevision {
    #[command(flatten)]
    content: Content,
    /// Write SQL, with a section for each of --dialect (else for the database's own), instead of Rust.
    #[arg(long)]
    sql: bool,
    /// The revision's id; else one is made.
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
    /// The directory of the revision files.
    #[arg(long, value_name = "DIRECTORY", default_value = "migrations/versions")]
    directory: PathBuf,
}

/// What a new revision is about, and what it is filled with.
#[derive(Debug, Clone, Args)]
#[command(
    mut_arg("offline", |arg| arg.requires("autogenerate")),
    mut_arg("renames", |arg| arg.requires("autogenerate")),
)]
pub(crate) struct Content {
    /// What the revision is about.
    #[arg(short, long, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) message: String,
    /// Fill it with what differs between the models and the database.
    #[arg(long)]
    pub(crate) autogenerate: bool,
    #[command(flatten)]
    pub(crate) against: Against,
}

impl Content {
    /// Whether no database is needed.
    pub(crate) fn is_offline(&self) -> bool {
        self.against.is_offline() || !self.autogenerate
    }

    /// What is wanted of a file in SQL, or in Rust.
    pub(crate) fn wanted(&self, sql: bool) -> Wanted<'_> {
        Wanted { against: &self.against, autogenerate: self.autogenerate, sql }
    }
}

/// Characters of a message in a file's name.
const SLUG: usize = 40;

impl NewRevision {
    /// Whether no database is needed.
    pub fn is_offline(&self) -> bool {
        self.content.is_offline()
    }

    /// Writes the file; `database` is the one that is meant, unless the command is offline.
    ///
    /// # Errors
    /// The directory does not exist or has such a file, the models cannot be compared, or what differs
    /// cannot be written.
    pub async fn run(
        &self,
        author: &Author<'_>,
        database: Option<&mut Database>,
    ) -> Result<ExitStatus, CommandError> {
        let owner = author.migrator.owner(author.owner).map_err(author.failed)?;
        if !self.directory.is_dir() {
            let text = format!("there is no directory {}", self.directory.display());
            return Err(CommandError::failed(text).hint("say where the revision files are with --directory"));
        }
        let id = new_revision_id(owner, self.rev_id.as_deref())?;
        let message = &self.content.message;
        let mut revision = Revision::new(id.as_str()).message(message);
        if let Some(head) = owner.history().single_head().map_err(CommandError::failed)? {
            revision = revision.down_revision(head);
        }
        let Some(draft) = self.content.wanted(self.sql).draft(author, revision, database).await? else {
            return Ok(ExitStatus::Done);
        };
        let extension = if self.sql { "sql" } else { "rs" };
        let path = self.directory.join(format!("{id}_{}.{extension}", slug(message, SLUG)));
        write_new(&path, &draft.text)?;
        draft.warnings.iter().for_each(|line| author.ui.note(line));
        author.ui.line(&path.display().to_string());
        Ok(ExitStatus::Done)
    }
}

/// The id of a new revision of an owner: the one that is given, else one is made.
///
/// # Errors
/// It cannot be one, or another revision has it.
pub(crate) fn new_revision_id(owner: &Owner, given: Option<&str>) -> Result<String, CommandError> {
    let id = match given {
        Some(id) => checked(id)?,
        None => new_id(),
    };
    match owner.revision(&id.as_str().into()) {
        None => Ok(id),
        Some(_) => Err(CommandError::usage(format!("{} has a revision {id} already", owner.name()))
            .hint("leave --rev-id out, and one is made")),
    }
}

/// An id that can be one and be part of a file's name.
fn checked(id: &str) -> Result<String, CommandError> {
    let fits = !id.is_empty() && id.len() <= 32;
    if ["base", "head", "heads", "current"].contains(&id) {
        return Err(CommandError::usage(format!("{id} is a target by itself, and no revision id"))
            .hint("leave --rev-id out, and one is made"));
    }
    match fits && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        true => Ok(id.to_owned()),
        false => Err(CommandError::usage(format!("{id} is no revision id"))
            .hint("an id is at most 32 letters, digits and underscores")),
    }
}

/// Twelve hexadecimal digits that nobody has had.
pub(crate) fn new_id() -> String {
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u128(std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos()));
    format!("{:012x}", hasher.finish() >> 16)
}

/// Whether a character may stand in a word: marks belong to the letters that they stand on.
pub(crate) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// A message as part of a file's name: its letters and digits, of whatever script, in at most so many characters. File
/// systems allow 255 bytes for the whole name.
pub(crate) fn slug(message: &str, longest: usize) -> String {
    const BYTES: usize = 200;
    let message: String = message.to_lowercase().nfc().collect();
    let words = message.split(|c| !is_of_word(c)).filter(|word| word.contains(char::is_alphanumeric));
    let mut slug = String::new();
    for word in words {
        let fits = |slug: &str| {
            slug.chars().count() + word.chars().count() < longest && slug.len() + word.len() < BYTES
        };
        if slug.is_empty() {
            slug.extend(word.chars().take(longest.min(BYTES / char::MAX.len_utf8())));
        } else if fits(&slug) {
            slug.push('_');
            slug.push_str(word);
        } else {
            break;
        }
    }
    if slug.is_empty() { "revision".to_owned() } else { slug }
}

/// Writes a file that is not there yet.
///
/// # Errors
/// It is there, or cannot be written.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<(), CommandError> {
    use std::io::{ErrorKind, Write as _};
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => CommandError::failed(format!("{} exists already", path.display()))
            .hint("delete it or move it away first, or let this write another file"),
        _ => CommandError::failed(format!("cannot write {}: {error}", path.display())),
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use clap::error::ErrorKind;

    use super::*;

    #[test]
    fn a_message_becomes_a_short_part_of_a_name() {
        assert_eq!(slug("Create the ticket table!", SLUG), "create_the_ticket_table");
        assert_eq!(slug("a".repeat(60).as_str(), SLUG).len(), SLUG);
        assert_eq!(slug("Größe ändern", SLUG), "größe_ändern");
        assert_eq!(slug("créer la table été", SLUG), "créer_la_table_été");
        assert_eq!(slug("таблица заказов: 表を作成", SLUG), "таблица_заказов_表を作成");
        assert_eq!(slug(&"表".repeat(60), SLUG).chars().count(), SLUG);
        assert!(slug(&"表 ".repeat(200), 200).len() <= 200 && slug(&"𝔸".repeat(200), 200).len() <= 200);
        assert_eq!(slug("ไม่ใช่ ที่นี่", SLUG), "ไม่ใช่_ที่นี่");
        assert_eq!(slug("नमस्ते दुनिया", SLUG), "नमस्ते_दुनिया");
        assert_eq!(slug("தமிழ் அட்டவணை", SLUG), "தமிழ்_அட்டவணை");
        assert_eq!(slug("cafe\u{301} \u{301}", SLUG), "café");
        assert_eq!(slug("?!", SLUG), "revision");
        assert!(slug("one two three four five six seven eight nine ten eleven", SLUG).len() <= SLUG);
    }

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        revision: NewRevision,
    }

    fn parse(arguments: &[&str]) -> Result<Line, ErrorKind> {
        let line = ["program", "-m", "x"].iter().chain(arguments);
        Line::try_parse_from(line).map_err(|error| error.kind())
    }

    #[test]
    fn what_would_be_passed_over_is_an_error() {
        let refused: [&[&str]; 5] = [
            &["--offline"],
            &["--rename", "a=b"],
            &["--dialect", "mysql"],
            &["--dialect", "mysql", "--autogenerate"],
            &["--sql", "--offline"],
        ];
        for arguments in refused {
            assert_eq!(parse(arguments).unwrap_err(), ErrorKind::MissingRequiredArgument, "{arguments:?}");
        }
        let taken: [&[&str]; 6] = [
            &[],
            &["--sql", "--dialect", "mysql"],
            &["--autogenerate", "--rename", "a=b"],
            &["--autogenerate", "--offline", "--dialect", "mysql,sqlite", "--rename", "a=b"],
            &["--autogenerate", "--sql", "--dialect", "mysql"],
            &["--autogenerate", "--sql", "--offline"],
        ];
        for arguments in taken {
            assert!(parse(arguments).is_ok(), "{arguments:?}");
        }
        let unsaid = Line::try_parse_from(["program", "-m", ""]).map_err(|error| error.kind());
        assert_eq!(unsaid.unwrap_err(), ErrorKind::InvalidValue);
    }

    #[test]
    fn ids_are_twelve_digits_and_differ() {
        let (one, other) = (new_id(), new_id());
        assert!(one != other && one.len() == 12 && one.chars().all(|c| c.is_ascii_hexdigit()), "{one}");
    }

    #[test]
    fn an_id_that_could_leave_the_directory_is_none() {
        assert!(checked("../x").is_err() && checked("").is_err() && checked(&"a".repeat(33)).is_err());
        assert!(checked("d759c6d30f5a").is_ok());
    }
}
