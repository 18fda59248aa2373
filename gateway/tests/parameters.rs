//! Declared parameters: what is refused, and what the backend gets where the call has nothing.

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

use std::net::SocketAddr;

use apigw_gateway::{Config, Gateway};
use harness::{Backend, Reply, at, call, gateway};

fn start(backend: &Backend) -> Gateway {
    gateway(&format!(
        r#"
backends: {{ allow: [127.0.0.1] }}
access_log: off
hosts:
  - host: api.example
    dialect: tencent
    environment: {{ default_domain: [release] }}
    routes:
      - id: declared
        path: "/users/{{id}}"
        parameters:
          header:
            - {{ name: X-Tenant, default: public }}
          path:
            - {{ name: id, type: integer, min: 1 }}
          query:
            - {{ name: page, type: integer, default: 1, max: 9 }}
            - {{ name: tag, repeated: true, one_of: [a, "b c"] }}
            - {{ name: note, default: "a&b" }}
        backend: {{ url: "http://{address}/base/" }}
      - id: rest
        path: "/files/{{path+}}"
        parameters: {{ path: [{{ name: path, default: "index page.html" }}] }}
        backend: {{ url: "http://{address}" }}
      - id: form
        path: /form
        parameters:
          body:
            - {{ name: city, max_length: 4 }}
            - {{ name: unit, default: "°C" }}
        backend: {{ url: "http://{address}" }}
"#,
        address = backend.address
    ))
}

/// A backend that echoes the request line and the tenant, and the body behind them.
fn echo() -> Backend {
    Backend::with(|peer| {
        while let Some(head) = peer.head() {
            let field = |name: &str| {
                let fields = head.lines().filter_map(|line| line.split_once(": "));
                let mut found = fields.filter(|(known, _)| known.eq_ignore_ascii_case(name));
                found.next().map(|(_, value)| value.to_owned())
            };
            let length = field("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            let body = String::from_utf8_lossy(&peer.read(length)).into_owned();
            let target = head.split(' ').nth(1).unwrap();
            let text = format!("{target} {} {body}", field("x-tenant").unwrap_or_default());
            peer.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
        }
    })
}

fn get(gateway: SocketAddr, target: &str, headers: &str) -> Reply {
    call(gateway, format!("GET /release{target} HTTP/1.1\r\nHost: api.example\r\n{headers}\r\n"))
}

fn post(gateway: SocketAddr, body: &str) -> Reply {
    let length = body.len();
    let head = format!("POST /release/form HTTP/1.1\r\nHost: api.example\r\nContent-Length: {length}\r\n");
    call(gateway, format!("{head}Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n\r\n{body}"))
}

#[test]
fn the_backend_gets_what_is_declared() {
    let backend = echo();
    let gateway = start(&backend);
    for (target, headers, seen) in [
        ("/users/7", "", "/base/?page=1&note=a%26b public "),
        ("/users/7?", "", "/base/?page=1&note=a%26b public "),
        ("/users/7?page=2&note=", "X-Tenant: own\r\n", "/base/?page=2&note= own "),
        ("/users/7?tag=a&tag=b+c&x=1", "", "/base/?tag=a&tag=b+c&x=1&page=1&note=a%26b public "),
        ("/users/7?%70age=3&note=n", "", "/base/?%70age=3&note=n public "),
        ("/files/a/b", "", "/files/a/b  "),
        ("/files/", "", "/files/index%20page%2Ehtml  "),
        ("/files/?q=1", "", "/files/index%20page%2Ehtml?q=1  "),
        ("/form", "", "/form  "),
    ] {
        let reply = get(at(&gateway), target, headers);
        assert_eq!((reply.status(), reply.text().as_str()), (200, seen), "{target} {headers}");
    }
    for (body, seen) in
        [("", "/form  unit=%C2%B0C"), ("city=x", "/form  city=x&unit=%C2%B0C"), ("unit=K", "/form  unit=K")]
    {
        let reply = post(at(&gateway), body);
        assert_eq!((reply.status(), reply.text().as_str()), (200, seen), "{body}");
    }
}

#[test]
fn a_default_reaches_the_backend_although_connection_names_it() {
    let backend = echo();
    let gateway = start(&backend);
    // What the client sent ends here; what the API promises does not.
    let reply = get(at(&gateway), "/users/7?page=1&note=n", "Connection: X-Tenant\r\nX-Tenant: own\r\n");
    assert_eq!(reply.text(), "/base/?page=1&note=n public ");
}

#[test]
fn what_does_not_fit_reaches_no_backend() {
    let backend = echo();
    let gateway = start(&backend);
    for target in [
        "/users/x",
        "/users/0",
        "/users/7?page=x",
        "/users/7?page=10",
        "/users/7?page=1&page=2",
        "/users/7?p%61ge=10",
        "/users/7?tag=c",
        "/users/7?tag=a&tag=c",
    ] {
        assert_eq!(get(at(&gateway), target, "").status(), 400, "{target}");
    }
    assert_eq!(get(at(&gateway), "/users/7?page=%ff", "").status(), 403);
    assert_eq!(get(at(&gateway), "/users/7", "X-Tenant: a\r\nX-Tenant: b\r\n").status(), 400);
    assert_eq!(get(at(&gateway), "/users/7", "X-Tenant: \u{fc}\r\n").status(), 200);
    assert_eq!(post(at(&gateway), "city=%E4%B8%AD%E6%96%87%E5%9F%8E%E5%B8%82").status(), 200);
    assert_eq!(post(at(&gateway), "city=%E4%B8%AD%E6%96%87%E5%9F%8E%E5%B8%82!").status(), 400);
    assert_eq!(backend.requests(), 2);
}

#[test]
fn declarations_that_cannot_be_meant_are_refused() {
    let text = r#"listeners: [{ address: 127.0.0.1:0 }]
hosts:
  - host: a.example
    dialect: problem
    routes:
      - id: one
        path: "/a/{b}"
        parameters:
          header: [{ name: "X Tenant" }]
          path: [{ name: c }]
          query:
            - { name: q, type: float }
            - { name: r, min: 1 }
            - { name: s, type: integer, min: 5, max: 4, default: 7 }
            - { name: t, type: boolean, default: maybe }
            - { name: t, min_length: 2, max_length: 1 }
            - { name: u, only_for: { parameter: nobody, is: [x] } }
          undeclared: shrug
          ascending: [[s, z]]
"#;
    let problems = Config::parse("gateway.yaml", text).unwrap_err();
    let problems: Vec<(u64, &str)> = problems.list.iter().map(|one| (one.line, one.message.as_str())).collect();
    assert_eq!(
        problems,
        [
            (9, "`X Tenant` is no header name"),
            (10, "`/a/{b}` holds no `{c}`"),
            (12, "unknown type of parameter `float`"),
            (13, "only numbers have a least and a greatest value"),
            (14, "the greatest value is less than the least"),
            (14, "`7` is outside of what the parameter may be"),
            (15, "`maybe` is no boolean"),
            (16, "second parameter `t` in this place"),
            (16, "the greatest length is less than the least"),
            (17, "unknown parameter `nobody`"),
            (18, "unknown way with further fields `shrug`"),
            (19, "unknown parameter `z`"),
        ]
    );
}
