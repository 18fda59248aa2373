//! Backends that behave, and that misbehave in one way each.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

use super::Failure;

/// What a backend does with a connection.
type Behaviour = fn(TcpStream);

const BEHAVIOURS: [(&str, Behaviour); 4] =
    [("echo", echo), ("resetting", reset), ("babbling", babble), ("silent", stay_silent)];

/// The backends by their names in `gateway.yaml`.
#[derive(Debug)]
pub(super) struct Backends {
    addresses: Vec<(&'static str, SocketAddr)>,
    /// Bound and not listening: its port is taken, and connections to it are refused.
    _refusing: Socket,
}

impl Backends {
    /// Starts all of them. Their threads end with the process.
    pub(super) fn start() -> Result<Self, Failure> {
        let failed = || Failure::io("starting a backend");
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let refusing = Socket::new(Domain::IPV4, Type::STREAM, None).map_err(failed())?;
        refusing.bind(&any.into()).map_err(failed())?;
        let address = refusing.local_addr().map_err(failed())?.as_socket();
        let mut addresses = vec![("refusing", address.unwrap_or(any))];
        for (name, behave) in BEHAVIOURS {
            let listener = TcpListener::bind(any).map_err(failed())?;
            addresses.push((name, listener.local_addr().map_err(failed())?));
            thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    thread::spawn(move || behave(stream));
                }
            });
        }
        Ok(Self { addresses, _refusing: refusing })
    }

    /// The addresses by name.
    pub(super) fn addresses(&self) -> &[(&'static str, SocketAddr)] {
        &self.addresses
    }
}

/// Answers every request without a body.
fn echo(mut stream: TcpStream) {
    while read_head(&mut stream) {
        if stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").is_err() {
            return;
        }
    }
}

/// Takes the request and resets the connection.
fn reset(mut stream: TcpStream) {
    read_head(&mut stream);
    // Closing with nothing left to linger for sends RST instead of FIN.
    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
}

/// Answers with what is not HTTP.
fn babble(mut stream: TcpStream) {
    read_head(&mut stream);
    let _ = stream.write_all(b"220 mail.example ESMTP\r\n");
}

/// Takes the request and says nothing.
fn stay_silent(mut stream: TcpStream) {
    read_head(&mut stream);
    // Until the gateway gives up and closes. A timeout would let it be woken by being stopped and continued.
    let _ = stream.read(&mut [0]);
}

/// Reads to the end of a head; false at the end of the connection.
fn read_head(stream: &mut TcpStream) -> bool {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.extend_from_slice(&byte),
            _ => return false,
        }
    }
    true
}
