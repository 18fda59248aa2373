//! HTTP/2: by ALPN and by prior knowledge, refused in the vendors' voices, and under attack.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod abuse;
#[path = "../certificates/mod.rs"]
mod certificates;
mod frames;
#[path = "../harness/mod.rs"]
mod harness;

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use apigw_gateway::{Config, Gateway};
use bytes::Bytes;
use certificates::Authority;
use h2::client::SendRequest;
use harness::command::output;
use harness::gate::Gate;
use harness::{Backend, PATIENCE, at, gateway};
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
