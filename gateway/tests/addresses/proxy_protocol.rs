//! Clients that a proxy introduces by the PROXY protocol.

use std::io::Write;
use std::time::Duration;

use crate::harness::process::Process;
use crate::harness::{Backend, Client, at, eventually};
use crate::{DENIED, Folder, OK, QUIET, TCP, UNIDENTIFIED, exchange, from, gateway, log, request, status, tcp, tells};

const FROM_192_0_2_1: &[u8] = b"PROXY TCP4 192.0.2.1 198.51.100.1 1 2\r\n";

/// A header of version 2.
fn v2(fixed: [u8; 4], body: &[u8]) -> Vec<u8> {
    [b"\r\n\r\n\0\r\nQUIT\n", &fixed[..], body].concat()
}

#[test]
fn the_proxy_protocol_names_the_client() {
    let (backend, folder) = (Backend::answering(OK), Folder::new("proxied"));
    let lines = folder.path("access.log");
    let more = format!("access_log: {{ file: {} }}", lines.display());
    let running = gateway(&format!("{{ address: 127.0.0.1:0, proxy_protocol: true }}, {TCP}"), &backend, &more);
    let to = |preamble: &[u8], path: &str| {
        let stream = tcp(at(&running));
        exchange(stream, [preamble, request(path, "X-Forwarded-For: 192.0.2.9\r\n").as_bytes()].concat())
    };
    let four = |first: u8| v2([0x21, 0x11, 0, 12], &[first, 0, 2, 1, 198, 51, 100, 1, 0, 1, 0, 2]);
    let mut unix = [0; 216];
    unix[..5].copy_from_slice(b"/tmp/");
    for (preamble, outcome) in [
        (FROM_192_0_2_1.to_vec(), 200),
        (b"PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n".to_vec(), 200),
        (four(192), 200),
        (b"PROXY TCP4 198.51.100.1 192.0.2.1 1 2\r\n".to_vec(), 403),
        (b"PROXY TCP4 192.0.2.66 198.51.100.1 1 2\r\n".to_vec(), 403),
        (four(193), 403),
        // Of these nobody knows where they come from, or it is the proxy itself, from 127.0.0.1.
        (b"PROXY UNKNOWN\r\n".to_vec(), 403),
        (b"PROXY UNKNOWN ffff::1 192.0.2.1 1 2\r\n".to_vec(), 403),
        (v2([0x21, 0x31, 0, 216], &unix), 403),
        (v2([0x21, 0x00, 0, 0], &[]), 403),
        (v2([0x20, 0x11, 0, 12], &[192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]), 403),
    ] {
        let answer = to(&preamble, "/guarded");
        assert_eq!(status(&answer), outcome, "{preamble:?}: {answer}");
        assert_eq!(status(&to(&preamble, "/open")), 200, "{preamble:?}");
    }
    assert!(to(b"PROXY UNKNOWN\r\n", "/guarded").contains(UNIDENTIFIED));
    assert!(to(b"PROXY TCP4 198.51.100.1 192.0.2.1 1 2\r\n", "/guarded").contains(DENIED));
    assert!(tells(&backend.head(0), "192.0.2.1"), "{}", backend.head(0));
    let health = backend.heads.lock().unwrap().iter().any(|head| head.contains("x-forwarded-for: 127.0.0.1\r\n"));
    assert!(health, "what the proxy asks for itself comes from the proxy");
    // One client has one count, by whichever version it is introduced.
    let counted = [to(FROM_192_0_2_1, "/limited"), to(&four(192), "/limited"), to(FROM_192_0_2_1, "/limited")];
    assert_eq!(counted.map(|answer| status(&answer)), [200, 200, 429]);
    let logged = log(&lines, 27);
    // Each thread hands on its own lines, so they come in any order.
    let first = logged.iter().find(|line| line["client"] == "192.0.2.1:1").unwrap();
    assert!(first["peer"].as_str().unwrap().starts_with("127.0.0.1:"), "{first}");
    // A connection is introduced once, and then kept like any other.
    let mut kept = Client::connect(at(&running));
    kept.write([FROM_192_0_2_1, b"GET /guarded HTTP/1.1\r\nHost: h\r\n\r\n"].concat());
    assert_eq!(kept.read().status(), 200);
    assert_eq!(kept.write("GET /guarded HTTP/1.1\r\nHost: h\r\n\r\n").read().status(), 200);
    // Not where it is not asked for: there it is no HTTP.
    let before = backend.requests();
    let plain = running.addresses()[1];
    let answer = exchange(tcp(plain), [FROM_192_0_2_1, request("/open", "").as_bytes()].concat());
    assert_eq!(status(&answer), 400);
    let answer = exchange(tcp(plain), [four(192), request("/open", "").into_bytes()].concat());
    assert!(matches!(status(&answer), 0 | 400), "{answer}");
    assert_eq!(backend.requests(), before);
}

