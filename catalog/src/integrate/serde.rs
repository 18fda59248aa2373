//! The crate `serde`. Feature `serde`.
//!
//! | type | form |
//! |---|---|
//! | the words of [`facets`](crate::facets), [`Confidence`], [`Lang`] | their word: `"after_backoff"` |
//! | [`Status`] | a number |
//! | [`Vendor`], [`ConditionId`] | the id |
//! | [`AnyCode`] | `"huawei.ThrottlingThresholdReached"` |
//! | [`AnyError`] | `{"vendor","id","code","status","message","params":{}}`, **redacted** |
//! | [`Decoded`] | `{"candidates":[{"vendor","id","code","status","plane","params","editions","origin","confidence",…}],…}`, |
//! |  | **redacted**: what is serialised goes to logs |
//!
//! All but [`Decoded`] and [`AnyError`] can be read back. A vendor's own `Code` is written through [`code`], its `Error`
//! through [`error`](mod@error).
//!
//! ```
//! use apigw_errors::{AnyError, tencent};
//!
//! #[derive(serde::Serialize)]
//! struct Logged {
//!     #[serde(with = "apigw_errors::integrate::serde::code")]
//!     code: tencent::Code,
//!     cause: AnyError,
//! }
//!
//! let error = tencent::Error::HeaderRequired { header: "X-Token".into() };
//! let line = serde_json::to_string(&Logged { code: error.code(), cause: error.into() }).unwrap();
//! assert!(line.starts_with(r#"{"code":"HeaderRequired","cause":{"vendor":"tencent","id":"HeaderRequired","#), "{line}");
//! ```

use std::borrow::Cow;

use serde::de::Error as _;
use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decode::redact::{self, REDACTED};
use crate::decode::{Candidate, Confidence, Decoded, StandIn};
use crate::{
    AnyCode, AnyError, CATALOG, CodeRow, ConditionId, Evidence, Fault, Grpc, Kind, Lang, Origin, Plane, Relation,
    Retry, Status, Vendor,
};

macro_rules! words {
    ($($name:ident: $all:expr, $word:ident;)+) => { $(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.$word())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = Cow::<'de, str>::deserialize(deserializer)?;
                let found = $all.iter().copied().find(|value| value.$word() == word);
                found.ok_or_else(|| D::Error::custom(concat!("unknown ", stringify!($name))))
            }
        }
    )+ };
}

words! {
    Plane: Self::ALL, as_str;
    Kind: Self::ALL, as_str;
    Origin: Self::ALL, as_str;
    Fault: Self::ALL, as_str;
    Retry: Self::ALL, as_str;
    Evidence: Self::ALL, as_str;
    Relation: Self::ALL, as_str;
    Grpc: Self::ALL, as_str;
    Confidence: [Self::Possible, Self::Likely, Self::Certain], as_str;
    Lang: Self::ALL, tag;
    Vendor: <Self as strum::VariantArray>::VARIANTS, as_str;
    ConditionId: <Self as strum::VariantArray>::VARIANTS, as_str;
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.get())
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u16::deserialize(deserializer)?;
        Self::new(number).ok_or_else(|| D::Error::custom("a status is a number from 100 to 599"))
    }
}

impl Serialize for AnyCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AnyCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let row = text.split_once('.').and_then(|(vendor, id)| CATALOG.vendor(vendor)?.code(id));
        row.and_then(Self::from_row).ok_or_else(|| D::Error::custom("unknown code: use `vendor.Id`"))
    }
}

/// For `#[serde(with = "apigw_errors::integrate::serde::code")]` on a field of a vendor's own `Code`: its stable id.
pub mod code {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::code::VendorCode;

    /// Writes the id.
    ///
    /// # Errors
    /// Only those of `serializer`.
    #[allow(clippy::trivially_copy_pass_by_ref)] // the signature is serde's
    pub fn serialize<C: VendorCode, S: Serializer>(code: &C, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(code.row().id)
    }

    /// Reads the id.
    ///
    /// # Errors
    /// An id that the vendor does not have.
    pub fn deserialize<'de, C: VendorCode, D: Deserializer<'de>>(deserializer: D) -> Result<C, D::Error> {
        let id = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let row = C::vendor().code(&id).and_then(C::from_row);
        row.ok_or_else(|| D::Error::custom("the vendor has no code of this id"))
    }
}

