//! Codes that lack a stage, and why: `tests/exemptions.yaml`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemptions {
    /// Codes, in groups of one reason.
    pub codes: Vec<Group>,
    /// Conditions that a check declares and no scenario can raise.
    pub conditions: Vec<Unseen>,
}

/// Codes of one vendor that lack the same stages for the same reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Why.
    pub reason: String,
    /// The stages they lack.
    pub lack: Vec<Stage>,
    /// Whose.
    pub vendor: String,
    /// Their ids.
    pub codes: Vec<String>,
}

/// A condition that no scenario can raise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unseen {
    /// Why.
    pub reason: String,
    /// Its id.
    pub condition: String,
}

/// A stage that can be lacking. The catalog and the pages cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A check declares a condition that comes out as this code.
    Declared,
    /// A scenario raises it.
    Raised,
}

/// The file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {message}")]
pub struct Unreadable {
    path: PathBuf,
    message: String,
}

impl Exemptions {
    /// Reads the file.
    ///
    /// # Errors
    /// It is not there, or does not have this shape.
    pub fn read() -> Result<Self, Unreadable> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("exemptions.yaml");
        let read = std::fs::read_to_string(&path).map_err(|error| error.to_string());
        read.and_then(|text| serde_yaml::from_str(&text).map_err(|error| error.to_string()))
            .map_err(|message| Unreadable { path, message })
    }

    /// The codes that lack `stage`, as `vendor.Id`.
    pub fn lacking(&self, stage: Stage) -> BTreeSet<String> {
        let groups = self.codes.iter().filter(|group| group.lack.contains(&stage));
        groups.flat_map(|group| group.codes.iter().map(|id| format!("{}.{id}", group.vendor))).collect()
    }
}
