//! Who may call from a page of another origin.

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

use harness::{Backend, Reply, at, call, gateway, get};

/// A backend that would let every page read everything.
const OPEN: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nVary: Accept\r\nAccess-Control-Allow-Origin: *\r\n\
    Access-Control-Allow-Credentials: true\r\nAccess-Control-Allow-Private-Network: true\r\n\r\nhi";

fn config(backend: &Backend) -> String {
    let to = format!("backend: {{ url: \"http://{}\" }}", backend.address);
    format!(
        r#"
backends: {{ allow: [127.0.0.1] }}
access_log: off
hosts:
  - host: api.example
    dialect: tencent
    cors: refuse
    routes:
      - {{ id: closed, path: /closed, {to} }}
      - {{ id: pass, path: /pass, cors: pass, methods: [GET, OPTIONS], {to} }}
      - {{ id: open, path: /open, cors: allow, methods: [GET, PUT], {to} }}
      - {{ id: failing, path: /failing, cors: allow }}
      - id: listed
        path: /listed
        methods: [GET, PUT]
        cors:
          rules:
            origins: ["https://app.example", "http://localhost:3000"]
            methods: [GET, PUT]
            headers: [X-Tenant, Content-Type]
            expose: [X-Api-RequestId]
            credentials: true
            max_age: 10m
        {to}
  - {{ host: plain.example, dialect: problem, routes_of: api.example }}
"#
    )
}

/// `OPTIONS path` as browsers send it before a `PUT`.
fn preflight(gateway: std::net::SocketAddr, path: &str, origin: &str) -> Reply {
    let head = format!(
        "OPTIONS {path} HTTP/1.1\r\nHost: api.example\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: PUT\r\n\
         Access-Control-Request-Headers: x-tenant\r\n\r\n"
    );
    call(gateway, head)
}

