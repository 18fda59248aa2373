//! Counters and nonces in a real Redis: the same rules as in memory, for several gateways together, and refusal when
//! it cannot be asked.

#![allow(
    clippy::expect_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod certificates;
mod harness;

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use apigw_gateway::Gateway;
use apigw_gateway::clock::Timestamp;
use apigw_gateway::nonce::Remembered;
use apigw_gateway::secret::Secret;
use apigw_gateway::state::{Allowance, CounterKey, Kind, Memory, Redis, RedisConfig, Standing, State, Unavailable};
use certificates::Authority;
use harness::{Backend, at, eventually, gateway, get, port, under_load};
use proptest::prelude::*;

/// A `redis-server` on a port of its own, in memory only. Ends with this value.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start() -> Self {
        Self::start_at(port::free())
    }

    fn start_at(port: u16) -> Self {
        Self::start_with(port, &[])
    }

    fn start_with(port: u16, args: &[&str]) -> Self {
        let process = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(args)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed: apt-get install redis-server");
        let server = Self { process, port };
        eventually("Redis listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        server
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    fn config(&self) -> RedisConfig {
        let (url, prefix) = (Secret::from(self.url()), "test:".into());
        // Long, because the machine that runs this may be busy.
        RedisConfig { url, authorities: None, timeout: Duration::from_secs(10), fail_open: false, prefix }
    }

    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    fn stop(mut self) -> u16 {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.port
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}

/// A gateway that counts at `server`: 60 calls a minute on `/limited`, 7 altogether on `/metered`.
fn counting(backend: &Backend, state: &str) -> Gateway {
    let backend = format!("backend: {{ url: \"http://{}\" }}", backend.address);
    gateway(&format!(
        "access_log: off\nstate: {state}\nbackends: {{ allow: [127.0.0.1] }}\nhosts:\n  - host: t\n    dialect: huawei\n    routes:\n      \
         - {{ id: limited, path: /limited, rate: {{ limit: 60, per: day }}, {backend} }}\n      \
         - {{ id: metered, path: /metered, quota: {{ limit: 7 }}, {backend} }}\n      \
         - {{ id: open, path: /open, {backend} }}\n"
    ))
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

#[test]
fn two_gateways_together_let_exactly_the_limit_pass() {
    let server = Server::start();
    let backend = Backend::answering(OK);
    let state = format!("{{ redis: \"{}\", timeout: 10s }}", server.url());
    let gateways = [counting(&backend, &state), counting(&backend, &state)];
    for (path, limit) in [("/limited", 60), ("/metered", 7)] {
        let passed = AtomicUsize::new(0);
        thread::scope(|scope| {
            for client in 0..6 {
                let (passed, address) = (&passed, at(&gateways[client % 2]));
                scope.spawn(move || {
                    for _ in 0..20 {
                        let status = get(address, "t", path, &[]).status();
                        assert!(matches!(status, 200 | 405 | 429), "{status}");
                        passed.fetch_add(usize::from(status == 200), Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(passed.into_inner(), limit, "{path}");
    }
}

#[test]
fn a_server_is_asked_over_tls_and_by_its_socket_with_its_password() {
    let folder = std::env::temp_dir().join(format!("apigw-redis-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let in_folder = |name: &str| folder.join(name).display().to_string();
    Authority::new(&folder, "authority").issue(&["localhost"]).write(&folder, "server");
    let (pem, key, socket) = (in_folder("server.pem"), in_folder("server.key"), in_folder("socket"));
    let (port, secure) = (port::free(), port::free());
    let args = ["--requirepass", "hunter2", "--unixsocket", &socket, "--tls-port", &secure.to_string()];
    let tls = ["--tls-cert-file", &pem, "--tls-key-file", &key, "--tls-ca-cert-file", &pem, "--tls-auth-clients", "no"];
    let _server = Server::start_with(port, &[&args[..], &tls[..]].concat());
    let backend = Backend::answering(OK);
    let ca = in_folder("authority.pem");
    // They share the counter of `/metered`, for there is but one server.
    for (number, (url, more)) in [
        (format!("redis://:hunter2@127.0.0.1:{port}"), String::new()),
        (format!("unix://{socket}?pass=hunter2"), String::new()),
        (format!("rediss://:hunter2@localhost:{secure}"), format!(", ca: {ca}")),
    ]
    .iter()
    .cycle()
    .take(8)
    .enumerate()
    {
        let gateway = counting(&backend, &format!("{{ redis: \"{url}\", timeout: 10s{more} }}"));
        let status = get(at(&gateway), "t", "/metered", &[]).status();
        assert_eq!(status, if number < 7 { 200 } else { 405 }, "{url}");
    }
    for (url, why) in [
        (format!("redis://127.0.0.1:{port}"), "no password"),
        (format!("redis://:wrong@127.0.0.1:{port}"), "the wrong one"),
        (format!("rediss://:hunter2@localhost:{secure}"), "an authority that nobody knows"),
        (format!("redis://:hunter2@localhost:{secure}"), "no TLS"),
    ] {
        let gateway = counting(&backend, &format!("{{ redis: \"{url}\", timeout: 10s }}"));
        assert_eq!(get(at(&gateway), "t", "/metered", &[]).status(), 500, "{why}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn without_redis_calls_that_count_are_refused_until_it_is_back() {
    let server = Server::start();
    let backend = Backend::answering(OK);
    let gateway = counting(&backend, &format!("{{ redis: \"{}\", timeout: 10s }}", server.url()));
    let status = |path: &str| get(at(&gateway), "t", path, &[]).status();
    assert_eq!((status("/limited"), status("/open")), (200, 200));
    let reached = backend.requests();
    let port = server.stop();
    let refused = get(at(&gateway), "t", "/limited", &[]);
    assert!(refused.status() == 500 && refused.text().contains("APIG.0601"), "{refused:?}");
    assert_eq!(status("/metered"), 500);
    assert_eq!(backend.requests(), reached, "nothing that could not be counted went through");
    assert_eq!(status("/open"), 200, "what counts nothing needs no counters");
    let _server = Server::start_at(port);
    eventually("counting works again", || status("/limited") == 200);
}

/// What comes back from `/limited` to several clients at once, at both gateways: passed, refused by the limit, refused because
/// nobody could count.
#[derive(Debug, Default)]
struct Load {
    passed: AtomicUsize,
    limited: AtomicUsize,
    uncounted: AtomicUsize,
}

impl Load {
    fn run(&self, gateways: &[Gateway; 2], body: impl FnOnce()) {
        let client = |number: usize, over: &AtomicBool| {
            let address = at(&gateways[number % 2]);
            while !over.load(Ordering::Relaxed) {
                let count = match get(address, "t", "/limited", &[]).status() {
                    200 => &self.passed,
                    429 => &self.limited,
                    500 => &self.uncounted,
                    other => panic!("{other}"),
                };
                count.fetch_add(1, Ordering::Relaxed);
            }
        };
        under_load(6, client, body);
    }

    fn counts(&self) -> [usize; 3] {
        [&self.passed, &self.limited, &self.uncounted].map(|count| count.load(Ordering::Relaxed))
    }
}

#[test]
fn a_server_that_stands_still_under_load_loses_no_count() {
    let server = Server::start();
    let backend = Backend::answering(OK);
    let state = format!("{{ redis: \"{}\", timeout: 300ms }}", server.url());
    let gateways = [counting(&backend, &state), counting(&backend, &state)];
    // All threads know the server before it stops: then they go on asking while it does not answer.
    for gateway in gateways.iter().cycle().take(40) {
        // A busy machine may take longer than the timeout.
        eventually("it answers", || matches!(get(at(gateway), "t", "/metered", &[]).status(), 200 | 405));
    }
    let before = backend.requests();
    server.signal("STOP");
    let load = Load::default();
    load.run(&gateways, || {
        eventually("many calls find nobody who counts", || load.counts()[2] >= 60);
        assert_eq!(load.counts()[..2], [0, 0]);
        server.signal("CONT");
        eventually("the limit is reached", || load.counts()[1] > 0);
    });
    // None more than the limit; and of the calls that were refused meanwhile, none was counted when the server went on: they
    // would have used up the limit. Only those that were just on their way, or that a busy machine held up, may have been.
    let passed = load.counts()[0];
    assert!((30..=60).contains(&passed), "{passed}");
    assert_eq!(backend.requests(), before + passed);
}

#[test]
fn a_server_that_is_killed_under_load_is_found_again_when_it_is_back() {
    let server = Server::start();
    let backend = Backend::answering(OK);
    let state = format!("{{ redis: \"{}\", timeout: 10s }}", server.url());
    let gateways = [counting(&backend, &state), counting(&backend, &state)];
    let load = Load::default();
    let mut again = None;
    load.run(&gateways, || {
        eventually("the limit is reached", || load.counts()[1] > 0 && load.counts()[0] == 60);
        let port = server.stop();
        eventually("calls find nobody who counts", || load.counts()[2] >= 12);
        assert_eq!(load.counts()[0], 60, "none passes uncounted");
        // It kept nothing, so it begins anew, for both.
        again = Some(Server::start_at(port));
        let limited = load.counts()[1];
        eventually("the limit is reached again", || load.counts()[0] > 60 && load.counts()[1] > limited + 20);
    });
    assert_eq!(load.counts()[0], 120);
    assert_eq!(backend.requests(), 120);
}

#[test]
fn a_gateway_may_be_told_to_let_calls_pass_uncounted() {
    let port = port::free();
    let backend = Backend::answering(OK);
    let state = format!("{{ redis: \"redis://127.0.0.1:{port}\", timeout: 200ms, on_failure: pass }}");
    let gateway = counting(&backend, &state);
    assert!((0..9).all(|_| get(at(&gateway), "t", "/metered", &[]).status() == 200));
}

#[test]
fn a_server_that_does_not_answer_costs_no_more_than_the_timeout() {
    // Connections wait in the kernel's queue, and nobody ever reads them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let (url, prefix) = (Secret::from(format!("redis://{}", silent.local_addr().unwrap())), "".into());
    let redis = Redis::new(RedisConfig {
        url,
        authorities: None,
        timeout: Duration::from_millis(100),
        fail_open: false,
        prefix,
    });
    let allowance = Allowance { limit: 1, window: None };
    let standing = wait(redis.admit(key("a"), allowance, Instant::now()));
    assert_eq!(standing, Err(Unavailable));
}

fn key(subject: &str) -> CounterKey<'_> {
    CounterKey { kind: Kind::Rate, owner: "r", subject }
}

#[test]
fn a_nonce_is_fresh_once_for_all_gateways() {
    let server = Server::start();
    let (now, later) = (Timestamp::from_unix(1000), Timestamp::from_unix(1900));
    wait(async {
        let stores = [Redis::new(server.config()), Redis::new(server.config())];
        let remember =
            async |store: usize, key: &str, nonce: &str| stores[store].remember(key, nonce, later, now).await.unwrap();
        assert_eq!(remember(0, "k", "n").await, Remembered::Fresh);
        assert_eq!(remember(1, "k", "n").await, Remembered::Repeated);
        assert_eq!(remember(1, "k", "other").await, Remembered::Fresh);
        assert_eq!(remember(1, "k:n", "").await, Remembered::Fresh);
        assert_eq!(remember(1, "k", "n:").await, Remembered::Fresh, "names do not run into each other");
    });
}

/// One call of a schedule: so long after the one before, for which subject, against which limit and window.
#[derive(Debug, Clone)]
struct Call {
    after: u64,
    subject: &'static str,
    limit: u64,
    window: Option<u64>,
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let window = prop_oneof![Just(None), Just(Some(1000)), Just(Some(60_000))];
    let call = (0_u64..2000, prop_oneof![Just("a"), Just("b")], 0_u64..4, window);
    let call = call.prop_map(|(after, subject, limit, window)| Call { after, subject, limit, window });
    prop::collection::vec(call, 1..40)
}

#[test]
fn both_stores_give_the_same_answers_for_the_same_schedule() {
    let server = Server::start();
    let round = AtomicUsize::new(0);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(64));
    let outcome = runner.run(&calls(), |calls| {
        let round = round.fetch_add(1, Ordering::Relaxed);
        let mut config = server.config();
        config.prefix = format!("{round}:").into();
        let memory = Memory::new(1000, 0);
        let start = Instant::now();
        let mut now = 0;
        wait(async {
            for call in &calls {
                now += call.after;
                // Redis takes its time from the server, unless a test gives it one.
                let redis = Redis::at(config.clone(), 1_700_000_000_000 + now);
                let allowance = Allowance { limit: call.limit, window: call.window.map(Duration::from_millis) };
                let here = memory.count(key(call.subject), allowance, start + Duration::from_millis(now));
                let there: Standing = redis.admit(key(call.subject), allowance, Instant::now()).await.unwrap();
                prop_assert_eq!(here, there, "{:?} at {}", call, now);
            }
            Ok(())
        })
    });
    outcome.unwrap();
}
