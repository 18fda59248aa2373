//! JD Cloud API Gateway: `{"requestId":…,"error":{"status":…,"code":…,"message":…}}`.
//!
//! `status` is the string code of the tables, `code` the HTTP status.

use http::header::{SERVER, VIA};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Client, Envelope, Facts, Json, Told, X_FORWARDED_FOR, X_FORWARDED_PROTO};
use crate::fields::Fields;
use crate::request_id::RequestId;
use crate::snapshot::Window;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-jdcloud-request-id");
const UPSTREAM_LATENCY: HeaderName = HeaderName::from_static("x-jdcloud-upstream-latency");
const PROXY_LATENCY: HeaderName = HeaderName::from_static("x-jdcloud-proxy-latency");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// See the module.
#[derive(Debug)]
pub(super) struct Jdcloud;

impl Envelope for Jdcloud {
    fn name(&self) -> &'static str {
        "jdcloud"
    }

    fn request_id(&self, bits: u128) -> RequestId {
        RequestId::alphanumeric(bits)
    }

    fn content_type(&self, _error: &Told<'_>) -> HeaderValue {
        HeaderValue::from_static("application/json; charset=utf-8")
    }

    fn body(&self, error: &Told<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"requestId\":\"");
        out.extend_from_slice(error.request_id.as_bytes());
        out.extend_from_slice(b"\",\"error\":{\"status\":\"");
        Json::new(out).text(error.code.unwrap_or_default());
        out.extend_from_slice(b"\",\"code\":");
        Json::new(out).text(error.status);
        out.extend_from_slice(b",\"message\":\"");
        Json::new(out).text(error.message);
        out.extend_from_slice(b"\"}}");
    }

    fn headers(&self, facts: &Facts<'_>, headers: &mut HeaderMap) {
        headers.insert(SERVER, HeaderValue::from_static("jfe"));
        headers.insert(VIA, HeaderValue::from_static("jd-gateway/1.0.1"));
        headers.insert(REQUEST_ID, facts.request_id.to_header());
        let milliseconds = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        if let Some(upstream) = facts.upstream {
            headers.insert(UPSTREAM_LATENCY, milliseconds(upstream).into());
            headers.insert(PROXY_LATENCY, milliseconds(facts.elapsed().saturating_sub(upstream)).into());
        }
        if let Some((rate, standing)) = facts.rate {
            let (limit, remaining) = match rate.window {
                Window::Second => ("x-jdcloud-limit-second", "x-jdcloud-remaining-second"),
                Window::Minute => ("x-jdcloud-limit-minute", "x-jdcloud-remaining-minute"),
                Window::Hour => ("x-jdcloud-limit-hour", "x-jdcloud-remaining-hour"),
                Window::Day => ("x-jdcloud-limit-day", "x-jdcloud-remaining-day"),
            };
            headers.insert(HeaderName::from_static(limit), standing.limit.into());
            headers.insert(HeaderName::from_static(remaining), standing.remaining.into());
        }
    }

    fn backend_fields(&self, client: &Client<'_>, fields: &mut Fields) {
        fields.set(X_FORWARDED_FOR, client.address);
        fields.set(X_REAL_IP, client.address);
        fields.set_text(X_FORWARDED_PROTO, client.scheme.as_bytes());
        fields.set_text(REQUEST_ID, client.request_id.as_bytes());
    }
}
