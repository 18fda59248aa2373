//! Handshakes that fail, and what is written down of them.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::Command;

use apigw_gateway::Gateway;
use tokio_rustls::rustls::AlertDescription;

use crate::harness::command::output;
use crate::harness::{self, at, call, eventually};
use crate::{Place, alert};

#[test]
fn names_without_a_certificate_end_as_tencent_describes() {
    let place = Place::new("strangers");
    let gateway = place.gateway("tencent");
    for name in ["stranger.test", "a.b.wild.test", "127.0.0.1"] {
        let error = place.connect(&gateway, name, None).shake().unwrap_err();
        assert_eq!(alert(&error), Some(AlertDescription::InternalError), "{name}: {error}");
    }
    let common =
        ["\"method\":null,\"path\":null,\"status\":null", "tencent.TlsNoCertificate", "connection.tls.no_certificate"];
    place.logged(&[&common[..], &["\"host\":\"stranger.test\""]].concat());
    // A client that dials an address names nobody.
    place.logged(&[&common[..], &["\"host\":null"]].concat());
    // Nobody was called, and others are served.
    assert_eq!(place.backend.requests(), 0);
    assert!(place.connect(&gateway, "api.test", None).get("api.test").starts_with("HTTP/1.1 200 "));
}

/// A hello of TLS 1.1 for `name`, as a client of 2010 writes it.
fn old_hello(name: &str) -> Vec<u8> {
    let mut body = vec![3, 2];
    body.extend([9; 32]);
    body.extend([0, 0, 4, 0, 0x2f, 0, 0x35, 1, 0]);
    let name_length = u8::try_from(name.len()).unwrap();
    body.extend([0, name_length + 9, 0, 0, 0, name_length + 5, 0, name_length + 3, 0, 0, name_length]);
    body.extend(name.as_bytes());
    let length = u8::try_from(body.len()).unwrap();
    let mut record = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(body);
    record
}

/// Sends these bytes and reads all that comes back.
fn exchange(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = harness::connect(address).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

#[test]
fn versions_that_are_too_old_are_told_so() {
    let place = Place::new("versions");
    let gateway = place.gateway("huawei");
    let protocol_version = [21, 3, 1, 0, 2, 2, 70];
    assert_eq!(exchange(at(&gateway), &old_hello("api.test")), protocol_version);
    // What SSL 2.0 looks like when it offers TLS 1.0.
    assert_eq!(exchange(at(&gateway), &[0x80, 0x0c, 1, 3, 1, 0, 3, 0, 0, 0, 0, 0, 0x2f, 0]), protocol_version);
    place.logged(&["huawei.SslProtocolNotSupported", "connection.tls.version_unsupported", "\"status\":null"]);
    for (option, version) in [("-tls1", "TLSv1"), ("-tls1_1", "TLSv1.1")] {
        let target = at(&gateway).to_string();
        let arguments =
            ["s_client", option, "-cipher", "ALL:@SECLEVEL=0", "-servername", "api.test", "-connect", &target];
        // A second opinion, where there is one to be had.
        let Ok(output) = output(Command::new("openssl").args(arguments)) else { return };
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("alert protocol version"), "{version}: {said}");
    }
}

#[test]
fn handshakes_that_break_off_are_written_down_and_mere_looks_are_not() {
    let place = Place::new("cut");
    let certificate = format!("{{ {} }}", place.pair("api"));
    let gateway = Gateway::start(place.config_with(&certificate, "tencent", "500ms").snapshot).unwrap();
    // Somebody looks whether the port is open.
    drop(TcpStream::connect(at(&gateway)).unwrap());
    let hello = old_hello("api.test");
    let mut stream = TcpStream::connect(at(&gateway)).unwrap();
    stream.write_all(&hello[..20]).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    place.logged(&["tencent.TlsHandshakeCut", "connection.tls.handshake_cut"]);
    assert_eq!(place.log().lines().count(), 1, "{}", place.log());
    // Whoever begins and does not go on is not waited for.
    assert_eq!(exchange(at(&gateway), &hello[..20]), b"");
    eventually("a line", || place.log().lines().count() == 2);
}

#[test]
fn plain_http_is_answered_in_plain_http() {
    let place = Place::new("plain");
    let gateway = place.gateway("tencent");
    let reply = call(at(&gateway), "GET / HTTP/1.1\r\nHost: api.test\r\n\r\n");
    assert_eq!((reply.status(), reply.header("connection")), (400, Some("close")));
    assert!(reply.text().contains("APIG.0201"), "{}", reply.text());
    place.logged(&["huawei.ApiRequestError", "request.malformed", "\"path\":\"/\""]);
    // Noise is refused as noise.
    let noise = exchange(at(&gateway), b"SSH-2.0-OpenSSH_9.2\r\n");
    assert!(noise.starts_with(b"HTTP/1.1 400 "), "{}", String::from_utf8_lossy(&noise));
    assert_eq!(place.backend.requests(), 0);
}
