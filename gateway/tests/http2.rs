//! HTTP/2: by ALPN and by prior knowledge, refused in the vendors' voices, and under attack.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod certificates;
mod frames;
mod harness;

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use apigw_gateway::{Config, Gateway};
use bytes::Bytes;
use certificates::Authority;
use frames::{END_HEADERS, END_STREAM, Raw, frame, kind};
use h2::client::SendRequest;
use harness::command::output;
use harness::gate::Gate;
use harness::process::Process;
use harness::{Backend, PATIENCE, at, eventually, gateway, get};
use http::{HeaderMap, HeaderValue, Request, StatusCode, Version};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;

/// A host that speaks Huawei's dialect, and calls of everything go to `backend`.
fn config(backend: &Backend, limits: &str) -> String {
    format!(
        "threads: 1\naccess_log: off\nbackends: {{ allow: [127.0.0.1] }}\nlimits: {{ {limits} }}\n\
         hosts: [{{ host: h.test, dialect: huawei, routes: [{{ id: a, path: /, match: prefix, backend: {{ url: \"http://{}\" }} }}] }}]",
        backend.address
    )
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(3 * PATIENCE, test).await.unwrap() })
}

/// A connection of a client who knows that HTTP/2 is spoken.
async fn connect(address: SocketAddr) -> SendRequest<Bytes> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    client
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    trailers: Option<HeaderMap>,
}

