//! Tencent Cloud API Gateway: `{"message":"…"}`, as its OpenResty heart writes it.

use http::header::SERVER;
use http::{HeaderMap, HeaderName, HeaderValue, Version};

use super::{Client, Envelope, Facts, Json, Told, X_FORWARDED_FOR};
use crate::fields::Fields;
use crate::request_id::RequestId;
use crate::snapshot::CountBy;
use crate::state::Standing;

const X_API_REQUEST_ID: HeaderName = HeaderName::from_static("x-api-requestid");
const X_API_ID: HeaderName = HeaderName::from_static("x-api-id");
const X_SERVICE_RATE_LIMIT: HeaderName = HeaderName::from_static("x-service-ratelimit");
const X_API_RATE_LIMIT: HeaderName = HeaderName::from_static("x-api-ratelimit");
const X_PLAN_RATE_LIMIT: HeaderName = HeaderName::from_static("x-usageplan-ratelimit");
const X_PLAN_ID: HeaderName = HeaderName::from_static("x-usageplan-id");
const X_SECRET_ID: HeaderName = HeaderName::from_static("x-secret-id");
const X_PLAN_QUOTA: HeaderName = HeaderName::from_static("x-usageplan-quota");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");
const X_CLIENT_PROTO: HeaderName = HeaderName::from_static("x-client-proto");
const X_CLIENT_PROTO_VER: HeaderName = HeaderName::from_static("x-client-proto-ver");
const X_B3_TRACE_ID: HeaderName = HeaderName::from_static("x-b3-traceid");
const X_API_SCHEME: HeaderName = HeaderName::from_static("x-api-scheme");

const UNLIMITED: HeaderValue = HeaderValue::from_static("unlimited");

/// See the module.
#[derive(Debug)]
pub(super) struct Tencent;

impl Envelope for Tencent {
    fn name(&self) -> &'static str {
        "tencent"
    }

    fn request_id(&self, bits: u128) -> RequestId {
        RequestId::hex(bits)
    }

    fn content_type(&self) -> HeaderValue {
        HeaderValue::from_static("application/json")
    }

    fn body(&self, error: &Told<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"message\":\"");
        Json::with_slashes(out).text(error.message);
        out.extend_from_slice(b"\"}");
    }

    fn headers(&self, facts: &Facts<'_>, headers: &mut HeaderMap) {
        headers.insert(SERVER, HeaderValue::from_static("apigw/1.0.15"));
        headers.insert(X_API_REQUEST_ID, facts.request_id.clone());
        let Some(route) = facts.route else { return };
        headers.insert(X_API_ID, route.api_id.clone());
        let left = |standing: Standing| {
            HeaderValue::try_from(format!("{}/{}", standing.remaining, standing.limit)).unwrap_or(UNLIMITED)
        };
        if let Some((_, standing)) = facts.service {
            headers.insert(X_SERVICE_RATE_LIMIT, left(standing));
        }
        let standing = facts.rate.map(|(rate, standing)| (rate.by, left(standing)));
        // An app's share is what its usage plan grants; the rest are limits of the API.
        let (api, plan) = match standing {
            Some((CountBy::App, text)) => (UNLIMITED, text),
            Some((CountBy::All | CountBy::Ip, text)) => (text, UNLIMITED),
            None => (UNLIMITED, UNLIMITED),
        };
        headers.insert(X_API_RATE_LIMIT, api);
        let of_plan = facts.plan.and_then(|plan| plan.rate).map(left);
        headers.insert(X_PLAN_RATE_LIMIT, of_plan.unwrap_or(plan));
        headers.insert(X_PLAN_QUOTA, facts.quota.map_or(UNLIMITED, left));
        if let Some(plan) = facts.plan {
            headers.insert(X_PLAN_ID, plan.id.clone());
            if let Ok(key_id) = HeaderValue::try_from(plan.key_id) {
                headers.insert(X_SECRET_ID, key_id);
            }
        }
    }

    fn backend_fields(&self, client: &Client<'_>, fields: &mut Fields) {
        fields.set(X_FORWARDED_FOR, client.address);
        fields.set(X_REAL_IP, client.address);
        fields.set_text(X_CLIENT_PROTO, client.scheme.as_bytes());
        let version: &[u8] = match client.version {
            Version::HTTP_10 => b"HTTP/1.0",
            Version::HTTP_2 => b"HTTP/2.0",
            _ => b"HTTP/1.1",
        };
        fields.set_text(X_CLIENT_PROTO_VER, version);
        fields.set(X_API_REQUEST_ID, client.request_id);
        fields.set(X_B3_TRACE_ID, client.request_id);
        fields.set_text(X_API_SCHEME, client.scheme.as_bytes());
    }
}