#[test]
fn only_proxies_that_are_listed_introduce_anybody() {
    let backend = Backend::answering(OK);
    let text = format!(
        "listeners: [{{ address: 127.0.0.1:0, proxy_protocol: {{ from: [127.0.0.2, 10.0.0.0/8] }} }}]\n{QUIET}\nbackends: {{ allow: [127.0.0.1] }}\n\
         hosts: [{{ host: h, dialect: tencent, routes: [{{ id: a, path: /open, backend: {{ url: \"http://{}\" }} }}] }}]\n",
        backend.address
    );
    let mut process = Process::start("senders", Some(&text), &[]);
    let call = |source: &str| {
        exchange(from(source, process.gateway), [FROM_192_0_2_1, request("/open", "").as_bytes()].concat())
    };
    assert_eq!(call("127.0.0.1"), "");
    assert_eq!(backend.requests(), 0);
    assert_eq!(status(&call("127.0.0.2")), 200);
    assert!(tells(&backend.head(0), "192.0.2.1"), "{}", backend.head(0));
    assert_eq!(call("127.0.0.3"), "");
    eventually("both are counted", || process.metric("apigw_bounds_hit_total{bound=\"proxy_protocol\"}") == 2);
    assert!(process.is_running() && backend.requests() == 1);
}

#[test]
fn whoever_does_not_speak_the_proxy_protocol_is_not_served() {
    let backend = Backend::answering(OK);
    let introduced = "{ address: 127.0.0.1:0, proxy_protocol: true }";
    let running = gateway(introduced, &backend, QUIET);
    for wrong in [
        &b""[..],
        b"PROXY TCP4 1.2.3.4 nonsense\r\n",
        b"PROXY TCP4 192.0.2.1 198.51.100.1 1 2\n",
        b"\r\n\r\n\0\r\nQUIT\n\x31\x11\0\x0c",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ] {
        let stream = tcp(at(&running));
        assert_eq!(exchange(stream, [wrong, request("/open", "").as_bytes()].concat()), "", "{wrong:?}");
    }
    assert_eq!(backend.requests(), 0);
    // In pieces.
    let mut pieces = tcp(at(&running));
    for piece in FROM_192_0_2_1.chunks(7) {
        pieces.write_all(piece).unwrap();
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(status(&exchange(pieces, request("/guarded", ""))), 200);
    // A gateway that stops does not wait for headers.
    let waiting = tcp(at(&running));
    running.stop();
    assert_eq!(exchange(waiting, ""), "");
    // Nor does it wait for whoever takes his time: the deadline is for the whole header, not for its next byte.
    let running = gateway(introduced, &backend, &format!("{QUIET}\nlimits: {{ first_byte_timeout: 300ms }}"));
    for preamble in [&b""[..], b"PROXY TCP4 192.0.2.1", b"\r\n\r\n\0"] {
        let mut stream = tcp(at(&running));
        stream.write_all(preamble).unwrap();
        assert_eq!(exchange(stream, ""), "");
    }
    let mut dripping = Client::connect(at(&running));
    let header = format!("PROXY UNKNOWN {}", "x".repeat(80));
    // Every 150 ms a byte: the header alone would take 14 s.
    let sent = header.bytes().take_while(|byte| dripping.write([*byte]).is_open()).count();
    assert!(sent < header.len() && dripping.is_closed(), "{sent} bytes");
    assert_eq!(backend.requests(), 1);
}
