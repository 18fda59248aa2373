//! What of a call reaches the backend, and what of its answer the client.

use std::io::Read;

use crate::harness::{Backend, Client, at, gateway, get};
use crate::{OK, config};

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
