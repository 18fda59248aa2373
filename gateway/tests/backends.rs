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

mod harness;

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use harness::{Backend, Client, PATIENCE, at, call, eventually, gateway, get};

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
    let (sender, gone) = std::sync::mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let backend = Backend::with(move |peer| {
        peer.head();
        peer.drain();
        sender.lock().unwrap().send(()).unwrap();
    });
    let gateway = gateway(&config(&backend).replace("10m", "500ms"));
    let start = Instant::now();
    assert_eq!(codes(&get(at(&gateway), "h", "/", &[])), (504, "APIG.0203".to_owned()));
    assert!(start.elapsed() >= Duration::from_millis(500), "{:?}", start.elapsed());
    gone.recv_timeout(PATIENCE).unwrap();
}

#[test]
fn the_request_is_written_anew() {
    let backend = Backend::answering(OK);
    let gateway = gateway(&config(&backend));
    let request = "POST /a//b?x=%2F&y HTTP/1.1\r\nhost: h\r\nConnection: close, X-Hop, Host, X-Forwarded-For\r\nX-Hop: 1\r\n\
                   Keep-Alive: 5\r\nTE: trailers\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\nExpect: 100-continue\r\n\
                   Proxy-Authorization: secret\r\nX-Forwarded-For: 6.6.6.6\r\nX-Kept: one\r\nX-Kept: two\r\n\
                   Transfer-Encoding: chunked\r\nTrailer: X-Late\r\n\r\n3;ext=1\r\nabc\r\n0\r\nX-Late: 1\r\nHost: evil\r\n\r\n";
    let mut client = Client::connect(at(&gateway));
    let reply = client.write(request).read();
    let reply = if reply.status() == 100 { client.read() } else { reply };
    assert_eq!(reply.status(), 200);
    let head = backend.head(0);
    let id = reply.header("x-request-id").unwrap();
    let expected = format!(
        "POST /a//b?x=%2F&y HTTP/1.1\r\nhost: {}\r\nx-kept: one\r\nx-kept: two\r\nx-forwarded-for: 127.0.0.1\r\n\
         x-real-ip: 127.0.0.1\r\nx-forwarded-proto: http\r\nx-forwarded-host: h\r\nx-request-id: {id}\r\n\
         x-apigw-hops: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        backend.address
    );
    assert_eq!(sorted(&head), sorted(&expected));
}

