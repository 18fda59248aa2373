//! Backends that each call names, found in a registry that speaks Consul's HTTP API, or in the DNS.

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

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use apigw_gateway::{Config, Gateway};
use harness::{Backend, Reply, at, eventually, gateway, get};

const UNKNOWN: &str = r#"{"message":"Not found micro service with key"}"#;
const CLUSTER: &str = r#"{"message":"TSF config error"}"#;

fn instance(address: SocketAddr) -> String {
    format!(r#"{{"Node":{{"Address":"{}"}},"Service":{{"Address":"","Port":{}}}}}"#, address.ip(), address.port())
}

/// Knows `orders` in `ns-1` at these addresses; `forbidden` needs a token, `broken` is a fault of its own.
fn registry(instances: &[SocketAddr]) -> Backend {
    let list = instances.iter().map(|address| instance(*address)).collect::<Vec<_>>().join(",");
    Backend::with(move |peer| {
        while let Some(head) = peer.head() {
            let target = head.split(' ').nth(1).unwrap().to_owned();
            let has_token = head.contains("x-consul-token: t0ken");
            let (status, body) = match target.as_str() {
                "/v1/health/service/orders?passing=true&ns=ns%2D1" => ("200 OK", format!("[{list}]")),
                "/v1/health/service/forbidden?passing=true&ns=ns%2D1" if has_token => ("200 OK", format!("[{list}]")),
                "/v1/health/service/forbidden?passing=true&ns=ns%2D1" => ("403 Forbidden", "denied".to_owned()),
                "/v1/health/service/metadata?passing=true&ns=ns%2D1" => {
                    ("200 OK", format!("[{}]", instance("169.254.169.254:80".parse().unwrap())))
                }
                "/v1/health/service/strange?passing=true&ns=ns%2D1" => ("200 OK", "<html>".to_owned()),
                "/v1/health/service/broken?passing=true&ns=ns%2D1" => ("500 Internal Server Error", String::new()),
                _ => ("200 OK", "[]".to_owned()),
            };
            peer.send(format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
        }
    })
}

/// What a registry says holds for longer than a test takes, and is waited for as long.
const PATIENT: &str = "ttl: 10m, timeout: 60s";

/// What it says is forgotten soon, and so is one that says nothing.
const HASTY: &str = "ttl: 200ms, timeout: 500ms";

fn start(registry: SocketAddr, more: &str) -> Gateway {
    gateway(&format!(
        r#"
threads: 1
backends: {{ allow: [127.0.0.1] }}
access_log: off
registries:
  - {{ id: tsf, consul: "http://{registry}", {more} }}
hosts:
  - host: api.example
    dialect: tencent
    routes:
      - id: by-header
        path: /call
        backend: &tsf
          micro_service:
            registry: tsf
            namespace: method.req.header.X-NameSpace-Code
            service: method.req.header.X-MicroService-Name
      - id: by-path
        path: "/s/{{name}}/rest"
        backend:
          micro_service: {{ registry: tsf, namespace: method.req.querystring.ns, service: method.req.path.name }}
"#
    ))
}

fn ask(gateway: SocketAddr, namespace: &str, service: &str) -> Reply {
    let fields = [format!("X-NameSpace-Code: {namespace}"), format!("X-MicroService-Name: {service}")];
    get(gateway, "api.example", "/call", &[&fields[0], &fields[1]])
}

/// Calls of a namespace and a service, each answered with this status and body.
fn assert_told(gateway: SocketAddr, calls: &[(&str, &str, u16, &str)]) {
    for (namespace, service, status, text) in calls {
        let reply = ask(gateway, namespace, service);
        assert_eq!((reply.status(), reply.text().as_str()), (*status, *text), "{namespace} {service}");
    }
}

fn answering(name: &str) -> Backend {
    Backend::answering(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{name}", name.len()))
}

#[test]
fn instances_take_turns_and_the_registry_is_asked_once() {
    let (one, two) = (answering("one"), answering("two"));
    let registry = registry(&[one.address, two.address]);
    let gateway = start(registry.address, PATIENT);
    let mut seen: Vec<String> = (0..4).map(|_| ask(at(&gateway), "ns-1", "orders").text()).collect();
    seen.sort();
    assert_eq!(seen, ["one", "one", "two", "two"]);
    assert_eq!(registry.requests(), 1);
    assert_eq!(one.connections() + two.connections(), 2, "connections are kept");
    assert!(one.head(0).starts_with("GET /call HTTP/1.1\r\n"));
}

#[test]
fn names_come_from_path_and_query_as_well() {
    let one = answering("one");
    let registry = registry(&[one.address]);
    let gateway = start(registry.address, PATIENT);
    let reply = get(at(&gateway), "api.example", "/s/orders/rest?ns=ns-1", &[]);
    assert_eq!((reply.status(), reply.text().as_str()), (200, "one"));
    for target in ["/s/orders/rest", "/s/orders/rest?ns=ns-1&ns=ns-2", "/s/orders%2F..%2Fx/rest?ns=ns-1"] {
        let reply = get(at(&gateway), "api.example", target, &[]);
        assert_eq!(reply.status(), 404, "{target}: {}", reply.text());
    }
}

#[test]
fn what_cannot_be_found_is_told_apart() {
    let one = answering("one");
    let registry = registry(&[one.address]);
    let gateway = start(registry.address, PATIENT);
    assert_told(
        at(&gateway),
        &[
            ("ns-1", "nobody", 404, UNKNOWN),
            ("ns-2", "orders", 404, UNKNOWN),
            ("", "orders", 404, UNKNOWN),
            ("ns-1", "../../../v1/agent/self", 404, UNKNOWN),
            ("ns-1", "forbidden", 481, CLUSTER),
            ("ns-1", "strange", 481, CLUSTER),
            ("ns-1", "broken", 503, r#"{"message":"Apigw balancer error"}"#),
            ("ns-1", "metadata", 403, r#"{"message":"Endpoint IP address is not allowed"}"#),
        ],
    );
    assert_eq!(ask(at(&gateway), "ns-1", &"x".repeat(129)).status(), 404);
    assert_eq!(get(at(&gateway), "api.example", "/call", &["X-NameSpace-Code: ns-1"]).status(), 404);
}

#[test]
fn a_token_is_sent_along() {
    let one = answering("one");
    let registry = registry(&[one.address]);
    let gateway = start(registry.address, &format!("{PATIENT}, token: {{ value: t0ken }}"));
    assert_eq!(ask(at(&gateway), "ns-1", "forbidden").text(), "one");
}

#[test]
fn a_registry_that_goes_away_takes_no_service_with_it() {
    let one = answering("one");
    let list = instance(one.address);
    let (asked, silent) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (counter, switch) = (Arc::clone(&asked), Arc::clone(&silent));
    let registry = Backend::with(move |peer| {
        peer.head();
        counter.fetch_add(1, Ordering::SeqCst);
        if !switch.load(Ordering::SeqCst) {
            peer.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n[{list}]", list.len() + 2).as_bytes());
        }
        peer.drain();
    });
    let gateway = start(registry.address, HASTY);
    // A machine that is busy may hold up the registry's answer, too.
    eventually("it is known", || ask(at(&gateway), "ns-1", "orders").text() == "one");
    silent.store(true, Ordering::SeqCst);
    let before = asked.load(Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(250));
    assert_eq!(ask(at(&gateway), "ns-1", "orders").text(), "one");
    assert_eq!(asked.load(Ordering::SeqCst), before + 1);
    assert_eq!(ask(at(&gateway), "ns-1", "others").status(), 503, "nothing was known of this one");
}

#[test]
fn what_is_written_wrongly_is_refused_and_what_is_left_out_is_a_warning() {
    let text = r#"listeners: [{ address: 127.0.0.1:0 }]
registries:
  - { id: a, consul: "https://10.0.0.5:8500" }
  - { id: b, services: [{ namespace: n, service: s, instances: [10.0.0.7] }] }
hosts:
  - host: a.example
    dialect: tencent
    routes:
      - { id: one, path: /1, backend: { micro_service: { registry: b, namespace: req.header.n, service: method.req.body.s } } }
      - { id: two, path: /2, backend: { micro_service: { registry: b, namespace: method.req.path.n, service: method.req.header.s } } }
      - { id: three, path: /3, backend: { micro_service: { registry: c } } }
      - { id: four, path: /4, backend: { micro_service: { registry: b } } }
"#;
    let problems = Config::parse("gateway.yaml", text).unwrap_err();
    let messages: Vec<(u64, &str)> = problems.list.iter().map(|one| (one.line, one.message.as_str())).collect();
    assert_eq!(
        messages,
        [
            (3, "`https://10.0.0.5:8500` is no address of a registry"),
            (4, "`10.0.0.7` is no address with a port"),
            (9, "`req.header.n` is no place in a call"),
            (9, "`method.req.body.s` is no place in a call"),
            (10, "`method.req.path.n` is no place in a call"),
        ]
    );
}

/// A name server that answers each question by its own words: UDP and TCP on one port. Counts the questions.
struct NameServer {
    address: SocketAddr,
    questions: Arc<AtomicUsize>,
}

/// `priority weight port`, at a target in wire form.
type Srv = (u16, u16, u16, &'static [u8]);

impl NameServer {
    /// `answer` gets the name asked for, and whether it was over TCP; it gives the flags and the records.
    fn start(answer: impl Fn(&str, bool) -> (u16, Vec<Srv>) + Send + Sync + 'static) -> Self {
        // A port that is free for one may be taken for the other.
        let both = || {
            let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
            let tcp = TcpListener::bind(udp.local_addr().unwrap()).ok()?;
            Some((udp, tcp))
        };
        let (udp, tcp) = std::iter::repeat_with(both).take(100).flatten().next().unwrap();
        let address = udp.local_addr().unwrap();
        let (questions, answer) = (Arc::new(AtomicUsize::new(0)), Arc::new(answer));
        let (count, over_tcp) = (Arc::clone(&questions), Arc::clone(&answer));
        std::thread::spawn(move || {
            let mut question = [0; 512];
            while let Ok((length, peer)) = udp.recv_from(&mut question) {
                count.fetch_add(1, Ordering::SeqCst);
                // First what is no answer to this question: noise, and the right answer under another id.
                let good = reply(&question[..length], false, &*answer);
                let mut strange = good.clone();
                strange[0] ^= 0xff;
                for datagram in [&b"noise"[..], &strange, &good] {
                    udp.send_to(datagram, peer).unwrap();
                }
            }
        });
        std::thread::spawn(move || {
            for stream in tcp.incoming() {
                let mut stream = stream.unwrap();
                let mut question = vec![0; 2];
                stream.read_exact(&mut question).unwrap();
                question = vec![0; usize::from(u16::from_be_bytes([question[0], question[1]]))];
                stream.read_exact(&mut question).unwrap();
                let answer = reply(&question, true, &*over_tcp);
                stream.write_all(&u16::try_from(answer.len()).unwrap().to_be_bytes()).unwrap();
                stream.write_all(&answer).unwrap();
            }
        });
        Self { address, questions }
    }
}

fn reply(question: &[u8], over_tcp: bool, answer: &(impl Fn(&str, bool) -> (u16, Vec<Srv>) + ?Sized)) -> Vec<u8> {
    let (mut name, mut at) = (Vec::new(), 12);
    while question[at] > 0 {
        let end = at + 1 + usize::from(question[at]);
        name.push(String::from_utf8_lossy(&question[at + 1..end]).into_owned());
        at = end;
    }
    assert_eq!(question[at..], [0, 0, 33, 0, 1], "one question, for SRV");
    let (flags, records) = answer(&name.join("."), over_tcp);
    let mut message = question.to_vec();
    message[2..4].copy_from_slice(&(0x8180 | flags).to_be_bytes());
    message[6..8].copy_from_slice(&u16::try_from(records.len()).unwrap().to_be_bytes());
    for (priority, weight, port, target) in records {
        message.extend([0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 60]);
        message.extend(u16::try_from(6 + target.len()).unwrap().to_be_bytes());
        message.extend([priority, weight, port].map(u16::to_be_bytes).concat());
        message.extend(target);
    }
    message
}

const LOCALHOST: &[u8] = b"\x09localhost\0";

fn named(server: &NameServer, more: &str) -> Gateway {
    gateway(&format!(
        r#"
threads: 1
backends: {{ allow: ["127.0.0.1", "::1"] }}
access_log: off
registries:
  - {{ id: tsf, srv: "_http._tcp.{{service}}.{{namespace}}.example", servers: ["{}"], {more} }}
hosts:
  - host: api.example
    dialect: tencent
    routes:
      - id: by-header
        path: /call
        backend:
          micro_service:
            registry: tsf
            namespace: method.req.header.X-NameSpace-Code
            service: method.req.header.X-MicroService-Name
"#,
        server.address
    ))
}

#[test]
fn srv_records_tell_where_services_run() {
    let (one, two) = (answering("one"), answering("two"));
    let (first, second) = (one.address.port(), two.address.port());
    let server = NameServer::start(move |name, over_tcp| match name {
        "_http._tcp.orders.ns-1.example" => {
            (0, vec![(2, 9, 1, LOCALHOST), (1, 3, first, LOCALHOST), (1, 1, second, LOCALHOST)])
        }
        "_http._tcp.many.ns-1.example" if over_tcp => (0, vec![(1, 1, first, LOCALHOST)]),
        "_http._tcp.many.ns-1.example" => (0x0200, Vec::new()),
        "_http._tcp.gone.ns-1.example" => (0, vec![(1, 1, 0, b"\0")]),
        "_http._tcp.hidden.ns-1.example" => (5, Vec::new()),
        "_http._tcp.broken.ns-1.example" => (2, Vec::new()),
        "_http._tcp.metadata.ns-1.example" => (0, vec![(1, 1, 80, b"\x03169\x03254\x03169\x03254\0")]),
        _ => (3, Vec::new()),
    });
    let gateway = named(&server, PATIENT);
    let seen: Vec<String> = (0..16).map(|_| ask(at(&gateway), "ns-1", "orders").text()).collect();
    let ones = seen.iter().filter(|text| *text == "one").count();
    assert!((11..=13).contains(&ones) && seen.iter().all(|text| text == "one" || text == "two"), "{seen:?}");
    assert_eq!(server.questions.load(Ordering::SeqCst), 1);
    assert_eq!(ask(at(&gateway), "ns-1", "many").text(), "one", "asked again over TCP");
    assert_told(
        at(&gateway),
        &[
            ("ns-1", "nobody", 404, UNKNOWN),
            ("ns-1", "gone", 404, UNKNOWN),
            ("ns-1", "x.orders", 404, UNKNOWN),
            ("ns-1", "a b", 404, UNKNOWN),
            ("", "orders", 404, UNKNOWN),
            ("ns-1", "hidden", 481, CLUSTER),
            ("ns-1", "broken", 503, r#"{"message":"Apigw balancer error"}"#),
            ("ns-1", "metadata", 403, r#"{"message":"Endpoint IP address is not allowed"}"#),
        ],
    );
}

#[test]
fn a_name_server_that_goes_away_takes_no_service_with_it() {
    let one = answering("one");
    let (port, silent) = (one.address.port(), Arc::new(AtomicBool::new(false)));
    let switch = Arc::clone(&silent);
    let server = NameServer::start(move |_, _| {
        while switch.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(10));
        }
        (0, vec![(1, 1, port, LOCALHOST)])
    });
    let gateway = named(&server, HASTY);
    eventually("it is known", || ask(at(&gateway), "ns-1", "orders").text() == "one");
    silent.store(true, Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(250));
    assert_eq!(ask(at(&gateway), "ns-1", "orders").text(), "one");
    assert_eq!(ask(at(&gateway), "ns-1", "others").status(), 503, "nothing was known of this one");
    silent.store(false, Ordering::SeqCst);
}

#[test]
fn names_that_cannot_be_asked_for_are_refused() {
    let registry = |text: &str| {
        let text = format!("listeners: [{{ address: 127.0.0.1:0 }}]\nregistries: [{{ id: a, {text} }}]\n");
        let problems = Config::parse("gateway.yaml", &text).unwrap_err();
        problems.list.into_iter().map(|one| one.message).collect::<Vec<_>>().join("; ")
    };
    for (text, message) in [
        (r#"srv: "orders.example", servers: [10.0.0.2]"#, "`orders.example` is no name with a place for services"),
        (r#"srv: "{service}.example", servers: [dns.example]"#, "`dns.example` is no address of a name server"),
        (r#"srv: "{service}.example", servers: []"#, "there is no name server to ask"),
        (
            r#"consul: "http://10.0.0.5:8500", srv: "{service}.example""#,
            "a registry is one of `consul`, `srv` and `services`",
        ),
        (r#"consul: "http://10.0.0.5:8500", servers: [10.0.0.2]"#, "these go with `srv`"),
    ] {
        assert_eq!(registry(text), message, "{text}");
    }
}
