//! Whose address a call comes from, and what follows from it, over real sockets: Unix sockets, proxies that introduce
//! clients, trusted proxies, and rules about addresses.

#![allow(
    clippy::expect_used,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

#[path = "../harness/mod.rs"]
mod harness;
mod proxy_protocol;
mod unix_socket;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};

use apigw_gateway::{Config, Gateway};
use harness::{Backend, Client, PATIENCE, Reply, at, call, connect, eventually};
use socket2::{Domain, Socket, Type};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// An API for everybody, one for 192.0.2.0/24, one that each address may call twice a day, and one with a quota.
fn config(listeners: &str, backend: &Backend, more: &str) -> Config {
    let routes = "
      - { id: open, path: /open, backend: { url: \"http://B\" } }
      - { id: guarded, path: /guarded, ip_access: { allow: [192.0.2.0/24], deny: [192.0.2.66] }, backend: { url: \"http://B\" } }
      - { id: limited, path: /limited, rate: { limit: 2, per: day, by: ip }, backend: { url: \"http://B\" } }
      - { id: metered, path: /metered, quota: { limit: 2, per: day, by: ip }, backend: { url: \"http://B\" } }
";
    let text = format!(
        "listeners: [{listeners}]\nthreads: 2\nbackends: {{ allow: [127.0.0.1] }}\n\
         {more}\nhosts:\n  - host: h\n    dialect: tencent\n    routes:{routes}  - host: guarded\n    dialect: huawei\n    \
         ip_access: {{ deny: [192.0.2.7] }}\n    routes:\n      - {{ id: inner, path: /, backend: {{ url: \"http://B\" }} }}\n"
    );
    let text = text.replace("http://B", &format!("http://{}", backend.address));
    Config::parse("test.yaml", &text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn gateway(listeners: &str, backend: &Backend, more: &str) -> Gateway {
    Gateway::start(config(listeners, backend, more).snapshot).unwrap()
}

const TCP: &str = "{ address: 127.0.0.1:0 }";
const QUIET: &str = "access_log: off";

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("apigw-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn request(path: &str, fields: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: h\r\n{fields}Connection: close\r\n\r\n")
}

fn tcp(address: SocketAddr) -> TcpStream {
    connect(address).unwrap()
}

/// Sends and reads to the end, which has to come.
fn exchange(mut stream: impl Read + Write, bytes: impl AsRef<[u8]>) -> String {
    // A gateway that has refused may have closed already.
    let _ = stream.write_all(bytes.as_ref());
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        assert_ne!(error.kind(), ErrorKind::WouldBlock, "the gateway does not end the connection");
    }
    String::from_utf8(answer).unwrap()
}

/// The status of an answer; 0 if there was none.
fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).map_or(0, |status| status.parse().unwrap())
}

/// Connects from another of this machine's own addresses.
fn from(source: &str, to: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::new(source.parse().unwrap(), 0).into()).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.set_write_timeout(Some(PATIENCE)).unwrap();
    socket.connect(&to.into()).unwrap();
    socket.into()
}

fn log(path: &Path, lines: usize) -> Vec<serde_json::Value> {
    let read = || fs::read_to_string(path).unwrap_or_default();
    eventually("the lines are written", || read().lines().count() >= lines);
    read().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// True if the backend is told of this client, in the fields of Tencent's dialect, and of no other.
fn tells(head: &str, client: &str) -> bool {
    let of = |name: &str| -> Vec<String> {
        let mine = head.lines().filter_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
        mine.collect()
    };
    of("x-forwarded-for") == [client] && of("x-real-ip") == [client] && of("forwarded").is_empty()
}

const UNIDENTIFIED: &str = "Cannot identify the client IP address, unix domain sockets are not supported.";
const DENIED: &str = "Your IP address is not allowed";

#[test]
fn all_that_is_decided_by_address_goes_by_the_same() {
    let (backend, folder) = (Backend::answering(OK), Folder::new("same"));
    let lines = folder.path("access.log");
    // Clients connect from 127.0.0.1 or, as the proxy, from 127.0.0.2.
    let more = format!("access_log: {{ file: {} }}\ntrusted_proxies: [127.0.0.2, 10.0.0.0/8]", lines.display());
    let running = gateway(TCP, &backend, &more);
    let proxied = |path: &str, fields: &str| exchange(from("127.0.0.2", at(&running)), request(path, fields));
    let direct = |path: &str, fields: &str| exchange(from("127.0.0.1", at(&running)), request(path, fields));

    let chain = "X-Forwarded-For: 198.51.100.1, 192.0.2.1, 10.1.2.3\r\nX-Real-IP: 198.51.100.2\r\nForwarded: for=198.51.100.3\r\n";
    assert_eq!(status(&proxied("/guarded", chain)), 200);
    let head = backend.head(0);
    assert!(tells(&head, "192.0.2.1"), "{head}");
    assert!(!head.contains("198.51.100") && !head.contains("10.1.2.3"), "{head}");
    let refused = direct("/guarded", chain);
    assert!(status(&refused) == 403 && refused.contains(DENIED), "{refused}");

    // However the address is written, however the client adorns it: one count.
    for (path, last) in [("/limited", 429), ("/metered", 429)] {
        let ways = ["X-Forwarded-For: 192.0.2.5\r\n", "X-Forwarded-For: 1.1.1.1, ::ffff:192.0.2.5\r\n"];
        assert_eq!(ways.map(|fields| status(&proxied(path, fields))), [200, 200], "{path}");
        let split = "X-Forwarded-For: 2.2.2.2\r\nX-Forwarded-For: 192.0.2.5:4711, 10.0.0.9\r\nX-Real-IP: 3.3.3.3\r\n";
        assert_eq!(status(&proxied(path, split)), last, "{path}");
        assert_eq!(status(&proxied(path, "X-Forwarded-For: 192.0.2.6\r\n")), 200, "{path}");
        // Spoofing from where nobody is believed changes nothing.
        let spoofed: Vec<u16> =
            (1..4).map(|number| status(&direct(path, &format!("X-Forwarded-For: 192.0.2.{number}\r\n")))).collect();
        assert_eq!(spoofed, [200, 200, last], "{path}");
        // Of an IPv6 client its network counts.
        let six: Vec<u16> =
            (1..4).map(|n| status(&proxied(path, &format!("X-Forwarded-For: 2001:db8::{n}\r\n")))).collect();
        assert_eq!(six, [200, 200, last], "{path}");
    }

    // Each thread hands on its own lines, so they come in any order.
    let logged = log(&lines, 22);
    let of = |status: u16| logged.iter().find(|line| line["path"] == "/guarded" && line["status"] == status).unwrap();
    let first = of(200);
    assert_eq!(first["client"], "192.0.2.1");
    assert!(first["peer"].as_str().unwrap().starts_with("127.0.0.2:"), "{first}");
    let second = of(403);
    assert!(second["client"].as_str().unwrap().starts_with("127.0.0.1:") && second.get("peer").is_none(), "{second}");
}

#[test]
fn a_client_meets_the_same_server_by_its_own_address() {
    let backends = [Backend::answering(OK), Backend::answering(OK)];
    let text = format!(
        "listeners: [{TCP}]\naccess_log: off\nbackends: {{ allow: [127.0.0.1] }}\ntrusted_proxies: [127.0.0.1]\npools:\n  - {{ id: p, \
         balance: source_hash, servers: [{{ address: \"{}\" }}, {{ address: \"{}\" }}] }}\nhosts: [{{ host: h, dialect: problem, \
         routes: [{{ id: r, path: /, match: prefix, backend: {{ pool: p }} }}] }}]\n",
        backends[0].address, backends[1].address
    );
    let running =
        Gateway::start(Config::parse("test.yaml", &text).unwrap_or_else(|all| panic!("{all}")).snapshot).unwrap();
    for round in 0..3 {
        for client in 0..20 {
            let fields = format!("X-Forwarded-For: 9.9.9.{round}, 192.0.2.{client}\r\n");
            assert_eq!(call(at(&running), request(&format!("/{client}"), &fields)).status(), 200);
        }
    }
    let mut met: HashMap<String, HashSet<usize>> = HashMap::new();
    for (number, backend) in backends.iter().enumerate() {
        for head in backend.heads.lock().unwrap().iter() {
            met.entry(head.split(' ').nth(1).unwrap().to_owned()).or_default().insert(number);
        }
    }
    assert_eq!(met.len(), 20);
    assert!(met.values().all(|servers| servers.len() == 1), "{met:?}");
    assert_eq!(met.values().flatten().collect::<HashSet<_>>().len(), 2, "{met:?}");
}

#[test]
fn a_trusted_proxy_that_does_not_know_makes_nobody() {
    let backend = Backend::answering(OK);
    let running = gateway(TCP, &backend, &format!("{QUIET}\ntrusted_proxies: [127.0.0.1]"));
    let ask = |path: &str, value: &str| call(at(&running), request(path, &format!("X-Forwarded-For: {value}\r\n")));
    for junk in ["unknown", "192.0.2.1, junk", "0300.0.2.1", "192.0.2.01", "192.0.2.1,", "", "192.0.2", "[192.0.2.1]"] {
        let reply = ask("/guarded", junk);
        assert!(reply.status() == 403 && reply.text().contains(UNIDENTIFIED), "{junk:?}: {}", reply.text());
        assert_eq!(ask("/open", junk).status(), 200, "{junk:?}");
    }
    assert!(backend.heads.lock().unwrap().iter().all(|head| head.contains("x-forwarded-for: unknown\r\n")));
    // `Connection` cannot take the field away, or a client would be the proxy.
    let hidden = "Connection: x-forwarded-for\r\nX-Forwarded-For: 198.51.100.1\r\n";
    let reply = call(at(&running), format!("GET /guarded HTTP/1.1\r\nHost: h\r\n{hidden}\r\n"));
    assert!(reply.text().contains(DENIED), "{}", reply.text());
}

#[test]
fn every_rule_on_the_way_has_to_let_the_client_call() {
    let backend = Backend::answering(OK);
    let more = "trusted_proxies: [127.0.0.1]\nip_access: { deny: [203.0.113.0/24] }";
    let running = gateway(TCP, &backend, &format!("{QUIET}\n{more}"));
    let ask = |host: &str, path: &str, address: &str| -> Reply {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: {address}\r\n\r\n");
        call(at(&running), request)
    };
    assert_eq!(ask("guarded", "/", "192.0.2.1").status(), 200);
    assert!(ask("guarded", "/", "192.0.2.7").text().contains("APIG.0402"));
    assert!(ask("guarded", "/", "203.0.113.7").text().contains("APIG.0403"));
    assert!(ask("guarded", "/", "unknown").text().contains("APIG.0401"));
    // Deny wins, in each form of the address.
    assert_eq!(ask("h", "/guarded", "192.0.2.1").status(), 200);
    assert_eq!(ask("h", "/guarded", "192.0.2.66").status(), 403);
    assert_eq!(ask("h", "/guarded", "::ffff:192.0.2.66").status(), 403);
    assert_eq!(ask("h", "/guarded", "2001:db8::1").status(), 403);

    // A reload decides about the next call of a connection that is open.
    let mut kept = Client::connect(at(&running));
    let next = "GET /open HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n";
    assert_eq!(kept.write(next).read().status(), 403);
    running.reload(config(TCP, &backend, &format!("{QUIET}\ntrusted_proxies: [127.0.0.1]")).snapshot);
    assert_eq!(kept.write(next).read().status(), 200);
    running.reload(config(TCP, &backend, &format!("{QUIET}\nip_access: {{ deny: [127.0.0.1] }}")).snapshot);
    assert_eq!(kept.write(next).read().status(), 403);
}
