//! Faults that are wanted, and traces that go on: through real sockets.

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

use std::fs;

use apigw_gateway::{Config, Gateway};
use harness::{Backend, Client, at, eventually, gateway, get};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

fn host(backend: &Backend, top: &str, dialect: &str, routes: &[&str]) -> String {
    let mut text =
        format!("{top}backends: {{ allow: [127.0.0.1] }}\nhosts:\n  - host: t\n    dialect: {dialect}\n    routes:\n");
    for (number, route) in routes.iter().enumerate() {
        text += &format!(
            "      - {{ id: r{number}, path: /{number}, {route} backend: {{ url: \"http://{}\" }} }}\n",
            backend.address
        );
    }
    text
}

fn running(backend: &Backend, top: &str, dialect: &str, routes: &[&str]) -> Gateway {
    gateway(&host(backend, top, dialect, routes))
}

#[test]
fn a_route_raises_what_it_is_told_to_and_the_log_says_so() {
    let log = std::env::temp_dir().join(format!("apigw-faults-{}", std::process::id()));
    let backend = Backend::answering(OK);
    let top = format!("access_log: {{ file: {} }}\n", log.display());
    let routes = ["fault: { code: APIG.0308 },", "fault: { condition: backend.timeout },", "fault: { delay: 10ms },"];
    let gateway = running(&backend, &top, "huawei", &routes);
    let reply = get(at(&gateway), "t", "/0", &[]);
    assert!(reply.status() == 429 && reply.text().contains("APIG.0308"), "{reply:?}");
    assert_eq!(get(at(&gateway), "t", "/1", &[]).status(), 504);
    assert_eq!(backend.requests(), 0);
    assert_eq!(get(at(&gateway), "t", "/2", &[]).status(), 200, "late, and nothing else");
    gateway.stop();
    let text = fs::read_to_string(&log).unwrap();
    fs::remove_file(&log).unwrap();
    // Threads write their lines when they get to it.
    let line = |route: &str| text.lines().find(|line| line.contains(&format!("\"route\":\"{route}\""))).unwrap();
    assert!(line("r0").contains("\"injected\":true") && line("r0").contains("ThrottlingThresholdReached"), "{text}");
    assert!(!line("r2").contains("injected"), "{text}");
}

#[test]
fn a_code_that_its_condition_would_not_give_is_said_too() {
    let backend = Backend::answering(OK);
    let gateway = running(&backend, "access_log: off\n", "huawei", &["fault: { code: UnexpectedError },"]);
    let other = running(&backend, "access_log: off\n", "huawei", &["fault: { condition: gateway.internal },"]);
    let (said, usual) = (get(at(&gateway), "t", "/0", &[]).text(), get(at(&other), "t", "/0", &[]).text());
    let code = |text: &str| text.split("error_code\":\"").nth(1).unwrap()[..9].to_owned();
    assert_ne!(code(&said), code(&usual), "{said} {usual}");
}

#[test]
fn a_rate_strikes_the_same_calls_for_the_same_seed() {
    let backend = Backend::answering(OK);
    let struck = |seed: u32| {
        let route = format!("fault: {{ code: APIG.0308, rate: 25%, seed: {seed} }},");
        let gateway = running(&backend, "access_log: off\n", "huawei", &[&route]);
        let mut client = Client::connect(at(&gateway));
        let mut call = || client.write("GET /0 HTTP/1.1\r\nHost: t\r\n\r\n").read().status() == 429;
        (0..80).map(|_| call()).collect::<Vec<bool>>()
    };
    assert_eq!(struck(1), struck(1));
    assert_ne!(struck(1), struck(2));
    assert!((8..36).contains(&struck(1).into_iter().filter(|struck| *struck).count()));
}

