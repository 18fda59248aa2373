//! `conditions.yaml`

use serde::Deserialize;

use super::{Entries, Number, Scalar, Text};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ConditionsFile {
    pub(crate) conditions: Vec<Condition>,
}

/// A node of the tree; its parent is its id without the last segment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    pub(crate) id: Scalar,
    pub(crate) status: Option<Number>,
    pub(crate) grpc: Scalar,
    pub(crate) fault: Scalar,
    #[serde(default)]
    pub(crate) params: Entries<ConditionParam>,
    pub(crate) title: Text,
    pub(crate) summary: Text,
}

/// What is known when the condition is raised; children know it too.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConditionParam {
    #[serde(rename = "type")]
    pub(crate) ty: Scalar,
    #[serde(default)]
    pub(crate) sensitive: bool,
    pub(crate) about: Option<Text>,
}
