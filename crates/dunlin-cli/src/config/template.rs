//! How new revision files are called.

use jiff::Zoned;

/// The name of a new revision file, without its extension, with `{…}` for what differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTemplate(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Token(Token),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Rev,
    Slug,
    Epoch,
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// How the name of a file or directory begins where no revisions are read.
pub(crate) const PASSED_OVER: [char; 2] = ['_', '.'];

const TOKENS: [(&str, Token); 9] = [
    ("rev", Token::Rev),
    ("slug", Token::Slug),
    ("epoch", Token::Epoch),
    ("year", Token::Year),
    ("month", Token::Month),
    ("day", Token::Day),
    ("hour", Token::Hour),
    ("minute", Token::Minute),
    ("second", Token::Second),
];

impl Default for FileTemplate {
    /// `{rev}_{slug}`
    fn default() -> Self {
        Self(vec![Part::Token(Token::Rev), Part::Text("_".to_owned()), Part::Token(Token::Slug)])
    }
}

impl FileTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    ///
    /// ```
    /// use dunlin_cli::config::FileTemplate;
    ///
    /// let template = FileTemplate::parse("{year}/{month}{day}_{rev}").unwrap();
    /// let time = "2026-02-03T04:05:06[UTC]".parse().unwrap();
    /// assert_eq!(template.name("a1", "add_price", &time), "2026/0203_a1");
    /// assert!(FileTemplate::parse("{slug}").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            let Some((name, behind)) = behind.split_once('}') else {
                return Err("has a { without a }".to_owned());
            };
            let known = TOKENS.iter().find(|(known, _)| *known == name);
            let Some((_, token)) = known else {
                let all: Vec<&str> = TOKENS.iter().map(|(name, _)| *name).collect();
                return Err(format!("has {{{name}}}, which is none of {}", all.join(", ")));
            };
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Token(*token));
            rest = behind;
        }
        if rest.contains('}') {
            return Err("has a } without a {".to_owned());
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        if !parts.contains(&Part::Token(Token::Rev)) {
            return Err("must have {rev} in it, so that no two files have one name".to_owned());
        }
        let outside = |part: &str| part.is_empty() || part == "." || part == "..";
        if text.split('/').any(outside) || text.contains('\\') {
            return Err("must be a relative path with names between its slashes".to_owned());
        }
        if text.split('/').any(|part| part.starts_with(PASSED_OVER)) {
            return Err(
                "must not have a name that begins with _ or a dot: such a file is not read".to_owned()
            );
        }
        Ok(Self(parts))
    }

    /// Whether a file goes into a directory of the version location.
    pub fn has_directory(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Text(text) if text.contains('/')))
    }

    /// The name of a file, which may have slashes in it.
    pub fn name(&self, rev: &str, slug: &str, time: &Zoned) -> String {
        let text = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Token(Token::Rev) => rev.to_owned(),
            Part::Token(Token::Slug) => slug.to_owned(),
            Part::Token(Token::Epoch) => time.timestamp().as_second().to_string(),
            Part::Token(Token::Year) => time.year().to_string(),
            Part::Token(Token::Month) => format!("{:02}", time.month()),
            Part::Token(Token::Day) => format!("{:02}", time.day()),
            Part::Token(Token::Hour) => format!("{:02}", time.hour()),
            Part::Token(Token::Minute) => format!("{:02}", time.minute()),
            Part::Token(Token::Second) => format!("{:02}", time.second()),
        };
        self.0.iter().map(text).collect()
    }
}