impl Reply {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

async fn ask(client: &mut SendRequest<Bytes>, request: Request<()>, body: Option<Bytes>) -> Result<Reply, h2::Error> {
    let mut client = client.clone().ready().await?;
    let (response, mut stream) = client.send_request(request, body.is_none())?;
    if let Some(body) = body {
        stream.send_data(body, true)?;
    }
    let (head, mut rest) = response.await?.into_parts();
    let mut body = Vec::new();
    while let Some(data) = rest.data().await {
        let data = data?;
        let _ = rest.flow_control().release_capacity(data.len());
        body.extend_from_slice(&data);
    }
    Ok(Reply { status: head.status, headers: head.headers, body, trailers: rest.trailers().await? })
}

fn request(uri: &str) -> Request<()> {
    Request::builder().version(Version::HTTP_2).uri(uri).body(()).unwrap()
}

#[test]
fn calls_pass_and_are_refused_as_over_http_1() {
    let backend = Backend::answering(OK);
    let gateway = gateway(&config(&backend, ""));
    run(async {
        let mut client = connect(at(&gateway)).await;
        let mut good = request("http://h.test/x?y=1");
        good.headers_mut().append("cookie", HeaderValue::from_static("a=1"));
        good.headers_mut().append("cookie", HeaderValue::from_static("b=2"));
        let reply = ask(&mut client, good, None).await.unwrap();
        assert_eq!((reply.status.as_u16(), reply.text().as_str()), (200, "hi"));
        assert!(reply.headers.contains_key("x-request-id") && !reply.headers.contains_key("connection"));
        let head = backend.head(0).to_ascii_lowercase();
        assert!(head.starts_with("get /x?y=1 http/1.1\r\n"), "{head}");
        assert!(head.contains("cookie: a=1; b=2\r\n") && head.contains("x-forwarded-host: h.test\r\n"), "{head}");

        // An answer to HEAD says how long it would be.
        let mut head = request("http://h.test/");
        *head.method_mut() = http::Method::HEAD;
        let mut stranger = request("http://stranger.test/");
        *stranger.method_mut() = http::Method::HEAD;
        for (request, status) in [(head, 200), (stranger, 404)] {
            let reply = ask(&mut client, request, None).await.unwrap();
            assert_eq!((reply.status.as_u16(), reply.body.len()), (status, 0));
            assert!(reply.headers["content-length"] != "0");
        }

        // The same connection goes on after each of these.
        let with = |name: &'static str, value: &'static str| {
            let mut request = request("http://h.test/");
            request.headers_mut().append(name, HeaderValue::from_static(value));
            request
        };
        let many = (0..120).fold(request("http://h.test/"), |mut request, _| {
            request.headers_mut().append("x", HeaderValue::from_static("y"));
            request
        });
        let long: &'static str = Box::leak("v".repeat(40 << 10).into_boxed_str());
        for (what, request, status, code) in [
            ("another host", with("host", "other.test"), 400, "APIG.0201"),
            ("two hosts", with("host", "h.test"), 200, ""),
            ("blanks around a value", with("x", " a"), 400, "APIG.0201"),
            ("a fragment of a path", request("http://h.test/%zz"), 400, "APIG.0201"),
            ("a foreign scheme", request("ftp://h.test/"), 400, "APIG.0201"),
            ("user information", request("http://u@h.test/"), 400, "request.host.invalid"),
            ("too large a field", with("x", long), 494, "APIG.0201"),
            ("too many fields", many, 494, "APIG.0201"),
        ] {
            let reply = ask(&mut client, request, None).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(reply.status.as_u16(), status, "{what}: {}", reply.text());
            assert!(reply.text().contains(code), "{what}: {}", reply.text());
        }
    });
}

#[test]
fn bodies_and_trailers_go_both_ways() {
    // Sends back what it got.
    let backend = Backend::with(|peer| {
        while let Some(head) = peer.head() {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            let body = peer.read(length.map_or(0, |length| length.parse().unwrap()));
            peer.send(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n", body.len()).as_bytes());
            peer.send(&body);
            peer.send(b"\r\n0\r\nx-late: 1\r\n\r\n");
        }
    });
    let gateway = gateway(&config(&backend, ""));
    run(async {
        let mut client = connect(at(&gateway)).await;
        let body: Vec<u8> = (0..3_000_000_u32).map(|number| number.to_le_bytes()[1]).collect();
        let mut post = Request::post("http://h.test/").body(()).unwrap();
        post.headers_mut().insert("content-length", HeaderValue::from(body.len()));
        let reply = ask(&mut client, post, Some(body.clone().into())).await.unwrap();
        assert_eq!(reply.status.as_u16(), 200);
        assert!(reply.body == body, "{} bytes", reply.body.len());
        assert_eq!(reply.trailers.unwrap()["x-late"], "1");
        // Many at a time.
        let calls: Vec<_> = (0..100_u8)
            .map(|number| {
                let mut client = client.clone();
                tokio::spawn(async move {
                    let mut post = Request::post("http://h.test/").body(()).unwrap();
                    post.headers_mut().insert("content-length", HeaderValue::from(5));
                    let reply = ask(&mut client, post, Some(vec![number; 5].into())).await.unwrap();
                    assert_eq!(reply.body, [number; 5]);
                })
            })
            .collect();
        for call in calls {
            call.await.unwrap();
        }
    });
}

#[test]
fn a_body_that_is_not_as_long_as_it_says_never_arrives() {
    let backend = Backend::answering(OK);
    let gateway = gateway(&config(&backend, ""));
    for sent in [&b"1234"[..], b"123456"] {
        let raw = Raw::connect(at(&gateway));
        raw.request(1, END_HEADERS, &[(":method", "POST"), ("content-length", "5")]);
        raw.frame(kind::DATA, END_STREAM, 1, sent);
        eventually("a reset", || raw.frames().iter().any(|frame| frame.kind == kind::RST_STREAM && frame.stream == 1));
    }
    assert!(backend.heads.lock().unwrap().iter().all(|head| !head.contains("123")));
    assert_eq!(get(at(&gateway), "h.test", "/", &[]).status(), 200);
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

#[test]
fn stopping_is_announced_and_streams_in_flight_finish() {
    let gate = Arc::new(Gate::default());
    let of_backend = Arc::clone(&gate);
    let backend = Backend::with(move |peer| {
        while peer.head().is_some() {
            of_backend.pass();
            peer.send(OK.as_bytes());
        }
    });
    let gateway = gateway(&config(&backend, ""));
    run(async {
        let stream = TcpStream::connect(at(&gateway)).await.unwrap();
        let (mut client, connection) = h2::client::handshake(stream).await.unwrap();
        let connection = tokio::spawn(connection);
        let mut other = client.clone();
        let call = tokio::spawn(async move { ask(&mut other, request("http://h.test/"), None).await.unwrap() });
        while backend.requests() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let address = at(&gateway);
        let stopping = tokio::task::spawn_blocking(move || gateway.stop());
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        gate.open();
        assert_eq!(call.await.unwrap().text(), "hi");
        // The connection ends without an error, and then nobody waits any more.
        connection.await.unwrap().unwrap();
        assert!(ask(&mut client, request("http://h.test/"), None).await.is_err());
        stopping.await.unwrap();
    });
}

#[test]
fn a_reload_keeps_connections() {
    let (before, after) = (Backend::answering(OK), Backend::answering(OK));
    let gateway = gateway(&config(&before, ""));
    run(async {
        let mut client = connect(at(&gateway)).await;
        assert_eq!(ask(&mut client, request("http://h.test/"), None).await.unwrap().status.as_u16(), 200);
        let text = format!("listeners: [{{ address: \"{}\" }}]\n{}", at(&gateway), config(&after, ""));
        gateway.reload(Config::parse("test.yaml", &text).unwrap_or_else(|problems| panic!("{problems}")).snapshot);
        assert_eq!(ask(&mut client, request("http://h.test/"), None).await.unwrap().status.as_u16(), 200);
        assert_eq!((before.requests(), after.requests()), (1, 1));
    });
}

#[test]
fn over_tls_the_protocol_is_chosen_by_alpn() {
    let folder = std::env::temp_dir().join(format!("apigw-http2-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let authority = Authority::new(&folder, "ca");
    authority.issue(&["h.test"]).write(&folder, "own");
    let own = folder.join("own").display().to_string();
    let backend = Backend::answering(OK);
    let text = format!(
        "listeners: [{{ address: 127.0.0.1:0, tls: {{ certificates: [{{ certificate: {own}.pem, key: {own}.key }}] }} }}]\n{}",
        config(&backend, "")
    );
    let config = Config::parse("test.yaml", &text).unwrap_or_else(|problems| panic!("{problems}"));
    let gateway = Gateway::start(config.snapshot).unwrap();
    run(async {
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let mut config = builder.with_root_certificates(authority.roots()).with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let stream = TcpStream::connect(at(&gateway)).await.unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        let stream = connector.connect("h.test".try_into().unwrap(), stream).await.unwrap();
        let (mut client, connection) = h2::client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        let reply = ask(&mut client, request("https://h.test/"), None).await.unwrap();
        assert_eq!((reply.status.as_u16(), reply.text().as_str()), (200, "hi"));
    });
    assert!(backend.head(0).to_ascii_lowercase().contains("x-forwarded-proto: https\r\n"));
    // A second opinion, where there is one to be had.
    let (port, ca) = (at(&gateway).port(), folder.join("ca.pem").display().to_string());
    for (option, expected) in [("--http2", "hi200 2"), ("--http1.1", "hi200 1.1")] {
        let (resolve, url) = (format!("h.test:{port}:127.0.0.1"), format!("https://h.test:{port}/"));
        let format = "%{http_code} %{http_version}";
        let arguments = ["--silent", option, "--cacert", &ca, "--resolve", &resolve, "--write-out", format, &url];
        let Ok(output) = output(Command::new("curl").args(arguments)) else { break };
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
