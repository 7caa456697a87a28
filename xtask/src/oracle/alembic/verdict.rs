//! What came of a case, and whether that is as it should be.

use super::Run;

/// What came of a case.
pub(super) enum Outcome {
    /// Both did it: the differences of the two databases.
    Compared(Vec<String>),
    /// Alembic said why not.
    AlembicCannot(String),
    /// We said why not.
    WeCannot(String),
    /// Both said why not.
    NeitherCan { alembic: String, ours: String },
}

/// What came of a case, judged.
pub(super) enum Verdict {
    Equal,
    /// They differ, and should: the differences and the reason.
    OnPurpose {
        differences: Vec<String>,
        why: &'static str,
    },
    /// They differ.
    Different {
        differences: Vec<String>,
    },
    /// We do what Alembic does not: what it said.
    AlembicCannot {
        error: String,
    },
    /// We do not do what Alembic does: what we said, and the reason.
    WeCannot {
        error: String,
        why: Option<&'static str>,
    },
    NeitherCan {
        alembic: String,
        ours: String,
    },
}

impl Verdict {
    /// Judges by the reason there is for a difference.
    pub(super) fn of(outcome: Outcome, reason: Option<&'static str>) -> Self {
        match (outcome, reason) {
            (Outcome::Compared(differences), _) if differences.is_empty() => Self::Equal,
            (Outcome::Compared(differences), Some(why)) => Self::OnPurpose { differences, why },
            (Outcome::Compared(differences), None) => Self::Different { differences },
            (Outcome::AlembicCannot(error), _) => Self::AlembicCannot { error },
            (Outcome::WeCannot(error), why) => Self::WeCannot { error, why },
            (Outcome::NeitherCan { alembic, ours }, _) => Self::NeitherCan { alembic, ours },
        }
    }

    /// In the table of the report.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::OnPurpose { .. } => "on purpose",
            Self::Different { .. } => "**different**",
            Self::AlembicCannot { .. } => "only ours",
            Self::WeCannot { why: Some(_), .. } => "only Alembic",
            Self::WeCannot { why: None, .. } => "**only Alembic**",
            Self::NeitherCan { .. } => "neither",
        }
    }

    fn failure(&self) -> Option<String> {
        match self {
            Self::Different { differences } => Some(format!("\n    {}", differences.join("\n    "))),
            Self::WeCannot { error, why: None } => Some(format!(" only Alembic does it: {error}")),
            _ => None,
        }
    }
}

impl Run {
    /// How many verdicts are of a kind.
    pub(super) fn count(&self, is: impl Fn(&Verdict) -> bool) -> usize {
        self.verdicts.iter().filter(|(_, verdict)| is(verdict)).count()
    }

    /// How many dumps were compared.
    pub(super) fn compared(&self) -> usize {
        self.count(|verdict| {
            matches!(verdict, Verdict::Equal | Verdict::OnPurpose { .. } | Verdict::Different { .. })
        })
    }

    pub(super) fn counts(&self) -> String {
        format!(
            "{} compared: {} equal, {} different on purpose, {} different; only ours {}, only Alembic {}, neither {}",
            self.compared(),
            self.count(|verdict| matches!(verdict, Verdict::Equal)),
            self.count(|verdict| matches!(verdict, Verdict::OnPurpose { .. })),
            self.count(|verdict| matches!(verdict, Verdict::Different { .. })),
            self.count(|verdict| matches!(verdict, Verdict::AlembicCannot { .. })),
            self.count(|verdict| matches!(verdict, Verdict::WeCannot { .. })),
            self.count(|verdict| matches!(verdict, Verdict::NeitherCan { .. })),
        )
    }

    /// What is not as it should be.
    pub(super) fn failures(&self) -> Vec<String> {
        let failure = |(case, verdict): &(String, Verdict)| {
            Some(format!("{}: {case}:{}", self.kind.name(), verdict.failure()?))
        };
        self.verdicts.iter().filter_map(failure).collect()
    }
}
