//! Clients that come by a Unix socket.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use apigw_gateway::Gateway;

use crate::harness::{Backend, PATIENCE, at};
use crate::{Folder, OK, QUIET, TCP, UNIDENTIFIED, config, exchange, gateway, log, request, status, tcp, tells};

fn local(path: &Path) -> UnixStream {
    let stream = UnixStream::connect(path).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

#[test]
fn whoever_comes_by_a_unix_socket_has_no_address() {
    let (backend, folder) = (Backend::answering(OK), Folder::new("unix"));
    let (path, lines) = (folder.path("gateway.sock"), folder.path("access.log"));
    // What a killed process left behind is no obstacle.
    drop(UnixListener::bind(&path).unwrap());
    let more = format!("access_log: {{ file: {} }}", lines.display());
    let listeners = format!("{{ unix: {}, mode: 600 }}, {TCP}", path.display());
    let running = gateway(&listeners, &backend, &more);
    assert_eq!(running.unix_sockets(), std::slice::from_ref(&path));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let ask = |path_asked: &str, fields: &str| exchange(local(&path), request(path_asked, fields));
    let refused = ask("/guarded", "");
    assert!(status(&refused) == 403 && refused.contains(UNIDENTIFIED), "{refused}");
    // Nor does it get one by saying so.
    assert!(ask("/guarded", "X-Forwarded-For: 192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\n").contains(UNIDENTIFIED));
    assert_eq!(
        status(&ask("/open", "X-Forwarded-For: 192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\nForwarded: for=192.0.2.1\r\n")),
        200
    );
    let head = backend.head(0);
    assert!(tells(&head, "unknown") && !head.contains("192.0.2"), "{head}");
    // All of them count as one.
    let statuses: Vec<u16> = (0..3).map(|_| status(&ask("/limited", ""))).collect();
    assert_eq!(statuses, [200, 200, 429]);
    // The same gateway over TCP.
    assert_eq!(status(&exchange(tcp(at(&running)), request("/limited", ""))), 200);
    let logged = log(&lines, 7);
    let unix: Vec<&serde_json::Value> = logged.iter().filter(|line| line["peer"] == "unix").collect();
    assert_eq!(unix.len(), 6);
    assert!(unix.iter().all(|line| line["client"].is_null()), "{unix:?}");
    // Requests that are under way are answered; nobody new finds the socket.
    let mut kept = local(&path);
    kept.write_all(request("/open", "").as_bytes()).unwrap();
    running.stop();
    assert!(exchange(kept, "").starts_with("HTTP/1.1 200"));
    assert!(!path.exists());
}

#[test]
fn a_socket_that_is_in_use_or_is_none_is_left_alone() {
    let (backend, folder) = (Backend::answering(OK), Folder::new("used"));
    let path = folder.path("gateway.sock");
    let listeners = format!("{{ unix: {} }}", path.display());
    let running = gateway(&listeners, &backend, QUIET);
    let second = Gateway::start(config(&listeners, &backend, QUIET).snapshot);
    let said = second.unwrap_err().to_string();
    let expected = format!("unix:{} is in use by another process: stop it, or choose another address", path.display());
    assert_eq!(said, expected);
    assert_eq!(status(&exchange(local(&path), request("/open", ""))), 200);
    running.stop();
    fs::write(&path, "precious").unwrap();
    let said = Gateway::start(config(&listeners, &backend, QUIET).snapshot).unwrap_err().to_string();
    assert_eq!(said, format!("cannot listen on unix:{}: there is a file that is no socket", path.display()));
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    // A gateway that cannot start leaves nothing behind.
    fs::remove_file(&path).unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let both = format!("{listeners}, {{ address: \"{}\" }}", taken.local_addr().unwrap());
    assert!(Gateway::start(config(&both, &backend, QUIET).snapshot).is_err());
    assert!(!path.exists());
}
