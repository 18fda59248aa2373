//! Who may call, and how often.

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
use std::time::Instant;

use apigw_gateway::clock::Timestamp;
use apigw_gateway::scheme::{Scheme, SignedRequest, Signing};
use apigw_gateway::secret::Secret;
use harness::{Backend, Client, at, call, gateway, get};
use http::{HeaderMap, Method};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// 2024-02-29T12:00:00Z.
const NOW: Timestamp = Timestamp::from_unix(1_709_208_000);

fn config(backend: &Backend) -> String {
    let mut text = "access_log: off\nthreads: 2\nbackends: { allow: [127.0.0.1] }\ntest: { clock: 20240229T120000Z }
keys:
  - { id: full, secret: { value: s1 }, grants: [\"*\"] }
  - { id: none, secret: { value: s2 } }
  - { id: off, secret: { value: s3 }, disabled: true, grants: [\"*\"] }
  - { id: plan, secret: { value: s4 }, grants: [\"*\"] }
plans:
  - { id: gold, keys: [plan], routes: [\"*\"] }
  - { id: past, keys: [full], routes: [\"*\"], disabled: true }
hosts:\n"
        .to_owned();
    for (host, dialect, scheme) in [
        ("t", "tencent", "tencent-key-pair"),
        ("j", "jdcloud", "jdcloud"),
        ("h", "huawei", "huawei-app"),
        ("p", "problem", "huawei-app"),
    ] {
        let url = format!("backend: {{ url: \"http://{}\" }}", backend.address);
        text += &format!(
            "  - host: {host}\n    dialect: {dialect}\n    routes:\n      \
             - {{ id: {host}-signed, path: /signed, auth: {{ scheme: {scheme} }}, {url} }}\n      \
             - {{ id: {host}-plan, path: /plan, auth: {{ scheme: {scheme}, plan_required: true }}, {url} }}\n      \
             - {{ id: {host}-api, path: /api, rate: {{ limit: 2, per: minute }}, {url} }}\n      \
             - {{ id: {host}-many, path: /many, rate: {{ limit: 100, per: hour, by: ip }}, {url} }}\n      \
             - {{ id: {host}-app, path: /app, auth: {{ scheme: {scheme} }}, rate: {{ limit: 1, per: day, by: app }}, {url} }}\n"
        );
    }
    text
}

/// A request with a body, signed with one of the keys.
fn signed(scheme: Scheme, host: &str, path: &str, key: (&str, &str), nonce: &str) -> String {
    let mut headers = HeaderMap::new();
    headers.insert("host", host.parse().unwrap());
    headers.insert("content-type", "application/json".parse().unwrap());
    let request = SignedRequest {
        method: &Method::POST,
        path,
        signed_path: path,
        query: Some("a=1"),
        headers: &headers,
        body: Some(b"{}"),
    };
    let secret = Secret::from(key.1);
    let added = scheme.sign(&request, &Signing::new(key.0, &secret, NOW, nonce)).unwrap();
    let mut text =
        format!("POST {path}?a=1 HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: 2\r\n");
    for (name, value) in added {
        text += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    text + "\r\n{}"
}

const VENDORS: [(&str, Scheme); 3] = [("t", Scheme::TencentKeyPair), ("j", Scheme::Jdcloud), ("h", Scheme::HuaweiApp)];

#[test]
fn signatures_and_grants() {
    let backend = Backend::with(|peer| {
        while peer.head().is_some() {
            assert_eq!(peer.read(2), b"{}", "the body that was checked is the body that is forwarded");
            peer.send(OK.as_bytes());
        }
    });
    let gateway = gateway(&config(&backend));
    let ask = |scheme, host: &str, path: &str, key, nonce: &str| {
        let reply = call(at(&gateway), signed(scheme, host, path, key, nonce));
        (reply.status(), reply.text())
    };
    for (host, scheme) in VENDORS {
        let (status, text) = ask(scheme, host, "/signed", ("full", "s1"), "n1");
        assert_eq!((status, text.as_str()), (200, "hi"), "{host}");
    }
    let expect = |host: &str, path: &str, key, nonce: &str, status: u16, text: &str| {
        let scheme = VENDORS.into_iter().find(|(name, _)| *name == host).unwrap().1;
        let got = ask(scheme, host, path, key, nonce);
        assert!(got.0 == status && got.1.contains(text), "{host} {path} {key:?}: {got:?}");
    };
    expect("t", "/signed", ("full", "wrong"), "", 401, "HMAC signature does not match");
    expect("t", "/signed", ("nobody", "s"), "", 401, "HMAC signature cannot be verified");
    expect("t", "/signed", ("none", "s2"), "", 401, "HMAC apikey is invalid for API");
    expect("t", "/plan", ("full", "s1"), "", 403, "Found no validate usage plan");
    expect("t", "/plan", ("plan", "s4"), "", 200, "hi");
    expect("h", "/signed", ("full", "wrong"), "", 401, "APIG.0303");
    expect("h", "/signed", ("none", "s2"), "", 403, "APIG.0304");
    expect("j", "/signed", ("full", "wrong"), "n2", 401, "APIGW_SIGN_RESULT_NOT_SAME");
    expect("j", "/signed", ("nobody", "s"), "n3", 401, "APIGW_KEY_NOT_EXITST");
    expect("j", "/signed", ("off", "s3"), "n4", 401, "APIGW_KEY_DISABLED");
    expect("j", "/signed", ("none", "s2"), "n5", 403, "APIGW_API_NOT_ALLOWED");
    expect("j", "/signed", ("full", "s1"), "n1", 403, "APIGW_NONCE_CONFLICT");
    let head = backend.head(0);
    assert!(!head.contains("authorization"), "a signature that was checked goes no further: {head}");
}

#[test]
fn a_signed_body_over_the_limit_is_refused_unread() {
    let backend = Backend::answering(OK);
    let gateway = gateway(&format!("limits: {{ body: 1 }}\n{}", config(&backend)));
    let reply = call(at(&gateway), signed(Scheme::HuaweiApp, "h", "/signed", ("full", "s1"), ""));
    assert_eq!(reply.status(), 413);
    // Where the head does not tell the length, reading ends at the limit.
    let signed = signed(Scheme::HuaweiApp, "h", "/signed", ("full", "s1"), "");
    let chunked =
        signed.replace("content-length: 2", "transfer-encoding: chunked").replace("{}", "2\r\n{}\r\n0\r\n\r\n");
    assert_eq!(call(at(&gateway), &chunked).status(), 413);
    // Nobody who has not signed is read to the end.
    let unsigned = "POST /signed HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n";
    assert_eq!(call(at(&gateway), unsigned).status(), 401);
}

#[test]
fn the_vendors_rate_headers() {
    let backend = Backend::answering(OK);
    let gateway = gateway(&config(&backend));
    let ask = |host: &str| get(at(&gateway), host, "/api", &["X-Apig-Mode: debug"]);
    let start = Instant::now();
    for remaining in ["1", "0"] {
        let reply = ask("t");
        assert_eq!(reply.header("x-api-ratelimit"), Some(&*format!("{remaining}/2")));
        assert_eq!(reply.header("x-usageplan-ratelimit"), Some("unlimited"));
        let reply = ask("j");
        assert_eq!(reply.header("x-jdcloud-limit-minute"), Some("2"));
        assert_eq!(reply.header("x-jdcloud-remaining-minute"), Some(remaining));
        let reply = ask("h");
        let expected = format!("remain:{remaining},limit:2,time:1 minute");
        assert_eq!(reply.header("x-apig-ratelimit-api"), Some(&*expected));
        let reply = ask("p");
        assert_eq!(reply.header("ratelimit-policy"), Some("\"api\";q=2;w=60"));
        assert!(reply.header("ratelimit").unwrap().starts_with(&format!("\"api\";r={remaining};t=")));
    }
    let quiet = get(at(&gateway), "h", "/api", &[]);
    assert_eq!((quiet.status(), quiet.header("x-apig-ratelimit-api")), (429, None), "only in debug mode");
    for (host, text) in [
        ("t", r#"{"message":"API rate limit exceeded"}"#),
        ("j", "RATE_LIMIT_EXCEEDED"),
        ("h", "APIG.0308"),
        ("p", r#""policy":"api","limit":2,"window":"1 minute""#),
    ] {
        let reply = ask(host);
        assert_eq!(reply.status(), 429, "{host}");
        assert!(reply.text().contains(text), "{host}: {}", reply.text());
    }
    let wait: u64 = ask("p").header("retry-after").unwrap().parse().unwrap();
    let gone = start.elapsed().as_secs() + 1;
    assert!(wait <= 60 && wait + gone >= 60, "{wait} s when no more than {gone} s are gone");
}

#[test]
fn of_many_parallel_calls_exactly_the_limit_passes() {
    let backend = Backend::answering(OK);
    let gateway = gateway(&config(&backend));
    let address = at(&gateway);
    let clients = (0..16).map(|number| {
        thread::spawn(move || {
            let mut client = Client::connect(address);
            // Nothing that a client can choose moves it to another counter.
            let request =
                format!("GET /many?{number} HTTP/1.1\r\nHOST: H:{number}\r\nX-Forwarded-For: 10.0.0.{number}\r\n\r\n");
            (0..25).filter(|_| client.write(&request).read().status() == 200).count()
        })
    });
    let clients: Vec<_> = clients.collect();
    let passed: usize = clients.into_iter().map(|client| client.join().unwrap()).sum();
    assert_eq!(passed, 100, "of 400 calls on two threads");
    assert_eq!(backend.requests(), 100);
}

#[test]
fn apps_are_counted_apart() {
    let backend = Backend::with(|peer| {
        while peer.head().is_some() {
            peer.read(2);
            peer.send(OK.as_bytes());
        }
    });
    let gateway = gateway(&config(&backend));
    let ask = |key| call(at(&gateway), signed(Scheme::TencentKeyPair, "t", "/app", key, ""));
    let first = ask(("full", "s1"));
    assert_eq!((first.status(), first.header("x-usageplan-ratelimit")), (200, Some("0/1")));
    assert_eq!(ask(("plan", "s4")).status(), 200);
    assert_eq!(ask(("full", "s1")).status(), 429);
}

#[test]
fn a_reload_keeps_the_counters() {
    let backend = Backend::answering(OK);
    let text = config(&backend);
    let gateway = gateway(&text);
    assert_eq!(get(at(&gateway), "p", "/api", &[]).status(), 200);
    let listeners = "listeners: [{ address: 127.0.0.1:0 }]\n";
    let again = apigw_gateway::Config::parse("again.yaml", &format!("{listeners}{}", text.replace("/api", "/other")));
    gateway.reload(again.unwrap().snapshot);
    assert_eq!(get(at(&gateway), "p", "/api", &[]).status(), 404);
    assert_eq!(get(at(&gateway), "p", "/other", &[]).status(), 200);
    assert_eq!(get(at(&gateway), "p", "/other", &[]).status(), 429);
}
