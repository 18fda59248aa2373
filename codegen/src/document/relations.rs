//! `relations.yaml`

use serde::Deserialize;

use super::{Scalar, Text};

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["close"])))]
pub(crate) struct RelationsFile {
    pub(crate) close: Vec<Close>,
}

/// Two codes that mean nearly the same although the tree does not relate them.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Close {
    /// Two of `vendor.CodeId`.
    #[cfg_attr(feature = "schema", schemars(length(equal = 2)))]
    pub(crate) between: Vec<Scalar>,
    pub(crate) reason: Text,
}
