//! Pools of servers over real sockets: who is called, who is left out, what is tried again, and how long it may take.

#![allow(
    clippy::expect_used,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod harness;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use apigw_gateway::Config;
use harness::{Backend, at, call, eventually, gateway, get, within};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// A host `p` whose API `/` goes to a pool with these servers (`address, weight: …`) and further settings.
fn config(servers: &[String], pool: &str, backend: &str) -> String {
    let servers: Vec<String> = servers.iter().map(|server| format!("{{ address: {server} }}")).collect();
    format!(
        "threads: 1\naccess_log: off\nbackends: {{ allow: [127.0.0.1] }}\n\
         pools: [{{ id: pool, servers: [{}]{pool} }}]\n\
         hosts: [{{ host: p, dialect: problem, routes: [{{ id: a, path: /, match: prefix, backend: {{ pool: pool{backend} }} }}] }}]\n",
        servers.join(", ")
    )
}

fn address(backend: &Backend) -> String {
    format!("\"{}\"", backend.address)
}

/// A server that closes every connection, or answers, as the switch says.
fn switched() -> (Backend, Arc<AtomicBool>) {
    let good = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&good);
    let backend = Backend::with(move |peer| {
        while peer.head().is_some() && switch.load(Ordering::SeqCst) {
            peer.send(OK.as_bytes());
        }
    });
    (backend, good)
}

