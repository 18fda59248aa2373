//! Backends that fail, stall or are not to be called.

use std::io::Write as _;
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::harness::{Backend, Client, PATIENCE, at, eventually, gateway, get};
use crate::{codes, config};

/// A backend that never answers, and tells when the gateway ends its connection.
fn silent() -> (Backend, Receiver<()>) {
    let (sender, gone) = mpsc::channel();
    let sender = Mutex::new(sender);
    let backend = Backend::with(move |peer| {
        peer.head();
        peer.drain();
        sender.lock().unwrap().send(()).unwrap();
    });
    (backend, gone)
}

#[test]
fn faults_are_told_apart() {
    let faults: &[(&str, &[u8], (u16, &str))] = &[
        ("closes at once", b"", (502, "APIG.0202")),
        ("closes within the head", b"HTTP/1.1 200 OK\r\nConte", (502, "APIG.0202")),
        ("noise", b"\x16\x03\x01\x02\x00\r\n\r\n", (502, "APIG.0202")),
        ("status of two digits", b"HTTP/1.1 20 OK\r\n\r\n", (502, "APIG.0202")),
        ("status out of range", b"HTTP/1.1 099 Low\r\n\r\n", (502, "APIG.0202")),
        ("a broken header", b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", (502, "APIG.0202")),
        ("two lengths", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!", (502, "APIG.0202")),
        ("a length twice", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi", (502, "APIG.0202")),
        (
            "both framings",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            (502, "APIG.0202"),
        ),
        ("an upgrade nobody asked for", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", (502, "APIG.0202")),
    ];
    for (what, answer, expected) in faults {
        let backend = Backend::with(move |peer| {
            peer.head();
            peer.send(answer);
        });
        let gateway = gateway(&config(&backend));
        let reply = get(at(&gateway), "h", "/", &[]);
        assert_eq!(codes(&reply), (expected.0, expected.1.to_owned()), "{what}: {}", reply.text());
    }
}

#[test]
fn conditions_of_the_backend() {
    let reset = Backend::with(|peer| {
        peer.head();
        peer.reset();
    });
    let noise = Backend::answering("what?\r\n\r\n");
    let silent = Backend::with(|peer| {
        peer.head();
        peer.drain();
    });
    let text = format!(
        r#"
access_log: off
backends: {{ allow: [127.0.0.1] }}
hosts:
  - host: p
    dialect: problem
    routes:
      - {{ id: refused, path: /refused, backend: {{ url: "http://127.0.0.1:1" }} }}
      - {{ id: reset, path: /reset, backend: {{ url: "http://{}" }} }}
      - {{ id: noise, path: /noise, backend: {{ url: "http://{}" }} }}
      - {{ id: silent, path: /silent, backend: {{ url: "http://{}", timeout: 100ms }} }}
      - {{ id: lost, path: /lost, backend: {{ url: "http://no-such-backend.invalid" }} }}
      - {{ id: denied, path: /denied, backend: {{ url: "http://127.0.0.2" }} }}
      - {{ id: linked, path: /linked, backend: {{ url: "http://169.254.169.254" }} }}
      - {{ id: mapped, path: /mapped, backend: {{ url: "http://[::ffff:169.254.169.254]" }} }}
"#,
        reset.address, noise.address, silent.address
    );
    let gateway = gateway(&text);
    for (path, status, condition) in [
        ("/refused", 502, "backend.unavailable.refused"),
        ("/reset", 502, "backend.unavailable.reset"),
        ("/noise", 502, "backend.unavailable.bad_response"),
        ("/silent", 504, "backend.timeout"),
        ("/lost", 503, "backend.target.unresolved"),
        ("/denied", 403, "backend.address_denied"),
        ("/linked", 403, "backend.address_denied"),
        ("/mapped", 403, "backend.address_denied"),
    ] {
        let reply = get(at(&gateway), "p", path, &[]);
        let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!((reply.status(), body["condition"].as_str()), (status, Some(condition)), "{path}");
    }
}

#[test]
fn a_name_is_checked_by_the_address_it_resolves_to() {
    let text = "access_log: off\nhosts: [{ host: p, dialect: problem, routes: [{ id: a, path: /, backend: { url: \"http://localhost:1\" } }] }]";
    let gateway = gateway(text);
    assert!(get(at(&gateway), "p", "/", &[]).text().contains("backend.address_denied"));
}

#[test]
fn a_timeout_is_not_early_and_ends_the_backend_request() {
    let (backend, gone) = silent();
    let gateway = gateway(&config(&backend).replace("10m", "500ms"));
    let start = Instant::now();
    assert_eq!(codes(&get(at(&gateway), "h", "/", &[])), (504, "APIG.0203".to_owned()));
    assert!(start.elapsed() >= Duration::from_millis(500), "{:?}", start.elapsed());
    gone.recv_timeout(PATIENCE).unwrap();
}

#[test]
fn a_truncated_answer_looks_truncated() {
    let answers: [&[u8]; 3] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nxyz\r\n",
    ];
    for answer in answers {
        let backend = Backend::with(move |peer| {
            peer.head();
            peer.send(answer);
        });
        let gateway = gateway(&config(&backend));
        let reply = get(at(&gateway), "h", "/", &[]);
        assert!(!reply.whole, "{reply:?}");
    }
}

#[test]
fn a_backend_that_stalls_in_its_answer_is_cut_off() {
    let backend = Backend::with(|peer| {
        peer.head();
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        peer.drain();
    });
    let gateway = gateway(&format!("limits: {{ body_timeout: 100ms }}\n{}", config(&backend)));
    assert!(!get(at(&gateway), "h", "/", &[]).whole);
}

#[test]
fn a_large_answer_to_a_slow_client_is_not_collected() {
    let (sender, sent) = mpsc::channel();
    let sender = Mutex::new(sender);
    let backend = Backend::with(move |peer| {
        peer.head();
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 268435456\r\n\r\n");
        let megabyte = vec![b'x'; 1 << 20];
        for number in 1..=256 {
            peer.send(&megabyte);
            let _ = sender.lock().unwrap().send(number);
        }
    });
    let gateway = gateway(&config(&backend));
    let mut client = Client::connect(at(&gateway));
    client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    // The client does not read: after what sockets and buffers hold, the backend has to wait.
    let passed = std::iter::from_fn(|| sent.recv_timeout(Duration::from_secs(1)).ok()).count();
    assert!(passed < 64, "{passed} MiB were taken from the backend");
    drop(client);
    eventually("the backend is let go", || sent.try_iter().any(|number| number == 256));
}

#[test]
fn a_client_that_leaves_takes_its_request_with_it() {
    let (backend, gone) = silent();
    let gateway = gateway(&config(&backend));
    let mut client = Client::connect(at(&gateway));
    client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n").stream().flush().unwrap();
    eventually("the call arrives", || backend.requests() == 1);
    drop(client);
    gone.recv_timeout(PATIENCE).unwrap();
}
