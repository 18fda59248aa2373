//! Clients that break the rules of HTTP/2, flood, stall, or leave.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use apigw_gateway::{Config, Gateway};
use http::{HeaderValue, Request};

use crate::frames::{self, END_HEADERS, END_STREAM, Raw, frame, kind};
use crate::harness::process::Process;
use crate::harness::{self, Backend, at, eventually, gateway, get};
use crate::{OK, ask, config, connect, request, run};

#[test]
fn a_body_that_is_not_as_long_as_it_says_never_arrives() {
    let (sender, whole) = std::sync::mpsc::channel();
    let sender = Mutex::new(sender);
    let backend = Backend::with(move |peer| {
        while let Some(head) = peer.head() {
            if head.starts_with("POST ") {
                // Panics, in this thread, if the connection ends before.
                let body = peer.read(5);
                let _ = sender.lock().unwrap().send(body);
            }
            peer.send(OK.as_bytes());
        }
    });
    let gateway = gateway(&config(&backend, ""));
    for sent in [&b"1234"[..], b"123456"] {
        let raw = Raw::connect(at(&gateway));
        raw.request(1, END_HEADERS, &[(":method", "POST"), ("content-length", "5")]);
        raw.frame(kind::DATA, END_STREAM, 1, sent);
        eventually("a reset", || raw.frames().iter().any(|frame| frame.kind == kind::RST_STREAM && frame.stream == 1));
    }
    assert_eq!(get(at(&gateway), "h.test", "/", &[]).status(), 200);
    assert!(whole.try_recv().is_err(), "a body was whole");
}

#[test]
fn what_is_not_http_2_is_reset_and_nothing_of_it_is_forwarded() {
    let backend = Backend::answering(OK);
    let gateway = gateway(&config(&backend, ""));
    for (what, fields) in [
        ("a coding", &[(":method", "GET"), ("transfer-encoding", "chunked")][..]),
        ("a hop", &[(":method", "GET"), ("connection", "close")]),
        ("an upgrade", &[(":method", "GET"), ("upgrade", "websocket")]),
        ("CR LF in a value", &[(":method", "GET"), ("x", "a\r\nevil: 1")]),
        ("NUL in a value", &[(":method", "GET"), ("x", "a\0")]),
        ("an upper-case name", &[(":method", "GET"), ("X-Evil", "1")]),
        ("a blank in a name", &[(":method", "GET"), ("x evil", "1")]),
        ("a blank in the method", &[(":method", "GET /evil")]),
        ("line ends in the method", &[(":method", "GET\r\nevil: 1")]),
        ("a late pseudo-field", &[(":method", "GET"), ("x", "y"), (":evil", "1")]),
        ("TE for more than trailers", &[(":method", "GET"), ("te", "gzip")]),
    ] {
        let raw = Raw::connect(at(&gateway));
        raw.request(1, END_HEADERS | END_STREAM, fields);
        eventually(what, || raw.is_refused(1));
    }
    assert_eq!(backend.requests(), 0);
    // What has a form, but not one that is served, is answered.
    for fields in [
        &[(":method", "CONNECT")][..],
        &[(":method", "GET"), (":path", "*")],
        &[(":method", "GET"), (":path", "?x=1")],
        &[(":method", "GET"), (":path", "/a b")],
    ] {
        let raw = Raw::connect(at(&gateway));
        raw.request(1, END_HEADERS | END_STREAM, fields);
        eventually("an answer", || raw.is_refused(1) || raw.answered(1));
    }
    assert_eq!(backend.requests(), 0);
}

/// What is sent again and again, numbered from 0. What belongs together is sent at once, so that nothing of it is over and
/// done with before the rest comes.
type Flood<'a> = &'a dyn Fn(u32) -> Vec<u8>;

