//! TLS handshakes: how a connection begins on a listener that speaks TLS.
//!
//! Where one fails there is nobody to answer in HTTP: the client gets the alert that tells it why, and the access log a
//! line with the code and condition that the vendor has for it.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::rustls;
use tokio_rustls::rustls::server::Acceptor;
use tokio_rustls::server::{StartHandshake, TlsStream};

use super::alert::{Alert, alert, farewell};
use super::connection::{self, Arrival};
use super::transport::Transport;
use super::worker::Worker;
use super::{Stop, handshake_fault};
use crate::metrics::{self, Bound};
use crate::pipeline;
use crate::tls::{Protection, Tls, hello};

/// Most bytes of a hello. Those with post-quantum keys have two thousand.
const LONGEST: usize = 64 << 10;

/// Bytes read at a time.
const PIECE: usize = 4 << 10;

/// Room that rustls needs for its own alerts, which have seven bytes.
const ALERT: usize = 64;

/// Serves a connection of a listener that speaks TLS, from its first byte to its end.
pub(super) async fn serve<S: Transport>(
    worker: Rc<Worker>,
    stream: S,
    mut arrival: Arrival,
    tls: Tls,
    stop: watch::Receiver<Stop>,
) {
    let started = Instant::now();
    let snapshot = worker.snapshot();
    let asks = |name: Option<&str>| tls.asks(name.and_then(|name| snapshot.host(&name.to_ascii_lowercase())));
    stream.send_promptly();
    let held = std::mem::take(&mut arrival.held);
    let opening = shake(stream, held, &tls, snapshot.limits.handshake_timeout, asks).await;
    drop(snapshot);
    match opening {
        Opening::Secure(stream) => connection::serve(worker, *stream, arrival, stop).await,
        Opening::Plain(stream, held) => {
            let arrival = Arrival { held, lacks_tls: true, ..arrival };
            connection::serve(worker, stream, arrival, stop).await;
        }
        Opening::Nothing { late } => {
            if late {
                metrics::hit(Bound::FirstByteTimeout);
            }
        }
        Opening::Failed(failure) => {
            if failure.reason == Reason::Late {
                metrics::hit(Bound::HandshakeTimeout);
            }
            pipeline::came_to_nothing(&worker, &Rc::new(arrival.facts(Protection::Lacking)), &failure, started);
        }
    }
}

/// How a connection began.
#[derive(Debug)]
enum Opening<S> {
    /// With a handshake that both sides agreed to.
    Secure(Box<TlsStream<S>>),
    /// With these bytes, which are no TLS.
    Plain(S, Vec<u8>),
    /// With a handshake that failed.
    Failed(Failure),
    /// Not at all: nothing was sent.
    Nothing {
        /// It was waited for, in vain.
        late: bool,
    },
}

/// Why a handshake failed, and the name that the client asked for, if it came so far.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) name: Option<Box<str>>,
    pub(crate) reason: Reason,
    /// A fault on purpose made it fail.
    pub(crate) is_injected: bool,
}

/// See [`Failure`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The newest version that the client speaks is too old.
    Version(String),
    /// There is no certificate for the name that it asked for, or it asked for none.
    NoCertificate,
    /// The connection ended.
    Cut,
    /// It was begun where plain HTTP is spoken.
    Plain,
    /// The time for it was over.
    Late,
    /// One side sent an alert for another reason.
    Refused,
}

/// What is known of a handshake under way, for whoever stops waiting for it.
#[derive(Debug, Default)]
struct Progress {
    begun: Cell<bool>,
    injected: Cell<bool>,
    name: RefCell<Option<Box<str>>>,
}

/// Shakes hands over `stream`, of which `held` has been read already, within `patience`. `asks` says whether a client
/// that asks for a name, or for none, is asked for its certificate.
async fn shake<S: Transport>(
    stream: S,
    held: Vec<u8>,
    tls: &Tls,
    patience: Duration,
    asks: impl Fn(Option<&str>) -> bool,
) -> Opening<S> {
    let progress = Progress::default();
    let opening = timeout(patience, open(stream, held, tls, asks, &progress)).await;
    let failed =
        |reason| Opening::Failed(Failure { name: progress.name.take(), reason, is_injected: progress.injected.get() });
    match opening {
        Ok(Ok(opening)) => opening,
        Ok(Err(_)) | Err(_) if !progress.begun.get() => Opening::Nothing { late: opening.is_err() },
        Ok(Err(reason)) => failed(reason),
        Err(_) => failed(Reason::Late),
    }
}

async fn open<S: Transport>(
    mut stream: S,
    mut held: Vec<u8>,
    tls: &Tls,
    asks: impl Fn(Option<&str>) -> bool,
    progress: &Progress,
) -> Result<Opening<S>, Reason> {
    let mut acceptor = Acceptor::default();
    let mut shown = 0;
    let accepted = loop {
        if let Some(first) = held.first() {
            progress.begun.set(true);
            if !hello::is_tls(*first) {
                return Ok(Opening::Plain(stream, held));
            }
        }
        let mut news = held.get(shown..).unwrap_or_default();
        while !news.is_empty() {
            // Reading from memory fails only where the library has enough; `accept` says what it makes of it.
            if acceptor.read_tls(&mut news).unwrap_or(0) == 0 {
                break;
            }
        }
        shown = held.len();
        let outcome = acceptor.accept();
        // What is older than rustls knows is told from the hello itself, whatever rustls makes of it.
        let version = hello::version(&held);
        if let Some(old) = version.filter(|version| *version < hello::OLDEST) {
            farewell(&mut stream, &alert(Alert::ProtocolVersion)).await;
            return Err(Reason::Version(hello::version_name(old)));
        }
        match outcome {
            Ok(Some(accepted)) => break accepted,
            Ok(None) if held.len() < LONGEST => {}
            Ok(None) => {
                farewell(&mut stream, &alert(Alert::DecodeError)).await;
                return Err(Reason::Refused);
            }
            Err((error, mut own)) => {
                tracing::debug!(%error, "a TLS hello is refused");
                let mut bytes = Vec::with_capacity(ALERT);
                // Writing to memory does not fail.
                let _ = own.write_all(&mut bytes);
                farewell(&mut stream, &bytes).await;
                return Err(Reason::Refused);
            }
        }
        held.reserve(PIECE);
        // An error here is the connection's: it ended.
        if stream.read_buf(&mut held).await.unwrap_or(0) == 0 {
            return Err(Reason::Cut);
        }
    };
    let name: Option<Box<str>> = accepted.client_hello().server_name().map(Into::into);
    progress.name.replace(name.clone());
    if !tls.serves(name.as_deref()) {
        farewell(&mut stream, &alert(Alert::InternalError)).await;
        return Err(Reason::NoCertificate);
    }
    if let Some(fault) = &tls.fault {
        stream = handshake_fault::meet(fault, name.as_deref(), stream, &progress.injected).await?;
    }
    let config = tls.config(asks(name.as_deref()));
    let shaking = StartHandshake::from_parts(accepted, stream).into_stream(config).into_fallible();
    match shaking.await {
        Ok(stream) => Ok(Opening::Secure(Box::new(stream))),
        Err((error, mut stream)) => {
            let reason = reason(&error);
            tracing::debug!(%error, "a TLS handshake failed");
            if reason != Reason::Cut {
                // rustls has sent its alert.
                farewell(&mut stream, b"").await;
            }
            Err(reason)
        }
    }
}

/// What an error of the library means.
fn reason(error: &io::Error) -> Reason {
    match error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>()) {
        Some(_) => Reason::Refused,
        None => Reason::Cut,
    }
}
