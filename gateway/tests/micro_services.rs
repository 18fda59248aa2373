//! Backends that each call names, found in a registry that speaks Consul's HTTP API.

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
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use apigw_gateway::{Config, Gateway};
use harness::{Backend, Reply, at, gateway, get};

const UNKNOWN: &str = r#"{"message":"Not found micro service with key"}"#;
const CLUSTER: &str = r#"{"message":"TSF config error"}"#;

fn instance(address: SocketAddr) -> String {
    format!(r#"{{"Node":{{"Address":"{}"}},"Service":{{"Address":"","Port":{}}}}}"#, address.ip(), address.port())
}

/// Knows `orders` in `ns-1` at these addresses; `forbidden` needs a token, `broken` is a fault of its own.
fn registry(instances: &[SocketAddr]) -> Backend {
    let list = instances.iter().map(|address| instance(*address)).collect::<Vec<_>>().join(",");
    Backend::with(move |peer| {
        while let Some(head) = peer.head() {
            let target = head.split(' ').nth(1).unwrap().to_owned();
            let has_token = head.contains("x-consul-token: t0ken");
            let (status, body) = match target.as_str() {
                "/v1/health/service/orders?passing=true&ns=ns%2D1" => ("200 OK", format!("[{list}]")),
                "/v1/health/service/forbidden?passing=true&ns=ns%2D1" if has_token => ("200 OK", format!("[{list}]")),
                "/v1/health/service/forbidden?passing=true&ns=ns%2D1" => ("403 Forbidden", "denied".to_owned()),
                "/v1/health/service/metadata?passing=true&ns=ns%2D1" => {
                    ("200 OK", format!("[{}]", instance("169.254.169.254:80".parse().unwrap())))
                }
                "/v1/health/service/strange?passing=true&ns=ns%2D1" => ("200 OK", "<html>".to_owned()),
                "/v1/health/service/broken?passing=true&ns=ns%2D1" => ("500 Internal Server Error", String::new()),
                _ => ("200 OK", "[]".to_owned()),
            };
            peer.send(format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
        }
    })
}

fn start(registry: SocketAddr, more: &str) -> Gateway {
    gateway(&format!(
        r#"
threads: 1
backends: {{ allow: [127.0.0.1] }}
access_log: off
registries:
  - {{ id: tsf, consul: "http://{registry}", ttl: 200ms, timeout: 500ms {more} }}
hosts:
  - host: api.example
    dialect: tencent
    routes:
      - id: by-header
        path: /call
        backend: &tsf
          micro_service:
            registry: tsf
            namespace: method.req.header.X-NameSpace-Code
            service: method.req.header.X-MicroService-Name
      - id: by-path
        path: "/s/{{name}}/rest"
        backend:
          micro_service: {{ registry: tsf, namespace: method.req.querystring.ns, service: method.req.path.name }}
"#
    ))
}

fn ask(gateway: SocketAddr, namespace: &str, service: &str) -> Reply {
    let fields = [format!("X-NameSpace-Code: {namespace}"), format!("X-MicroService-Name: {service}")];
    get(gateway, "api.example", "/call", &[&fields[0], &fields[1]])
}

fn answering(name: &str) -> Backend {
    Backend::answering(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{name}", name.len()))
}

#[test]
fn instances_take_turns_and_the_registry_is_asked_once() {
    let (one, two) = (answering("one"), answering("two"));
    let registry = registry(&[one.address, two.address]);
    let gateway = start(registry.address, "");
    let mut seen: Vec<String> = (0..4).map(|_| ask(at(&gateway), "ns-1", "orders").text()).collect();
    seen.sort();
    assert_eq!(seen, ["one", "one", "two", "two"]);
    assert_eq!(registry.requests(), 1);
    assert_eq!(one.connections() + two.connections(), 2, "connections are kept");
    assert!(one.head(0).starts_with("GET /call HTTP/1.1\r\n"));
}

#[test]
fn names_come_from_path_and_query_as_well() {
    let one = answering("one");
    let registry = registry(&[one.address]);
    let gateway = start(registry.address, "");
    let reply = get(at(&gateway), "api.example", "/s/orders/rest?ns=ns-1", &[]);
    assert_eq!((reply.status(), reply.text().as_str()), (200, "one"));
    for target in ["/s/orders/rest", "/s/orders/rest?ns=ns-1&ns=ns-2", "/s/orders%2F..%2Fx/rest?ns=ns-1"] {
        let reply = get(at(&gateway), "api.example", target, &[]);
        assert_eq!(reply.status(), 404, "{target}: {}", reply.text());
    }
}

#[test]
fn what_cannot_be_found_is_told_apart() {
    let one = answering("one");
    let registry = registry(&[one.address]);
    let gateway = start(registry.address, "");
    for (namespace, service, status, text) in [
        ("ns-1", "nobody", 404, UNKNOWN),
        ("ns-2", "orders", 404, UNKNOWN),
        ("", "orders", 404, UNKNOWN),
        ("ns-1", "../../../v1/agent/self", 404, UNKNOWN),
        ("ns-1", "forbidden", 481, CLUSTER),
        ("ns-1", "strange", 481, CLUSTER),
        ("ns-1", "broken", 503, r#"{"message":"Apigw balancer error"}"#),
        ("ns-1", "metadata", 403, r#"{"message":"Endpoint IP address is not allowed"}"#),
    ] {
        let reply = ask(at(&gateway), namespace, service);
        assert_eq!((reply.status(), reply.text().as_str()), (status, text), "{namespace} {service}");
    }
    assert_eq!(ask(at(&gateway), "ns-1", &"x".repeat(129)).status(), 404);
    assert_eq!(get(at(&gateway), "api.example", "/call", &["X-NameSpace-Code: ns-1"]).status(), 404);
}

#[test]
fn a_token_is_sent_along() {
    let one = answering("one");
    let registry = registry(&[one.address]);
    let gateway = start(registry.address, ", token: { value: t0ken }");
    assert_eq!(ask(at(&gateway), "ns-1", "forbidden").text(), "one");
}

#[test]
fn a_registry_that_goes_away_takes_no_service_with_it() {
    let one = answering("one");
    let list = instance(one.address);
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let registry = Backend::with(move |peer| {
        peer.head();
        // From the second question on it says nothing.
        if counter.fetch_add(1, Ordering::SeqCst) == 0 {
            peer.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n[{list}]", list.len() + 2).as_bytes());
        }
        peer.drain();
    });
    let gateway = start(registry.address, "");
    assert_eq!(ask(at(&gateway), "ns-1", "orders").text(), "one");
    std::thread::sleep(Duration::from_millis(250));
    assert_eq!(ask(at(&gateway), "ns-1", "orders").text(), "one");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert_eq!(ask(at(&gateway), "ns-1", "others").status(), 503, "nothing was known of this one");
}

#[test]
fn what_is_written_wrongly_is_refused_and_what_is_left_out_is_a_warning() {
    let text = r#"listeners: [{ address: 127.0.0.1:0 }]
registries:
  - { id: a, consul: "https://10.0.0.5:8500" }
  - { id: b, services: [{ namespace: n, service: s, instances: [10.0.0.7] }] }
hosts:
  - host: a.example
    dialect: tencent
    routes:
      - { id: one, path: /1, backend: { micro_service: { registry: b, namespace: req.header.n, service: method.req.body.s } } }
      - { id: two, path: /2, backend: { micro_service: { registry: b, namespace: method.req.path.n, service: method.req.header.s } } }
      - { id: three, path: /3, backend: { micro_service: { registry: c } } }
      - { id: four, path: /4, backend: { micro_service: { registry: b } } }
"#;
    let problems = Config::parse("gateway.yaml", text).unwrap_err();
    let messages: Vec<(u64, &str)> = problems.list.iter().map(|one| (one.line, one.message.as_str())).collect();
    assert_eq!(
        messages,
        [
            (3, "`https://10.0.0.5:8500` is no address of a registry"),
            (4, "`10.0.0.7` is no address with a port"),
            (9, "`req.header.n` is no place in a call"),
            (9, "`method.req.body.s` is no place in a call"),
            (10, "`method.req.path.n` is no place in a call"),
        ]
    );
}
