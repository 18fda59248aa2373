//! Changing the configuration of a running gateway: nothing is lost, nothing is forgotten, nothing wrong gets in force.

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
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use apigw_gateway::Gateway;
use apigw_gateway::reload::{Source, Trigger};
use harness::gate::Gate;
use harness::{Backend, Client, at, eventually, get, under_load};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// A configuration file that is gone when the test is over.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("apigw-{name}-{}.yaml", std::process::id()));
        fs::write(&path, text).unwrap();
        Self(path)
    }

    /// Writes on, at once: what is read meanwhile is a whole file without this or with it.
    fn append(&self, text: &str) {
        fs::OpenOptions::new().append(true).open(&self.0).unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// As editors do that keep the old file until the new one is whole.
    fn replace(&self, text: &str) {
        let new = self.0.with_extension("new");
        fs::write(&new, text).unwrap();
        fs::rename(&new, &self.0).unwrap();
    }

    fn start(&self) -> Gateway {
        let source = Source { path: self.0.clone(), catalog: &apigw_errors::CATALOG, listen: None, admin: None };
        let config = source.load().unwrap_or_else(|error| panic!("{error}"));
        Gateway::serve(config, Some(source)).unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn config(backend: &Backend, routes: &[&str]) -> String {
    let mut text =
        "listeners: [{ address: 127.0.0.1:0 }]\naccess_log: off\nthreads: 2\nadmin: { address: 127.0.0.1:0 }\n\
                    backends: { allow: [127.0.0.1] }\nhosts:\n  - host: t\n    dialect: huawei\n    routes:\n"
            .to_owned();
    for written in routes {
        text += &format!("      - {}", route(backend, written));
    }
    text
}

/// A route, written as its path and further settings.
fn route(backend: &Backend, written: &str) -> String {
    let (path, rest) = written.split_once(' ').unwrap_or((written, ""));
    format!("{{ id: r{path}, path: {path}, {rest} backend: {{ url: \"http://{}\" }} }}\n", backend.address)
}

fn status(gateway: &Gateway, path: &str) -> u16 {
    get(at(gateway), "t", path, &[]).status()
}

#[test]
fn a_changed_file_is_taken_and_a_bad_one_refused() {
    let backend = Backend::answering(OK);
    let file = File::new("change", &config(&backend, &["/a"]));
    let gateway = file.start();
    assert_eq!((status(&gateway, "/a"), status(&gateway, "/b")), (200, 404));
    file.append(&format!("      - {}", route(&backend, "/b")));
    eventually("the change is taken", || status(&gateway, "/b") == 200);
    file.replace(&config(&backend, &["/b"]));
    eventually("the file that was renamed over it is taken", || status(&gateway, "/a") == 404);

    // What is in force is counted a moment later.
    eventually("both are counted", || gateway.status().version == 3);
    let good = gateway.status();
    assert_eq!((good.version, good.refused, good.last.problem), (3, 0, None));
    file.replace(&(config(&backend, &["/c"]) + "limits: { uri: lots }\n"));
    eventually("the bad one is refused", || gateway.status().refused == 1);
    let bad = gateway.status();
    let problem = bad.last.problem.unwrap();
    assert!(problem.contains("`lots` is no size") && problem.contains(".yaml:11:16"), "{problem}");
    assert_eq!((bad.version, bad.hash, bad.last.trigger), (3, good.hash, Trigger::Change));
    assert_eq!((status(&gateway, "/b"), status(&gateway, "/c")), (200, 404), "the old one stays in force");
    let admin = gateway.admin().unwrap();
    let shown = get(admin, "127.0.0.1", "/config", &[]).text();
    assert!(
        shown.contains("# version 3") && shown.contains("refused") && shown.contains("`lots` is no size"),
        "{shown}"
    );
    let metrics = get(admin, "127.0.0.1", "/metrics", &[]).text();
    assert!(
        metrics.contains("apigw_config_is_current 0\n") && metrics.contains("apigw_reloads_refused_total 1\n"),
        "{metrics}"
    );

    fs::remove_file(&file.0).unwrap();
    assert!(gateway.reload_file(Trigger::Signal).is_err());
    assert_eq!(status(&gateway, "/b"), 200, "a file that is gone changes nothing");
    file.replace(&config(&backend, &["/c"]));
    eventually("the next good one is taken", || status(&gateway, "/c") == 200);
    eventually("nothing is wrong any more", || gateway.status().last.problem.is_none());
}

#[test]
fn what_needs_a_restart_is_said_and_left_as_it_is() {
    let backend = Backend::answering(OK);
    let text = config(&backend, &["/a"]);
    let file = File::new("restart", &text);
    let gateway = file.start();
    file.replace(
        &text
            .replace("threads: 2", "threads: 1")
            .replace("listeners: [{ address: 127.0.0.1:0 }]", "listeners: [{ address: 127.0.0.1:1 }]"),
    );
    let status_now = gateway.reload_file(Trigger::Signal).unwrap();
    assert_eq!(status_now.needs_restart, ["listeners", "threads"]);
    assert_eq!(status(&gateway, "/a"), 200);
}

#[test]
fn a_changed_bound_on_calls_is_in_force_at_once() {
    let gates = [Arc::new(Gate::default()), Arc::new(Gate::default())];
    let of_backend = gates.clone();
    let backend = Backend::with(move |peer| {
        while let Some(head) = peer.head() {
            match head.split(' ').nth(1) {
                Some("/slow?0") => of_backend[0].pass(),
                Some("/slow?1") => of_backend[1].pass(),
                _ => {}
            }
            peer.send(OK.as_bytes());
        }
    });
    let text = config(&backend, &["/slow", "/a"]).replace("threads: 2", "threads: 1");
    let file = File::new("calls", &(text.clone() + "limits: { requests: 1 }\n"));
    let gateway = file.start();
    let during_another = |number: usize| {
        let (mut busy, before) = (Client::connect(at(&gateway)), backend.requests());
        busy.write(format!("GET /slow?{number} HTTP/1.1\r\nHost: t\r\n\r\n"));
        eventually("the call arrives", || backend.requests() > before);
        let seen = status(&gateway, "/a");
        gates[number].open();
        assert_eq!(busy.read().status(), 200);
        seen
    };
    assert_eq!(during_another(0), 503);
    file.replace(&(text + "limits: { requests: 2 }\n"));
    assert_eq!(gateway.reload_file(Trigger::Signal).unwrap().needs_restart, [""; 0]);
    assert_eq!(during_another(1), 200);
}

#[test]
fn a_call_in_flight_finishes_under_the_configuration_it_began_with() {
    let gate = Arc::new(Gate::default());
    let of_backend = Arc::clone(&gate);
    let backend = Backend::with(move |peer| {
        peer.head();
        of_backend.pass();
        peer.send(OK.as_bytes());
    });
    let file = File::new("flight", &config(&backend, &["/a"]));
    let gateway = file.start();
    let mut busy = Client::connect(at(&gateway));
    busy.write("GET /a HTTP/1.1\r\nHost: t\r\n\r\n");
    eventually("the call arrives", || backend.requests() == 1);
    file.replace(&config(&backend, &["/b"]));
    gateway.reload_file(Trigger::Signal).unwrap();
    assert_eq!(status(&gateway, "/a"), 404);
    gate.open();
    assert_eq!(busy.read().status(), 200);
    assert_eq!(
        busy.write("GET /a HTTP/1.1\r\nHost: t\r\n\r\n").read().status(),
        404,
        "the connection goes on under the new one"
    );
}

#[test]
fn servers_that_are_left_out_stay_so() {
    let backend = Backend::with(|peer| drop(peer.head()));
    let text = config(&backend, &[])
        .replace("    routes:\n", "    routes: [{ id: a, path: /a, backend: { pool: one, retries: 0 } }]\n")
        + &format!(
            "pools: [{{ id: one, servers: [{{ address: \"{}\" }}], ejection: {{ failures: 1, time: 10m }} }}]\n",
            backend.address
        );
    let file = File::new("ejection", &text);
    let gateway = file.start();
    assert_eq!(status(&gateway, "/a"), 502);
    assert_eq!((status(&gateway, "/a"), backend.connections()), (502, 1));
    file.replace(&text.replace("host: t", "host: u"));
    gateway.reload_file(Trigger::Signal).unwrap();
    assert_eq!(get(at(&gateway), "u", "/a", &[]).status(), 502);
    assert_eq!(backend.connections(), 1, "nobody has forgotten that it fails");
}

#[test]
fn ten_reloads_in_five_seconds_fail_no_call_and_forget_no_count() {
    let backend = Backend::answering(OK);
    let with = |more: &str| config(&backend, &["/a", "/limited rate: { limit: 50, per: day },", more]);
    let file = File::new("load", &with("/x"));
    let gateway = file.start();
    let address = at(&gateway);
    let (calls, passed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let client = |number: usize, over: &AtomicBool| {
        let mut kept = Client::connect(address);
        while !over.load(Ordering::Relaxed) {
            // Two clients keep their connection, two open one for every call.
            let reply = if number < 2 {
                kept.write("GET /a HTTP/1.1\r\nHost: t\r\n\r\n").read()
            } else {
                get(address, "t", "/a", &[])
            };
            assert_eq!((reply.status(), reply.text()), (200, "hi".to_owned()));
            calls.fetch_add(1, Ordering::Relaxed);
            let limited = get(address, "t", "/limited", &[]).status();
            assert!(matches!(limited, 200 | 429), "{limited}");
            passed.fetch_add(usize::from(limited == 200), Ordering::Relaxed);
        }
    };
    under_load(4, client, || {
        for number in 0..10 {
            let before = calls.load(Ordering::Relaxed);
            file.replace(&with(&format!("/x{number}")));
            gateway.reload_file(Trigger::Signal).unwrap();
            thread::sleep(Duration::from_millis(500));
            eventually("there is load", || calls.load(Ordering::Relaxed) > before + 10);
        }
    });
    assert_eq!(passed.into_inner(), 50, "counters are kept");
    assert!(gateway.status().version >= 11);
}
