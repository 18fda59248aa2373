//! What the gateway costs, as ratios; run on demand:
//! `cargo test --release -p apigw-gateway --test throughput -- --ignored --nocapture`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]
#![allow(clippy::format_push_string, clippy::cast_precision_loss, reason = "figures are for reading")]

mod harness;

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use apigw_gateway::demo;
use harness::{Client, at, gateway};

const CLIENTS: usize = 16;
const TIME: Duration = Duration::from_secs(3);

/// Calls a second of keep-alive clients that wait for each answer.
fn rate(address: SocketAddr, request: &'static str, status: u16) -> f64 {
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            thread::spawn(move || {
                let mut client = Client::connect(address);
                let (start, mut calls) = (Instant::now(), 0_u32);
                while start.elapsed() < TIME {
                    assert_eq!(client.write(request).read().status(), status);
                    calls += 1;
                }
                calls
            })
        })
        .collect();
    let calls: u32 = clients.into_iter().map(|client| client.join().unwrap()).sum();
    f64::from(calls) / TIME.as_secs_f64()
}

#[test]
#[ignore = "measures, and asserts nothing"]
fn what_a_call_costs() {
    let backend = demo::start_backend().unwrap();
    let route = |id: &str, more: &str| {
        format!("      - {{ id: {id}, path: /{id}{more}, backend: {{ url: \"http://{backend}\" }} }}\n")
    };
    let mut text =
        "access_log: off\nbackends: { allow: [127.0.0.1] }\nhosts:\n  - host: h\n    dialect: huawei\n    routes:\n"
            .to_owned();
    text += &route("open", "");
    text += &route("limited", ", rate: { limit: 1000000000, per: day }");
    for number in 0..10_000 {
        text += &route(&format!("r{number}"), "");
    }
    let gateway = gateway(&text);
    let address = at(&gateway);
    let direct = rate(backend, "GET /open HTTP/1.1\r\nHost: h\r\n\r\n", 200);
    println!("straight to the backend      1.00  ({direct:.0}/s)");
    for (what, request, status) in [
        ("through the gateway", "GET /open HTTP/1.1\r\nHost: h\r\n\r\n", 200),
        ("the last of 10 000 routes", "GET /r9999 HTTP/1.1\r\nHost: h\r\n\r\n", 200),
        ("with a rate limit", "GET /limited HTTP/1.1\r\nHost: h\r\n\r\n", 200),
        ("refused: no such path", "GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n", 404),
    ] {
        let rate = rate(address, request, status);
        println!("{what:28} {:.2}  ({rate:.0}/s)", rate / direct);
    }
}
