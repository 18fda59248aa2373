//! Accepting connections on one socket.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::time::timeout;

use super::connection::Arrival;
use super::listen::Socket;
use super::transport::Transport;
use super::unix::SocketFile;
use super::worker::Worker;
use super::{Stop, connection, handshake, introduction};
use crate::client_address::Peer;
use crate::descriptors;
use crate::metrics::{self, Bound};
use crate::panic::contained;

/// How long accepting pauses when the process is out of descriptors: closing connections needs the time.
const PAUSE: Duration = Duration::from_millis(50);

/// How long connections that were being made when stopping began have to come about.
const FAREWELL: Duration = Duration::from_millis(200);

/// Accepts until the gateway is to stop; then what the kernel has accepted already, and no more.
pub(super) async fn accept(worker: Rc<Worker>, socket: Socket, number: usize, mut stop: watch::Receiver<Stop>) {
    let listener = match Listener::new(socket) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "a listening socket cannot be used");
            return;
        }
    };
    let mut failing = false;
    loop {
        let accepted = tokio::select! {
            biased;
            accepted = next(&worker, &listener) => accepted,
            _ = stop.wait_for(|stop| *stop != Stop::No) => break,
        };
        // Said once per outage, counted each time.
        if let (Err(error), false) = (&accepted, failing) {
            tracing::warn!(%error, "accepting pauses");
        }
        failing = accepted.is_err();
        match accepted {
            Ok(accepted) => accepted.serve(&worker, number, &stop),
            Err(error) => {
                if descriptors::are_used_up(&error) {
                    metrics::hit(Bound::Descriptors);
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    // Closing the socket resets whatever the kernel has accepted for it. So nobody new is let in, those who are in are
    // taken, and only then it closes.
    listener.refuse_new();
    while let Ok(Ok(accepted)) = timeout(FAREWELL, listener.accept()).await {
        accepted.serve(&worker, number, &stop);
    }
}

/// Waits for a connection. Over the limit, they wait in the kernel's queue.
async fn next(worker: &Rc<Worker>, listener: &Listener) -> io::Result<Accepted> {
    if !worker.is_below(worker.shared.per_thread) {
        metrics::hit(Bound::Connections);
        worker.below(worker.shared.per_thread).await;
    }
    listener.accept().await
}

/// A listening socket in this thread's runtime.
enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener, Arc<SocketFile>),
}

impl Listener {
    fn new(socket: Socket) -> io::Result<Self> {
        Ok(match socket {
            Socket::Tcp(listener) => Self::Tcp(TcpListener::from_std(listener)?),
            Socket::Unix(listener, file) => Self::Unix(UnixListener::from_std(listener)?, file),
        })
    }

    async fn accept(&self) -> io::Result<Accepted> {
        Ok(match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                Accepted::Tcp(stream, peer)
            }
            Self::Unix(listener, _) => Accepted::Unix(listener.accept().await?.0),
        })
    }

    fn refuse_new(&self) {
        match self {
            Self::Tcp(listener) => refuse_new(listener),
            Self::Unix(_, file) => file.remove(),
        }
    }
}

/// A connection.
enum Accepted {
    Tcp(TcpStream, SocketAddr),
    Unix(UnixStream),
}

impl Accepted {
    fn serve(self, worker: &Rc<Worker>, number: usize, stop: &watch::Receiver<Stop>) {
        match self {
            Self::Tcp(stream, peer) => serve(worker, stream, peer.into(), number, stop),
            Self::Unix(stream) => serve(worker, stream, Peer::Unix, number, stop),
        }
    }
}

fn serve<S: Transport>(worker: &Rc<Worker>, stream: S, socket: Peer, number: usize, stop: &watch::Receiver<Stop>) {
    let arrival = Arrival { socket, peer: socket, listener: number, held: Vec::new(), lacks_tls: false };
    let (own, stop) = (Rc::clone(worker), stop.clone());
    let snapshot = worker.snapshot();
    let listener = snapshot.listeners.get(number);
    let tls = listener.and_then(|listener| listener.tls.clone());
    match (listener.is_some_and(|listener| listener.proxy_protocol.is_some()), tls) {
        (false, None) => spawn(worker, connection::serve(own, stream, arrival, stop)),
        (false, Some(tls)) => spawn(worker, handshake::serve(own, stream, arrival, tls, stop)),
        (true, tls) => spawn(worker, introduction::serve(own, stream, arrival, tls, stop)),
    }
}

fn spawn(worker: &Rc<Worker>, task: impl Future<Output = ()> + 'static) {
    let open = worker.open();
    // In a box, because each future around it would keep room for it twice: where it came from, and where it is polled.
    let mut task = Box::pin(task);
    tokio::task::spawn_local(async move {
        // A panic outside of calls ends their connection.
        let _ = contained(task.as_mut()).await;
        drop(open);
    });
}

/// Has the kernel drop requests for new connections to this socket, as if they had been lost on their way: whoever sent
/// one tries again, and finds the port closed or another gateway behind it. Connections that are half made come about.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn refuse_new(listener: &TcpListener) {
    use socket2::{SockFilter, SockRef};
    // Of a segment's flags, which stand in byte 13 of its header, SYN is the second bit.
    let program = [
        SockFilter::new(0x30, 0, 0, 13),       // load the byte
        SockFilter::new(0x45, 0, 1, 0b10),     // is the bit set?
        SockFilter::new(0x06, 0, 0, 0),        // then drop the segment
        SockFilter::new(0x06, 0, 0, u32::MAX), // else take the whole of it
    ];
    if let Err(error) = SockRef::from(listener).attach_filter(&program) {
        tracing::debug!(%error, "connections that come while stopping may be reset");
    }
}

/// Other systems have no such filter; the time in which a connection can be lost is short.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn refuse_new(_listener: &TcpListener) {}
