//! TLS to backends: whom the gateway trusts, and who it says it is.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod certificates;
mod harness;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use apigw_gateway::Config;
use certificates::Authority;
use harness::{at, gateway, get};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A server with a certificate for `name`, which answers with 200; if it `asks`, only those whom the authority issued.
fn server(authority: &Authority, name: &str, asks: bool) -> SocketAddr {
    let own = authority.issue(&[name]);
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let builder = if asks {
        let verifier = WebPkiClientVerifier::builder_with_provider(authority.roots(), provider).build();
        builder.unwrap().with_client_cert_verifier(verifier.unwrap())
    } else {
        builder.unwrap().with_no_client_auth()
    };
    let config = Arc::new(builder.with_single_cert(own.chain(), own.key()).unwrap());
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

/// What a call is answered with when its backend is `address` with these TLS settings.
fn status(address: SocketAddr, tls: &str) -> u16 {
    let text = format!(
        "threads: 1\naccess_log: off\nbackends: {{ allow: [127.0.0.1] }}\n\
         hosts: [{{ host: h, dialect: problem, routes: [{{ id: a, path: /, backend: {{ url: \"https://{address}\", connect_timeout: 60s, tls: {tls} }} }}] }}]"
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
    let authority = Authority::new(&folder, "ca");
    let ca = folder.join("ca.pem").display().to_string();
    authority.issue(&["gateway"]).write(&folder, "own");
    let own = (folder.join("own.pem").display().to_string(), folder.join("own.key").display().to_string());

    let named = server(&authority, "backend.test", false);
    let addressed = server(&authority, "127.0.0.1", false);
    let asking = server(&authority, "127.0.0.1", true);
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
