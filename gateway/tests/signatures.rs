//! Signatures that are not as they should be: through real sockets, with a backend that sees what arrives.

#![allow(
    clippy::expect_used,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests, and helpers of tests"
)]

mod harness;

use std::cell::Cell;

use apigw_gateway::Gateway;
use apigw_gateway::clock::Timestamp;
use apigw_gateway::scheme::{Scheme, SignedRequest, Signing};
use apigw_gateway::secret::Secret;
use harness::{Backend, at, call, gateway};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Deserialize;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn start(backend: &Backend) -> Gateway {
    let to = backend.address;
    let host = |name: &str, dialect: &str, schemes: &[&str]| {
        let route = |scheme: &&str| {
            format!(
                "      - {{ id: {scheme}, path: /{scheme}, auth: {{ scheme: {scheme} }}, backend: {{ url: \"http://{to}\" }} }}\n"
            )
        };
        let routes: String = schemes.iter().map(route).collect();
        format!("  - host: {name}\n    dialect: {dialect}\n    routes:\n{routes}")
    };
    let hosts = [
        host("t", "tencent", &["tencent-key-pair", "tencent-application"]),
        host("h", "huawei", &["huawei-app", "huawei-iam"]),
        host("j", "jdcloud", &["jdcloud"]),
    ]
    .concat();
    gateway(&format!(
        r#"
access_log: off
backends: {{ allow: [127.0.0.1] }}
test: {{ clock: 20240229T120000Z }}
keys:
  - {{ id: good, secret: {{ value: good-secret }}, grants: ["*"] }}
  - {{ id: disabled, secret: {{ value: disabled-secret }}, disabled: true, grants: ["*"] }}
  - {{ id: unbound, secret: {{ value: unbound-secret }} }}
hosts:
{hosts}"#
    ))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    scheme: String,
    about: String,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    at: i64,
    #[serde(default)]
    headers: Option<Vec<String>>,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    edit: Vec<String>,
    #[serde(default)]
    answer: Option<(u16, String)>,
}

thread_local! {
    static NONCE: Cell<u32> = const { Cell::new(0) };
}

impl Case {
    fn good(scheme: &str) -> Self {
        serde_yaml::from_str(&format!("{{ scheme: {scheme}, about: good }}")).unwrap()
    }

    fn request(&self) -> Vec<u8> {
        let (scheme, host, algorithm) = match &*self.scheme {
            "key-pair" => (Scheme::TencentKeyPair, "t", None),
            "application" => (Scheme::TencentApplication, "t", None),
            "app" => (Scheme::HuaweiApp, "h", None),
            "iam" => (Scheme::HuaweiIam, "h", None),
            "jdcloud2" => (Scheme::Jdcloud, "j", Some("JDCLOUD2-HMAC-SHA256")),
            "jdcloud3" => (Scheme::Jdcloud, "j", Some("JDCLOUD3-HMAC-SHA256")),
            other => panic!("no scheme {other}"),
        };
        let method = if self.body.is_empty() { Method::GET } else { Method::POST };
        let path = format!("/{}", scheme.name());
        let mut headers = HeaderMap::from_iter([(http::header::HOST, HeaderValue::from_static(host))]);
        for field in &self.fields {
            let (name, value) = field.split_once(':').unwrap();
            headers.insert(HeaderName::try_from(name).unwrap(), value.trim().parse().unwrap());
        }
        let body = Some(self.body.as_bytes()).filter(|body| !body.is_empty());
        let query = Some("b=2&a=1");
        let request =
            SignedRequest { method: &method, path: &path, signed_path: &path, query, headers: &headers, body };
        let (id, secret) = match self.key.as_deref().unwrap_or("good") {
            "unknown" => ("nobody", "good-secret"),
            "wrong-secret" => ("good", "bad-secret"),
            id => (id, &*format!("{id}-secret")),
        };
        let secret = Secret::from(secret);
        let now = Timestamp::from_unix(1_709_208_000 + self.at);
        let nonce = NONCE.with(|last| {
            last.set(last.get() + 1);
            format!("nonce-{}", last.get())
        });
        let names: Option<Vec<&str>> = self.headers.as_ref().map(|names| names.iter().map(|name| &**name).collect());
        let signing = Signing { algorithm, signed_headers: names.as_deref(), ..Signing::new(id, &secret, now, &nonce) };
        let added = scheme.sign(&request, &signing).unwrap();
        let mut text = format!("{method} {path}?b=2&a=1 HTTP/1.1\r\n");
        for (name, value) in headers.iter().chain(added.iter().map(|(name, value)| (name, value))) {
            text += &format!("{name}: {}\r\n", value.to_str().unwrap());
        }
        text += &format!("content-length: {}\r\n\r\n{}", self.body.len(), self.body);
        for pair in self.edit.chunks(2) {
            let [find, replace] = pair else { panic!("{}: pairs", self.about) };
            if find.is_empty() {
                text = text.replacen("\r\n", &format!("\r\n{replace}\r\n"), 1);
            } else {
                assert!(text.contains(&**find), "{}: no {find:?} in {text}", self.about);
                text = text.replacen(&**find, replace, 1);
            }
        }
        bytes(&text)
    }
}

