//! How each vendor says things on the wire: one file per envelope, all of the same shape.
//!
//! What is said (status, code, message) comes from the catalog; here is only how it travels. A vendor whose envelope is a
//! template describes it in its file, and needs nothing here; one whose headers tell more (rates, latencies) adds a file
//! and a line in [`ENVELOPES`].

mod described;
mod huawei;
mod jdcloud;
mod json;
mod problem;
mod tencent;

use std::fmt;
use std::time::{Duration, Instant};

use apigw_errors::{Catalog, Condition, Dialect, DialectError};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use crate::fields::Fields;
use crate::request_id::RequestId;
use crate::snapshot::{Host, Rate, Route};
use crate::state::Standing;

pub use json::Json;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Name of the dialect that is no vendor's: RFC 9457.
pub const PROBLEM: &str = "problem";

/// All envelopes.
pub static ENVELOPES: &[&dyn Envelope] = &[&tencent::Tencent, &jdcloud::Jdcloud, &huawei::Huawei, &problem::Problem];

/// How a host speaks.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    /// Which vendor's words; `None` for plain HTTP statuses and titles of ours.
    pub dialect: Option<Dialect>,
    /// How they travel.
    pub envelope: &'static dyn Envelope,
}

/// A dialect that cannot be spoken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoiceError {
    /// The catalog does not know it.
    #[error(transparent)]
    Dialect(#[from] DialectError),
    /// The catalog knows it, but its envelope has no implementation here.
    #[error("no envelope `{0}` is implemented; the vendor's file can describe it, see `envelope` in catalog/README.md")]
    Envelope(&'static str),
}

impl Voice {
    /// RFC 9457.
    pub const PROBLEM: Self = Self { dialect: None, envelope: &problem::Problem };

    /// Reads `problem` or `vendor[@edition][+style]`, the vendor being one of `catalog` or of what it builds on.
    ///
    /// # Errors
    /// What of the name is not known.
    pub fn parse(catalog: &Catalog, name: &str) -> Result<Self, VoiceError> {
        if name == PROBLEM {
            return Ok(Self::PROBLEM);
        }
        let dialect = Dialect::parse(catalog, name)?;
        if let Some(form) = dialect.vendor.form {
            return Ok(Self { dialect: Some(dialect), envelope: form });
        }
        let wanted = dialect.vendor.envelope;
        let envelope = ENVELOPES.iter().find(|envelope| envelope.name() == wanted);
        let envelope = envelope.copied().ok_or(VoiceError::Envelope(wanted))?;
        Ok(Self { dialect: Some(dialect), envelope })
    }
}

impl fmt::Display for Voice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.dialect {
            Some(dialect) => dialect.fmt(f),
            None => f.write_str(PROBLEM),
        }
    }
}

/// An error as it is to be said.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    /// What happened.
    pub condition: &'a Condition,
    /// HTTP status.
    pub status: u16,
    /// The vendor's string code, if it has one.
    pub code: Option<&'static str>,
    /// The style in which the dialect speaks, if it names one.
    pub style: Option<&'static str>,
    /// The message.
    pub message: &'a dyn fmt::Display,
    /// The call's id.
    pub request_id: &'a str,
    /// Address of the page that explains it.
    pub help: Option<&'a str>,
}

/// A usage plan that is in force for a call.
#[derive(Debug, Clone, Copy)]
pub struct PlanFacts<'a> {
    /// Its id.
    pub id: &'a HeaderValue,
    /// The caller's key.
    pub key_id: &'a str,
    /// How the key stands against its rate, if it has one.
    pub rate: Option<Standing>,
}

/// What is known about a call when an answer or a request to the backend gets its headers.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The call's id.
    pub request_id: &'a RequestId,
    /// The answer's status.
    pub status: u16,
    /// The route, once one is chosen.
    pub route: Option<&'a Route>,
    /// The host's rate limit, and how the call stands against it.
    pub service: Option<(&'a Rate, Standing)>,
    /// Its rate limit, and how the call stands against it.
    pub rate: Option<(&'a Rate, Standing)>,
    /// The caller's usage plan, if one is in force.
    pub plan: Option<PlanFacts<'a>>,
    /// How the call stands against its usage plan's quota, or the API's.
    pub quota: Option<Standing>,
    /// When the call began.
    pub started: Instant,
    /// When its backend's head had come; `None` if it is the gateway that answers, now.
    pub answered: Option<Instant>,
    /// How long the backend took; `None` if none was called.
    pub upstream: Option<Duration>,
    /// What else there is to tell, where the client or the host wants diagnostics.
    pub diagnostics: Option<Diagnostics<'a>>,
}

impl Facts<'_> {
    /// Since the call began. Only envelopes that tell it look at the clock.
    pub fn elapsed(&self) -> Duration {
        self.answered.unwrap_or_else(Instant::now).saturating_duration_since(self.started)
    }
}

/// What only diagnostics tell of a call.
#[derive(Debug, Clone, Copy)]
pub struct Diagnostics<'a> {
    /// The target of the request.
    pub asked: &'a Uri,
    /// The host that was called, if it is served here.
    pub host: Option<&'a Host>,
}

/// What is known about a client when a request to the backend gets its headers.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    /// The call's id.
    pub request_id: &'a RequestId,
    /// The client's address; `unknown` if nobody knows it.
    pub address: &'a HeaderValue,
    /// HTTP version of the client's request.
    pub version: http::Version,
    /// `http` or `https`, by which the client came.
    pub scheme: &'static str,
    /// `Host` as the client sent it.
    pub host: Option<&'a HeaderValue>,
}

/// A vendor's way of answering.
pub trait Envelope: fmt::Debug + Sync {
    /// The catalog's name for it.
    fn name(&self) -> &'static str;

    /// A request id in the vendor's form, from 128 random bits.
    fn request_id(&self, bits: u128) -> RequestId;

    /// The media type of an error's body.
    fn content_type(&self, error: &Told<'_>) -> HeaderValue;

    /// Writes an error's body.
    fn body(&self, error: &Told<'_>, out: &mut Vec<u8>);

    /// Adds what only errors carry. Nothing by default.
    fn error_headers(&self, _error: &Told<'_>, _facts: &Facts<'_>, _headers: &mut HeaderMap) {}

    /// Adds what every answer carries, errors and others.
    fn headers(&self, facts: &Facts<'_>, headers: &mut HeaderMap);

    /// `Access-Control-Expose-Headers` of an API that is open to pages of every origin: what these may read of an answer
    /// beside the few fields they always may. Nothing by default.
    fn exposed(&self) -> Option<HeaderValue> {
        None
    }

    /// Sets what the backend is told about the call: by default, what most gateways tell.
    fn backend_fields(&self, client: &Client<'_>, fields: &mut Fields) {
        fields.set(X_FORWARDED_FOR, client.address);
        fields.set_text(X_FORWARDED_PROTO, client.scheme.as_bytes());
        if let Some(host) = client.host {
            fields.set(X_FORWARDED_HOST, host);
        }
        fields.set_text(X_REQUEST_ID, client.request_id.as_bytes());
    }

    /// True if the request asks for diagnostic headers in this vendor's way.
    fn wants_diagnostics(&self, _request: &HeaderMap) -> bool {
        false
    }
}

impl fmt::Debug for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Told").field("condition", self.condition).field("status", &self.status).finish_non_exhaustive()
    }
}