#[test]
fn floods_end_the_connection_and_hurt_nobody_else() {
    let backend = Backend::answering(OK);
    let gateway = gateway(&config(&backend, "header_timeout: 60s"));
    let mut bystander = harness::Client::connect(at(&gateway));
    let mut is_served = |what: &str| {
        let reply = bystander.write("GET / HTTP/1.1\r\nHost: h.test\r\n\r\n").read();
        assert_eq!(reply.status(), 200, "{what}");
    };
    let get = [(":method", "GET")];
    let floods: [(&str, bool, Flood<'_>); 8] = [
        ("rapid reset", true, &|number| {
            let stream = number * 2 + 1;
            let request = frames::request(stream, END_HEADERS | END_STREAM, &get);
            [request, frame(kind::RST_STREAM, 0, stream, &[0, 0, 0, 8])].concat()
        }),
        ("resets provoked from us", true, &|number| {
            let stream = number * 2 + 1;
            let request = frames::request(stream, END_HEADERS, &get);
            [request, frame(kind::WINDOW_UPDATE, 0, stream, &[0, 0, 0, 0])].concat()
        }),
        ("empty continuations", true, &|number| {
            let begun = if number == 0 { frames::request(1, 0, &get) } else { Vec::new() };
            [begun, frame(kind::CONTINUATION, 0, 1, &[])].concat()
        }),
        ("endless continuations", true, &|number| {
            let begun = if number == 0 { frames::request(1, 0, &get) } else { Vec::new() };
            [begun, frame(kind::CONTINUATION, 0, 1, &frames::field("x-endless", &"v".repeat(8000)))].concat()
        }),
        ("empty data", true, &|number| {
            let post = [(":method", "POST")];
            let begun = if number == 0 { frames::request(1, END_HEADERS, &post) } else { Vec::new() };
            [begun, frame(kind::DATA, 0, 1, &[])].concat()
        }),
        ("settings", false, &|_| frame(kind::SETTINGS, 0, 0, &[])),
        ("pings", false, &|_| frame(kind::PING, 0, 0, &[7; 8])),
        ("priorities", false, &|number| frame(kind::PRIORITY, 0, number * 2 + 1, &[0, 0, 0, 0, 9])),
    ];
    for (what, ends, flood) in floods {
        let before = backend.requests();
        let raw = Raw::connect(at(&gateway));
        for number in 0..20_000 {
            if raw.is_over() {
                break;
            }
            raw.write(&flood(number));
            if number % 5_000 == 100 {
                is_served(what);
            }
        }
        if ends {
            eventually(what, || raw.is_over());
        }
        is_served(what);
        let reached = backend.requests() - before;
        assert!(reached < 2_000, "{what}: {reached} requests reached the backend");
    }
}

#[test]
fn streams_given_up_one_after_the_other_are_bounded() {
    // Never answers.
    let backend = Backend::with(|peer| {
        peer.head();
        peer.drain();
    });
    let gateway = gateway(&config(&backend, "abandoned_streams: 20"));
    let raw = Raw::connect(at(&gateway));
    for number in 0..200 {
        if raw.is_over() || raw.frames().iter().any(|frame| frame.kind == kind::GOAWAY) {
            break;
        }
        raw.request(number * 2 + 1, END_HEADERS | END_STREAM, &[(":method", "GET")]);
        // So that it is not one that nobody has seen yet.
        let seen = usize::try_from(number).unwrap() + 1;
        eventually("the call", || backend.requests() >= seen || raw.is_over());
        raw.frame(kind::RST_STREAM, 0, number * 2 + 1, &[0, 0, 0, 8]);
        thread::sleep(Duration::from_millis(5));
    }
    eventually("the end", || raw.is_over());
    assert!(raw.frames().iter().any(|frame| frame.kind == kind::GOAWAY));
    assert!((20..60).contains(&backend.requests()), "{}", backend.requests());
}

#[test]
fn a_field_repeated_by_its_index_is_counted_in_full() {
    let backend = Backend::answering(OK);
    let gateway = gateway(&config(&backend, ""));
    let raw = Raw::connect(at(&gateway));
    // One field of 4,000 bytes that is kept in the table, and then 16,000 bytes that each mean it.
    let mut block = frames::pseudo(&[(":method", "GET")]);
    block.push(0x40);
    block.extend(frames::text("x-bomb"));
    block.extend(frames::text(&"v".repeat(4000)));
    block.extend([0xbe; 12_000]);
    raw.frame(kind::HEADERS, END_HEADERS | END_STREAM, 1, &block);
    eventually("a refusal", || raw.is_over() || raw.answered(1));
    assert_eq!(backend.requests(), 0);
}

#[test]
fn a_head_beyond_all_bounds_is_refused_and_written_down_and_hurts_no_stream_before_it() {
    // Answers when it has read ten bytes.
    let backend = Backend::with(|peer| {
        while peer.head().is_some() {
            peer.read(10);
            peer.send(OK.as_bytes());
        }
    });
    let log = std::env::temp_dir().join(format!("apigw-http2-{}.log", std::process::id()));
    let config = config(&backend, "").replace(
        "access_log: off",
        &format!("access_log: {{ file: {} }}\nadmin: {{ address: \"127.0.0.1:0\" }}", log.display()),
    );
    let config = format!("listeners: [{{ address: 127.0.0.1:0, dialect: huawei }}]\n{config}");
    let gateway = Gateway::start(Config::parse("test.yaml", &config).unwrap().snapshot).unwrap();
    let admin = gateway.admin().unwrap();
    let refusals = || {
        let lines = std::fs::read_to_string(&log).unwrap();
        let marks = ["\"method\":\"-\"", "\"status\":494", "\"condition\":\"request.too_large.headers\""];
        lines.lines().filter(|line| marks.iter().all(|mark| line.contains(mark))).count()
    };
    run(async {
        for (number, size) in [250 << 10, 400 << 10, 4 << 20].into_iter().enumerate() {
            let mut client = connect(at(&gateway)).await;
            let mut post = Request::post("http://h.test/").body(()).unwrap();
            post.headers_mut().insert("content-length", HeaderValue::from(10));
            let (before, mut body) = client.send_request(post, false).unwrap();
            body.send_data("hello".into(), false).unwrap();
            let large = (0..size >> 13).fold(request("http://h.test/"), |mut request, _| {
                request.headers_mut().append("x", HeaderValue::from_str(&"~".repeat(8 << 10)).unwrap());
                request
            });
            let reply = ask(&mut client, large, None).await.unwrap_or_else(|error| panic!("{size}: {error}"));
            assert_eq!(reply.status.as_u16(), 494, "{size}: {}", reply.text());
            assert!(reply.text().contains("APIG.0201") && reply.headers.contains_key("x-request-id"), "{size}");
            body.send_data("world".into(), true).unwrap();
            assert_eq!(before.await.unwrap().status().as_u16(), 200, "{size}: a stream that was opened before");
            let over = async { while ask(&mut client, request("http://h.test/"), None).await.is_ok() {} };
            over.await;
            eventually("the line", || refusals() == number + 1);
        }
    });
    let raw = Raw::connect(at(&gateway));
    raw.request(1, 0, &[(":method", "GET")]);
    for _ in 0..100 {
        raw.frame(kind::CONTINUATION, 0, 1, &[]);
    }
    eventually("a refusal", || raw.answered(1));
    eventually("the end", || raw.is_over());
    assert!(raw.frames().iter().any(|frame| frame.kind == kind::GOAWAY));
    eventually("the line", || refusals() == 4);
    let metrics = get(admin, "127.0.0.1", "/metrics", &[]).text();
    assert!(metrics.contains("apigw_bounds_hit_total{bound=\"headers\"} 4\n"), "{metrics}");
    std::fs::remove_file(&log).unwrap();
}

#[test]
fn a_client_that_gives_its_upload_up_has_sent_nothing_wrong() {
    // Never answers.
    let backend = Backend::with(|peer| {
        peer.head();
        peer.drain();
    });
    let log = std::env::temp_dir().join(format!("apigw-http2-left-{}.log", std::process::id()));
    let config = config(&backend, "").replace("access_log: off", &format!("access_log: {{ file: {} }}", log.display()));
    let gateway = gateway(&config);
    let conditions = || {
        let lines = std::fs::read_to_string(&log).unwrap();
        let condition =
            |line: &str| line.split("\"condition\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        lines.lines().map(condition).collect::<Vec<_>>()
    };
    let raw = Raw::connect(at(&gateway));
    let mut expected = Vec::new();
    for (stream, condition) in
        [(1, "connection.client_closed"), (3, "request.malformed"), (5, "connection.client_closed")]
    {
        raw.request(stream, END_HEADERS, &[(":method", "POST"), ("content-length", "100")]);
        raw.frame(kind::DATA, 0, stream, b"hello");
        eventually("the call", || backend.requests() > expected.len());
        match stream {
            // What it announced does not come.
            3 => raw.frame(kind::DATA, END_STREAM, stream, b"world"),
            _ => raw.frame(kind::RST_STREAM, 0, stream, &[0, 0, 0, 8]),
        }
        expected.push(condition);
        eventually("the line", || conditions().len() == expected.len());
    }
    assert_eq!(conditions(), expected);
    std::fs::remove_file(&log).unwrap();
}

#[test]
fn deadlines_of_a_connection() {
    let backend = Backend::answering(OK);
    // A connection that is only idle is left alone here for longer than this test waits.
    let hasty = gateway(&config(&backend, "first_byte_timeout: 200ms, header_timeout: 300ms, idle_timeout: 10m"));
    // A part of the preface.
    let raw = Raw::begin(at(&hasty), b"PRI * HTTP/2.0\r\n\r\n");
    eventually("a late preface", || raw.is_over());
    // A head without end.
    let raw = Raw::connect(at(&hasty));
    raw.request(1, 0, &[(":method", "GET")]);
    eventually("a late head", || raw.is_over());
    // Nothing after an answer: the end is announced.
    let restless = gateway(&config(&backend, "idle_timeout: 500ms"));
    // All at once, so that the connection is never idle before.
    let request = frames::request(1, END_HEADERS | END_STREAM, &[(":method", "GET")]);
    let raw = Raw::begin(at(&restless), &[frames::preface(), request].concat());
    eventually("an answer", || raw.answered(1));
    eventually("the end", || raw.is_over());
    assert!(raw.frames().iter().any(|frame| frame.kind == kind::GOAWAY));
}

#[test]
fn whoever_does_not_answer_a_ping_is_gone() {
    let backend = Backend::answering(OK);
    let silent = Backend::with(|peer| {
        peer.head();
        peer.drain();
    });
    let text = |backend: &Backend| {
        let limits = "ping_interval: 200ms, ping_timeout: 5s, idle_timeout: 10m";
        format!("listeners: [{{ address: 127.0.0.1:0 }}]\n{}", config(backend, limits))
    };
    let pings = |raw: &Raw| raw.frames().iter().filter(|frame| frame.kind == kind::PING).count();
    let (mut idle, mut busy) =
        (Process::start("ping", Some(&text(&backend)), &[]), Process::start("ping-busy", Some(&text(&silent)), &[]));
    run(async {
        // Answers pings, and has nothing else to say.
        let mut present = connect(idle.gateway).await;
        assert_eq!(ask(&mut present, request("http://h.test/"), None).await.unwrap().status.as_u16(), 200);
        let gone = tokio::task::spawn_blocking(move || {
            let quiet = Raw::connect(idle.gateway);
            // Somebody who waits for an answer is asked, too.
            let waiting = Raw::connect(busy.gateway);
            waiting.request(1, END_HEADERS | END_STREAM, &[(":method", "GET")]);
            eventually("the call", || silent.requests() == 1);
            eventually("the end", || quiet.is_over() && waiting.is_over());
            assert!(pings(&quiet) > 0 && pings(&waiting) > 0 && !waiting.answered(1));
            for process in [&mut idle, &mut busy] {
                let name = "apigw_bounds_hit_total{bound=\"ping_timeout\"}";
                eventually("it is counted", || process.metric(name) > 0);
                assert!(process.is_running());
            }
            idle
        });
        let _idle = gone.await.unwrap();
        assert_eq!(ask(&mut present, request("http://h.test/"), None).await.unwrap().status.as_u16(), 200);
    });
}

#[test]
fn a_stream_that_nobody_reads_is_reset_alone() {
    // More than a window that nobody has widened.
    let body = "x".repeat(100_000);
    let backend = Backend::answering(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()));
    let gateway = gateway(&config(&backend, "write_timeout: 300ms"));
    let raw = Raw::connect(at(&gateway));
    // No window for answers; then one for the second stream alone.
    raw.frame(kind::SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0]);
    raw.request(1, END_HEADERS | END_STREAM, &[(":method", "GET")]);
    eventually("a reset", || raw.frames().iter().any(|frame| frame.kind == kind::RST_STREAM && frame.stream == 1));
    assert!(!raw.is_over());
    raw.frame(kind::WINDOW_UPDATE, 0, 0, &[0, 0x10, 0, 0]);
    // The machine may keep us from reading one for too long, but not all.
    let is_read = |stream: u32| {
        let request = frames::request(stream, END_HEADERS | END_STREAM, &[(":method", "GET")]);
        raw.write(&[request, frame(kind::WINDOW_UPDATE, 0, stream, &[0, 0x10, 0, 0])].concat());
        let came = || {
            let frames = raw.frames();
            let data = frames.iter().filter(|frame| frame.kind == kind::DATA && frame.stream == stream);
            data.map(|frame| frame.length).sum::<usize>() == body.len()
        };
        eventually("the other stream", || came() || raw.is_refused(stream));
        came()
    };
    assert!((1..8).map(|number| number * 2 + 1).any(is_read));
}
