//! TLS handshakes that fail because the configuration says so: what clients see, and what is written down.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

mod certificates;
mod harness;

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use apigw_gateway::fault::{Odds, rate};
use apigw_gateway::{Config, Gateway, Problems};
use certificates::Authority;
use harness::{connect, eventually, get};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::{AlertDescription, ClientConfig, ClientConnection, Error};

/// A folder with a certificate, and what a gateway in it is made from.
struct Place {
    folder: PathBuf,
    client: Arc<ClientConfig>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Place {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("apigw-handshake-faults-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let authority = Authority::new(&folder, "ca");
        authority.issue(&["api.test", "other.test", "*.wild.test"]).write(&folder, "api");
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_root_certificates(authority.roots());
        Self { folder, client: Arc::new(builder.with_no_client_auth()) }
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// A listener whose `tls` ends with `rest`.
    fn listener(&self, rest: &str) -> String {
        let (certificate, key) = (self.path("api.pem"), self.path("api.key"));
        format!(
            "- {{ address: 127.0.0.1:0, dialect: tencent, tls: {{ certificates: [{{ certificate: \"{certificate}\", key: \"{key}\" }}]{rest} }} }}"
        )
    }

    fn parse(&self, listeners: &[String]) -> Result<Config, Problems> {
        let mock = "backend: { mock: { body: hi } }";
        let text = format!(
            "listeners:\n{}\nthreads: 1\naccess_log: {{ file: \"{}\" }}\nadmin: {{ address: 127.0.0.1:0 }}\n\
             limits: {{ handshake_timeout: 60s }}\n\
             hosts:\n\
             - {{ host: api.test, dialect: tencent, routes: [{{ id: a, path: /, {mock} }}] }}\n\
             - {{ host: other.test, dialect: huawei, routes: [{{ id: b, path: /, {mock} }}] }}\n",
            listeners.join("\n"),
            self.path("access.log"),
        );
        Config::parse("test.yaml", &text)
    }

    /// A gateway with these listeners.
    fn gateway(&self, listeners: &[String]) -> Gateway {
        let config = self.parse(listeners).unwrap_or_else(|problems| panic!("{problems}"));
        Gateway::start(config.snapshot).unwrap()
    }

    fn shake(&self, address: SocketAddr, name: &str) -> io::Result<()> {
        let mut stream = connect(address).unwrap();
        let mut client = ClientConnection::new(Arc::clone(&self.client), name.to_owned().try_into().unwrap()).unwrap();
        while client.is_handshaking() {
            client.complete_io(&mut stream)?;
        }
        Ok(())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.path("access.log")).unwrap_or_default()
    }
}

/// How many failed handshakes the metrics tell of, for a code.
fn counted(gateway: &Gateway, code: &str) -> String {
    let text = get(gateway.admin().unwrap(), "127.0.0.1", "/metrics", &[]).text();
    text.lines().filter(|line| line.starts_with("apigw_errors_total{") && line.contains(code)).collect()
}

#[test]
fn each_cut_is_seen_by_the_client_and_written_down_like_a_real_one() {
    for (cut, code, condition) in [
        ("alert", "\"code\":null", "connection.tls\""),
        ("close", "tencent.TlsHandshakeCut", "connection.tls.handshake_cut\""),
        ("reset", "tencent.TlsHandshakeCut", "connection.tls.handshake_cut\""),
    ] {
        let place = Place::new(cut);
        let faulty = place.listener(&format!(", fault: {{ cut: {cut}, names: [api.test, \"*.wild.test\"] }}"));
        let plain = "- { address: 127.0.0.1:0, dialect: tencent }".to_owned();
        let gateway = place.gateway(&[faulty, place.listener(""), plain]);
        let [faulty, sound, plain] = gateway.addresses()[..] else { panic!("three listeners") };
        for name in ["api.test", "x.wild.test"] {
            let error = place.shake(faulty, name).unwrap_err();
            let alert = match error.get_ref().and_then(|cause| cause.downcast_ref::<Error>()) {
                Some(Error::AlertReceived(alert)) => Some(*alert),
                _ => None,
            };
            match cut {
                "alert" => assert_eq!(alert, Some(AlertDescription::HandshakeFailure), "{error}"),
                "close" => assert_eq!((alert, error.kind()), (None, ErrorKind::UnexpectedEof), "{error}"),
                _ => assert_eq!((alert, error.kind()), (None, ErrorKind::ConnectionReset), "{error}"),
            }
        }
        // Other names, other listeners, and what is no handshake.
        place.shake(faulty, "other.test").unwrap();
        place.shake(sound, "api.test").unwrap();
        assert_eq!(get(plain, "api.test", "/", &[]).text(), "hi");
        assert_eq!(get(faulty, "api.test", "/", &[]).status(), 400, "plain HTTP, where TLS is spoken");
        let wanted = |line: &&str| line.contains("\"injected\":true");
        eventually("two lines", || place.log().lines().filter(wanted).count() == 2);
        let log = place.log();
        let line = log.lines().find(|line| line.contains("\"host\":\"api.test\"") && wanted(line)).unwrap();
        for part in ["\"method\":null,\"path\":null,\"status\":null", code, condition] {
            assert!(line.contains(part), "{part}: {line}");
        }
        if cut != "alert" {
            eventually("both are counted", || counted(&gateway, "TlsHandshakeCut").ends_with(" 2"));
        }
    }
}

#[test]
fn a_rate_strikes_the_handshakes_that_its_seed_draws() {
    let place = Place::new("rate");
    for (percent, seed) in [("0%", 1), ("25%", 1), ("25%", 2), ("100%", 1)] {
        let gateway =
            place.gateway(&[place.listener(&format!(", fault: {{ cut: close, rate: {percent}, seed: {seed} }}"))]);
        let address = harness::at(&gateway);
        let odds = Odds::new(rate(percent).unwrap(), seed);
        for number in 0..40 {
            // A name without a certificate fails by itself, and is not counted.
            assert!(place.shake(address, "stranger.test").is_err());
            assert_eq!(place.shake(address, "api.test").is_err(), odds.strike(), "{number} of {percent}, seed {seed}");
        }
    }
}

#[test]
fn a_delay_alone_makes_handshakes_late_and_nothing_else() {
    let place = Place::new("delay");
    let gateway = place.gateway(&[place.listener(", fault: { delay: 50ms }")]);
    place.shake(harness::at(&gateway), "api.test").unwrap();
    assert_eq!(place.log(), "");
}

#[test]
fn what_makes_no_sense_is_refused_at_its_place() {
    let place = Place::new("refused");
    let problem = |listener: String| {
        let problems = place.parse(std::slice::from_ref(&listener)).expect_err(&listener);
        let line = problems.list.iter().all(|one| one.line == 2 && one.column > 1);
        assert!(line, "{problems}");
        problems.to_string()
    };
    for (fault, parts) in [
        ("{ }", &["this fault does nothing", "`cut: reset`"][..]),
        ("{ rate: 5% }", &["this fault does nothing"]),
        ("{ cut: truncate }", &["unknown way to end a handshake `truncate`", "`alert`, `close`, `reset`"]),
        ("{ cut: alert, rate: 0.1 }", &["`0.1` is no rate", "write 5%"]),
        ("{ cut: alert, rate: 101% }", &["`101%` is no rate"]),
        ("{ cut: alert, delay: soon }", &["`soon` is no time"]),
        (
            "{ delay: 60s }",
            &["a handshake is given up before `60s` are over", "`limits.handshake_timeout`, which is 60s"],
        ),
        ("{ cut: alert, names: [] }", &["the fault is for no name"]),
        ("{ cut: alert, names: [\"a b\"] }", &["`a b` is no name of a host"]),
        (
            "{ cut: alert, names: [api.test, stranger.test] }",
            &["no certificate of this listener is for `stranger.test`"],
        ),
        ("{ cut: alert, code: APIG.0308 }", &["unknown field `code`"]),
        ("{ cut: never, rate: 5 }", &["`never`", "`5` is no rate"]),
    ] {
        let told = problem(place.listener(&format!(", fault: {fault}")));
        for part in parts {
            assert!(told.contains(part), "{fault}: {part}: {told}");
        }
    }
    // Where it does not belong: a listener without TLS, or beside `tls`.
    let beside = place.listener("").replace("dialect: tencent", "fault: { cut: alert }");
    for listener in ["- { address: 127.0.0.1:0, fault: { cut: alert } }".to_owned(), beside] {
        let told = problem(listener);
        assert!(told.contains("unknown field `fault`") && told.contains("by that of a listener's `tls`"), "{told}");
    }
    let route = "listeners: [{ address: 127.0.0.1:0 }]\nhosts:\n- host: t\n  dialect: huawei\n  routes:\n  \
                 - { id: a, path: /, fault: { code: APIG.0308, cut: tls } }\n";
    let told = Config::parse("test.yaml", route).unwrap_err().to_string();
    assert!(
        told.contains("test.yaml:6:") && told.contains("a TLS handshake is over before a route is known"),
        "{told}"
    );
}

#[test]
fn the_configuration_in_force_tells_of_it() {
    let place = Place::new("printed");
    let config = place.parse(&[place.listener(", fault: { cut: reset, rate: 5%, seed: 3 }")]).unwrap();
    let text = config.to_yaml();
    for part in ["cut: reset", "rate: 5%", "seed: 3"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
