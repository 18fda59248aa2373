//! What it costs to write the fields of a request to a backend, beside a header map that is changed and then written.
//!
//! `cargo bench -p apigw-gateway --bench fields`

#![allow(clippy::unwrap_used, reason = "a benchmark may panic")]
#![allow(missing_docs, reason = "divan's attribute makes public items")]

use apigw_gateway::fields::Fields;
use divan::{AllocProfiler, Bencher, black_box};
use http::{HeaderMap, HeaderName, HeaderValue};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

const CURL: &[(&str, &str)] = &[("host", "api.example.com"), ("user-agent", "curl/8.5.0"), ("accept", "*/*")];

const BROWSER: &[(&str, &str)] = &[
    ("host", "api.example.com"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0"),
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
    ("accept-language", "en-GB,en;q=0.5"),
    ("accept-encoding", "gzip, deflate, br"),
    ("connection", "keep-alive"),
    ("cookie", "session=3f0c9f2f5a7d4e6b8c1d2e3f4a5b6c7d8e9fa0b1c2d3e4f5; theme=dark; consent=1"),
    ("referer", "https://www.example.com/account/orders"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "same-site"),
    ("upgrade-insecure-requests", "1"),
];

const SET: [&str; 5] = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip", "x-request-id"];

fn client(fields: &[(&str, &str)]) -> HeaderMap {
    fields.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect()
}

#[divan::bench(args = [CURL, BROWSER])]
fn written(bencher: Bencher<'_, '_>, fields: &[(&str, &str)]) {
    let (client, value) = (client(fields), HeaderValue::from_static("0123456789abcdef"));
    bencher.bench_local(|| {
        let mut fields = Fields::default();
        for name in SET {
            fields.set(HeaderName::from_static(name), &value);
        }
        fields.pass_on(black_box(&client))
    });
}

#[divan::bench(args = [CURL, BROWSER])]
fn mapped(bencher: Bencher<'_, '_>, fields: &[(&str, &str)]) {
    let (client, value) = (client(fields), HeaderValue::from_static("0123456789abcdef"));
    bencher.with_inputs(|| client.clone()).bench_local_values(|mut headers| {
        for name in ["host", "connection", "content-length", "expect", "trailer"] {
            headers.remove(name);
        }
        for name in SET {
            headers.insert(HeaderName::from_static(name), value.clone());
        }
        let mut text = Vec::new();
        for (name, value) in &headers {
            text.extend_from_slice(name.as_str().as_bytes());
            text.extend_from_slice(b": ");
            text.extend_from_slice(value.as_bytes());
            text.extend_from_slice(b"\r\n");
        }
        text
    });
}
