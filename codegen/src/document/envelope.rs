//! `envelope:` of a vendor file: the name of one that this project implements, or a description.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::{Entries, Scalar};

/// How a vendor's errors travel.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(untagged))]
pub(crate) enum Envelope {
    /// By name.
    Named(String),
    /// In words of its own.
    Described(Box<EnvelopeForm>),
}

/// A JSON, XML or text template, and the headers that go with it.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct EnvelopeForm {
    /// Media type of error bodies; it decides how values are escaped.
    pub(crate) content_type: Scalar,
    /// The body, with `{status}`, `{code}`, `{message}`, `{request_id}`, `{condition}`.
    pub(crate) body: Scalar,
    /// Headers of every response of the gateway, errors and others; may use `{request_id}`.
    #[serde(default)]
    pub(crate) headers: Entries<Scalar>,
    /// Headers of errors alone; may use every field, `{retry_after}` too. One without a value is left out.
    #[serde(default)]
    pub(crate) error_headers: Entries<Scalar>,
    /// Headers by which the gateway is recognised, and how their values begin; `""` if that does not matter.
    #[serde(default)]
    pub(crate) recognised_by: Entries<Scalar>,
    /// Form of request ids; `hex` if left out.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = crate::model::RequestIdForm::WORDS)))]
    pub(crate) request_id: Option<Scalar>,
    /// True if hardly anyone else writes bodies of this form, so that one proves the vendor.
    #[serde(default)]
    pub(crate) distinctive: bool,
}

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrForm;

        impl<'de> Visitor<'de> for NameOrForm {
            type Value = Envelope;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of an envelope, or its description")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Envelope, E> {
                Ok(Envelope::Named(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Envelope, A::Error> {
                // Hands the map on as it is, so that the places of its values are not lost.
                let form = EnvelopeForm::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Envelope::Described(Box::new(form)))
            }
        }

        deserializer.deserialize_any(NameOrForm)
    }
}
