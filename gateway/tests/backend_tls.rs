//! TLS to backends: whom the gateway trusts, and who it says it is.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod harness;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use apigw_gateway::Config;
use harness::{at, gateway, get};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls_pki_types::PrivateKeyDer;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

/// An authority.
struct Authority {
    certificate: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// Makes one, and writes its certificate to `ca.pem`.
    fn new(folder: &Path) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(folder.join("ca.pem"), certificate.pem()).unwrap();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// A server with a certificate for `name`, which answers with 200; if it `asks`, only those whom we issued.
    fn server(&self, name: &str, asks: bool) -> SocketAddr {
        let (certificate, key) = self.issue(name);
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let builder = if asks {
            let mut roots = RootCertStore::empty();
            roots.add(self.certificate.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.unwrap().with_client_cert_verifier(verifier.unwrap())
        } else {
            builder.unwrap().with_no_client_auth()
        };
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = Arc::new(builder.with_single_cert(vec![certificate.der().clone()], key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = StreamOwned::new(connection, stream.unwrap());
                thread::spawn(move || {
                    let mut read = vec![0; 4096];
                    while stream.read(&mut read).is_ok_and(|count| count > 0) {
                        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
                    }
                });
            }
        });
        address
    }
}

/// What a call is answered with when its backend is `address` with these TLS settings.
fn status(address: SocketAddr, tls: &str) -> u16 {
    let text = format!(
        "threads: 1\naccess_log: off\nbackends: {{ allow: [127.0.0.1] }}\n\
         hosts: [{{ host: h, dialect: problem, routes: [{{ id: a, path: /, backend: {{ url: \"https://{address}\", tls: {tls} }} }}] }}]"
    );
    let gateway = gateway(&text);
    let first = get(at(&gateway), "h", "/", &[]).status();
    // The second over the same connection, if there is one.
    assert_eq!(get(at(&gateway), "h", "/", &[]).status(), first);
    first
}

#[test]
fn certificates_are_verified_and_shown() {
    let folder = std::env::temp_dir().join(format!("apigw-backend-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let authority = Authority::new(&folder);
    let ca = folder.join("ca.pem").display().to_string();
    let (certificate, key) = authority.issue("gateway");
    let own = (folder.join("own.pem").display().to_string(), folder.join("own.key").display().to_string());
    std::fs::write(&own.0, certificate.pem()).unwrap();
    std::fs::write(&own.1, key.serialize_pem()).unwrap();

    let named = authority.server("backend.test", false);
    let addressed = authority.server("127.0.0.1", false);
    let asking = authority.server("127.0.0.1", true);
    for (what, address, tls, expected) in [
        ("an authority that is trusted", addressed, format!("{{ ca: \"{ca}\" }}"), 200),
        ("one that is not", addressed, "{}".to_owned(), 502),
        ("another name", named, format!("{{ ca: \"{ca}\" }}"), 502),
        ("another name that is expected", named, format!("{{ ca: \"{ca}\", server_name: backend.test }}"), 200),
        ("anybody", named, "{ verify: false }".to_owned(), 200),
        ("who are you?", asking, format!("{{ ca: \"{ca}\" }}"), 502),
        ("it is me", asking, format!("{{ ca: \"{ca}\", certificate: \"{}\", key: \"{}\" }}", own.0, own.1), 200),
    ] {
        assert_eq!(status(address, &tls), expected, "{what}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn settings_that_cannot_be_used_are_refused_at_their_place() {
    for (backend, problem) in [
        ("{ url: \"https://b.test\", tls: { ca: /no/such/file } }", "/no/such/file"),
        ("{ url: \"https://b.test\", tls: { ca: /etc/hostname } }", "it holds no certificate"),
        ("{ url: \"https://b.test\", tls: { certificate: a.pem } }", "`certificate` and `key` go together"),
        ("{ url: \"http://b.test\", tls: {} }", "this goes with `https://`"),
    ] {
        let text = format!(
            "listeners: [{{ address: 127.0.0.1:0 }}]\nhosts: [{{ host: h, dialect: problem, routes: [{{ id: a, path: /, backend: {backend} }}] }}]"
        );
        let problems = Config::parse("test.yaml", &text).expect_err(backend);
        assert!(
            problems.list.iter().any(|one| one.message.contains(problem) && one.line == 2),
            "{backend}: {problems}"
        );
    }
}