/// The fields that speak of origins, in the order of the answer.
fn grants(reply: &Reply) -> Vec<(String, String)> {
    let fields = reply.head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let wanted = fields.filter(|(name, _)| name.starts_with("access-control-") || *name == "vary");
    wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn only_listed_origins_are_granted() {
    let backend = Backend::answering(OPEN);
    let gateway = gateway(&config(&backend));
    let refused = [("vary", "Accept"), ("vary", "origin")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    for origin in [
        "https://app.example.evil",
        "https://evil-app.example",
        "https://x.app.example",
        "https://app.exampl",
        "http://app.example",
        "https://app.example:8443",
        "https://app.example:443",
        "https://APP.example",
        "http://localhost",
        "null",
        "*",
        "https://app.example https://app.example",
        "https://app.example, http://localhost:3000",
        "",
    ] {
        let reply = get(at(&gateway), "api.example", "/listed", &[&format!("Origin: {origin}")]);
        assert_eq!((reply.status(), grants(&reply)), (200, refused.to_vec()), "{origin}");
        let reply = preflight(at(&gateway), "/listed", origin);
        assert_eq!(reply.status(), 204, "{origin}");
        assert!(grants(&reply).iter().all(|(name, _)| name == "vary"), "{origin}: {}", reply.head);
    }
    let twice = ["Origin: https://app.example", "Origin: https://app.example"];
    assert_eq!(grants(&get(at(&gateway), "api.example", "/listed", &twice)), refused);
    // A cache must know that another page would get another answer.
    assert_eq!(grants(&get(at(&gateway), "api.example", "/listed", &[])), refused);
}

#[test]
fn a_grant_takes_the_place_of_the_backends() {
    let backend = Backend::answering(OPEN);
    let gateway = gateway(&config(&backend));
    for origin in ["https://app.example", "http://localhost:3000"] {
        let reply = get(at(&gateway), "api.example", "/listed", &[&format!("Origin: {origin}")]);
        let expected = [
            ("vary", "Accept"),
            ("vary", "origin"),
            ("access-control-allow-origin", origin),
            ("access-control-allow-credentials", "true"),
            ("access-control-expose-headers", "X-Api-RequestId"),
        ];
        assert_eq!(grants(&reply), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
    // The list that Tencent's cross-origin flag has on the wire; the other dialects know of none.
    let exposed = "X-Api-ID,X-Service-RateLimit,X-UsagePlan-RateLimit,X-UsagePlan-Quota,Cache-Control,Connection,\
        Content-Disposition,Date,Keep-Alive,Pragma,Via,Accept,Accept-Charset,Accept-Encoding,Accept-Language,Authorization,\
        Cookie,Expect,From,Host,If-Match,If-Modified-Since,If-None-Match,If-Range,If-Unmodified-Since,Range,Origin,Referer,\
        User-Agent,X-Forwarded-For,X-Forwarded-Host,X-Forwarded-Proto,Accept-Range,Age,Content-Range,\
        Content-Security-Policy,ETag,Expires,Last-Modified,Location,Server,Set-Cookie,Trailer,Transfer-Encoding,Vary,Allow,\
        Content-Encoding,Content-Language,Content-Length,Content-Location,Content-Type";
    let granted = [("vary", "Accept"), ("access-control-allow-origin", "*")];
    for (host, exposed) in [("api.example", Some(("access-control-expose-headers", exposed))), ("plain.example", None)]
    {
        let reply = get(at(&gateway), host, "/open", &["Origin: null"]);
        let expected = granted.into_iter().chain(exposed).map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(grants(&reply), expected.collect::<Vec<_>>(), "{host}");
    }
}

#[test]
fn preflights_are_answered_here() {
    let backend = Backend::answering(OPEN);
    let gateway = gateway(&config(&backend));
    let reply = preflight(at(&gateway), "/listed", "https://app.example");
    let expected = [
        ("vary", "origin"),
        ("access-control-allow-origin", "https://app.example"),
        ("access-control-allow-credentials", "true"),
        ("vary", "access-control-request-method, access-control-request-headers"),
        ("access-control-allow-methods", "GET, PUT"),
        ("access-control-allow-headers", "X-Tenant, Content-Type"),
        ("access-control-max-age", "600"),
    ];
    let mut expected: Vec<_> = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let mut got = grants(&reply);
    expected.sort();
    got.sort();
    assert_eq!((reply.status(), got), (204, expected));
    let reply = preflight(at(&gateway), "/open", "https://anybody.example");
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(reply.header("access-control-allow-headers"), Some("x-tenant"));
    assert_eq!(reply.header("access-control-allow-credentials"), None);
    assert_eq!(backend.requests(), 0, "a preflight reaches no backend");
    // Where the backend answers for itself, it gets the preflight as well.
    let reply = preflight(at(&gateway), "/pass", "https://anybody.example");
    assert_eq!((reply.status(), reply.header("access-control-allow-private-network")), (200, Some("true")));
    assert_eq!(backend.requests(), 1);
}

#[test]
fn where_the_flag_is_off_other_origins_are_refused() {
    let backend = Backend::answering(OPEN);
    let gateway = gateway(&config(&backend));
    for own in ["http://api.example", "https://api.example", "https://api.example:443", "http://API.example"] {
        let reply = get(at(&gateway), "api.example", "/closed", &[&format!("Origin: {own}")]);
        assert_eq!(reply.status(), 200, "{own}");
    }
    assert_eq!(get(at(&gateway), "api.example", "/closed", &[]).status(), 200);
    let passed = backend.requests();
    for other in ["null", "https://app.example", "https://api.example:8443", "https://api.example.evil", ""] {
        let reply = get(at(&gateway), "api.example", "/closed", &[&format!("Origin: {other}")]);
        let text = r#"{"message":"req is cross origin, api \/closed need open cors flag on qcloud apigateway."}"#;
        assert_eq!((reply.status(), reply.text().as_str()), (429, text), "{other}");
        assert_eq!(preflight(at(&gateway), "/closed", other).status(), 429, "{other}");
    }
    assert_eq!(backend.requests(), passed);
}

#[test]
fn a_page_can_read_why_it_was_refused() {
    let backend = Backend::answering(OPEN);
    let gateway = gateway(&config(&backend));
    let reply = get(at(&gateway), "api.example", "/failing", &["Origin: https://app.example"]);
    assert_eq!((reply.status(), reply.header("access-control-allow-origin")), (481, Some("*")));
}
