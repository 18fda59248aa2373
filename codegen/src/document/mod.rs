//! What the YAML files say, as written, with the place of every value.
//!
//! Nothing is judged here beyond shape. Words of fixed vocabularies stay spanned strings, so that the checks can report
//! all wrong ones at once; every key of a file's top level may be missing, so that one wrong part does not hide the rest.

mod conditions;
mod entries;
mod envelope;
pub(crate) mod fact;
mod recover;
mod relations;
mod vendor;

pub(crate) use conditions::{Condition, ConditionsFile};
pub(crate) use entries::Entries;
pub(crate) use envelope::{Envelope, EnvelopeForm};
pub(crate) use fact::{Authentication, HeaderFact};
pub(crate) use recover::{Document, options, parse};
pub(crate) use relations::{Close, RelationsFile};
pub(crate) use vendor::{Code, CodeParam, Edition, Row, StandIn, Table, Variant, VendorFile};

use std::ops::Deref;

use serde::{Deserialize, Deserializer};
use serde_yaml::Spanned;

/// A value with its place. A type of ours, so that it can have a JSON Schema: that of the value.
#[derive(Debug)]
pub(crate) struct Placed<T>(Spanned<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

impl<T> Deref for Placed<T> {
    type Target = Spanned<T>;

    fn deref(&self) -> &Spanned<T> {
        &self.0
    }
}

/// A string with its place.
pub(crate) type Scalar = Placed<String>;

/// An envelope with its place.
pub(crate) type PlacedEnvelope = Placed<Envelope>;

/// A number with its place; its range is checked later.
pub(crate) type Number = Placed<u64>;

/// A text in both languages.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    pub(crate) en: Scalar,
    pub(crate) zh: Scalar,
}
