//! Command lines worth trying, one of them signed.

use std::fmt::Write;
use std::net::SocketAddr;

use http::{HeaderMap, HeaderValue, Method};

use crate::clock::Timestamp;
use crate::scheme::{Scheme, SignedRequest, Signing};
use crate::secret::Secret;

/// The demo's key, as `demo.yaml` has it.
const KEY: (&str, &str) = ("demo-key", "demo-secret");

/// Three lines: a refusal, a signed call, a rate limit.
pub fn lines(gateway: SocketAddr, now: Timestamp) -> [String; 3] {
    let port = gateway.port();
    let host = |vendor: &str| format!("http://{vendor}.localhost:{port}");
    [
        format!("curl -i {}/dead", host("huawei")),
        signed(&host("tencent"), now),
        format!(
            "for i in 1 2 3 4 5 6; do curl -s -o /dev/null -w '%{{http_code}}\\n' {}/limited; done",
            host("jdcloud")
        ),
    ]
}

/// A call signed with the demo's key; good for 15 minutes.
fn signed(base: &str, now: Timestamp) -> String {
    let secret = Secret::from(KEY.1);
    let mut headers = HeaderMap::new();
    headers.insert("source", HeaderValue::from_static("curl"));
    let request = SignedRequest {
        method: &Method::GET,
        path: "/signed",
        signed_path: "/signed",
        query: None,
        headers: &headers,
        body: None,
    };
    let signing = Signing { signed_headers: Some(&["x-date", "source"]), ..Signing::new(KEY.0, &secret, now, "") };
    let added = Scheme::TencentKeyPair.sign(&request, &signing).unwrap_or_default();
    let mut line = format!("curl -i {base}/signed -H 'Source: curl'");
    for (name, value) in &added {
        let value = String::from_utf8_lossy(value.as_bytes());
        // Writing to a string cannot fail.
        let _ = write!(line, " -H '{name}: {value}'");
    }
    line
}