/// Replaces `{hex:ff}` by the byte.
fn bytes(text: &str) -> Vec<u8> {
    let mut parts = text.split("{hex:");
    let mut out = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        out.push(u8::from_str_radix(&part[..2], 16).unwrap());
        out.extend_from_slice(&part.as_bytes()[3..]);
    }
    out
}

#[test]
fn every_signature_gets_what_it_deserves() {
    let cases: Vec<Case> = serde_yaml::from_str(include_str!("signatures/cases.yaml")).unwrap();
    let backend = Backend::answering(OK);
    let mut wrong = String::new();
    // One gateway for each case of Huawei's IAM: failures in a row lock a key out.
    let gateway = start(&backend);
    for case in &cases {
        let own = (case.scheme == "iam").then(|| start(&backend));
        let address = at(own.as_ref().unwrap_or(&gateway));
        let reached = backend.requests();
        let reply = call(address, case.request());
        let (status, text) = (reply.status(), reply.text());
        let (expected, needle, arrives) = match &case.answer {
            None => (200, "ok", 1),
            Some((status, needle)) => (*status, &**needle, 0),
        };
        if status != expected || !text.contains(needle) || backend.requests() - reached != arrives {
            wrong += &format!("{}, {}: expected {expected} {needle}, found {status} {text}\n", case.scheme, case.about);
        }
        if case.answer.is_some() {
            let next = call(address, Case::good(&case.scheme).request());
            assert_eq!(next.status(), 200, "after {}, {}: {}", case.scheme, case.about, next.text());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_nonce_passes_once() {
    let backend = Backend::answering(OK);
    let gateway = start(&backend);
    let request = Case::good("jdcloud3").request();
    assert_eq!(call(at(&gateway), &request).status(), 200);
    for _ in 0..3 {
        let reply = call(at(&gateway), &request);
        assert_eq!((reply.status(), reply.text().contains("APIGW_NONCE_CONFLICT")), (403, true), "{}", reply.text());
    }
    assert_eq!(call(at(&gateway), Case::good("jdcloud3").request()).status(), 200);
    assert_eq!(backend.requests(), 2);
}

#[test]
fn credentials_that_were_checked_do_not_reach_the_backend() {
    let backend = Backend::answering(OK);
    let gateway = start(&backend);
    for (number, scheme) in ["key-pair", "application", "app", "iam", "jdcloud2"].iter().enumerate() {
        assert_eq!(call(at(&gateway), Case::good(scheme).request()).status(), 200);
        assert!(!backend.head(number).to_ascii_lowercase().contains("authorization"), "{scheme}");
    }
}
