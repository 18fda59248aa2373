//! WebSocket tunnels: what opens one, what it carries, and what ends it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod harness;

use std::io::{Read, Write};

use harness::{Backend, Client, at, gateway};

const HANDSHAKE: &str = "GET /chat HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

const ACCEPTED: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// A host `h` with a WebSocket API `/chat` and a plain one.
fn config(backend: &Backend, idle_timeout: &str) -> String {
    let url = format!("http://{}", backend.address);
    format!(
        "threads: 1\nbackends: {{ allow: [127.0.0.1] }}\naccess_log: off\nhosts:\n  - host: h\n    dialect: problem\n    routes:\n\
         {0}- {{ id: chat, path: /chat, websocket: true, backend: {{ url: \"{url}\", idle_timeout: {idle_timeout} }} }}\n\
         {0}- {{ id: plain, path: /plain, backend: {{ url: \"{url}\" }} }}\n",
        "      "
    )
}

#[test]
fn bytes_go_both_ways_with_what_came_early() {
    let backend = Backend::with(|peer| {
        let head = peer.head().unwrap();
        for field in ["connection: Upgrade", "upgrade: websocket", "sec-websocket-version: 13"] {
            assert!(head.contains(field), "{head}");
        }
        peer.send(format!("{ACCEPTED}early").as_bytes());
        assert_eq!(peer.read(8), b"at once.");
        peer.send(b"answer");
        assert_eq!(peer.read(4), b"more");
    });
    let gateway = gateway(&config(&backend, "10m"));
    let mut client = Client::connect(at(&gateway));
    let reply = client.write(format!("{HANDSHAKE}at once.")).read();
    assert_eq!((reply.status(), reply.header("upgrade")), (101, Some("websocket")), "{}", reply.head);
    assert_eq!(reply.header("sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    let (came, mut stream) = client.into_stream(11);
    assert_eq!(came, "earlyanswer");
    stream.write_all(b"more").unwrap();
    // The backend is done, so the tunnel ends.
    assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn only_a_valid_101_opens_a_tunnel() {
    for (what, answer, status) in [
        ("the wrong accept", ACCEPTED.replace("s3pP", "xxxx"), 502),
        ("no accept", ACCEPTED.replace("Sec-WebSocket-Accept", "X-Other"), 502),
        ("another protocol", ACCEPTED.replace("websocket", "h2c"), 502),
        ("a refusal", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".to_owned(), 403),
    ] {
        let backend = Backend::answering(answer);
        let gateway = gateway(&config(&backend, "10m"));
        let mut client = Client::connect(at(&gateway));
        assert_eq!(client.write(HANDSHAKE).read().status(), status, "{what}");
        // The connection is still one for HTTP.
        assert_eq!(client.write("GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n").read().status(), 404, "{what}");
    }
}

#[test]
fn a_handshake_that_is_not_whole_is_refused() {
    let backend = Backend::answering(ACCEPTED);
    let gateway = gateway(&config(&backend, "10m"));
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (what, request) in [
        ("no key", HANDSHAKE.replace(key, "")),
        ("an empty key", HANDSHAKE.replace(key, "Sec-WebSocket-Key:\r\n")),
        ("a short key", HANDSHAKE.replace("dGhlIHNhbXBsZSBub25jZQ==", "dGhl")),
        ("two keys", HANDSHAKE.replace(key, &key.repeat(2))),
        ("no version", HANDSHAKE.replace("Sec-WebSocket-Version: 13\r\n", "")),
        ("another version", HANDSHAKE.replace("Version: 13", "Version: 12")),
        (
            "two versions",
            HANDSHAKE.replace("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 8"),
        ),
        ("another method", HANDSHAKE.replace("GET ", "POST ")),
        ("another protocol", HANDSHAKE.replace("Upgrade: websocket", "Upgrade: h2c")),
        ("no Connection", HANDSHAKE.replace("Connection: Upgrade\r\n", "")),
    ] {
        assert_ne!(request, HANDSHAKE, "{what}");
        let mut client = Client::connect(at(&gateway));
        let status = client.write(&request).read().status();
        assert!((400..500).contains(&status), "{what}: {status}");
        assert_eq!(client.write("GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n").read().status(), 404, "{what}");
    }
    assert_eq!(backend.requests(), 0);
    assert_eq!(Client::connect(at(&gateway)).write(HANDSHAKE).read().status(), 101);
}

#[test]
fn a_plain_api_opens_none() {
    let backend = Backend::answering(ACCEPTED);
    let gateway = gateway(&config(&backend, "10m"));
    let reply = Client::connect(at(&gateway)).write(HANDSHAKE.replace("/chat", "/plain")).read();
    assert!(reply.status() >= 400, "{}", reply.head);
    assert!(backend.requests() == 0 || !backend.head(0).to_lowercase().contains("upgrade"));
}

#[test]
fn silence_ends_a_tunnel() {
    let backend = Backend::with(|peer| {
        peer.head();
        peer.send(ACCEPTED.as_bytes());
        peer.drain();
    });
    let gateway = gateway(&config(&backend, "300ms"));
    let mut client = Client::connect(at(&gateway));
    assert_eq!(client.write(HANDSHAKE).read().status(), 101);
    assert!(client.is_closed());
}
