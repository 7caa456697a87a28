//! The real history's revisions and releases, as `oracle facts` wrote them down.

use std::fs::File;
use std::io::{BufRead, BufReader};

use flate2::read::GzDecoder;
use serde::Deserialize;

use super::super::repository;
use crate::Result;

#[derive(Deserialize)]
struct Line {
    way: String,
    revision: String,
    release: Option<String>,
}

/// The revisions, in their order, with the release that each ends.
pub(super) struct History {
    revisions: Vec<(String, Option<String>)>,
}

impl History {
    pub(super) fn read() -> Result<Self> {
        let file = File::open(repository().join("apps/airflow/facts/walk-postgres.jsonl.gz"))?;
        let mut revisions = Vec::new();
        for line in BufReader::new(GzDecoder::new(file)).lines() {
            let line: Line = serde_json::from_str(&line?)?;
            if line.way == "upgrade" {
                revisions.push((line.revision, line.release));
            }
        }
        Ok(Self { revisions })
    }

    /// The releases that end with one of these revisions, up to one of them.
    pub(super) fn releases(&self, known: &[String], most: Option<&str>) -> Vec<String> {
        let known = |revision: &String| known.contains(revision);
        let releases = self.revisions.iter().filter(|(revision, _)| known(revision));
        let mut releases: Vec<String> = releases.filter_map(|(_, release)| release.clone()).collect();
        if let Some(at) = most.and_then(|most| releases.iter().position(|release| release == most)) {
            releases.truncate(at + 1);
        }
        releases
    }

    pub(super) fn revision_of(&self, release: &str) -> Result<String> {
        let found = self.revisions.iter().find(|(_, of)| of.as_deref() == Some(release));
        Ok(found.map(|(revision, _)| revision.clone()).ok_or(format!("Airflow has no release {release}"))?)
    }

    /// The revisions from one to another, both with them.
    pub(super) fn between(&self, bottom: &str, top: &str) -> Vec<String> {
        let revisions = self.revisions.iter().map(|(revision, _)| revision.clone());
        let mut between: Vec<String> = revisions.skip_while(|revision| revision != bottom).collect();
        if let Some(at) = between.iter().position(|revision| revision == top) {
            between.truncate(at + 1);
        }
        between
    }

    pub(super) fn is_head(&self, revision: &str) -> bool {
        self.revisions.last().is_some_and(|(head, _)| head == revision)
    }
}
