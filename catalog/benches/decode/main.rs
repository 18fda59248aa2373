//! Whole responses: `decode` beside the obvious way (a JSON value, a set of regular expressions, a hash map), with the
//! allocations of both; and what more codes cost. Read the ratios, not the nanoseconds.
//!
//! `cargo bench -p apigw-errors --bench decode`; with `-- --count N` a loop of N decodings for an instruction counter
//! (`valgrind --tool=callgrind`, `perf stat -e instructions`).

#![allow(
    clippy::unwrap_used,
    clippy::wildcard_imports,
    clippy::indexing_slicing,
    reason = "a benchmark may panic, and its groups share imports"
)]

mod many;
mod obvious;

use std::hint::black_box;
use std::sync::LazyLock;

use apigw_errors::CATALOG;
use apigw_errors::decode::{Decoder, decode};
use divan::Bencher;
use obvious::Obvious;

#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

/// The obvious way, over the whole catalog.
static OBVIOUS: LazyLock<Obvious> = LazyLock::new(|| Obvious::over(CATALOG.vendors));

fn main() {
    for response in &RESPONSES {
        response.compare();
    }
    let arguments: Vec<String> = std::env::args().collect();
    let Some(at) = arguments.iter().position(|argument| argument == "--count") else { return divan::main() };
    let count: usize = arguments[at + 1..].first().unwrap().parse().unwrap();
    for _ in 0..count {
        for response in &RESPONSES {
            black_box(response.decode());
        }
    }
}

struct Response {
    name: &'static str,
    status: u16,
    headers: [(&'static str, &'static str); 5],
    body: &'static str,
}

impl std::fmt::Display for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Response {
    fn decode(&self) -> usize {
        decode(self.status, black_box(&self.headers), black_box(self.body.as_bytes())).candidates.len()
    }

    /// Both find the same, or what is compared is not the same work.
    fn compare(&self) {
        let ours = decode(self.status, &self.headers, self.body.as_bytes());
        let obvious = OBVIOUS.decode(self.status, &self.headers, self.body.as_bytes());
        let (best, found) = (ours.candidates.first(), obvious.as_ref());
        assert_eq!(best.map(|best| best.code.id), found.map(|found| found.code.id), "{self}");
        assert_eq!(ours.request_id.as_deref(), found.and_then(|found| found.request_id.as_deref()), "{self}");
    }
}

const OTHER: [(&str, &str); 3] =
    [("Content-Type", "application/json"), ("Date", "Sat, 21 Nov 2026 13:00:00 GMT"), ("Content-Length", "300")];

/// Bodies of about 300 bytes, but for what their gateways write shorter.
static RESPONSES: [Response; 5] = [
    Response {
        name: "huawei, four parameters",
        status: 429,
        headers: [OTHER[0], OTHER[1], OTHER[2], ("Server", "api-gateway"), ("X-Request-Id", "0fd5dc3f8e5ca9bc")],
        body: r#"{"error_msg":"The throttling threshold has been reached: policy user over ratelimit,limit:5,time:1 minute","error_code":"APIG.0308","request_id":"0fd5dc3f8e5ca9bcd2f6c7ef7e2fb1c8"}"#,
    },
    Response {
        name: "tencent, one parameter",
        status: 404,
        headers: [OTHER[0], OTHER[1], OTHER[2], ("Server", "apigw/1.0.15"), ("X-Api-RequestId", "8a3c1b2d4e5f6071")],
        body: r#"{"message":"There is no api match uri[\/release\/shops\/3a7b9c1d-5e2f-4a6b-8c0d-1e2f3a4b5c6d\/orders\/2026\/11\/21\/items\/5d6e7f80-91a2-b3c4-d5e6-f708192a3b4c\/attachments\/0123456789abcdef0123456789abcdef\/thumbnails\/large\/with-a-rather-long-file-name-as-people-write-them-2026-11-21.webp]"}"#,
    },
    Response {
        name: "jdcloud, none",
        status: 403,
        headers: [OTHER[0], OTHER[1], OTHER[2], ("Via", "jd-gateway/1.0.1"), ("x-jdcloud-request-id", "ce6ttm6ir2hu")],
        body: r#"{"requestId":"ce6ttm6ir2hu3mutbkdpr7j3iecwh77q","error":{"status":"APIGW_NONCE_CONFLICT","code":403,"message":"Nonce冲突 [gw]"}}"#,
    },
    Response {
        name: "huawei, unknown detail",
        status: 401,
        headers: [OTHER[0], OTHER[1], OTHER[2], ("Server", "api-gateway"), ("X-Request-Id", "0fd5dc3f8e5ca9bc")],
        body: r#"{"error_msg":"Incorrect IAM authentication information: the domain of this account was frozen by its administrator at 2026-11-21, ask for it to be unfrozen in the console of the enterprise, or use another account","error_code":"APIG.0301","request_id":"0fd5dc3f8e5ca9bcd2f6c7ef7e2fb1c8"}"#,
    },
    Response {
        name: "a stranger's",
        status: 422,
        headers: [OTHER[0], OTHER[1], OTHER[2], ("Server", "nginx"), ("X-Runtime", "0.041")],
        body: r#"{"errors":[{"resource":"Issue","field":"title","code":"missing_field"},{"resource":"Issue","field":"body","code":"too_long"}],"message":"Validation Failed: the title is missing, the body is longer than 65536 characters","documentation_url":"https://docs.example.com/rest/issues#create-an-issue"}"#,
    },
];

#[divan::bench_group]
mod catalog {
    use super::*;

    #[divan::bench(args = &RESPONSES)]
    fn ours(response: &Response) -> usize {
        response.decode()
    }

    #[divan::bench(args = &RESPONSES)]
    fn obvious(response: &Response) -> usize {
        let found = OBVIOUS.decode(response.status, black_box(&response.headers), black_box(response.body.as_bytes()));
        found.map_or(0, |found| found.params.len() + 1)
    }
}

/// The same response, with more and more codes beside its own.
#[divan::bench_group]
mod codes {
    use super::*;

    const NUMBERS: [usize; 3] = [230, 1_000, 5_000];

    #[divan::bench(args = NUMBERS)]
    fn ours(bencher: Bencher<'_, '_>, codes: usize) {
        let decoder = Decoder::of(many::vendor(codes));
        let response = &RESPONSES[0];
        bencher.bench_local(|| {
            decoder.decode(response.status, black_box(&response.headers), black_box(response.body.as_bytes()))
        });
    }

    #[divan::bench(args = NUMBERS)]
    fn obvious(bencher: Bencher<'_, '_>, codes: usize) {
        let obvious = Obvious::over(&[many::vendor(codes)]);
        let response = &RESPONSES[0];
        bencher.bench_local(|| {
            obvious.decode(response.status, black_box(&response.headers), black_box(response.body.as_bytes()))
        });
    }
}
