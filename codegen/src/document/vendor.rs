//! `vendors/*.yaml`

use serde::Deserialize;

use super::fact::{Authentication, Fact, HeaderFact};
use super::{Entries, Number, PlacedEnvelope, Scalar, Text};

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", schemars(extend("required" = ["vendor", "name", "envelope", "editions", "codes"])))]
pub(crate) struct VendorFile {
    pub(crate) vendor: Option<Scalar>,
    pub(crate) name: Option<Text>,
    /// `tencent`, `jdcloud`, `huawei`, or a description.
    pub(crate) envelope: Option<PlacedEnvelope>,
    /// What else is known of its responses.
    pub(crate) facts: Vec<Fact>,
    /// What its responses carry beside the headers of HTTP.
    pub(crate) headers: Vec<HeaderFact>,
    /// How callers prove who they are.
    pub(crate) authentication: Vec<Authentication>,
    /// Newest first.
    pub(crate) editions: Vec<Edition>,
    pub(crate) codes: Vec<Code>,
    pub(crate) stand_ins: Vec<StandIn>,
}

/// A published version of the vendor's tables.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Edition {
    pub(crate) id: Scalar,
    pub(crate) title: Text,
    pub(crate) source: Scalar,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::Evidence::WORDS)))]
    pub(crate) evidence: Scalar,
    pub(crate) tables: Vec<Table>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) id: Scalar,
    pub(crate) title: Text,
    pub(crate) rows: Number,
    pub(crate) wire_suffix: Option<Scalar>,
}

/// A row, over all editions in which it stands.
#[expect(clippy::struct_field_names, reason = "fields are called as in the file")]
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Code {
    pub(crate) id: Scalar,
    pub(crate) code: Option<Scalar>,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::Plane::WORDS)))]
    pub(crate) plane: Scalar,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::Kind::WORDS)))]
    pub(crate) kind: Option<Scalar>,
    #[cfg_attr(feature = "schema", schemars(range(min = 100, max = 599)))]
    pub(crate) status: Option<Number>,
    pub(crate) message: Scalar,
    #[serde(default)]
    pub(crate) params: Entries<CodeParam>,
    pub(crate) condition: Scalar,
    pub(crate) canonical: Option<bool>,
    /// The style of a dialect that raises it in place of the canonical code, which it therefore is not.
    pub(crate) style: Option<Scalar>,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::Origin::WORDS)))]
    pub(crate) origin: Scalar,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::Fault::WORDS)))]
    pub(crate) fault: Scalar,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::Retry::WORDS)))]
    pub(crate) retry: Scalar,
    pub(crate) editions: Entries<Row>,
    #[serde(default)]
    pub(crate) variants: Vec<Variant>,
    pub(crate) summary: Text,
    pub(crate) remedy: Text,
    pub(crate) notes: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeParam {
    #[serde(rename = "type")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::ParamType::WORDS)))]
    pub(crate) ty: Scalar,
    /// The placeholder as the documents print it.
    pub(crate) printed: Option<Scalar>,
    /// Name of the condition's parameter, where it differs.
    pub(crate) from: Option<Scalar>,
    /// Used where the condition raised has no such parameter.
    pub(crate) default: Option<Scalar>,
}

/// What one edition says of a code.
#[expect(clippy::struct_field_names, reason = "fields are called as in the file")]
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) table: Scalar,
    pub(crate) row: Number,
    pub(crate) printed: Scalar,
    pub(crate) code: Option<Scalar>,
    #[cfg_attr(feature = "schema", schemars(range(min = 100, max = 599)))]
    pub(crate) status: Option<Number>,
    pub(crate) cell: Option<Scalar>,
    /// Placeholders that this edition prints otherwise; none where it prints the value away.
    #[serde(default)]
    pub(crate) placeholders: Entries<Option<Scalar>>,
}

/// Another text of the same code.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Variant {
    pub(crate) message: Scalar,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::Evidence::WORDS)))]
    pub(crate) evidence: Scalar,
    pub(crate) source: Scalar,
    pub(crate) when: Option<Scalar>,
    pub(crate) style: Option<Scalar>,
    pub(crate) code: Option<Scalar>,
    #[cfg_attr(feature = "schema", schemars(range(min = 100, max = 599)))]
    pub(crate) status: Option<Number>,
}

/// How the vendor says a condition that has no row: another code, or an answer of ours.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct StandIn {
    #[serde(rename = "for")]
    pub(crate) condition: Scalar,
    pub(crate) code: Option<Scalar>,
    #[cfg_attr(feature = "schema", schemars(range(min = 100, max = 599)))]
    pub(crate) status: Option<Number>,
    pub(crate) text: Option<Scalar>,
    pub(crate) message: Option<Scalar>,
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::Evidence::WORDS)))]
    pub(crate) evidence: Option<Scalar>,
    pub(crate) reason: Text,
}
