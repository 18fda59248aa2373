//! Accepting connections on one socket.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::connection::Arrival;
use super::worker::Worker;
use super::{Stop, connection, handshake};
use crate::descriptors;
use crate::metrics::{self, Bound};
use crate::panic::contained;

/// How long accepting pauses when the process is out of descriptors: closing connections needs the time.
const PAUSE: Duration = Duration::from_millis(50);

/// How long connections that were being made when stopping began have to come about.
const FAREWELL: Duration = Duration::from_millis(200);

/// Accepts until the gateway is to stop; then what the kernel has accepted already, and no more.
pub(super) async fn accept(worker: Rc<Worker>, listener: TcpListener, number: usize, mut stop: watch::Receiver<Stop>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
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
            Ok((stream, peer)) => serve(&worker, stream, peer, number, &stop),
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
    refuse_new(&listener);
    while let Ok(Ok((stream, peer))) = timeout(FAREWELL, listener.accept()).await {
        serve(&worker, stream, peer, number, &stop);
    }
}

/// Waits for a connection. Over the limit, they wait in the kernel's queue.
async fn next(worker: &Rc<Worker>, listener: &tokio::net::TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
    if !worker.is_below(worker.shared.per_thread) {
        metrics::hit(Bound::Connections);
        worker.below(worker.shared.per_thread).await;
    }
    listener.accept().await
}

fn serve(worker: &Rc<Worker>, stream: TcpStream, peer: SocketAddr, number: usize, stop: &watch::Receiver<Stop>) {
    let arrival = Arrival { peer, listener: number, held: Vec::new(), lacks_tls: false };
    let tls = worker.snapshot().listeners.get(number).and_then(|listener| listener.tls.clone());
    match tls {
        None => spawn(worker, connection::serve(Rc::clone(worker), stream, arrival, stop.clone())),
        Some(tls) => spawn(worker, handshake::serve(Rc::clone(worker), stream, arrival, tls, stop.clone())),
    }
}

fn spawn(worker: &Rc<Worker>, task: impl Future<Output = ()> + 'static) {
    let open = worker.open();
    tokio::task::spawn_local(async move {
        // A panic outside of calls ends their connection.
        let _ = contained(task).await;
        drop(open);
    });
}

/// Has the kernel drop requests for new connections to this socket, as if they had been lost on their way: whoever sent
/// one tries again, and finds the port closed or another gateway behind it. Connections that are half made come about.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn refuse_new(listener: &tokio::net::TcpListener) {
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
fn refuse_new(_listener: &tokio::net::TcpListener) {}
