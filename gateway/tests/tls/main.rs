//! TLS with clients: which certificate they get, what is asked of them, and what becomes of handshakes that fail.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

#[path = "../certificates/mod.rs"]
mod certificates;
mod failures;
#[path = "../harness/mod.rs"]
mod harness;

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use apigw_gateway::{Config, Gateway};
use certificates::{Authority, Issued};
use harness::command::output;
use harness::{Backend, at, eventually};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::{AlertDescription, ClientConfig, ClientConnection, Error, StreamOwned};

/// A folder with certificates, and what a gateway in it is made from.
struct Place {
    folder: PathBuf,
    authority: Authority,
    clients: Authority,
    backend: Backend,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Place {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("apigw-tls-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (authority, clients) = (Authority::new(&folder, "ca"), Authority::new(&folder, "clients"));
        authority.issue(&["api.test", "plain.test", "mutual.test"]).write(&folder, "api");
        authority.issue(&["*.wild.test", "wild.test"]).write(&folder, "wild");
        authority.issue(&["exact.wild.test"]).write(&folder, "exact");
        authority.issue(&["localhost"]).write(&folder, "default");
        let backend = Backend::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        Self { folder, authority, clients, backend }
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn pair(&self, name: &str) -> String {
        format!(
            "certificate: \"{}\", key: \"{}\"",
            self.path(&format!("{name}.pem")),
            self.path(&format!("{name}.key"))
        )
    }

    /// The configuration, whose listener has these certificates.
    fn config(&self, certificates: &str, dialect: &str) -> Config {
        self.config_with(certificates, dialect, "60s")
    }

    /// The same where a handshake may take only so long.
    fn config_with(&self, certificates: &str, dialect: &str, handshake_timeout: &str) -> Config {
        let backend = format!("backend: {{ url: \"http://{}\" }}", self.backend.address);
        let text = format!(
            "listeners: [{{ address: 127.0.0.1:0, dialect: {dialect}, tls: {{ certificates: [{certificates}] }} }}]\n\
             threads: 1\naccess_log: {{ file: \"{log}\" }}\nbackends: {{ allow: [127.0.0.1] }}\n\
             limits: {{ handshake_timeout: {handshake_timeout} }}\n\
             hosts:\n\
             - {{ host: api.test, dialect: huawei, protocols: [https], routes: [{{ id: a, path: /, {backend} }}] }}\n\
             - {{ host: plain.test, dialect: tencent, protocols: [http], routes: [{{ id: b, path: /, {backend} }}] }}\n\
             - {{ host: mutual.test, dialect: huawei, client_certificates: {{ authorities: \"{clients}\" }}, routes: [{{ id: c, path: /, {backend} }}] }}\n",
            log = self.path("access.log"),
            clients = self.path("clients.pem"),
        );
        Config::parse("test.yaml", &text).unwrap_or_else(|problems| panic!("{problems}"))
    }

    fn gateway(&self, dialect: &str) -> Gateway {
        let certificates: Vec<String> =
            ["api", "wild", "exact"].map(|name| format!("{{ {} }}", self.pair(name))).into();
        Gateway::start(self.config(&certificates.join(", "), dialect).snapshot).unwrap()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("access.log")).unwrap_or_default()
    }

    /// Waits for a line of the log that holds all of these.
    fn logged(&self, texts: &[&str]) {
        let is_it = |line: &str| texts.iter().all(|text| line.contains(text));
        eventually(&format!("{texts:?}"), || self.log().lines().any(is_it));
    }

    /// A connection of a client who asks for `name`, and shows `own` if it is asked.
    fn connect(&self, gateway: &Gateway, name: &str, own: Option<&Issued>) -> Secure {
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let builder =
            builder.with_safe_default_protocol_versions().unwrap().with_root_certificates(self.authority.roots());
        let config = match own {
            None => builder.with_no_client_auth(),
            Some(own) => builder.with_client_auth_cert(own.chain(), own.key()).unwrap(),
        };
        let connection = ClientConnection::new(Arc::new(config), name.to_owned().try_into().unwrap()).unwrap();
        Secure(StreamOwned::new(connection, harness::connect(at(gateway)).unwrap()))
    }
}

/// A client's connection over TLS.
struct Secure(StreamOwned<ClientConnection, TcpStream>);

impl Secure {
    /// Shakes hands; the first byte of the certificate that was shown tells which it is.
    fn shake(&mut self) -> io::Result<Vec<u8>> {
        while self.0.conn.is_handshaking() {
            self.0.conn.complete_io(&mut self.0.sock)?;
        }
        Ok(self.0.conn.peer_certificates().unwrap()[0].to_vec())
    }

    /// The answer to a request, head and body as one text.
    fn ask(&mut self, request: &str) -> String {
        self.0.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        let mut piece = [0; 4096];
        loop {
            let count = self.0.read(&mut piece).unwrap_or(0);
            text.push_str(&String::from_utf8_lossy(&piece[..count]));
            let head = text.split_once("\r\n\r\n");
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length = length.or(text.lines().find_map(|line| line.strip_prefix("Content-Length: ")));
            let length = length.and_then(|length| length.parse::<usize>().ok()).unwrap_or(0);
            if count == 0 || head.is_some_and(|(_, body)| body.len() >= length) {
                return text;
            }
        }
    }

