//! The process: starting, stopping, and what it writes down.

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

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, thread};

use apigw_gateway::{Config, Gateway};
use harness::command::output;
use harness::gate::Gate;
use harness::process::Running;
use harness::{Backend, Client, PATIENCE, at, call, eventually, gateway, get};
use serde_json::Value;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

fn config(backend: &Backend) -> String {
    format!(
        "backends: {{ allow: [127.0.0.1] }}\nhosts:\n  - host: t\n    dialect: tencent\n    routes:\n      \
         - {{ id: all, path: /, match: prefix, backend: {{ url: \"http://{}\" }} }}\n",
        backend.address
    )
}

/// A file that is gone when the test is over.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("apigw-{name}-{}", std::process::id()));
        // A process of this number that was killed may have left one.
        let _ = fs::remove_file(&path);
        Self(path)
    }

    fn lines(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.0).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn the_access_log_has_one_line_per_call() {
    let log = Scratch::new("access");
    let backend = Backend::with(|peer| {
        while let Some(head) = peer.head() {
            if head.starts_with("GET /never") {
                peer.drain();
            } else if head.starts_with("GET /half") {
                return peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
            }
            peer.send(OK.as_bytes());
        }
    });
    let gateway = gateway(&format!("access_log: {{ file: {} }}\n{}", log.0.display(), config(&backend)));
    let address = at(&gateway);
    get(address, "t", "/fine?token=secret", &["Authorization: secret"]);
    eventually("the first line", || log.lines().len() == 1);
    call(address, "FROB /a HTTP/1.1\r\nHost: t\r\n\r\n");
    eventually("the second line", || log.lines().len() == 2);
    get(address, &format!("{}.example", "x".repeat(5000)), "/", &[]);
    eventually("the third line", || log.lines().len() == 3);
    get(address, "t", "/half", &[]);
    eventually("the fourth line", || log.lines().len() == 4);
    let mut client = Client::connect(address);
    client.write("GET /never HTTP/1.1\r\nHost: t\r\n\r\n");
    eventually("the call arrives", || backend.requests() == 3);
    drop(client);
    eventually("the fifth line", || log.lines().len() == 5);

    let lines = log.lines();
    let shown = |line: &Value, names: &[&str]| names.iter().map(|name| line[name].clone()).collect::<Value>();
    let names = ["host", "route", "method", "path", "status", "code", "condition", "bytes_out", "complete"];
    assert_eq!(shown(&lines[0], &names), serde_json::json!(["t", "all", "GET", "/fine", 200, null, null, 2, true]));
    assert_eq!(
        shown(&lines[1], &names),
        serde_json::json!([
            "t",
            null,
            "FROB",
            "/a",
            404,
            "tencent.MethodNotSupported",
            "request.method_unsupported",
            38,
            true
        ])
    );
    assert_eq!(lines[2]["status"], 404);
    assert_eq!(lines[2]["host"].as_str().unwrap().len(), 1024, "bounded");
    assert_eq!(shown(&lines[3], &["status", "bytes_out", "complete"]), serde_json::json!([200, 4, false]));
    assert_eq!(
        shown(&lines[4], &names),
        serde_json::json!([
            "t",
            "all",
            "GET",
            "/never",
            499,
            "tencent.ClientClosedConnection",
            "connection.client_closed",
            0,
            false
        ])
    );
    for line in &lines {
        assert_eq!(line["request_id"].as_str().unwrap().len(), 32);
        assert!(line["client"].as_str().unwrap().starts_with("127.0.0.1:"));
        assert!(line["time"].as_str().unwrap().ends_with('Z'));
        assert!(line["duration_ms"].as_f64().unwrap() >= 0.0);
    }
    assert!(lines[0]["upstream_ms"].as_f64().is_some());
    assert!(!fs::read_to_string(&log.0).unwrap().contains("secret"));
}