#[test]
fn an_answer_may_be_cut() {
    let backend = Backend::answering(OK);
    let routes = ["fault: { code: APIG.0308, cut: truncate },", "fault: { code: APIG.0308, cut: reset },", ""];
    let gateway = running(&backend, "access_log: off\n", "huawei", &routes);
    let half = get(at(&gateway), "t", "/0", &[]);
    assert!(half.status() == 429 && !half.whole, "{half:?}");
    let mut client = Client::connect(at(&gateway));
    client.write("GET /1 HTTP/1.1\r\nHost: t\r\n\r\n");
    let error = std::io::Read::read(client.stream(), &mut [0; 16]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(get(at(&gateway), "t", "/2", &[]).status(), 200, "others are served");
}

#[test]
fn a_call_may_ask_for_a_fault_where_that_is_allowed() {
    let backend = Backend::answering(OK);
    let gateway = running(&backend, "access_log: off\nfault_header: X-Fault\n", "tencent", &[""]);
    let ask = |field: &str| get(at(&gateway), "t", "/0", &[field]);
    assert_eq!(ask("X-Fault: code=ApiQuotaExceeded; delay=5ms").text(), "{\"message\":\"API quota exceeded\"}");
    assert_eq!(ask("X-Fault: code=Nonsense").status(), 400);
    assert_eq!(ask("X-Fault: code=ApiQuotaExceeded; rate=0%").status(), 200);
    assert_eq!(ask("X-Other: 1").status(), 200);
    let closed = running(&backend, "access_log: off\n", "tencent", &[""]);
    assert_eq!(get(at(&closed), "t", "/0", &["X-Fault: code=ApiQuotaExceeded"]).status(), 200, "off by default");
}

#[test]
fn a_panic_costs_one_call_and_is_counted() {
    let backend = Backend::answering(OK);
    let top = "access_log: off\nthreads: 1\nadmin: { address: 127.0.0.1:0 }\nfault_header: X-Fault\n";
    let gateway = running(&backend, top, "tencent", &["", "fault: { panic: true },"]);
    let (mut bystander, mut caller) = (Client::connect(at(&gateway)), Client::connect(at(&gateway)));
    let good = "GET /0 HTTP/1.1\r\nHost: t\r\n\r\n";
    assert_eq!(bystander.write(good).read().status(), 200);
    assert_eq!(caller.write(good).read().status(), 200);
    let reply = caller.write("GET /1 HTTP/1.1\r\nHost: t\r\n\r\n").read();
    assert_eq!((reply.status(), reply.text().as_str()), (500, r#"{"message":"Internal Server Error"}"#));
    assert_eq!(reply.header("connection"), Some("close"));
    assert!(caller.is_closed());
    let asked = get(at(&gateway), "t", "/0", &["X-Fault: delay=1ms; panic"]);
    assert_eq!(asked.status(), 500, "a call may ask for it where it may ask for faults");
    assert_eq!(bystander.write(good).read().status(), 200, "on the same thread, and nobody else has noticed");
    let metrics = || get(gateway.admin().unwrap(), "127.0.0.1", "/metrics", &[]).text();
    // A call is counted when its answer is over, which the client sees a moment earlier.
    eventually("all calls are over", || metrics().contains("apigw_requests_in_flight 0\n"));
    assert!(metrics().contains("apigw_panics_total 2\n"), "{}", metrics());
}

#[test]
fn a_wrong_fault_is_refused_with_its_place_and_near_misses() {
    let backend = Backend::answering(OK);
    let problem = |route: &str| {
        let text = format!("listeners: [{{ address: 127.0.0.1:0 }}]\n{}", host(&backend, "", "huawei", &[route]));
        Config::parse("x.yaml", &text).unwrap_err().to_string()
    };
    let code = problem("fault: { code: APIG.0388 },");
    assert!(
        code.contains("x.yaml:7:") && code.contains("has no code `APIG.0388`") && code.contains("`APIG.0308`"),
        "{code}"
    );
    assert!(problem("fault: { code: APIG.0201 },").contains("is 7 codes"));
    assert!(problem("fault: { condition: traffic.rate_limit },").contains("`traffic.rate_limited`"));
    assert!(problem("fault: { code: APIG.0308, rate: 5 },").contains("`5` is no rate"));
    assert!(problem("fault: { code: APIG.0308, panic: true },").contains("a panic and something to raise"));
    assert!(problem("fault: { cut: reset },").contains("only an answer that is raised here can be cut"));
}

#[test]
fn a_trace_goes_on_to_the_backend_and_into_the_log() {
    let log = std::env::temp_dir().join(format!("apigw-traces-{}", std::process::id()));
    let backend = Backend::answering(OK);
    let top = format!("access_log: {{ file: {} }}\ntrace: {{ spans: true }}\n", log.display());
    let gateway = running(&backend, &top, "problem", &[""]);
    let sent = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    get(at(&gateway), "t", "/0", &[sent, "tracestate: a=1"]);
    get(at(&gateway), "t", "/0", &["traceparent: nonsense", "tracestate: a=1"]);
    let line = |head: &str, name: &str| {
        let field = head.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        field.map(|value| value.trim_start_matches(": ").to_owned())
    };
    let (first, second) = (backend.head(0), backend.head(1));
    let parent = line(&first, "traceparent").unwrap();
    assert!(
        parent.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && !parent.contains("00f067aa0ba902b7"),
        "{first}"
    );
    assert_eq!(line(&first, "tracestate").as_deref(), Some("a=1"));
    let fresh = line(&second, "traceparent").unwrap();
    assert!(fresh.len() == 55 && line(&second, "tracestate").is_none(), "{second}");
    gateway.stop();
    let text = fs::read_to_string(&log).unwrap();
    fs::remove_file(&log).unwrap();
    assert!(
        text.contains("\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\"") && text.contains(&parent[36..52]),
        "{text}"
    );
    let plain = running(&backend, "access_log: off\n", "problem", &[""]);
    get(at(&plain), "t", "/0", &["traceparent: nonsense"]);
    eventually("the third call arrives", || backend.requests() == 3);
    assert_eq!(line(&backend.head(2), "traceparent").as_deref(), Some("nonsense"), "untouched unless it is wanted");
}