    fn get(&mut self, host: &str) -> String {
        self.ask(&format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"))
    }
}

/// The alert in an error of a handshake.
fn alert(error: &io::Error) -> Option<AlertDescription> {
    match error.get_ref().and_then(|cause| cause.downcast_ref::<Error>()) {
        Some(Error::AlertReceived(alert)) => Some(*alert),
        _ => None,
    }
}

fn der(folder: &Path, name: &str) -> Vec<u8> {
    use rustls_pki_types::pem::PemObject;
    rustls_pki_types::CertificateDer::from_pem_file(folder.join(format!("{name}.pem"))).unwrap().to_vec()
}

#[test]
fn names_get_their_certificates_and_calls_their_answers() {
    let place = Place::new("names");
    let gateway = place.gateway("tencent");
    for (name, expected) in [
        ("api.test", "api"),
        ("API.TEST", "api"),
        ("wild.test", "wild"),
        ("a.wild.test", "wild"),
        ("exact.wild.test", "exact"),
    ] {
        let shown = place.connect(&gateway, name, None).shake().unwrap();
        assert_eq!(shown, der(&place.folder, expected), "{name}");
    }
    let mut client = place.connect(&gateway, "api.test", None);
    // Two calls over one connection.
    for _ in 0..2 {
        assert!(client.get("api.test").starts_with("HTTP/1.1 200 "));
    }
    let head = place.backend.head(0).to_ascii_lowercase();
    assert!(head.contains("x-forwarded-proto: https\r\n"), "{head}");
    // The scheme in the target is the connection's.
    assert!(client.ask("GET https://api.test/ HTTP/1.1\r\nHost: api.test\r\n\r\n").starts_with("HTTP/1.1 200 "));
    let refused = client.ask("GET http://api.test/ HTTP/1.1\r\nHost: api.test\r\n\r\n");
    assert!(refused.starts_with("HTTP/1.1 400 ") && refused.contains("APIG.0201"), "{refused}");
}

#[test]
fn a_default_certificate_serves_the_rest() {
    let place = Place::new("default");
    let certificates = format!("{{ {} }}, {{ {}, default: true }}", place.pair("api"), place.pair("default"));
    let gateway = Gateway::start(place.config(&certificates, "problem").snapshot).unwrap();
    assert_eq!(place.connect(&gateway, "api.test", None).shake().unwrap(), der(&place.folder, "api"));
    let error = place.connect(&gateway, "stranger.test", None).shake().unwrap_err();
    // It was shown, and it is for the client to say that it is another's.
    assert_eq!(alert(&error), None);
    assert!(error.to_string().contains("not valid for name"), "{error}");
    place.logged(&["\"condition\":\"connection.tls\"", "stranger.test"]);
    assert_eq!(place.connect(&gateway, "localhost", None).shake().unwrap(), der(&place.folder, "default"));
}

#[test]
fn hosts_say_which_protocols_they_speak() {
    let place = Place::new("protocols");
    let gateway = place.gateway("tencent");
    let answer = place.connect(&gateway, "plain.test", None).get("plain.test");
    assert!(answer.starts_with("HTTP/1.1 426 "), "{answer}");
    assert!(answer.ends_with(r#"{"message":"Not allow use HTTPS protocol"}"#), "{answer}");
    place.logged(&["tencent.HttpsProtocolNotAllowed", "request.protocol.https"]);
}

#[test]
fn client_certificates_are_judged_by_the_host() {
    let place = Place::new("mutual");
    let gateway = place.gateway("huawei");
    let (ours, others) = (place.clients.issue(&["client"]), place.authority.issue(&["client"]));
    for (what, own, host, expected) in [
        ("none", None, "mutual.test", "HTTP/1.1 400 "),
        ("another's", Some(&others), "mutual.test", "HTTP/1.1 400 "),
        ("the right one", Some(&ours), "mutual.test", "HTTP/1.1 200 "),
        ("none is wanted", None, "api.test", "HTTP/1.1 200 "),
        ("another's, and none is wanted", Some(&others), "api.test", "HTTP/1.1 200 "),
    ] {
        let mut client = place.connect(&gateway, host, own);
        for _ in 0..2 {
            let answer = client.get(host);
            assert!(answer.starts_with(expected), "{what}: {answer}");
            assert_eq!(answer.contains("APIG.0205"), expected.contains("400"), "{what}: {answer}");
        }
    }
    // A connection for one host does not open the other: what was not asked for then is missing now.
    let answer = place.connect(&gateway, "api.test", Some(&ours)).get("mutual.test");
    assert!(answer.contains("APIG.0205"), "{answer}");
}

#[test]
fn new_certificates_are_for_new_connections() {
    let place = Place::new("reload");
    let gateway = place.gateway("problem");
    let mut old = place.connect(&gateway, "api.test", None);
    assert!(old.get("api.test").starts_with("HTTP/1.1 200 "));
    let before = der(&place.folder, "api");
    place.authority.issue(&["api.test", "plain.test", "mutual.test"]).write(&place.folder, "api");
    let mut config = place.config(&format!("{{ {} }}", place.pair("api")), "problem");
    assert!(config.snapshot.files.contains(&place.folder.join("api.key")), "{:?}", config.snapshot.files);
    config.snapshot.listeners[0].address = at(&gateway).into();
    gateway.reload(config.snapshot);
    let mut new = place.connect(&gateway, "api.test", None);
    assert_ne!(new.shake().unwrap(), before);
    assert_eq!(new.shake().unwrap(), der(&place.folder, "api"));
    for client in [&mut old, &mut new] {
        assert!(client.get("api.test").starts_with("HTTP/1.1 200 "));
    }
}

#[test]
fn curl_agrees() {
    let place = Place::new("curl");
    let gateway = place.gateway("problem");
    let (address, ca) = (at(&gateway), place.path("ca.pem"));
    let resolve = format!("api.test:{}:127.0.0.1", address.port());
    let url = format!("https://api.test:{}/", address.port());
    let format = "%{http_code} %{ssl_verify_result}";
    let arguments = ["--silent", "--http1.1", "--cacert", &ca, "--resolve", &resolve, "--write-out", format, &url];
    let Ok(output) = output(Command::new("curl").args(arguments)) else { return };
    assert_eq!(String::from_utf8_lossy(&output.stdout), "hi200 0");
}

#[test]
fn settings_that_cannot_be_used_are_refused_at_their_place() {
    let place = Place::new("settings");
    std::fs::write(place.folder.join("noise.pem"), "no PEM").unwrap();
    let (api, wild) = (place.pair("api"), place.pair("wild"));
    let (path, missing) = (place.path("api.pem"), place.path("missing.pem"));
    for (tls, problem) in [
        ("{ certificates: [] }".to_owned(), "TLS needs at least one certificate"),
        (format!("{{ certificates: [{{ certificate: \"{missing}\", key: a.key }}] }}"), "cannot read"),
        (format!("{{ certificates: [{{ certificate: \"{}\", key: a }}] }}", place.path("noise.pem")), "no certificate"),
        (format!("{{ certificates: [{{ certificate: \"{path}\", key: \"{path}\" }}] }}"), "no private key"),
        (
            format!("{{ certificates: [{{ certificate: \"{path}\", key: \"{}\" }}] }}", place.path("wild.key")),
            "does not go with",
        ),
        (format!("{{ certificates: [{{ {api}, names: [other.test] }}] }}"), "is not for `other.test`, but for"),
        (format!("{{ certificates: [{{ {api}, names: [\"a b\"] }}] }}"), "`a b` is no name"),
        (format!("{{ certificates: [{{ {api} }}, {{ {api} }}] }}"), "second certificate for `api.test`"),
        (
            format!("{{ certificates: [{{ {api}, default: true }}, {{ {wild}, default: true }}] }}"),
            "second default certificate",
        ),
        (format!("{{ certificate: [{{ {api} }}] }}"), "unknown field"),
    ] {
        let text = format!("threads: 1\nlisteners: [{{ address: 127.0.0.1:0, tls: {tls} }}]\nhosts: []\n");
        let problems = Config::parse("test.yaml", &text).expect_err(&tls);
        let found = problems.list.iter().any(|one| one.message.contains(problem) && one.line == 2);
        assert!(found, "{problem}: {problems}");
    }
    let text = format!(
        "listeners: [{{ address: 127.0.0.1:0 }}]\n\
         hosts: [{{ host: h, dialect: problem, client_certificates: {{ authorities: \"{missing}\" }} }}]"
    );
    let problems = Config::parse("test.yaml", &text).expect_err("authorities");
    assert!(problems.list.iter().any(|one| one.message.contains("cannot read") && one.line == 2), "{problems}");
}

#[test]
fn a_proxy_introduces_its_client_before_the_handshake() {
    let place = Place::new("introduced");
    let mut config = place.config(&format!("{{ {} }}", place.pair("api")), "huawei");
    config.snapshot.listeners[0].proxy_protocol = Some(apigw_gateway::snapshot::ProxySenders::Anybody);
    let gateway = Gateway::start(config.snapshot).unwrap();
    let mut introduced = place.connect(&gateway, "api.test", None);
    introduced.0.sock.write_all(b"PROXY TCP4 192.0.2.1 198.51.100.1 4711 443\r\n").unwrap();
    introduced.shake().unwrap();
    let answer = introduced.ask("GET / HTTP/1.1\r\nHost: api.test\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(place.backend.head(0).contains("x-forwarded-for: 192.0.2.1\r\n"), "{}", place.backend.head(0));
    place.logged(&["\"client\":\"192.0.2.1:4711\"", "\"peer\":\"127.0.0.1:"]);
    // A hello alone is no introduction.
    assert!(place.connect(&gateway, "api.test", None).shake().is_err());
}
