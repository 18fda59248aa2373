//! Tencent Cloud API Gateway: `{"message":"…"}`, as its OpenResty heart writes it; in the style `html`, the pages that the
//! proxy before it sends where it cannot answer.

use http::header::SERVER;
use http::{HeaderMap, HeaderName, HeaderValue, Version};

use super::{Client, Diagnostics, Envelope, Facts, Json, Told, X_FORWARDED_FOR};
use crate::decimal::ratio;
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

const X_API_SERVICE_ID: HeaderName = HeaderName::from_static("x-api-serviceid");
const X_API_HTTP_HOST: HeaderName = HeaderName::from_static("x-api-httphost");
const X_API_URI: HeaderName = HeaderName::from_static("x-api-uri");
const X_API_STATUS: HeaderName = HeaderName::from_static("x-api-status");
const X_API_UPSTREAM_STATUS: HeaderName = HeaderName::from_static("x-api-upstreamstatus");

const UNLIMITED: HeaderValue = HeaderValue::from_static("unlimited");

/// What an API whose cross-origin flag is on lets pages read, as its answers carry it. The vendor's own list: it has fields
/// of requests in it, and lacks `X-Api-RequestId` and `X-Api-RateLimit`; rules of one's own can name those.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "X-Api-ID,X-Service-RateLimit,X-UsagePlan-RateLimit,X-UsagePlan-Quota,Cache-Control,Connection,Content-Disposition,\
     Date,Keep-Alive,Pragma,Via,Accept,Accept-Charset,Accept-Encoding,Accept-Language,Authorization,Cookie,Expect,From,\
     Host,If-Match,If-Modified-Since,If-None-Match,If-Range,If-Unmodified-Since,Range,Origin,Referer,User-Agent,\
     X-Forwarded-For,X-Forwarded-Host,X-Forwarded-Proto,Accept-Range,Age,Content-Range,Content-Security-Policy,ETag,\
     Expires,Last-Modified,Location,Server,Set-Cookie,Trailer,Transfer-Encoding,Vary,Allow,Content-Encoding,\
     Content-Language,Content-Length,Content-Location,Content-Type",
);

/// As the foot of a page names it (seen in public issue 14 of qkqpttgf/OneManager-php).
const PAGE_SERVER: &str = "apigw/1.0.16_1.3.3";

/// The statuses that the outer proxy has pages for.
const PAGES: [u16; 2] = [502, 504];

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

    fn content_type(&self, error: &Told<'_>) -> HeaderValue {
        HeaderValue::from_static(if is_page(error) { "text/html" } else { "application/json" })
    }

    fn body(&self, error: &Told<'_>, out: &mut Vec<u8>) {
        if is_page(error) {
            return out.extend_from_slice(page(error).as_bytes());
        }
        out.extend_from_slice(b"{\"message\":\"");
        Json::with_slashes(out).text(error.message);
        out.extend_from_slice(b"\"}");
    }

    fn headers(&self, facts: &Facts<'_>, headers: &mut HeaderMap) {
        headers.insert(SERVER, HeaderValue::from_static("apigw/1.0.15"));
        headers.insert(X_API_REQUEST_ID, facts.request_id.to_header());
        if let Some(diagnostics) = &facts.diagnostics {
            diagnose(diagnostics, facts, headers);
        }
        let Some(route) = facts.route else { return };
        headers.insert(X_API_ID, route.api_id.clone());
        let left =
            |standing: Standing| HeaderValue::try_from(ratio(standing.remaining, standing.limit)).unwrap_or(UNLIMITED);
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

    fn exposed(&self) -> Option<HeaderValue> {
        Some(EXPOSED)
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
        fields.set_text(X_API_REQUEST_ID, client.request_id.as_bytes());
        fields.set_text(X_B3_TRACE_ID, client.request_id.as_bytes());
        fields.set_text(X_API_SCHEME, client.scheme.as_bytes());
    }
}

fn is_page(error: &Told<'_>) -> bool {
    error.style == Some("html") && PAGES.contains(&error.status)
}

/// A page as nginx writes it. The messages of these rows are nginx's own phrases, so nothing is to be escaped.
fn page(error: &Told<'_>) -> String {
    let title = format_args!("{} {}", error.status, error.message);
    format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>{PAGE_SERVER}</center>\r\n</body>\r\n</html>\r\n"
    )
}

/// Tells what the call was, and who made its answer: without an upstream status no backend has answered.
fn diagnose(told: &Diagnostics<'_>, facts: &Facts<'_>, headers: &mut HeaderMap) {
    if let Some(host) = told.host {
        headers.insert(X_API_SERVICE_ID, host.service_id.clone());
        if let Ok(name) = HeaderValue::try_from(&*host.name) {
            headers.insert(X_API_HTTP_HOST, name);
        }
    }
    if let Ok(path) = HeaderValue::try_from(told.asked.path()) {
        headers.insert(X_API_URI, path);
    }
    headers.insert(X_API_STATUS, facts.status.into());
    let upstream = facts.upstream.map_or(HeaderValue::from_static("-"), |_| facts.status.into());
    headers.insert(X_API_UPSTREAM_STATUS, upstream);
}
