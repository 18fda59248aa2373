//! Introductions: how a connection begins on a listener that demands the PROXY protocol.

use std::rc::Rc;
use std::sync::Once;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::connection::{self, Arrival, LINGER};
use super::transport::Transport;
use super::worker::Worker;
use super::{Stop, handshake};
use crate::client_address::Peer;
use crate::metrics::{self, Bound};
use crate::proxy_protocol;
use crate::snapshot::Snapshot;
use crate::tls::Tls;

/// Serves a connection that begins with the PROXY protocol, and speaks TLS after it if that is given. One that does not
/// begin so, or not in time, is closed: whoever it is from cannot be believed.
pub(super) async fn serve<S: Transport>(
    worker: Rc<Worker>,
    mut stream: S,
    mut arrival: Arrival,
    tls: Option<Tls>,
    stop: watch::Receiver<Stop>,
) {
    let Some(peer) = speaks_for(&worker, &mut stream, &arrival, stop.clone()).await else { return };
    arrival.peer = peer;
    match tls {
        None => connection::serve(worker, stream, arrival, stop).await,
        Some(tls) => handshake::serve(worker, stream, arrival, tls, stop).await,
    }
}

async fn speaks_for<S: Transport>(
    worker: &Worker,
    stream: &mut S,
    arrival: &Arrival,
    mut stop: watch::Receiver<Stop>,
) -> Option<Peer> {
    let snapshot = worker.snapshot();
    let senders = snapshot.listeners.get(arrival.listener).and_then(|listener| listener.proxy_protocol.as_ref());
    if senders.is_some_and(|senders| !senders.believe(arrival.socket)) {
        metrics::hit(Bound::ProxyProtocol);
        told_once(&snapshot, arrival, &STRANGER, "it is none of the proxies that may speak for others here");
        return None;
    }
    let lingered = async {
        // An error means that the gateway is gone.
        let _ = stop.wait_for(|stop| *stop != Stop::No).await;
        sleep(LINGER).await;
    };
    let introduction = proxy_protocol::introduce(stream, arrival.socket);
    let introduced = tokio::select! {
        introduced = timeout(snapshot.limits.first_byte_timeout, introduction) => introduced,
        () = lingered => return None,
    };
    match introduced {
        Ok(Ok(Some(peer))) => return Some(peer),
        Ok(Ok(None)) => {
            // Most likely a proxy that was not told to speak it, and then nobody is served.
            told_once(&snapshot, arrival, &SILENT, "it does not begin with the PROXY protocol");
        }
        // It has gone.
        Ok(Err(_)) => {}
        Err(_) => metrics::hit(Bound::FirstByteTimeout),
    }
    None
}

static STRANGER: Once = Once::new();
static SILENT: Once = Once::new();

/// Says why a connection was closed: aloud the first time, because ports are scanned all day.
fn told_once(snapshot: &Snapshot, arrival: &Arrival, told: &Once, why: &str) {
    let listener = snapshot.listeners.get(arrival.listener).map(|listener| listener.address.to_string());
    let (listener, peer) = (listener.unwrap_or_default(), arrival.socket);
    tracing::debug!(listener, %peer, "closed: {why}");
    told.call_once(|| tracing::warn!(listener, %peer, "closed: {why}; -v tells of more"));
}
