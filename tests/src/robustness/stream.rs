//! What carries a client's bytes: TCP, or TLS over it. Each step and each cut of a connection means the same over both.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_rustls::rustls::ClientConnection;

use super::step;
use crate::conformance::Failure;
use crate::conformance::tls::Certificates;

/// The name that the gateway has a certificate for, whatever host is called then.
const NAME: &str = "huawei.test";

/// One end of a connection. Another handle to it may read while this one writes.
#[derive(Debug)]
pub(super) struct Stream {
    socket: TcpStream,
    tls: Option<Arc<Mutex<ClientConnection>>>,
    /// What was read and not yet decrypted.
    records: Vec<u8>,
}

impl Stream {
    /// Connects, with a handshake if `certificates` are to be believed in.
    pub(super) fn connect(
        address: SocketAddr,
        certificates: Option<&Certificates>,
        patience: Duration,
    ) -> Result<Self, Failure> {
        let failed = || Failure::io("connecting");
        let mut socket = TcpStream::connect_timeout(&address, patience).map_err(failed())?;
        socket.set_nodelay(true).map_err(failed())?;
        socket.set_write_timeout(Some(patience)).map_err(failed())?;
        let Some(certificates) = certificates else { return Ok(Self { socket, tls: None, records: Vec::new() }) };
        let mut tls = certificates.client(NAME)?;
        while tls.is_handshaking() {
            tls.complete_io(&mut socket).map_err(failed())?;
        }
        Ok(Self { socket, tls: Some(Arc::new(Mutex::new(tls))), records: Vec::new() })
    }

    pub(super) fn address(&self) -> Result<SocketAddr, Failure> {
        self.socket.local_addr().map_err(Failure::io("the client's address"))
    }

    pub(super) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self { socket: self.socket.try_clone()?, tls: self.tls.clone(), records: Vec::new() })
    }

    /// Sends nothing more, and says so.
    pub(super) fn end(&mut self) -> io::Result<()> {
        if let Some(tls) = &self.tls {
            lock(tls).send_close_notify();
            self.flush()?;
        }
        self.socket.shutdown(Shutdown::Write)
    }

    /// Ends both ways at once.
    pub(super) fn leave(&self) {
        // Whoever has left already need not leave.
        let _ = self.socket.shutdown(Shutdown::Both);
    }

    /// Makes closing it reset the connection.
    pub(super) fn reset_when_closed(&self) {
        step::reset(&self.socket);
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(tls) = &self.tls else { return self.socket.write(bytes) };
        // What was encrypted is sent before more is.
        let count = lock(tls).writer().write(bytes)?;
        self.flush().map(|()| count)
    }

    fn flush(&mut self) -> io::Result<()> {
        let Some(tls) = &self.tls else { return Ok(()) };
        let mut records = Vec::new();
        let mut held = lock(tls);
        while held.wants_write() {
            held.write_tls(&mut records)?;
        }
        // Whoever reads must be able to while this waits for room.
        drop(held);
        self.socket.write_all(&records)
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(tls) = &self.tls else { return self.socket.read(into) };
        loop {
            if let Some(count) = take(&mut lock(tls), into)? {
                return Ok(count);
            }
            if self.records.is_empty() {
                let mut piece = [0; 16 << 10];
                let count = self.socket.read(&mut piece)?;
                self.records.extend_from_slice(piece.get(..count).unwrap_or_default());
            }
            // The library takes a part of them, and no more before what it made of that was taken. Of no bytes it learns
            // that this is the end.
            let mut held = lock(tls);
            let count = held.read_tls(&mut self.records.as_slice())?;
            self.records.drain(..count);
            held.process_new_packets().map_err(io::Error::other)?;
        }
    }
}

/// What was decrypted; `None` if there is nothing yet.
fn take(tls: &mut ClientConnection, into: &mut [u8]) -> io::Result<Option<usize>> {
    match tls.reader().read(into) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        // The end of a connection that was not announced is a break.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(io::ErrorKind::ConnectionReset.into()),
        outcome => outcome.map(Some),
    }
}

fn lock(tls: &Mutex<ClientConnection>) -> MutexGuard<'_, ClientConnection> {
    tls.lock().unwrap_or_else(PoisonError::into_inner)
}
