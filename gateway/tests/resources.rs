//! What runs out, and what must not: descriptors, room for the log, the time, and, over many calls, memory.

#![allow(
    clippy::expect_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod harness;

use std::thread;
use std::time::{Duration, Instant};

use apigw_gateway::clock::Timestamp;
use apigw_gateway::scheme::{Scheme, SignedRequest, Signing};
use apigw_gateway::secret::Secret;
use apigw_gateway::{Config, Gateway};
use harness::process::Process;
use harness::{Backend, Client, at, call, eventually, gateway, get};
use http::{HeaderMap, Method};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

const GOOD: &str = "GET /open HTTP/1.1\r\nHost: j\r\n\r\n";

/// A host `j` with an open API, a limited, a signed and a panicking one, and one whose backend never answers.
fn config(backend: &Backend, silent: &Backend, more: &str) -> String {
    let url = |backend: &Backend| format!("backend: {{ url: \"http://{}\" }}", backend.address);
    let (open, never) = (url(backend), url(silent));
    format!(
        "listeners: [{{ address: 127.0.0.1:0 }}]\nbackends: {{ allow: [127.0.0.1] }}\n{more}
keys: [{{ id: key, secret: {{ value: secret }}, grants: [\"*\"] }}]
hosts:
  - host: j
    dialect: jdcloud
    routes:
      - {{ id: open, path: /open, {open} }}
      - {{ id: limited, path: /limited, rate: {{ limit: 3, per: day }}, {open} }}
      - {{ id: signed, path: /signed, auth: {{ scheme: jdcloud }}, {open} }}
      - {{ id: panicking, path: /panicking, fault: {{ panic: true }}, {open} }}
      - {{ id: silent, path: /silent, {never} }}
"
    )
}

fn silent() -> Backend {
    Backend::with(|peer| {
        peer.head();
        peer.drain();
    })
}

#[test]
fn without_descriptors_accepting_pauses_and_resumes() {
    const FILES: u32 = 48;
    let (backend, silent) = (Backend::answering(OK), silent());
    let text = config(&backend, &silent, "threads: 1\naccess_log: off\nlimits: { first_byte_timeout: 10m }\n");
    let mut process = Process::with_files(FILES, "descriptors", &text);
    let mut first = Client::connect(process.gateway);
    assert_eq!(first.write("GET /nowhere HTTP/1.1\r\nHost: j\r\n\r\n").read().status(), 404);
    let crowd: Vec<Client> = (0..FILES).map(|_| Client::connect(process.gateway)).collect();
    eventually("all descriptors are in use", || process.descriptors() >= usize::try_from(FILES).unwrap());
    // Nothing is left for a connection to the backend: that is not the backend's fault.
    let refused = first.write(GOOD).read();
    assert_eq!((refused.status(), refused.text().contains("UNAVAILABLE")), (503, true), "{}", refused.text());
    assert!(process.is_running());
    drop(crowd);
    eventually("there is room again", || first.write(GOOD).read().status() == 200);
    eventually("new connections are taken", || get(process.gateway, "j", "/open", &[]).status() == 200);
    assert!(process.metric("apigw_bounds_hit_total{bound=\"descriptors\"}") > 0);
}

#[test]
fn a_full_disk_costs_lines_of_the_log_and_no_call() {
    let (backend, silent) = (Backend::answering(OK), silent());
    let process = Process::start("full", Some(&config(&backend, &silent, "access_log: { file: /dev/full }\n")), &[]);
    let mut client = Client::connect(process.gateway);
    for _ in 0..50 {
        assert_eq!(client.write(GOOD).read().status(), 200);
    }
    eventually("every line is missed", || process.metric("apigw_access_log_dropped_lines_total") == 50);
    assert_eq!(client.write(GOOD).read().status(), 200);
}

/// A signed call at this time of the client's, with this nonce.
fn signed(gateway: &Gateway, at_time: Timestamp, nonce: &str) -> (u16, String) {
    let mut headers = HeaderMap::new();
    headers.insert("host", "j".parse().unwrap());
    let request = SignedRequest {
        method: &Method::GET,
        path: "/signed",
        signed_path: "/signed",
        query: None,
        headers: &headers,
        body: None,
    };
    let secret = Secret::from("secret");
    let added = Scheme::Jdcloud.sign(&request, &Signing::new("key", &secret, at_time, nonce)).unwrap();
    let fields: String = added.iter().map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap())).collect();
    let reply = call(at(gateway), format!("GET /signed HTTP/1.1\r\nHost: j\r\n{fields}\r\n"));
    (reply.status(), reply.text())
}

#[test]
fn a_clock_that_jumps_forgets_neither_nonces_nor_counts() {
    let (backend, silent) = (Backend::answering(OK), silent());
    let text = |clock: &str| config(&backend, &silent, &format!("access_log: off\ntest: {{ clock: {clock} }}\n"));
    let gateway = gateway(text("20240229T120000Z").split_once('\n').unwrap().1);
    let set = |clock: &str| gateway.reload(Config::parse("again.yaml", &text(clock)).unwrap().snapshot);
    let (noon, eleven) = (Timestamp::from_unix(1_709_208_000), Timestamp::from_unix(1_709_204_400));
    let limited = || get(at(&gateway), "j", "/limited", &[]).status();

    assert_eq!(signed(&gateway, noon, "one").0, 200);
    assert_eq!(signed(&gateway, noon, "one").0, 403, "a nonce passes once");
    assert_eq!((limited(), limited()), (200, 200));
    set("20240229T110000Z");
    assert_eq!(signed(&gateway, noon, "two").0, 401, "an hour ahead by now");
    assert_eq!(signed(&gateway, eleven, "three").0, 200);
    assert_eq!((limited(), limited()), (200, 429), "windows do not look at this clock");
    set("20240229T120000Z");
    assert_eq!(signed(&gateway, noon, "one").0, 403, "still known");
    assert_eq!(signed(&gateway, eleven, "three").0, 401, "an hour late");
    assert_eq!(signed(&gateway, noon, "four").0, 200);
    assert_eq!(limited(), 429);

    // Ahead, so that all of the above looks long expired, and back.
    set("20240229T180000Z");
    let evening = Timestamp::from_unix(1_709_229_600);
    for number in 0..64 {
        assert_eq!(signed(&gateway, evening, &format!("evening {number}")).0, 200);
    }
    set("20240229T120000Z");
    for nonce in ["one", "four"] {
        assert_eq!(signed(&gateway, noon, nonce).0, 403, "{nonce} is still known");
    }
    assert_eq!(limited(), 429);
}

/// One of everything that clients do, well and badly.
fn round(address: std::net::SocketAddr, kept: &mut Client) {
    for (request, status) in [
        (GOOD, 200),
        ("HEAD /open HTTP/1.1\r\nHost: j\r\n\r\n", 200),
        ("POST /open HTTP/1.1\r\nHost: j\r\nContent-Length: 3\r\n\r\nabc", 200),
        ("POST /open HTTP/1.1\r\nHost: j\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200),
        ("GET /nowhere HTTP/1.1\r\nHost: j\r\n\r\n", 404),
        ("GET /signed HTTP/1.1\r\nHost: j\r\n\r\n", 401),
        ("GET /limited HTTP/1.1\r\nHost: j\r\n\r\n", 429),
    ] {
        let method = request.split(' ').next().unwrap();
        assert_eq!(kept.write(request).read_to(method).status(), status, "{request}");
    }
    for (request, status) in [
        ("POST /open HTTP/1.1\r\nHost: j\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400),
        ("GET /open HTTP/9.9\r\nHost: j\r\n\r\n", 400),
        ("GET /panicking HTTP/1.1\r\nHost: j\r\n\r\n", 500),
    ] {
        assert_eq!(call(address, request).status(), status, "{request}");
    }
    // Who leaves: before a call, in its head, in its body, while it waits.
    for cut in [
        "",
        "GET /op",
        "POST /open HTTP/1.1\r\nHost: j\r\nContent-Length: 9\r\n\r\nabc",
        "GET /silent HTTP/1.1\r\nHost: j\r\n\r\n",
    ] {
        let _ = Client::connect(address).write(cut);
    }
}

/// Rounds by several clients at once, until this time or so many.
fn rounds(address: std::net::SocketAddr, each: usize, until: Instant) {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut kept = Client::connect(address);
                let mut count = 0;
                while count < each || Instant::now() < until {
                    round(address, &mut kept);
                    count += 1;
                }
            });
        }
    });
}

