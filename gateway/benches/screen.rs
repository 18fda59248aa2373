//! What screening costs beside parsing: heads as clients send them, and bodies.
//!
//! `cargo bench -p apigw-gateway --bench screen`

#![allow(missing_docs, reason = "divan's attribute makes public items")]

use apigw_gateway::screen::{Bounds, Screen};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

const BOUNDS: Bounds = Bounds { uri: 32 << 10, header: 32 << 10, headers: 128 << 10, header_count: 100 };

const CURL: &str =
    "GET /users/42?verbose=1 HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n";

const BROWSER: &str = "GET /v1/orders/2024/02/29?page=2&sort=-created HTTP/1.1\r\nHost: api.example.com\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0\r\n\
    Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n\
    Accept-Language: en-GB,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\nConnection: keep-alive\r\n\
    Cookie: session=3f0c9f2f5a7d4e6b8c1d2e3f4a5b6c7d8e9fa0b1c2d3e4f5; theme=dark; consent=1\r\n\
    Referer: https://www.example.com/account/orders\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n\
    Sec-Fetch-Site: same-site\r\nUpgrade-Insecure-Requests: 1\r\n\r\n";

fn main() {
    divan::main();
}

#[divan::bench(args = [CURL, BROWSER])]
fn screened(bencher: Bencher<'_, '_>, head: &str) {
    let mut screen = Screen::new(BOUNDS);
    bencher.counter(BytesCount::of_str(head)).bench_local(|| screen.screen(black_box(head.as_bytes())));
}

/// hyper's parser on the same heads, for comparison.
#[divan::bench(args = [CURL, BROWSER])]
fn parsed(bencher: Bencher<'_, '_>, head: &str) {
    bencher.counter(BytesCount::of_str(head)).bench_local(|| {
        let mut fields = [httparse::EMPTY_HEADER; 100];
        let mut request = httparse::Request::new(&mut fields);
        request.parse(black_box(head.as_bytes())).map(|status| status.is_complete())
    });
}

#[divan::bench(args = [1 << 10, 64 << 10])]
fn chunked_body(bencher: Bencher<'_, '_>, size: usize) {
    let body = "x".repeat(size);
    let message =
        format!("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{size:x}\r\n{body}\r\n0\r\n\r\n");
    let mut screen = Screen::new(BOUNDS);
    bencher.counter(BytesCount::of_str(&message)).bench_local(|| screen.screen(black_box(message.as_bytes())));
}
