//! Connections to backends: which calls share them, and what nobody may get from them.

use crate::harness::{Backend, at, call, gateway, get};
use crate::{OK, codes, config};

#[test]
fn connections_to_the_backend_are_used_again() {
    let backend = Backend::answering(OK);
    let gateway = gateway(&config(&backend).replace("hosts:", "threads: 1\nhosts:"));
    for _ in 0..5 {
        assert_eq!(get(at(&gateway), "h", "/", &[]).text(), "hi");
    }
    let post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
    // This backend reads no bodies: they would be taken for the next head.
    assert_eq!(call(at(&gateway), post).text(), "hi");
    assert_eq!(backend.connections(), 1);
}

#[test]
fn extra_bytes_of_an_answer_reach_nobody() {
    let backend = Backend::answering(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    );
    let gateway = gateway(&config(&backend).replace("hosts:", "threads: 1\nhosts:"));
    for _ in 0..3 {
        assert_eq!(get(at(&gateway), "h", "/", &[]).text(), "hi");
    }
}

/// A backend that closes each connection after its first answer, when the next request is already on its way.
fn closing_after_one() -> Backend {
    Backend::with(|peer| {
        peer.head();
        peer.send(OK.as_bytes());
        if peer.number == 0 {
            peer.head();
        } else {
            while peer.head().is_some() {
                peer.send(OK.as_bytes());
            }
        }
    })
}

#[test]
fn a_stale_connection_costs_no_get_its_answer() {
    let backend = closing_after_one();
    let gateway = gateway(&config(&backend).replace("hosts:", "threads: 1\nhosts:"));
    for _ in 0..2 {
        assert_eq!(get(at(&gateway), "h", "/", &[]).text(), "hi");
    }
    assert_eq!((backend.connections(), backend.requests()), (2, 3));
}

#[test]
fn a_post_is_never_delivered_twice() {
    let backend = closing_after_one();
    let gateway = gateway(&config(&backend).replace("hosts:", "threads: 1\nhosts:"));
    assert_eq!(get(at(&gateway), "h", "/", &[]).text(), "hi");
    let reply = call(at(&gateway), "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(codes(&reply), (502, "APIG.0202".to_owned()));
    assert_eq!(backend.requests(), 2);
}
