//! Tokens of OAuth: through real sockets, with a backend that sees what arrives.

#![allow(
    clippy::expect_used,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests, and helpers of tests"
)]

mod harness;
mod token_signing;

use std::net::SocketAddr;

use apigw_gateway::Gateway;
use aws_lc_rs::hmac;
use aws_lc_rs::rsa::KeyPair;
use harness::{Backend, at, call, gateway, get, port};
use serde::Deserialize;
use token_signing::{encode, jwk, key, sign, token};

const HEADER: &str = r#"{"alg":"RS256","typ":"JWT"}"#;
const PAYLOAD: &str = r#"{"sub":"ann","iat":1709208000,"exp":1709211600}"#;
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A gateway with an authorization API for each way to take tokens.
fn start(backend: &Backend) -> Gateway {
    let (to, jwk) = (backend.address, jwk());
    let named = jwk.replace("\"kty\"", "\"kid\":\"login-key\",\"kty\"");
    gateway(&format!(
        r#"
access_log: off
backends: {{ allow: [127.0.0.1] }}
limits: {{ header: 100 KiB }}
test: {{ clock: 20240229T120000Z }}
hosts:
  - host: t
    dialect: tencent
    routes:
      - {{ id: login, path: /login, auth: {{ oauth: {{ public_key: {jwk} }} }}, backend: {{ url: "http://{to}" }} }}
      - {{ id: login-cookie, path: /login-cookie, auth: {{ oauth: {{ public_key: '{jwk}', location: cookie }} }}, backend: {{ url: "http://{to}" }} }}
      - {{ id: login-named, path: /login-named, auth: {{ oauth: {{ public_key: {named} }} }}, backend: {{ url: "http://{to}" }} }}
      - id: login-strict
        path: /login-strict
        auth: {{ oauth: {{ public_key: {jwk}, issuer: "https://login.example", audience: [orders], leeway: 1s }} }}
      - {{ id: business, path: /business, auth: {{ oauth: {{ related_api: login, claims: {{ sub: X-User, roles: X-Roles, nick: X-Nick }} }} }}, backend: {{ url: "http://{to}" }} }}
      - {{ id: wide, path: /wide, auth: {{ oauth: {{ related_api: login-wide }} }}, backend: {{ url: "http://{to}" }} }}
      - {{ id: login-wide, path: /login-wide, auth: {{ oauth: {{ public_key: {jwk}, token_size: 40 KiB }} }} }}
      - {{ id: cookie, path: /cookie, auth: {{ oauth: {{ related_api: login-cookie }} }}, backend: {{ url: "http://{to}" }} }}
      - {{ id: named, path: /named, auth: {{ oauth: {{ related_api: login-named }} }}, backend: {{ url: "http://{to}" }} }}
      - {{ id: strict, path: /strict, auth: {{ oauth: {{ related_api: login-strict }} }}, backend: {{ url: "http://{to}" }} }}
      - {{ id: narrow, path: /narrow, auth: {{ oauth: {{ related_api: login-strict, audience: [bills] }} }}, backend: {{ url: "http://{to}" }} }}
"#
    ))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    header: Option<String>,
    payload: Option<String>,
    signature: Option<String>,
    token: Option<String>,
    fields: Option<Vec<String>>,
    to: Option<String>,
    answer: Option<String>,
}

/// Replaces `{9*x}` and `{hex:ff}`; other braces stay.
fn expand(text: &str, trap: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, after) = rest.split_at(start);
        out.extend_from_slice(before.as_bytes());
        let inside = after[1..].split('}').next().unwrap();
        let expanded = if let Some(hex) = inside.strip_prefix("hex:") {
            Some(vec![u8::from_str_radix(hex, 16).unwrap()])
        } else if inside == "trap" {
            Some(trap.as_bytes().to_vec())
        } else {
            inside.split_once('*').and_then(|(times, what)| Some(what.as_bytes().repeat(times.parse().ok()?)))
        };
        if let Some(bytes) = expanded {
            out.extend_from_slice(&bytes);
            rest = &after[inside.len() + 2..];
        } else {
            out.push(b'{');
            rest = &after[1..];
        }
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

fn signature(how: &str, key: &KeyPair, signed: &[u8]) -> String {
    let good = sign(key, signed);
    let hmac = |secret: &[u8]| encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed));
    match how {
        "good" => encode(good),
        "none" => String::new(),
        "cut" => encode(&good[..good.len() - 1]),
        "altered" => encode(good.iter().enumerate().map(|(n, byte)| byte ^ u8::from(n == 9)).collect::<Vec<_>>()),
        "of-other" => encode(sign(key, b"something else")),
        "zeros" => encode(vec![0; good.len()]),
        "der" => encode([&[0x30, 0x82, 1, 4, 2, 0x82, 1, 0][..], &good].concat()),
        "longer" => encode([&good[..], &[0]].concat()),
        "unused-bits" => {
            // 256 bytes end in a group of two characters, of whose last four bits count for nothing.
            let (mut text, last) = (encode(&good), encode([good[255]]));
            let set = |last: char| char::from(u8::try_from(last).unwrap() + 1);
            assert!("AQgw".contains(last.chars().last().unwrap()));
            let last = text.pop().unwrap();
            text.push(set(last));
            text
        }
        "hmac" => hmac(jwk().as_bytes()),
        "hmac-n" => {
            hmac(&base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, token_signing::N).unwrap())
        }
        other => panic!("no signature {other}"),
    }
}

