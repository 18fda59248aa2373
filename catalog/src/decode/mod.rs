//! From a whole response to codes: status, headers and body in, ranked candidates out.
//!
//! ```
//! use apigw_errors::decode::{Confidence, decode};
//! use apigw_errors::{AnyError, Origin, huawei};
//!
//! let headers = [("Server", "api-gateway"), ("X-Request-Id", "0fd5dc3f8e5ca9bcd2f6c7ef7e2fb1c8")];
//! let body = br#"{"error_msg":"The throttling threshold has been reached: policy ip over ratelimit,limit:5,time:1 minute",
//!                 "error_code":"APIG.0308","request_id":"0fd5dc3f8e5ca9bcd2f6c7ef7e2fb1c8"}"#;
//! let decoded = decode(429, &headers, body);
//!
//! let best = decoded.best().unwrap();
//! assert_eq!(best.confidence, Confidence::Certain);
//! assert_eq!(best.origin.origin, Origin::Gateway);
//! assert_eq!((best.param("policy"), best.param("limit")), (Some("ip"), Some("5")));
//! assert_eq!(best.error(), Some(AnyError::Huawei(huawei::Error::ThrottlingThresholdReached)));
//! assert_eq!(decoded.request_id.as_deref(), Some("0fd5dc3f8e5ca9bcd2f6c7ef7e2fb1c8"));
//! ```
//!
//! Nothing has to be complete: without status, without headers, a message alone or a line of a log with a body in it are
//! read too, with less [`Confidence`]. A response that is of no known code is a value like any other: [`Decoded`] without
//! candidates, holding everything that was read.
//!
//! **Never a guess presented as a fact.** Every candidate says what speaks for it and against it ([`Fit`]).
//! [`Confidence::Certain`] needs the vendor's own form (or its headers), the code text where the vendor has one, and a
//! message that the catalog knows and others do not use: `Gateway Time-out` is likely at most, even on a page that a gateway
//! signed, unless a header says that no backend was called. A status that disagrees does not hide a candidate, but makes it merely possible.
//!
//! **Secrets.** Vendors echo key ids and whole canonical requests. `Debug` of everything here leaves them out;
//! [`Decoded::redact`] removes them from the values.
//!
//! # Hostile input
//! Bodies are strangers' text. At most [`MAX_BODY`] bytes are looked at, JSON is read to a bounded depth and number of
//! values, invalid UTF-8 is replaced, and nothing panics.
//!
//! # With hyper, reqwest, axum
//! Their types are those of the crate `http`, whose feature this crate has: five lines for each are in
//! `apigw_errors::integrate`. Of any other client, hand over the status, the headers as pairs of texts, and the body.

mod candidate;
mod commonplace;
mod envelope;
mod find;
mod fit;
mod headers;
mod json;
mod origin;
pub mod redact;
mod stand_in;
mod wire;

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

pub use candidate::Candidate;
pub use commonplace::KONG as KONG_TEXTS;
pub use envelope::{BodyField, BodyForm, KnownEnvelope, Mark, Needs, Says, known_envelopes};
pub use fit::{Agreement, Commonplace, Confidence, EnvelopeFit, Fit, MessageFit};
pub use headers::Headers;
pub use origin::{OriginHint, OriginWhy};
pub use stand_in::StandIn;
pub use wire::Wire;

use crate::catalog::Catalog;
use crate::envelope::EnvelopeForm;
use crate::facets::Origin;
use crate::row::{ConditionRow, VendorRow};
use crate::{AnyError, CATALOG, Condition, ConditionId};

/// So many bytes of a body are looked at.
pub const MAX_BODY: usize = 64 * 1024;

/// Reads a response as an error of any vendor of this crate's catalog.
///
/// `status` may be a number or `None`. For `http` types see `apigw_errors::integrate::http`, for other catalogs
/// [`Decoder`], for one vendor alone [`VendorRow::decode`].
pub fn decode<'t>(status: impl Into<Option<u16>>, headers: &(impl Headers + ?Sized), body: &'t [u8]) -> Decoded<'t> {
    static OURS: LazyLock<Decoder> = LazyLock::new(|| Decoder::over(&[&CATALOG]));
    OURS.decode(status, headers, body)
}

/// Reads responses over a choice of catalogs and vendors.
///
/// ```
/// use apigw_errors::{CATALOG, decode::Decoder};
///
/// // A catalog of one's own that builds on `CATALOG` brings its vendors with it.
/// let decoder = Decoder::over(&[&CATALOG]);
/// let decoded = decoder.decode(None, &(), b"APIG.0101");
/// assert_eq!(decoded.candidates.len(), 2);
/// ```
#[derive(Debug, Clone)]
pub struct Decoder {
    vendors: Vec<&'static VendorRow>,
    conditions: Known,
    /// The envelopes that their files describe.
    forms: Vec<&'static EnvelopeForm>,
}

