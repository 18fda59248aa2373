//! The engine: one single-threaded runtime per core, each with its own listeners on the same addresses.
//!
//! The kernel spreads connections over the threads (`SO_REUSEPORT`); from then on a connection, its calls and its
//! backend connections stay in one thread, and nothing they touch is shared but the configuration (read-only) and the
//! counters of rate limits and nonces.

mod accept;
mod connection;
mod io;
mod listen;
mod worker;

use std::io as std_io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use arc_swap::ArcSwap;
use tokio::sync::watch;

pub use worker::Shared;
pub(crate) use worker::{Handle, Worker};

use crate::access_log::LogWriter;
use crate::nonce::{MemoryNonces, NonceStore};
use crate::scheme::{FailureStore, MemoryFailures};
use crate::snapshot::Snapshot;
use crate::state::{MemoryState, State};

/// Longest request target the parser takes, in bytes (a bound of the `http` crate).
pub const PARSER_URI: u64 = 65_534;

/// Most header fields the parser takes.
pub const PARSER_HEADER_COUNT: u64 = 1024;

/// Most bytes of header fields that are sure to fit into the parser's buffer beside the longest target.
pub const PARSER_HEADERS: u64 = 256 << 10;

/// The parser's buffer: target, fields, and the bytes between them.
const PARSER_BUFFER: usize = 400 << 10;

/// Nonces remembered at most; at 15 minutes each, more than 1000 signed calls a second.
const NONCES: usize = 1 << 20;

/// Keys whose failures are counted at most.
const FAILING_KEYS: usize = 1 << 16;

/// Rate-limit windows open at most.
const WINDOWS: usize = 1 << 20;

/// A gateway could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error("{address} is in use by another process: stop it, or choose another address")]
    InUse {
        /// The address.
        address: SocketAddr,
    },
    /// The address cannot be listened on for another reason.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std_io::Error,
    },
    /// The access log cannot be opened.
    #[error("cannot open the access log: {0}")]
    AccessLog(#[source] std_io::Error),
    /// A thread, runtime or random seed could not be had.
    #[error("cannot start a thread: {0}")]
    Thread(#[source] std_io::Error),
}

impl StartError {
    /// Reads why an address cannot be listened on.
    pub(crate) fn of_listen(address: SocketAddr, source: std_io::Error) -> Self {
        match source.kind() {
            std_io::ErrorKind::AddrInUse => Self::InUse { address },
            _ => Self::Listen { address, source },
        }
    }
}

/// A running gateway. Dropping it stops it without waiting; see [`stop`](Self::stop).
#[derive(Debug)]
pub struct Gateway {
    addresses: Vec<SocketAddr>,
    shared: Arc<Shared>,
    stop: watch::Sender<Stop>,
    threads: Vec<JoinHandle<()>>,
    log: Option<LogWriter>,
}

/// How far stopping has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Not asked for.
    No,
    /// Accept nothing more; finish what was accepted.
    Drain,
    /// At once.
    Now,
}

impl Gateway {
    /// Listens and serves in threads of its own.
    ///
    /// # Errors
    /// An address, the log or a thread cannot be had. Then nothing is left running.
    pub fn start(snapshot: Snapshot) -> Result<Self, StartError> {
        let wanted: Vec<SocketAddr> = snapshot.listeners.iter().map(|listener| listener.address).collect();
        let count = snapshot.threads.max(1);
        let (addresses, mut sockets) = listen::listen(&wanted, count)?;
        let log = LogWriter::start(&snapshot.access_log).map_err(StartError::AccessLog)?;
        let shared = Arc::new(Shared {
            per_thread: snapshot.limits.connections.div_ceil(count),
            snapshot: ArcSwap::from_pointee(snapshot),
            state: Box::new(MemoryState::new(WINDOWS)) as Box<dyn State>,
            nonces: Box::new(MemoryNonces::new(NONCES)) as Box<dyn NonceStore>,
            failures: Box::new(MemoryFailures::new(FAILING_KEYS)) as Box<dyn FailureStore>,
        });
        let (stop, stopped) = watch::channel(Stop::No);
        let mut gateway = Self { addresses, shared, stop, threads: Vec::with_capacity(count), log };
        for (number, listeners) in sockets.drain(..).enumerate() {
            let log = gateway.log.as_ref().map(LogWriter::clone_end);
            let (shared, stopped) = (Arc::clone(&gateway.shared), stopped.clone());
            let thread = worker::spawn(number, listeners, shared, log, stopped).map_err(StartError::Thread)?;
            gateway.threads.push(thread);
        }
        Ok(gateway)
    }

    /// Where it listens: the configured addresses, a port of 0 replaced by the one that was given.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Serves under another configuration from the next call on. Calls in flight finish under theirs. Addresses,
    /// threads and the access log stay as they are.
    pub fn reload(&self, mut snapshot: Snapshot) {
        snapshot.keep_health(&self.shared.snapshot.load());
        self.shared.snapshot.store(Arc::new(snapshot));
    }

    /// Accepts nothing more, finishes what was accepted within the grace period, and returns when all threads have
    /// ended.
    pub fn stop(mut self) {
        self.stop.send_replace(Stop::Drain);
        self.join();
    }

    /// A handle that cuts everything short, for a second signal while [`stop`](Self::stop) waits.
    pub fn cutter(&self) -> Cutter {
        Cutter(self.stop.clone())
    }

    fn join(&mut self) {
        for thread in self.threads.drain(..) {
            // A panic has been reported by the panic hook.
            let _ = thread.join();
        }
        if let Some(log) = self.log.take() {
            log.finish();
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.stop.send_replace(Stop::Now);
        self.join();
    }
}

/// See [`Gateway::cutter`].
#[derive(Debug, Clone)]
pub struct Cutter(watch::Sender<Stop>);

impl Cutter {
    /// Ends all threads now.
    pub fn cut(&self) {
        self.0.send_replace(Stop::Now);
    }
}