impl Serialize for AnyError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(self.code().row(), self, &self.to_string(), serializer)
    }
}

/// For `#[serde(serialize_with = "apigw_errors::integrate::serde::error::serialize")]` on a field of a vendor's own
/// `Error`: the form of [`AnyError`].
pub mod error {
    use serde::Serializer;

    use crate::code::{VendorCode as _, VendorError};

    /// Writes the error, redacted.
    ///
    /// # Errors
    /// Only those of `serializer`.
    pub fn serialize<E: VendorError, S: Serializer>(error: &E, serializer: S) -> Result<S::Ok, S::Error> {
        super::write(error.code().row(), error, &error.to_string(), serializer)
    }
}

fn write<S: Serializer>(
    row: &'static CodeRow,
    params: &impl crate::Params,
    message: &str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut message = message.to_owned();
    let mut shown = Vec::with_capacity(row.params.len());
    for param in row.params {
        let Some(value) = params.param(param.name).map(|value| value.to_string()) else { continue };
        if param.sensitive && !value.is_empty() {
            message = message.replace(&value, REDACTED);
        }
        let value = if param.sensitive { Cow::Borrowed(REDACTED) } else { Cow::Owned(value) };
        shown.push((param.name, Cow::Owned(redact::text(&value).into_owned())));
    }
    let mut out = serializer.serialize_struct("Error", 6)?;
    out.serialize_field("vendor", row.vendor.id)?;
    out.serialize_field("id", row.id)?;
    out.serialize_field("code", &row.code)?;
    out.serialize_field("status", &row.status)?;
    out.serialize_field("message", &redact::text(&message))?;
    out.serialize_field("params", &Params(&shown))?;
    out.end()
}

struct Params<'a>(&'a [(&'static str, Cow<'a, str>)]);

impl Serialize for Params<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Serialize for Decoded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let clean = self.clone().redact();
        let mut out = serializer.serialize_struct("Decoded", 9)?;
        out.serialize_field("candidates", &clean.candidates.iter().map(Clean).collect::<Vec<_>>())?;
        out.serialize_field("stand_ins", &clean.stand_ins)?;
        out.serialize_field("request_id", &clean.request_id)?;
        out.serialize_field("status", &clean.status)?;
        out.serialize_field("envelope", &clean.envelope)?;
        out.serialize_field("code", &clean.code)?;
        out.serialize_field("message", &clean.message)?;
        out.serialize_field("condition", &clean.condition.map(|condition| condition.id))?;
        out.serialize_field("origin", &clean.origin.map(|hint| hint.origin))?;
        out.end()
    }
}

impl Serialize for StandIn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("StandIn", 6)?;
        out.serialize_field("vendor", self.vendor.id)?;
        out.serialize_field("code", &self.answer.code)?;
        out.serialize_field("status", &self.answer.status)?;
        out.serialize_field("message", self.answer.message)?;
        out.serialize_field("conditions", &self.conditions.iter().map(|node| node.id).collect::<Vec<_>>())?;
        out.serialize_field("confidence", &self.confidence)?;
        out.end()
    }
}

/// A candidate that was redacted.
struct Clean<'a, 't>(&'a Candidate<'t>);

impl Serialize for Clean<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (candidate, row) = (self.0, self.0.code);
        let mut out = serializer.serialize_struct("Candidate", 12)?;
        out.serialize_field("vendor", row.vendor.id)?;
        out.serialize_field("id", row.id)?;
        out.serialize_field("code", &row.code)?;
        out.serialize_field("status", &row.status)?;
        out.serialize_field("plane", &row.plane)?;
        out.serialize_field("params", &Params(&candidate.params))?;
        out.serialize_field("detail", &candidate.detail)?;
        out.serialize_field("editions", &candidate.editions().map(|edition| edition.id).collect::<Vec<_>>())?;
        out.serialize_field("condition", candidate.condition().id)?;
        out.serialize_field("origin", &candidate.origin.origin)?;
        out.serialize_field("confidence", &candidate.confidence)?;
        out.serialize_field("why", &candidate.fit.why(Lang::En).collect::<Vec<_>>())?;
        out.end()
    }
}
