//! What came of a case.

use serde_json::Value;

/// What came of a case with one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Nothing changed, and nothing was found.
    Quiet,
    /// Nothing changed, and something was found, or it could not be compared.
    Alarm,
    /// The models of this side cannot say it.
    Unsaid,
    /// Nothing was found.
    NotFound,
    /// It was found, made, and then not found any more.
    Converges,
    /// The same, when it was said that something has a new name.
    Renamed,
    /// Something was found, and cannot be made.
    NotMade,
    /// Something was found and made, but it is not what the models say.
    NotConverged,
    /// It was found and made, and cannot be taken back.
    NotUndone,
    /// A new name was taken for something dropped and something added.
    DropAndAdd,
    /// It was found, and made in one run and not in another.
    ByChance,
}

impl Word {
    /// In the tables of the report.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Quiet | Self::Converges => "●",
            Self::Renamed => "?",
            Self::NotMade | Self::NotConverged | Self::NotUndone => "◐",
            Self::DropAndAdd => "⇄",
            Self::ByChance => "~",
            Self::NotFound => "○",
            Self::Alarm => "!",
            Self::Unsaid => "–",
        }
    }

    /// In words, where it is less than everything.
    pub(super) fn said(self) -> &'static str {
        match self {
            Self::Quiet | Self::Converges | Self::Renamed => "as it should be",
            Self::Alarm => "found where nothing changed",
            Self::Unsaid => "cannot be said",
            Self::NotFound => "not found",
            Self::NotMade => "found, and cannot be made",
            Self::NotConverged => "found and made, and not what the models say",
            Self::NotUndone => "found and made, and cannot be taken back",
            Self::DropAndAdd => "found as a drop and an addition",
            Self::ByChance => "found, and made by chance",
        }
    }

    /// Whether everything is as it should be.
    pub(super) fn is_complete(self) -> bool {
        matches!(self, Self::Quiet | Self::Converges | Self::Renamed)
    }

    /// Whether a change was noticed, in whatever way.
    pub(super) fn is_found(self) -> bool {
        !matches!(self, Self::Quiet | Self::Alarm | Self::Unsaid | Self::NotFound)
    }
}

/// What came of a case with one side, and more about it.
pub(super) struct Verdict {
    pub(super) word: Word,
    /// Why it is less than everything.
    pub(super) notes: Vec<String>,
    /// What was found before anything changed.
    pub(super) alarms: Vec<String>,
}

impl Verdict {
    /// The same, where something only has a new name: what that makes of a change that was done.
    pub(super) fn renamed(self, done: Word) -> Self {
        match self.word {
            Word::Converges => Self { word: done, ..self },
            _ => self,
        }
    }

    /// The same, found to be less than it seemed.
    pub(super) fn but(self, word: Word, notes: Vec<String>) -> Self {
        Self { word, notes, ..self }
    }
}

/// What one side answers.
pub(super) struct Found {
    pub(super) found: Vec<String>,
    alarms: Vec<String>,
    left: Vec<String>,
    /// What one of the two models says and this side cannot.
    unsaid: Vec<String>,
    /// What both of them say and this side cannot.
    never_said: Vec<String>,
    not_compared: Option<String>,
    not_applied: Option<String>,
}

impl Found {
    pub(super) fn read(value: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let list = |name: &str| value[name].as_array().into_iter().flatten().filter_map(text).collect();
        Self {
            found: list("found"),
            alarms: list("alarms"),
            left: list("left"),
            unsaid: list("unsaid"),
            never_said: list("never_said"),
            not_compared: text(&value["not_compared"]),
            not_applied: text(&value["not_applied"]),
        }
    }

    /// Whether the database may now be what the models say.
    pub(super) fn may_converge(&self) -> bool {
        !self.found.is_empty() && self.not_compared.is_none() && self.not_applied.is_none()
    }

    pub(super) fn of_unchanged(self) -> Verdict {
        let alarms: Vec<String> = self.alarms.into_iter().chain(self.not_compared).collect();
        let word = match (alarms.is_empty(), self.never_said.is_empty()) {
            (true, _) => Word::Quiet,
            (false, true) => Word::Alarm,
            (false, false) => Word::Unsaid,
        };
        Verdict { word, notes: alarms.clone(), alarms }
    }

    /// The verdict on a change, where the database's dump differs so from that of one made of the models.
    pub(super) fn of_change(self, differences: Vec<String>) -> Verdict {
        let (word, notes) = match (self.not_compared, self.not_applied) {
            (Some(why), _) => (Word::NotFound, vec![why]),
            _ if self.found.is_empty() && !self.unsaid.is_empty() => (Word::Unsaid, self.unsaid),
            _ if self.found.is_empty() => (Word::NotFound, Vec::new()),
            (_, Some(why)) => (Word::NotMade, vec![why]),
            _ if !self.left.is_empty() => (Word::NotConverged, self.left),
            _ if !differences.is_empty() => (Word::NotConverged, differences),
            _ => (Word::Converges, Vec::new()),
        };
        Verdict { word, notes, alarms: self.alarms }
    }
}