fn condition(reply: &harness::Reply) -> String {
    let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    body["condition"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn calls_are_spread_by_weight() {
    let servers = [Backend::answering(OK), Backend::answering(OK), Backend::answering(OK)];
    let written = [
        format!("{}, weight: 2", address(&servers[0])),
        address(&servers[1]),
        format!("{}, weight: 0", address(&servers[2])),
    ];
    let gateway = gateway(&config(&written, "", ""));
    for _ in 0..9 {
        assert_eq!(get(at(&gateway), "p", "/", &[]).status(), 200);
    }
    let counts = [servers[0].requests(), servers[1].requests(), servers[2].requests()];
    assert_eq!(counts, [6, 3, 0]);
}

#[test]
fn the_same_uri_meets_the_same_server() {
    let servers = [Backend::answering(OK), Backend::answering(OK), Backend::answering(OK)];
    let written: Vec<String> = servers.iter().map(address).collect();
    let gateway = gateway(&config(&written, ", balance: uri_hash", ""));
    for number in 0..24 {
        get(at(&gateway), "p", &format!("/item/{}", number % 6), &[]);
    }
    let counts: Vec<usize> = servers.iter().map(Backend::requests).collect();
    assert_eq!(counts.iter().sum::<usize>(), 24);
    assert!(counts.iter().all(|count| count % 4 == 0), "{counts:?}: an address went to two servers");
}

#[test]
fn a_server_that_fails_is_left_out_and_comes_back_after_one_trial() {
    let settings = ", ejection: { failures: 2, time: 1s, longest: 1s }";
    // Before the second is over that it is left out.
    let (server, good, gateway, conditions) = within(Duration::from_secs(1), || {
        let (server, good) = switched();
        let gateway = gateway(&config(&[address(&server)], settings, ", retries: 0"));
        let conditions: Vec<String> = (0..4).map(|_| condition(&get(at(&gateway), "p", "/", &[]))).collect();
        (server, good, gateway, conditions)
    });
    let (reset, none) = ("backend.unavailable.reset", "backend.target.none_available");
    assert_eq!(conditions, [reset, reset, none, none]);
    assert_eq!(server.connections(), 2, "who is left out is not called");
    good.store(true, Ordering::SeqCst);
    eventually("it is tried again", || get(at(&gateway), "p", "/", &[]).status() == 200);
    assert_eq!(get(at(&gateway), "p", "/", &[]).status(), 200);
}

#[test]
fn a_reload_forgets_no_ejection() {
    let (server, _bad) = switched();
    let settings = ", ejection: { failures: 1, time: 10m, longest: 10m }";
    let text = config(&[address(&server)], settings, ", retries: 0");
    let gateway = gateway(&text);
    assert_eq!(condition(&get(at(&gateway), "p", "/", &[])), "backend.unavailable.reset");
    let again = Config::parse("again.yaml", &format!("listeners: [{{ address: 127.0.0.1:0 }}]\n{text}")).unwrap();
    gateway.reload(again.snapshot);
    assert_eq!(condition(&get(at(&gateway), "p", "/", &[])), "backend.target.none_available");
}

#[test]
fn probes_take_a_server_out_and_bring_it_back() {
    let healthy = Arc::new(AtomicBool::new(true));
    let state = Arc::clone(&healthy);
    let server = Backend::with(move |peer| {
        while let Some(head) = peer.head() {
            let bad = head.starts_with("GET /healthz ") && !state.load(Ordering::SeqCst);
            peer.send(if bad { b"HTTP/1.1 500 Sick\r\nContent-Length: 0\r\n\r\n" } else { OK.as_bytes() });
        }
    });
    let settings = ", probe: { path: /healthz, interval: 50ms, timeout: 60s, healthy: 2, unhealthy: 2 }";
    let admin = "admin: { address: \"127.0.0.1:0\" }\n";
    let gateway = gateway(&format!("{admin}{}", config(&[address(&server)], settings, "")));
    let is = |wanted: &str| condition(&get(at(&gateway), "p", "/", &[])) == wanted;
    let metrics = || get(gateway.admin().unwrap(), "127.0.0.1", "/metrics", &[]).text();
    let line = |is_in: u8| format!("apigw_server_in_service{{pool=\"pool\",server=\"{}\"}} {is_in}\n", server.address);
    assert_eq!(get(at(&gateway), "p", "/", &[]).status(), 200, "until something is known, it is called");
    assert!(metrics().contains(&line(1)), "{}", metrics());
    healthy.store(false, Ordering::SeqCst);
    eventually("it is out", || is("backend.target.none_available"));
    assert!(metrics().contains(&line(0)), "{}", metrics());
    healthy.store(true, Ordering::SeqCst);
    eventually("it is back", || is("") && metrics().contains(&line(1)));
}

#[test]
fn what_never_left_goes_to_the_next_server_whatever_its_method() {
    let good = Backend::answering(OK);
    let written = ["127.0.0.1:1".to_owned(), address(&good)];
    let gateway = gateway(&config(&written, "", ""));
    for _ in 0..4 {
        let post = "POST / HTTP/1.1\r\nHost: p\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(call(at(&gateway), post).status(), 200);
    }
    assert_eq!(good.requests(), 4);
}

#[test]
fn tries_have_a_budget() {
    let bad: Vec<Backend> = (0..2).map(|_| Backend::with(|peer| drop(peer.head()))).collect();
    let written: Vec<String> = bad.iter().map(address).collect();
    let gateway = gateway(&config(&written, ", ejection: { failures: 0 }", ", retries: 1"));
    for _ in 0..60 {
        assert_eq!(get(at(&gateway), "p", "/", &[]).status(), 502);
    }
    let called = bad[0].requests() + bad[1].requests();
    // Ten tries in hand, and one more for every five calls.
    assert!((70..=83).contains(&called), "60 calls were made {called} times");
}

#[test]
fn a_body_that_is_known_is_sent_again_whole() {
    let (one, other) = (
        Backend::with(|peer| drop(peer.head())),
        Backend::with(|peer| {
            let head = peer.head().unwrap();
            assert!(head.contains("content-length: 5"), "{head}");
            assert_eq!(peer.read(5), b"again");
            peer.send(OK.as_bytes());
        }),
    );
    let gateway = gateway(&config(&[address(&one), address(&other)], ", ejection: { failures: 0 }", ""));
    let reply = call(at(&gateway), "PUT / HTTP/1.1\r\nHost: p\r\nContent-Length: 5\r\n\r\nagain");
    assert_eq!((reply.status(), one.requests()), (200, 1), "{}", reply.text());
}

#[test]
fn the_whole_call_has_a_bound() {
    // Each piece comes soon enough; the last, after half a minute, comes too late.
    let server = Backend::with(|peer| {
        peer.head();
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1500\r\n\r\n");
        for _ in 0..1500 {
            peer.send(b"x");
            thread::sleep(Duration::from_millis(20));
        }
    });
    let gateway = gateway(&config(&[address(&server)], "", ", retries: 0, total_timeout: 500ms, idle_timeout: 60s"));
    let mut reply = get(at(&gateway), "p", "/", &[]);
    // Where the machine holds up its beginning, there is an answer in its place.
    eventually("the answer begins", || {
        if reply.status() == 504 {
            reply = get(at(&gateway), "p", "/", &[]);
        }
        reply.status() == 200
    });
    assert!(!reply.whole, "{reply:?}");
}

#[test]
fn a_pool_or_group_that_nobody_has_is_a_warning_when_the_file_is_loaded() {
    let text = config(&["10.0.0.1:80, group: blue".to_owned()], "", "")
        .replace("backend: { pool: pool }", "backend: { pool: poool }");
    let warned = |text: &str| {
        let text = format!("listeners: [{{ address: 127.0.0.1:0 }}]\n{text}");
        let warnings = Config::parse("gateway.yaml", &text).unwrap().warnings;
        warnings.iter().map(|one| (one.message.clone(), one.help.clone().unwrap())).collect::<Vec<_>>()
    };
    let what = "so calls of this API will be answered with an error of its backend";
    let pool = (format!("there is no pool `poool`, {what}"), "known: `pool`".to_owned());
    assert_eq!(warned(&text), [pool]);
    let group = (format!("pool `pool` has no group `red`, {what}"), "its groups: `blue`".to_owned());
    assert_eq!(warned(&text.replace("pool: poool", "pool: pool, group: red")), [group]);
    assert_eq!(warned(&text.replace("pool: poool", "pool: pool, group: blue")), []);
}
