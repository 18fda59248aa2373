//! Backends that misbehave, and what of a call reaches one that does not.

#![allow(
    clippy::expect_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod connections;
mod faults;
#[path = "../harness/mod.rs"]
mod harness;
mod messages;

use harness::Backend;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// A host `h` in Huawei's voice with this backend at `/`.
fn config(backend: &Backend) -> String {
    format!(
        "backends: {{ allow: [127.0.0.1] }}\naccess_log: off\nhosts:\n  - host: h\n    dialect: huawei\n    routes:\n      \
         - {{ id: all, path: /, match: prefix, backend: {{ url: \"http://{}\", timeout: 10m }} }}\n",
        backend.address
    )
}

fn codes(reply: &harness::Reply) -> (u16, String) {
    let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    (reply.status(), body["error_code"].as_str().unwrap_or_default().to_owned())
}
