//! Huawei Cloud APIG: `{"error_msg":…,"error_code":…,"request_id":…}`, in the order seen on the wire.

use http::header::SERVER;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Client, Envelope, Facts, Json, Told, X_FORWARDED_FOR, X_FORWARDED_HOST, X_FORWARDED_PROTO, X_REQUEST_ID};
use crate::fields::Fields;
use crate::request_id::RequestId;
use crate::snapshot::CountBy;

const X_APIG_MODE: HeaderName = HeaderName::from_static("x-apig-mode");
const X_APIG_LATENCY: HeaderName = HeaderName::from_static("x-apig-latency");
const X_APIG_UPSTREAM_LATENCY: HeaderName = HeaderName::from_static("x-apig-upstream-latency");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// See the module.
#[derive(Debug)]
pub(super) struct Huawei;

impl Envelope for Huawei {
    fn name(&self) -> &'static str {
        "huawei"
    }

    fn request_id(&self, bits: u128) -> RequestId {
        RequestId::hex(bits)
    }

    fn content_type(&self, _error: &Told<'_>) -> HeaderValue {
        HeaderValue::from_static("application/json")
    }

    fn body(&self, error: &Told<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"error_msg\":\"");
        Json::new(out).text(error.message);
        out.extend_from_slice(b"\",\"error_code\":\"");
        Json::new(out).text(error.code.unwrap_or_default());
        out.extend_from_slice(b"\",\"request_id\":\"");
        out.extend_from_slice(error.request_id.as_bytes());
        out.extend_from_slice(b"\"}");
    }

    fn headers(&self, facts: &Facts<'_>, headers: &mut HeaderMap) {
        let milliseconds = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        headers.insert(SERVER, HeaderValue::from_static("api-gateway"));
        headers.insert(X_REQUEST_ID, facts.request_id.to_header());
        // Documented for debug mode only, but seen without it.
        headers.insert(X_APIG_LATENCY, milliseconds(facts.elapsed()).into());
        if facts.diagnostics.is_none() {
            return;
        }
        if let Some(upstream) = facts.upstream {
            headers.insert(X_APIG_UPSTREAM_LATENCY, milliseconds(upstream).into());
        }
        if let Some((rate, standing)) = facts.rate {
            let name = match rate.by {
                CountBy::All => "x-apig-ratelimit-api",
                CountBy::App => "x-apig-ratelimit-app",
                CountBy::Ip => "x-apig-ratelimit-ip",
            };
            let window = rate.window.text();
            let text = format!("remain:{},limit:{},time:{window}", standing.remaining, standing.limit);
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }

    fn backend_fields(&self, client: &Client<'_>, fields: &mut Fields) {
        fields.set(X_FORWARDED_FOR, client.address);
        fields.set(X_REAL_IP, client.address);
        fields.set_text(X_FORWARDED_PROTO, client.scheme.as_bytes());
        if let Some(host) = client.host {
            fields.set(X_FORWARDED_HOST, host);
        }
        fields.set_text(X_REQUEST_ID, client.request_id.as_bytes());
    }

    fn wants_diagnostics(&self, request: &HeaderMap) -> bool {
        request.get(X_APIG_MODE).is_some_and(|mode| mode == "debug")
    }
}