fn sorted(head: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = head.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn the_answer_is_relayed_without_what_concerns_the_connection() {
    let backend = Backend::answering(
        "HTTP/1.1 299 Odd\r\nContent-Length: 2\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: x\r\nSet-Cookie: a\r\n\
         Set-Cookie: b\r\nServer: backend\r\n\r\nhi",
    );
    let gateway = gateway(&config(&backend));
    let mut client = Client::connect(at(&gateway));
    for _ in 0..2 {
        let reply = client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read();
        assert!(reply.head.starts_with("HTTP/1.1 299 Odd\r\n"), "{}", reply.head);
        assert_eq!((reply.text().as_str(), reply.header("server")), ("hi", Some("api-gateway")));
        assert_eq!(reply.head.matches("set-cookie").count(), 2);
        for gone in ["connection", "x-hop", "keep-alive"] {
            assert_eq!(reply.header(gone), None, "{gone}");
        }
    }
}

#[test]
fn bodies_stream_both_ways() {
    // The backend answers the first piece before the second is sent: a gateway that collects would hang here.
    let backend = Backend::with(|peer| {
        peer.head();
        assert_eq!(peer.read(8), b"3\r\none\r\n");
        peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nuno\r\n");
        assert_eq!(peer.read(8), b"3\r\ntwo\r\n");
        peer.send(b"3\r\ndue\r\n0\r\n\r\n");
    });
    let gateway = gateway(&config(&backend));
    let mut client = Client::connect(at(&gateway));
    client.write("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
    let mut seen = String::new();
    while !seen.ends_with("uno\r\n") {
        let mut byte = [0];
        client.stream().read_exact(&mut byte).unwrap();
        seen.push(char::from(byte[0]));
    }
    client.write("3\r\ntwo\r\n0\r\n\r\n");
    let mut rest = [0; 13];
    client.stream().read_exact(&mut rest).unwrap();
    assert_eq!(&rest, b"3\r\ndue\r\n0\r\n\r\n");
}

#[test]
fn trailers_of_an_answer_reach_those_who_ask_for_them() {
    let backend = Backend::answering(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum, Content-Length\r\n\r\n2\r\nhi\r\n0\r\n\
         X-Sum: 42\r\nContent-Length: 99\r\nX-Unannounced: 1\r\n\r\n",
    );
    let gateway = gateway(&config(&backend));
    for (asks, sum) in [("TE: trailers\r\nConnection: TE, close\r\n", true), ("Connection: close\r\n", false)] {
        let mut client = Client::connect(at(&gateway));
        client.write(format!("GET / HTTP/1.1\r\nHost: h\r\n{asks}\r\n"));
        let mut answer = String::new();
        client.stream().read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(!head.to_lowercase().contains("content-length:"), "{head}");
        assert_eq!(body.to_lowercase().contains("x-sum: 42"), sum, "{answer}");
        assert!(!body.to_lowercase().contains("content-length") && !body.contains("nannounced"), "{answer}");
    }
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
fn answers_without_body() {
    for (answer, status) in [
        ("HTTP/1.1 204 No Content\r\n\r\n", 204),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
            204,
        ),
    ] {
        let backend = Backend::answering(answer);
        let gateway = gateway(&config(&backend));
        let mut client = Client::connect(at(&gateway));
        for _ in 0..2 {
            assert_eq!(client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read().status(), status);
        }
        assert_eq!(backend.connections(), 1);
    }
}

#[test]
fn head_keeps_the_length_of_the_body_it_does_not_have() {
    let backend = Backend::answering("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
    let gateway = gateway(&config(&backend));
    let mut client = Client::connect(at(&gateway));
    for _ in 0..2 {
        let reply = client.write("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").read_to("HEAD");
        assert_eq!((reply.status(), reply.header("content-length")), (200, Some("1234")));
    }
    assert_eq!(backend.connections(), 1);
}

#[test]
fn connections_to_the_backend_are_used_again() {
    let backend = Backend::answering(OK);
    let gateway = gateway(&config(&backend).replace("hosts:", "threads: 1\nhosts:"));
    for _ in 0..5 {
        assert_eq!(get(at(&gateway), "h", "/", &[]).text(), "hi");
    }
    let post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
    // This backend reads no bodies: they would be taken for the next head.
    assert_eq!(call(at(&gateway), post).text(), "hi");
    assert_eq!(backend.connections(), 1);
}

#[test]
fn extra_bytes_of_an_answer_reach_nobody() {
    let backend = Backend::answering(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    );
    let gateway = gateway(&config(&backend).replace("hosts:", "threads: 1\nhosts:"));
    for _ in 0..3 {
        assert_eq!(get(at(&gateway), "h", "/", &[]).text(), "hi");
    }
}

/// A backend that closes each connection after its first answer, when the next request is already on its way.
fn closing_after_one() -> Backend {
    Backend::with(|peer| {
        peer.head();
        peer.send(OK.as_bytes());
        if peer.number == 0 {
            peer.head();
        } else {
            while peer.head().is_some() {
                peer.send(OK.as_bytes());
            }
        }
    })
}

#[test]
fn a_stale_connection_costs_no_get_its_answer() {
    let backend = closing_after_one();
    let gateway = gateway(&config(&backend).replace("hosts:", "threads: 1\nhosts:"));
    for _ in 0..2 {
        assert_eq!(get(at(&gateway), "h", "/", &[]).text(), "hi");
    }
    assert_eq!((backend.connections(), backend.requests()), (2, 3));
}

#[test]
fn a_post_is_never_delivered_twice() {
    let backend = closing_after_one();
    let gateway = gateway(&config(&backend).replace("hosts:", "threads: 1\nhosts:"));
    assert_eq!(get(at(&gateway), "h", "/", &[]).text(), "hi");
    let reply = call(at(&gateway), "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(codes(&reply), (502, "APIG.0202".to_owned()));
    assert_eq!(backend.requests(), 2);
}

#[test]
fn an_early_answer_is_relayed_while_the_client_still_sends() {
    let backend = Backend::with(|peer| {
        peer.head();
        peer.send(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
    });
    let gateway = gateway(&config(&backend));
    let mut client = Client::connect(at(&gateway));
    client.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nabc");
    let reply = client.read();
    assert_eq!((reply.status(), reply.text().as_str()), (413, "big"));
}

#[test]
fn a_large_answer_to_a_slow_client_is_not_collected() {
    let (sender, sent) = std::sync::mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
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
fn paths_are_mapped() {
    let backend = Backend::answering(OK);
    let text = format!(
        r#"
access_log: off
backends: {{ allow: [127.0.0.1] }}
hosts:
  - host: h
    dialect: problem
    environment: {{ mapping: [{{ path: /v1, environment: release }}] }}
    routes:
      - {{ id: kept, path: "/kept/{{id}}", backend: {{ url: "http://{0}" }} }}
      - {{ id: exact, path: /exact, backend: {{ url: "http://{0}/other" }} }}
      - {{ id: prefix, path: /pre, match: prefix, backend: {{ url: "http://{0}/base/" }} }}
      - {{ id: root, path: /root, match: prefix, backend: {{ url: "http://{0}/" }} }}
"#,
        backend.address
    );
    let gateway = gateway(&text);
    for (number, (asked, got)) in [
        ("/v1/kept/a%2Fb?q=1", "/kept/a%2Fb?q=1"),
        ("/v1/exact?q", "/other?q"),
        ("/v1/pre", "/base/"),
        ("/v1/pre/x/y", "/base/x/y"),
        ("/v1/root/x", "/x"),
        ("/v1/root", "/"),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(get(at(&gateway), "h", asked, &[]).status(), 200, "{asked}");
        assert!(
            backend.head(number).starts_with(&format!("GET {got} HTTP/1.1\r\n")),
            "{asked}: {}",
            backend.head(number)
        );
    }
}

#[test]
fn a_client_that_leaves_takes_its_request_with_it() {
    let (sender, gone) = std::sync::mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let backend = Backend::with(move |peer| {
        peer.head();
        peer.drain();
        sender.lock().unwrap().send(()).unwrap();
    });
    let gateway = gateway(&config(&backend));
    let mut client = Client::connect(at(&gateway));
    client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n").stream().flush().unwrap();
    eventually("the call arrives", || backend.requests() == 1);
    drop(client);
    gone.recv_timeout(PATIENCE).unwrap();
}
