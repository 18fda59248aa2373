//! What a vendor's file tells of its wire beside the tables: for reading, not for raising.

use serde::Deserialize;

use super::{Scalar, Text};

/// A fact of the vendor's responses.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Fact {
    pub(crate) about: Text,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::Evidence::WORDS)))]
    pub(crate) evidence: Scalar,
    pub(crate) source: Scalar,
}

/// A header of the vendor's responses.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct HeaderFact {
    pub(crate) name: Scalar,
    /// A value as it may be seen.
    pub(crate) example: Scalar,
    pub(crate) about: Text,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::Evidence::WORDS)))]
    pub(crate) evidence: Scalar,
    pub(crate) source: Scalar,
}

/// A way for callers to prove who they are.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Authentication {
    pub(crate) id: Scalar,
    pub(crate) title: Text,
    /// The lines of a request that carry it.
    pub(crate) example: Scalar,
    /// How it is made, one step a line.
    pub(crate) steps: Text,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::Evidence::WORDS)))]
    pub(crate) evidence: Scalar,
    pub(crate) source: Scalar,
}