/// The conditions that a document may name.
#[derive(Debug, Clone)]
enum Known {
    /// Layer by layer; one that two catalogs build on may stand here twice, which looking one up does not mind.
    Of(Vec<&'static [ConditionRow]>),
    /// A vendor's catalog has an answer of it for each of its conditions.
    AnsweredBy(&'static VendorRow),
}

impl Decoder {
    /// All vendors of these catalogs.
    pub fn over(catalogs: &[&Catalog]) -> Self {
        let mut vendors: Vec<&'static VendorRow> = Vec::new();
        let mut conditions = Vec::new();
        for layer in catalogs.iter().flat_map(|catalog| catalog.layers()) {
            // Two catalogs may build on the same one.
            for vendor in layer.vendors {
                if !vendors.contains(vendor) {
                    vendors.push(vendor);
                }
            }
            conditions.push(layer.conditions);
        }
        let forms = vendors.iter().filter_map(|vendor| vendor.form).collect();
        Self { vendors, conditions: Known::Of(conditions), forms }
    }

    /// One vendor alone. The conditions are those that it has an answer for: all of its own catalog and of the one
    /// underneath.
    pub fn of(vendor: &'static VendorRow) -> Self {
        let conditions = Known::AnsweredBy(vendor);
        Self { vendors: vec![vendor], conditions, forms: vendor.form.into_iter().collect() }
    }

    /// Reads a response.
    pub fn decode<'t>(
        &self,
        status: impl Into<Option<u16>>,
        headers: &(impl Headers + ?Sized),
        body: &'t [u8],
    ) -> Decoded<'t> {
        let body = body.get(..MAX_BODY).unwrap_or(body);
        let (status, marks) = (status.into(), envelope::marked(headers, &self.forms));
        match std::str::from_utf8(body) {
            Ok(text) => self.text(status, &marks, text),
            // A cut in the middle of a character is no fault of the body.
            Err(error) if error.error_len().is_none() => {
                let whole = body.get(..error.valid_up_to()).unwrap_or_default();
                self.text(status, &marks, std::str::from_utf8(whole).unwrap_or_default())
            }
            Err(_) => self.text(status, &marks, &String::from_utf8_lossy(body)).into_owned(),
        }
    }

    fn text<'t>(&self, status: Option<u16>, marks: &envelope::Marked<'_>, body: &'t str) -> Decoded<'t> {
        let is_code = |text: &str| self.vendors.iter().any(|vendor| vendor.has_code(text));
        let mut read = envelope::read(body, &is_code, &self.forms);
        // Some gateways tell in headers what others tell in the body.
        let owned = |text: &str| Cow::Owned(text.to_owned());
        read.code = read.code.or_else(|| marks.code.map(owned));
        read.message = read.message.or_else(|| marks.message.map(owned));
        let status = status.or(read.status);
        let evidence = find::Evidence { read: &read, marks, status };
        let mut candidates = find::candidates(&self.vendors, &evidence);
        let condition = read.condition.as_deref().and_then(|id| self.condition(id));
        if let Some(condition) = condition {
            candidates = find::of_condition(&self.vendors, condition, &evidence);
        }
        let stand_ins = match (candidates.is_empty(), condition) {
            (true, None) => stand_in::stand_ins(&self.vendors, &evidence),
            _ => Vec::new(),
        };
        let origin = match candidates.first() {
            Some(best) => Some(best.origin),
            None if condition.is_some() => Some(OriginHint { origin: Origin::Gateway, why: OriginWhy::Condition }),
            None => {
                let said = origin::of_response(&read, marks, false, status);
                // A gateway's own plain answer must not be taken for the backend's.
                said.or_else(|| if stand_ins.is_empty() { origin::of_unknown(marks) } else { None })
            }
        };
        let named = |name: &str| condition?.params.iter().find(|param| param.name == name).map(|param| param.name);
        let params = read.params.into_iter().filter_map(|(name, value)| Some((named(&name)?, value))).collect();
        let request_id = read.request_id.or_else(|| marks.request_id.map(|id| Cow::Owned(id.to_owned())));
        Decoded {
            status,
            envelope: read.envelope,
            code: read.code,
            message: read.message,
            request_id,
            condition,
            params,
            origin,
            candidates,
            stand_ins,
        }
    }

    fn condition(&self, id: &str) -> Option<&'static ConditionRow> {
        match &self.conditions {
            Known::Of(layers) => layers.iter().copied().flatten().find(|condition| condition.id == id),
            Known::AnsweredBy(vendor) => vendor.data_answers.iter().map(|answer| answer.of).find(|of| of.id == id),
        }
    }
}