#[test]
fn stopping_finishes_what_was_accepted() {
    let log = Scratch::new("stop");
    let gate = Arc::new(Gate::default());
    let of_backend = Arc::clone(&gate);
    let backend = Backend::with(move |peer| {
        peer.head();
        of_backend.pass();
        peer.send(OK.as_bytes());
    });
    let gateway = gateway(&format!("access_log: {{ file: {} }}\n{}", log.0.display(), config(&backend)));
    let address = at(&gateway);
    let mut idle = Client::connect(address);
    idle.write("FROB / HTTP/1.1\r\nHost: t\r\n\r\n").read();
    let mut busy = Client::connect(address);
    busy.write("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
    eventually("the call arrives", || backend.requests() == 1);
    let stopping = thread::spawn(move || gateway.stop());
    assert!(idle.is_closed());
    gate.open();
    assert_eq!(busy.read().text(), "hi");
    assert!(busy.is_closed());
    stopping.join().unwrap();
    assert!(std::net::TcpStream::connect(address).is_err());
    assert_eq!(log.lines().len(), 2, "nothing of the log is lost");
}

#[test]
fn stopping_does_not_wait_beyond_the_grace_period() {
    let backend = Backend::with(|peer| {
        peer.head();
        peer.drain();
    });
    let text = config(&backend).replace("\" } }", "\", timeout: 10m } }");
    let gateway = gateway(&format!("access_log: off\nlimits: {{ grace: 200ms }}\n{text}"));
    let mut busy = Client::connect(at(&gateway));
    busy.write("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
    eventually("the call arrives", || backend.requests() == 1);
    let start = Instant::now();
    gateway.stop();
    let took = start.elapsed();
    assert!(
        took >= Duration::from_millis(200) && took < PATIENCE,
        "{took:?}, and the backend may take longer than that"
    );
    assert!(busy.is_closed());
}

#[test]
fn a_port_in_use_is_said_so() {
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = held.local_addr().unwrap();
    let config = Config::parse("x.yaml", &format!("listeners: [{{ address: {address} }}]")).unwrap();
    let error = Gateway::start(config.snapshot).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{address} is in use by another process")), "{error}");
    // Another gateway holds it no less, though it would share.
    let first = gateway("access_log: off");
    let text = format!("listeners: [{{ address: {} }}]", at(&first));
    assert!(Gateway::start(Config::parse("x.yaml", &text).unwrap().snapshot).is_err());
}

#[test]
fn connections_over_the_limit_wait() {
    let backend = Backend::answering(OK);
    let text = format!("access_log: off\nthreads: 1\nlimits: {{ connections: 2 }}\n{}", config(&backend));
    let gateway = gateway(&text);
    let ask = |client: &mut Client| client.write("GET / HTTP/1.1\r\nHost: t\r\n\r\n").read().status();
    let mut clients: Vec<Client> = (0..2).map(|_| Client::connect(at(&gateway))).collect();
    assert!(clients.iter_mut().all(|client| ask(client) == 200));
    let mut third = Client::connect(at(&gateway));
    third.write("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
    assert!(third.is_open());
    drop(clients);
    assert_eq!(third.read().status(), 200);
}

fn run(args: &[&str]) -> Output {
    output(Command::new(env!("CARGO_BIN_EXE_apigw-gateway")).args(args)).unwrap()
}

#[test]
fn the_command_checks_and_prints() {
    let file = Scratch::new("config");
    let path = file.0.to_str().unwrap();
    fs::write(
        &file.0,
        "listeners: [{ address: nowhere }]\nthreads: 0\nkeys: [{ id: k, secret: { value: hunter2 } }]\n",
    )
    .unwrap();
    let bad = run(&["--config", path, "--check"]);
    let said = String::from_utf8_lossy(&bad.stderr);
    assert_eq!(bad.status.code(), Some(1));
    assert!(said.contains(&format!("{path}:1:24")) && said.contains(&format!("{path}:2:10")), "{said}");
    assert!(said.ends_with("2 problems\n"), "{said}");
    fs::write(&file.0, "listeners: [{ address: 127.0.0.1:0 }]\nkeys: [{ id: k, secret: { value: hunter2 } }]\nhosts: [{ host: a.test, dialect: problem }]\n")
        .unwrap();
    let good = run(&["--config", path, "--check"]);
    assert!(good.status.success());
    assert_eq!(String::from_utf8_lossy(&good.stdout), "The configuration is good: 1 host, 0 routes.\n");
    let printed = run(&["--config", path, "--print-config"]);
    let said = String::from_utf8_lossy(&printed.stdout);
    assert!(printed.status.success() && said.contains("[redacted]") && !said.contains("hunter2"), "{said}");
    assert!(run(&["--check"]).status.success(), "the demo is a good configuration");
    let missing = run(&["--config", "/nowhere/gateway.yaml"]);
    assert_eq!(missing.status.code(), Some(1));
    let said = String::from_utf8_lossy(&missing.stderr);
    assert!(said.starts_with("error: cannot read /nowhere/gateway.yaml: ") && said.contains("--example"), "{said}");
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = run(&["--listen", &held.local_addr().unwrap().to_string(), "--site", "127.0.0.1:0"]);
    let said = String::from_utf8_lossy(&taken.stderr);
    assert!(!taken.status.success() && said.contains("is in use") && said.contains("--listen"), "{said}");
}

#[test]
fn the_demo_answers_its_own_examples_and_ends_on_sigterm() {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_apigw-gateway"));
    let mut demo =
        Running::start(demo.args(["--listen", "127.0.0.1:0", "--site", "127.0.0.1:0"]).stderr(Stdio::null()));
    let said: Vec<String> = demo.said.by_ref().take(7).collect();
    assert_eq!(said.len(), 7, "{said:?}");
    let address = |line: &str| line.split("http://").nth(1).unwrap().trim_end_matches('/').parse().unwrap();
    let (gateway, site) = (address(&said[0]), address(&said[1]));
    let signed = said.iter().find(|line| line.contains("/signed")).unwrap();
    let headers: Vec<&str> = signed.split("-H '").skip(1).map(|rest| rest.split('\'').next().unwrap()).collect();
    assert_eq!(get(gateway, "tencent.localhost", "/signed", &headers).status(), 200, "{signed}");
    let refused = get(gateway, "huawei.localhost", "/dead", &[]);
    let page = refused.header("link").unwrap().split(['<', '>']).nth(1).unwrap().to_owned();
    let page = page.strip_prefix(&format!("http://{site}")).unwrap_or_else(|| panic!("{page} is not at {site}"));
    assert_eq!(get(site, "site", page, &[]).status(), 200, "{page}");
    for host in ["tencent", "jdcloud", "huawei", "problem"] {
        let host = format!("{host}.localhost");
        assert_eq!(get(gateway, &host, "/open", &[]).status(), 200, "{host}");
        let limited = (0..6).map(|_| get(gateway, &host, "/limited", &[]).status());
        assert_eq!(limited.filter(|status| *status == 200).count(), 5, "{host}");
    }
    demo.signal("TERM");
    assert_eq!(demo.exit_code(), Some(0));
}
