//! The admin listener: what it tells, to whom, and that it is right.

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

use apigw_gateway::Gateway;
use harness::{Backend, Reply, at, call, eventually, gateway, get};
use openmetrics_parser::openmetrics::parse_openmetrics;

fn running(backend: &Backend, more: &str) -> Gateway {
    gateway(&format!(
        "access_log: off\nadmin: {{ address: 127.0.0.1:0 }}\nhelp: {{ base: \"https://errors.example\" }}\n\
         backends: {{ allow: [127.0.0.1] }}\nkeys: [{{ id: k, secret: {{ value: hunter2 }} }}]\n{more}hosts:\n  - host: t\n    \
         dialect: huawei\n    limits: {{ body: 4 }}\n    routes:\n      - {{ id: open, path: /open, backend: {{ url: \"http://{}\" }} }}\n      \
         - {{ id: dead, path: /dead, backend: {{ url: \"http://127.0.0.1:1\" }} }}\n      - {{ id: \"o\\\"dd\", path: /odd, auth: {{ scheme: huawei-app }} }}\n",
        backend.address
    ))
}

fn ask(admin: SocketAddr, path: &str) -> Reply {
    get(admin, "127.0.0.1", path, &[])
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

#[test]
fn metrics_are_what_happened_in_the_format_that_others_read() {
    let backend = Backend::answering(OK);
    let gateway = running(&backend, "threads: 3\n");
    let admin = gateway.admin().unwrap();
    for _ in 0..5 {
        assert_eq!(get(at(&gateway), "t", "/open", &[]).status(), 200);
    }
    get(at(&gateway), "t", "/dead", &[]);
    get(at(&gateway), "t", "/odd", &[]);
    get(at(&gateway), "stranger.example", "/", &[]);
    call(at(&gateway), "POST /open HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n");
    // A call is counted when its answer is over, which the client sees a moment earlier.
    eventually("all calls are over", || ask(admin, "/metrics").text().contains("apigw_requests_in_flight 0\n"));
    let text = ask(admin, "/metrics").text();
    let parsed = parse_openmetrics(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let listener = at(&gateway);
    let samples = |family: &str| {
        let family = &parsed.families[family];
        let names = family.get_label_names().to_vec();
        let mut rows: Vec<(Vec<String>, String)> = Vec::new();
        for sample in family.iter_samples() {
            let labels = sample.get_labelset().unwrap();
            let values = names.iter().map(|name| labels.get_label_value(name).unwrap_or("").to_owned()).collect();
            rows.push((values, format!("{:?}", sample.value)));
        }
        rows
    };
    let _ = (listener, &samples);
    for line in [
        "apigw_requests_total{listener=\"127.0.0.1:0\",host=\"t\",route=\"open\",status=\"2xx\"} 5\n",
        "apigw_requests_total{listener=\"127.0.0.1:0\",host=\"t\",route=\"dead\",status=\"5xx\"} 1\n",
        "apigw_requests_total{listener=\"127.0.0.1:0\",host=\"t\",route=\"o\\\"dd\",status=\"4xx\"} 1\n",
        "apigw_requests_total{listener=\"127.0.0.1:0\",host=\"\",route=\"\",status=\"4xx\"} 1\n",
        "apigw_errors_total{vendor=\"huawei\",code=\"BackendUnavailable\",condition=\"backend.unavailable.refused\"} 1\n",
        "apigw_bounds_hit_total{bound=\"body\"} 1\n",
        "apigw_upstream_duration_seconds_count{host=\"t\"} 5\n",
        "apigw_request_duration_seconds_count{host=\"t\"} 8\n",
        "apigw_connections_total 9\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!samples("apigw_requests").is_empty());
}

#[test]
fn the_live_page_shows_what_was_raised_and_links_to_its_page() {
    let backend = Backend::answering(OK);
    let gateway = running(&backend, "");
    let admin = gateway.admin().unwrap();
    assert!(ask(admin, "/").text().contains("None so far."));
    get(at(&gateway), "t", "/dead", &[]);
    get(at(&gateway), "t", "/dead", &[]);
    eventually("both are counted", || ask(admin, "/").text().contains("<td class=\"n\">2</td>"));
    let page = ask(admin, "/");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let text = page.text();
    assert!(text.contains("http-equiv=\"refresh\"") && !text.contains("<script"), "{text}");
    assert!(
        text.contains("<code>APIG.0202</code>") && text.contains("<a href=\"https://errors.example/en/huawei/"),
        "{text}"
    );
    assert!(text.contains("Huawei Cloud APIG") && text.contains("<path d=\"M"), "{text}");
}

#[test]
fn health_readiness_and_configuration() {
    let backend = Backend::answering(OK);
    let gateway = running(&backend, "");
    let admin = gateway.admin().unwrap();
    assert_eq!((ask(admin, "/health").status(), ask(admin, "/ready").status()), (200, 200));
    let config = gateway.status();
    assert_eq!(config.version, 1);
    let reload = call(admin, "POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(reload.status(), 409, "there is no file to read again");
    let shown = ask(admin, "/config").text();
    assert!(shown.starts_with("# version 1") && !shown.contains("hunter2"), "{shown}");
    assert_eq!(ask(admin, "/nothing").status(), 404);
    let refused = call(admin, "DELETE /config HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    assert_eq!((refused.status(), refused.header("allow")), (405, Some("GET, HEAD")));
}

#[test]
fn pages_of_others_may_not_call_it() {
    let backend = Backend::answering(OK);
    let gateway = running(&backend, "");
    let admin = gateway.admin().unwrap();
    let reload =
        |fields: &str| call(admin, format!("POST /reload HTTP/1.1\r\n{fields}Content-Length: 0\r\n\r\n")).status();
    assert_eq!(reload("Host: 127.0.0.1\r\nOrigin: https://evil.example\r\n"), 403);
    assert_eq!(reload("Host: 127.0.0.1\r\nOrigin: null\r\n"), 403);
    assert_eq!(reload("Host: evil.example\r\n"), 403, "a name that was made to point here");
    assert_eq!(reload(&format!("Host: {admin}\r\nOrigin: http://{admin}\r\n")), 409);
    assert_eq!(get(admin, "evil.example", "/config", &[]).status(), 403);
}

#[test]
fn there_is_none_unless_it_is_wanted() {
    assert_eq!(gateway("access_log: off").admin(), None);
}