impl VendorRow {
    /// Reads a response as an error of this vendor; see [`decode()`].
    ///
    /// ```
    /// use apigw_errors::jdcloud;
    ///
    /// let body = br#"{"error":{"message":"sign result is not same [gw]","status":"ACCESS_ERROR","code":401},
    ///                 "requestId":"ce6ttm6ir2hu3mutbkdpr7j3iecwh77q"}"#;
    /// let decoded = jdcloud::VENDOR.decode(401, &(), body);
    /// let error: jdcloud::Error = decoded.best().and_then(|best| best.error_as()).unwrap();
    /// assert_eq!(error, jdcloud::Error::SignResultNotSame);
    /// ```
    pub fn decode<'t>(
        &'static self,
        status: impl Into<Option<u16>>,
        headers: &(impl Headers + ?Sized),
        body: &'t [u8],
    ) -> Decoded<'t> {
        Decoder::of(self).decode(status, headers, body)
    }

    /// True if a row has or had this code text.
    fn has_code(&'static self, text: &str) -> bool {
        self.by_code(text).chain(self.by_variant_code(text)).next().is_some()
    }
}

/// What was read of a response.
#[derive(Clone)]
#[non_exhaustive]
pub struct Decoded<'t> {
    /// The HTTP status; without one, the status that the body states.
    pub status: Option<u16>,
    /// The envelope recognised, by the catalog's name (`problem` for RFC 9457); `None` for any other form.
    pub envelope: Option<&'static str>,
    /// The code text as read.
    pub code: Option<Cow<'t, str>>,
    /// The message as read.
    pub message: Option<Cow<'t, str>>,
    /// The request id, of the body or else of a header.
    pub request_id: Option<Cow<'t, str>>,
    /// The condition that an RFC 9457 document of a gateway of ours names.
    pub condition: Option<&'static ConditionRow>,
    /// That condition's parameters.
    pub params: Vec<(&'static str, Cow<'t, str>)>,
    /// Who made the response; of the best candidate if there is one. `None` if nothing tells.
    pub origin: Option<OriginHint>,
    /// What it may be, best first; empty for an unknown code.
    pub candidates: Vec<Candidate<'t>>,
    /// Where there are no candidates: plain answers of a gateway whose vendor's tables have no row for what happened.
    pub stand_ins: Vec<StandIn>,
}

impl<'t> Decoded<'t> {
    /// The best candidate, unless it is one possibility among several.
    pub fn best(&self) -> Option<&Candidate<'t>> {
        self.candidates.first().filter(|best| best.confidence > Confidence::Possible)
    }

    /// The best candidate as a typed error; see [`Candidate::error`] for what it takes.
    pub fn error(&self) -> Option<AnyError> {
        self.best().and_then(Candidate::error)
    }

    /// What happened, vendor-neutral: the condition that the document names, or that of the best candidate, if all of its
    /// parameters were read.
    pub fn occurrence(&self) -> Option<Condition> {
        let row = self.condition.or_else(|| self.best().map(Candidate::condition))?;
        let id: ConditionId = row.id.parse().ok()?;
        let own = |name: &str| self.params.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref());
        Condition::from_params(id, |name| own(name).or_else(|| self.best()?.param_of_condition(name)))
    }

    /// True if whoever sends the same request again may succeed, as far as the best candidate tells.
    pub fn is_retryable(&self) -> Option<bool> {
        self.best().map(|best| best.code.retry.is_retryable())
    }

    /// Removes what vendors echo of secrets and of callers: sensitive parameters, and what stands behind the markers of
    /// [`redact::text`]. What was read is lost; what was recognised stays.
    #[must_use]
    pub fn redact(self) -> Self {
        redact::decoded(self)
    }

    /// The same without a borrow of the body.
    pub fn into_owned(self) -> Decoded<'static> {
        let own = |text: Option<Cow<'t, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        Decoded {
            status: self.status,
            envelope: self.envelope,
            code: own(self.code),
            message: own(self.message),
            request_id: own(self.request_id),
            condition: self.condition,
            params: self.params.into_iter().map(|(name, value)| (name, Cow::Owned(value.into_owned()))).collect(),
            origin: self.origin,
            candidates: self.candidates.into_iter().map(Candidate::into_owned).collect(),
            stand_ins: self.stand_ins,
        }
    }
}

impl fmt::Debug for Decoded<'_> {
    /// Redacted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clean = self.clone().redact();
        f.debug_struct("Decoded")
            .field("status", &clean.status)
            .field("envelope", &clean.envelope)
            .field("code", &clean.code)
            .field("message", &clean.message)
            .field("request_id", &clean.request_id)
            .field("condition", &clean.condition)
            .field("params", &clean.params)
            .field("origin", &clean.origin)
            .field("candidates", &clean.candidates)
            .field("stand_ins", &clean.stand_ins)
            .finish()
    }
}
