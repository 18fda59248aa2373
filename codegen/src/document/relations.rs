//! `relations.yaml`

use serde::Deserialize;

use super::{Scalar, Text};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RelationsFile {
    pub(crate) close: Vec<Close>,
}

/// Two codes that mean nearly the same although the tree does not relate them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Close {
    /// Two of `vendor.CodeId`.
    pub(crate) between: Vec<Scalar>,
    pub(crate) reason: Text,
}
