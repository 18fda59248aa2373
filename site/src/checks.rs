//! The gateway's checks in their order, as the generated file beside the recordings lists them.

use std::sync::LazyLock;

use apigw_errors::{CodeRow, ConditionRow, Lang};
use serde::Deserialize;

use crate::recording;

/// A check of the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// `checks::rate`, as `catalog.json` names it.
    pub name: String,
    /// The phase of a call in which it runs.
    pub phase: String,
    /// Its source, from the root of the repository.
    pub file: String,
    /// What it does, in one sentence.
    pub what: Both,
    /// Ids of the conditions it raises.
    pub raises: Vec<String>,
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Both {
    /// English.
    pub en: String,
    /// Chinese (simplified).
    pub zh: String,
}

impl Both {
    /// The text in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// Reads a list of checks.
///
/// # Errors
/// Where the text is no such list.
pub fn read(text: &str) -> Result<Vec<Check>, serde_json::Error> {
    serde_json::from_str(text)
}

/// The checks that ship with the site, as text.
pub const BUNDLED: &str = include_str!("../checks.json");

/// The checks that ship with the site. A test makes sure that they can be read.
static CHECKS: LazyLock<Vec<Check>> = LazyLock::new(|| read(BUNDLED).unwrap_or_default());

/// All checks, in the order in which a call passes them.
pub fn all() -> &'static [Check] {
    &CHECKS
}

/// The check that raises this condition.
pub(crate) fn raising(condition: &ConditionRow) -> Option<&'static Check> {
    all().iter().find(|check| check.raises.iter().any(|id| id == condition.id))
}

/// The check that was seen to raise this code.
pub(crate) fn of(code: &CodeRow) -> Option<&'static Check> {
    let name = recording::of(code)?.raised_by.as_deref()?;
    all().iter().find(|check| check.name == name)
}
