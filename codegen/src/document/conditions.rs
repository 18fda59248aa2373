//! `conditions.yaml`

use serde::Deserialize;

use super::{Entries, Number, Scalar, Text};

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["conditions"])))]
pub(crate) struct ConditionsFile {
    pub(crate) conditions: Vec<Condition>,
}

/// A node of the tree; its parent is its id without the last segment.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    pub(crate) id: Scalar,
    #[cfg_attr(feature = "schema", schemars(range(min = 100, max = 599)))]
    pub(crate) status: Option<Number>,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::Grpc::WORDS)))]
    pub(crate) grpc: Scalar,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::Fault::WORDS)))]
    pub(crate) fault: Scalar,
    #[serde(default)]
    pub(crate) params: Entries<ConditionParam>,
    pub(crate) title: Text,
    pub(crate) summary: Text,
}

/// What is known when the condition is raised; children know it too.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ConditionParam {
    #[serde(rename = "type")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::ParamType::WORDS)))]
    pub(crate) ty: Scalar,
    #[serde(default)]
    pub(crate) sensitive: bool,
    pub(crate) about: Option<Text>,
}
