//! What the YAML files say, as written, with the place of every value.
//!
//! Nothing is judged here beyond shape. Words of fixed vocabularies stay spanned strings, so that the checks can report
//! all wrong ones at once; every key of a file's top level may be missing, so that one wrong part does not hide the rest.

mod conditions;
mod entries;
mod recover;
mod relations;
mod vendor;

pub(crate) use conditions::{Condition, ConditionsFile};
pub(crate) use entries::Entries;
pub(crate) use recover::{Document, parse};
pub(crate) use relations::{Close, RelationsFile};
pub(crate) use vendor::{Code, CodeParam, Edition, Row, StandIn, Table, Variant, VendorFile};

use serde::Deserialize;
use serde_yaml::Spanned;

/// A string with its place.
pub(crate) type Scalar = Spanned<String>;

/// A number with its place; its range is checked later.
pub(crate) type Number = Spanned<u64>;

/// A text in both languages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    pub(crate) en: Scalar,
    pub(crate) zh: Scalar,
}