/// A thousand calls of every kind; hours of them with `APIGW_SOAK=7200` (seconds).
#[test]
fn after_thousands_of_calls_everything_is_as_it_was() {
    let seconds = std::env::var("APIGW_SOAK").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    // The backends live in this process; theirs are the bodies that are read.
    let backend = Backend::with(|peer| {
        while let Some(head) = peer.head() {
            if head.contains("content-length: 3") {
                peer.read(3);
            } else if head.contains("transfer-encoding: chunked") {
                peer.read("3\r\nabc\r\n0\r\n\r\n".len());
            }
            let body = if head.starts_with("HEAD ") { "" } else { "hi" };
            peer.send(format!("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{body}").as_bytes());
        }
    });
    let silent = silent();
    let text = config(&backend, &silent, "threads: 2\naccess_log: { file: /dev/null }\n");
    let process = Process::start("soak", Some(&text), &[]);
    for _ in 0..3 {
        get(process.gateway, "j", "/limited", &[]);
    }
    let idle = |process: &Process| {
        let open = |name| process.metric(name) == 0;
        eventually("everybody has left", || open("apigw_connections_open") && open("apigw_requests_in_flight"));
        (process.descriptors(), process.memory())
    };
    rounds(process.gateway, 25, Instant::now());
    let (descriptors, memory) = idle(&process);
    rounds(process.gateway, 250, Instant::now() + Duration::from_secs(seconds));
    let (descriptors_after, memory_after) = idle(&process);
    // Connections to backends wait for a further call: as many as there were calls at once.
    assert!(descriptors_after <= descriptors + 8, "{descriptors} descriptors before, {descriptors_after} after");
    assert!(memory_after <= memory + (8 << 10), "{memory} KiB before, {memory_after} after");
}
