//! RFC 9457 `application/problem+json`, for those who want no vendor's envelope.

use apigw_errors::template::Params;
use apigw_errors::{Lang, Occurrence};
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Envelope, Facts, Json, Told, X_REQUEST_ID};
use crate::request_id::RequestId;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// See the module.
#[derive(Debug)]
pub(super) struct Problem;

impl Envelope for Problem {
    fn name(&self) -> &'static str {
        super::PROBLEM
    }

    fn request_id(&self, bits: u128) -> RequestId {
        RequestId::hex(bits)
    }

    fn content_type(&self, _error: &Told<'_>) -> HeaderValue {
        HeaderValue::from_static("application/problem+json")
    }

    /// `type`, `title`, `status`, `detail`, `instance` as the RFC has them; `condition` and the condition's
    /// parameters as extension members, the sensitive ones left out.
    fn body(&self, error: &Told<'_>, out: &mut Vec<u8>) {
        let condition = error.condition.row();
        out.extend_from_slice(b"{\"type\":\"");
        Json::new(out).text(error.help.unwrap_or("about:blank"));
        out.extend_from_slice(b"\",\"title\":\"");
        Json::new(out).text(condition.title.get(Lang::En));
        out.extend_from_slice(b"\",\"status\":");
        Json::new(out).text(error.status);
        out.extend_from_slice(b",\"detail\":\"");
        Json::new(out).text(condition.summary.get(Lang::En));
        out.extend_from_slice(b"\",\"instance\":\"urn:uuid:");
        for (place, digit) in error.request_id.bytes().enumerate() {
            if matches!(place, 8 | 12 | 16 | 20) {
                out.push(b'-');
            }
            out.push(digit);
        }
        out.extend_from_slice(b"\",\"request_id\":\"");
        out.extend_from_slice(error.request_id.as_bytes());
        out.extend_from_slice(b"\",\"condition\":\"");
        out.extend_from_slice(condition.id.as_bytes());
        out.push(b'"');
        for param in condition.params.iter().filter(|param| !param.sensitive) {
            let Some(value) = error.condition.param(param.name) else { continue };
            out.extend_from_slice(b",\"");
            out.extend_from_slice(param.name.as_bytes());
            out.extend_from_slice(b"\":");
            match value {
                apigw_errors::param::ParamRef::Number(number) => Json::new(out).text(number),
                apigw_errors::param::ParamRef::Text(text) => {
                    out.push(b'"');
                    Json::new(out).text(text);
                    out.push(b'"');
                }
            }
        }
        out.push(b'}');
    }

    fn error_headers(&self, error: &Told<'_>, facts: &Facts<'_>, headers: &mut HeaderMap) {
        if let (429, Some((_, standing))) = (error.status, facts.rate.or(facts.service)) {
            headers.insert(RETRY_AFTER, seconds(standing.reset).into());
        }
    }

    /// The rate fields are those of the IETF draft `draft-ietf-httpapi-ratelimit-headers`.
    fn headers(&self, facts: &Facts<'_>, headers: &mut HeaderMap) {
        headers.insert(X_REQUEST_ID, facts.request_id.to_header());
        // Of two limits, the one that was counted last: it is that which refused, if one did.
        let Some((rate, standing)) = facts.rate.or(facts.service) else { return };
        let (by, window) = (rate.policy, rate.window.duration().as_secs());
        let policy = format!("\"{by}\";q={};w={window}", standing.limit);
        let left = format!("\"{by}\";r={};t={}", standing.remaining, seconds(standing.reset));
        for (name, text) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, left)] {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        }
    }
}

/// Whole seconds, rounded up: whoever waits that long has waited long enough.
fn seconds(time: std::time::Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
