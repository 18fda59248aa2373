//! The command as a process: signals, and starting before there is a configuration.

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

use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use harness::process::Process;
use harness::{Backend, Client, eventually, get, under_load};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

fn config(backend: &Backend, path: &str) -> String {
    format!(
        "listeners: [{{ address: 127.0.0.1:0 }}]\naccess_log: off\nthreads: 2\nbackends: {{ allow: [127.0.0.1] }}\nhosts:\n  - host: t\n    \
         dialect: huawei\n    routes: [{{ id: r, path: {path}, backend: {{ url: \"http://{}\" }} }}]\n",
        backend.address
    )
}

#[test]
fn sighup_reads_the_configuration_again() {
    let backend = Backend::answering(OK);
    let process = Process::start("hup", Some(&config(&backend, "/a")), &[]);
    assert_eq!(get(process.gateway, "t", "/a", &[]).status(), 200);
    process.replace(&config(&backend, "/b"));
    process.signal("HUP");
    eventually("the new one is in force", || get(process.gateway, "t", "/b", &[]).status() == 200);
}

#[test]
fn before_there_is_a_configuration_calls_are_refused_and_it_is_not_ready() {
    let backend = Backend::answering(OK);
    let process = Process::start("wait", None, &["--wait", "huawei"]);
    let reply = get(process.gateway, "t", "/a", &[]);
    assert!(reply.status() == 500 && reply.text().contains("\"APIG.0606\""), "{reply:?}");
    let ready = || get(process.admin, "127.0.0.1", "/ready", &[]).status();
    assert_eq!((ready(), get(process.admin, "127.0.0.1", "/health", &[]).status()), (503, 200));
    process.replace("listeners: []");
    eventually("a bad one is refused", || process.metric("apigw_reloads_refused_total") > 0);
    assert_eq!(ready(), 503, "a bad one is none");
    process.replace(&config(&backend, "/a"));
    eventually("the first one is in force", || get(process.gateway, "t", "/a", &[]).status() == 200);
    assert_eq!(ready(), 200);
}

#[test]
fn sigterm_under_load_loses_no_call_and_exits_with_success() {
    let backend = Backend::answering(OK);
    let mut process = Process::start("term", Some(&config(&backend, "/a")), &[]);
    let (address, answered) = (process.gateway, AtomicUsize::new(0));
    let client = |number: usize, over: &AtomicBool| {
        let request = "GET /a HTTP/1.1\r\nHost: t\r\n\r\n";
        // Until nobody accepts any more: that is told apart from a call that was accepted and lost.
        while TcpStream::connect(address).is_ok() && !over.load(Ordering::Relaxed) {
            let Some(mut connection) = Client::try_connect(address) else { return };
            // Half of the clients keep their connection for as long as they may.
            for _ in 0..if number.is_multiple_of(2) { 1 } else { 1000 } {
                let reply = connection.write(request).read();
                assert_eq!((reply.status(), reply.text()), (200, "hi".to_owned()), "a call was lost");
                answered.fetch_add(1, Ordering::Relaxed);
                if reply.header("connection") == Some("close") {
                    break;
                }
            }
        }
    };
    under_load(6, client, || {
        eventually("there is load", || answered.load(Ordering::Relaxed) > 300);
        process.signal("TERM");
        assert_eq!(process.exit_code(), Some(0));
    });
}

#[test]
fn a_second_signal_cuts_what_is_left() {
    let backend = Backend::with(|peer| {
        peer.head();
        peer.drain();
    });
    // Longer than this test waits for anything.
    let text = config(&backend, "/a") + "limits: { grace: 10m }\n";
    let mut process = Process::start("second", Some(&text), &[]);
    let mut busy = Client::connect(process.gateway);
    busy.write("GET /a HTTP/1.1\r\nHost: t\r\n\r\n");
    eventually("the call arrives", || backend.requests() == 1);
    process.signal("TERM");
    eventually("it stops accepting", || TcpStream::connect(process.gateway).is_err());
    assert_eq!(get(process.admin, "127.0.0.1", "/ready", &[]).status(), 503);
    process.signal("TERM");
    assert_eq!(process.exit_code(), Some(0));
    assert!(busy.is_closed());
}