impl Case {
    /// The call as bytes.
    fn request(&self, key: &KeyPair, trap: &str) -> Vec<u8> {
        let header = encode(expand(self.header.as_deref().unwrap_or(HEADER), trap));
        let payload = encode(expand(self.payload.as_deref().unwrap_or(PAYLOAD), trap));
        let signed = format!("{header}.{payload}");
        let signature = signature(self.signature.as_deref().unwrap_or("good"), key, signed.as_bytes());
        let token = self.token.as_deref().unwrap_or("{header}.{payload}.{signature}");
        let parts = [("{header}", &header), ("{payload}", &payload), ("{signature}", &signature)];
        let token = parts.iter().fold(token.to_owned(), |token, (name, part)| token.replace(name, part));
        let usual = ["Authorization: Bearer id_token=\"{token}\"".to_owned()];
        let mut request = format!("GET {} HTTP/1.1\r\nHost: t\r\n", self.to.as_deref().unwrap_or("/business"));
        for field in self.fields.as_deref().unwrap_or(&usual) {
            request += &format!("{}\r\n", field.replace("{token}", &token));
        }
        expand(&(request + "\r\n"), trap)
    }
}

#[test]
fn every_token_gets_what_it_deserves() {
    let cases: Vec<Case> = serde_yaml::from_str(include_str!("oauth/cases.yaml")).unwrap();
    let (backend, trap) = (Backend::answering(OK), Backend::answering(OK));
    let gateway = start(&backend);
    let key = key();
    let url = format!("http://{}", trap.address);
    let good = Case {
        about: String::new(),
        header: None,
        payload: None,
        signature: None,
        token: None,
        fields: None,
        to: None,
        answer: None,
    };
    let mut wrong = String::new();
    for case in &cases {
        let reached = backend.requests();
        let reply = call(at(&gateway), case.request(&key, &url));
        let found = (reply.status(), reply.text(), backend.requests() - reached);
        let expected = match &case.answer {
            None => (200, "ok".to_owned(), 1),
            Some(message) => (401, format!("{{\"message\":\"{message}\"}}"), 0),
        };
        if found != expected {
            wrong += &format!("{}: expected {expected:?}, found {found:?}\n", case.about);
        }
        if case.answer.is_some() {
            assert_eq!(call(at(&gateway), good.request(&key, &url)).status(), 200, "after {}", case.about);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(trap.connections(), 0, "a token made the gateway call somebody");
}

#[test]
fn the_backend_is_told_what_the_token_says_and_not_what_the_client_says() {
    let backend = Backend::answering(OK);
    let gateway = start(&backend);
    let payload = r#"{"sub":"ann","roles":["a","b"],"iat":1709208000,"exp":1709211600}"#;
    let token = token(&key(), HEADER.as_bytes(), payload.as_bytes());
    let bearer = format!("Authorization: Bearer id_token=\"{token}\"");
    let claimed = ["X-User: root", "X_User: root", "X-User: admin", "X-Nick: root", "x-roles: root"];
    for connection in ["Connection: keep-alive", "Connection: X-User, X-Roles, Authorization"] {
        let fields = [&[&*bearer, connection][..], &claimed].concat();
        assert_eq!(get(at(&gateway), "t", "/business", &fields).status(), 200);
    }
    for number in 0..2 {
        let head = backend.head(number).to_ascii_lowercase();
        assert!(head.contains("\r\nx-user: ann\r\n") && head.contains("\r\nx-roles: [\"a\",\"b\"]\r\n"), "{head}");
        assert!(!head.contains("root") && !head.contains("admin"), "{head}");
        assert!(!head.contains("x-nick") && !head.contains("authorization") && !head.contains("id_token"), "{head}");
    }
}

#[test]
fn a_cookie_loses_its_token_and_nothing_else() {
    let backend = Backend::answering(OK);
    let gateway = start(&backend);
    let token = token(&key(), HEADER.as_bytes(), PAYLOAD.as_bytes());
    let cookie = format!("Cookie: a=1; id_token={token}; b=2");
    assert_eq!(get(at(&gateway), "t", "/cookie", &[&cookie, "Authorization: Basic YTpi"]).status(), 200);
    let head = backend.head(0).to_ascii_lowercase();
    assert!(head.contains("\r\ncookie: a=1; b=2\r\n") && !head.contains("id_token"), "{head}");
    assert!(head.contains("\r\nauthorization: basic "), "not the gateway's business: {head}");
}

#[test]
fn an_authorization_api_hands_on_whatever_its_server_says() {
    let issued =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n{\"id_token\":\"abc\"}";
    let server = Backend::answering(issued);
    let gateway = start(&server);
    let reply = get(at(&gateway), "t", "/login", &["Authorization: Basic YTpi"]);
    assert_eq!((reply.status(), reply.text()), (200, "{\"id_token\":\"abc\"}".to_owned()));
    assert!(server.head(0).contains("Basic YTpi"), "the server judges these credentials");
}

#[test]
fn a_token_server_that_gives_no_usable_answer_is_blamed_as_such() {
    let closing = Backend::with(|peer| drop(peer.head()));
    let babbling = Backend::answering("220 mail.example ESMTP\r\n");
    let silent = Backend::with(|peer| {
        peer.head();
        peer.drain();
    });
    let nobody = SocketAddr::from(([127, 0, 0, 1], port::free()));
    for address in [closing.address, babbling.address, silent.address, nobody] {
        let gateway = gateway(&format!(
            r#"
access_log: off
backends: {{ allow: [127.0.0.1] }}
hosts:
  - host: t
    dialect: tencent
    routes:
      - {{ id: login, path: /login, auth: {{ oauth: {{ public_key: {} }} }}, backend: {{ url: "http://{address}", timeout: 200ms }} }}
"#,
            jwk()
        ));
        let reply = get(at(&gateway), "t", "/login", &[]);
        let expected = r#"{"message":"Oauth call authentication server fail."}"#;
        assert_eq!((reply.status(), &*reply.text()), (401, expected), "{address}");
    }
}

#[test]
fn an_api_whose_oauth_section_is_unusable_says_so_and_others_serve() {
    let backend = Backend::answering(OK);
    let (to, jwk) = (backend.address, jwk());
    let api = |id: &str, related: &str| {
        format!(
            "      - {{ id: {id}, path: /{id}, auth: {{ oauth: {{ related_api: {related} }} }}, backend: {{ url: \"http://{to}\" }} }}\n"
        )
    };
    let login = |id: &str, section: &str| {
        format!(
            "      - {{ id: {id}, path: /{id}, auth: {{ oauth: {section} }}, backend: {{ url: \"http://{to}\" }} }}\n"
        )
    };
    let routes = [
        login("login", &format!("{{ public_key: {jwk} }}")),
        login("login-keyless", "{}"),
        login("login-blank", "{ public_key: \"\" }"),
        login("login-pem", "{ public_key: \"-----BEGIN PUBLIC KEY-----\" }"),
        login("login-query", &format!("{{ public_key: {jwk}, location: query }}")),
        format!("      - {{ id: login-beta, path: /login-beta, environments: [beta], auth: {{ oauth: {{ public_key: {jwk} }} }} }}\n"),
        api("good", "login"),
        api("keyless", "login-keyless"),
        api("blank", "login-blank"),
        api("pem", "login-pem"),
        api("query", "login-query"),
        api("orphan", "nobody"),
        api("of-business", "good"),
        api("unpublished", "login-beta"),
        format!("      - {{ id: bare, path: /bare, auth: {{ scheme: oauth }}, backend: {{ url: \"http://{to}\" }} }}\n"),
    ]
    .concat();
    let text = format!(
        r"
listeners: [{{ address: 127.0.0.1:0 }}]
access_log: off
backends: {{ allow: [127.0.0.1] }}
test: {{ clock: 20240229T120000Z }}
hosts:
  - host: t
    dialect: tencent
    environment: {{ default_domain: [release, beta] }}
    routes:
{routes}"
    );
    let config = apigw_gateway::Config::parse("test.yaml", &text).unwrap_or_else(|problems| panic!("{problems}"));
    let warned: Vec<&str> = config.warnings.iter().map(|one| &*one.message).collect();
    assert_eq!(warned.len(), 6, "{warned:#?}");
    let gateway = Gateway::start(config.snapshot).unwrap();
    let token = token(&key(), HEADER.as_bytes(), PAYLOAD.as_bytes());
    let bearer = format!("Authorization: Bearer id_token=\"{token}\"");
    for (path, status, message) in [
        ("/release/bare", 481, "Oauth found no oauth config"),
        ("/release/keyless", 481, "Oauth found no public key"),
        ("/release/blank", 481, "Oauth found no public key"),
        ("/release/pem", 481, "Oauth public key error"),
        ("/release/query", 481, "Oauth id_token location forbidden"),
        ("/release/orphan", 401, "Oauth found no related Oauth api"),
        ("/release/of-business", 401, "Oauth found no related Oauth api"),
        ("/release/unpublished", 401, "Oauth found no related Oauth api"),
    ] {
        let reply = get(at(&gateway), "t", path, &[&bearer]);
        assert_eq!((reply.status(), reply.text()), (status, format!("{{\"message\":\"{message}\"}}")), "{path}");
    }
    assert_eq!(backend.requests(), 0);
    assert_eq!(get(at(&gateway), "t", "/release/good", &[&bearer]).status(), 200);
    assert_eq!(get(at(&gateway), "t", "/beta/unpublished", &[&bearer]).status(), 200);
    assert_eq!(get(at(&gateway), "t", "/release/login-pem", &[]).status(), 200, "it needs no key to hand on");
}
