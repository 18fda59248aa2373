//! The engine: one single-threaded runtime per core, each with its own listeners on the same addresses.
//!
//! The kernel spreads connections over the threads (`SO_REUSEPORT`); from then on a connection, its calls and its
//! backend connections stay in one thread, and nothing they touch is shared but the configuration (read-only) and the
//! counters of rate limits and nonces.

mod accept;
mod alert;
mod connection;
mod control;
mod gone;
mod handshake;
mod handshake_fault;
mod http2;
mod introduction;
mod io;
mod listen;
mod phase;
mod transport;
mod unix;
mod worker;

use std::io as std_io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use arc_swap::ArcSwap;
use tokio::sync::{mpsc, watch};

pub(crate) use control::Control;
pub(crate) use handshake::{Failure, Reason};
pub use worker::Shared;
pub(crate) use worker::{Handle, Worker};

use crate::access_log::LogWriter;
use crate::admin::Admin;
use crate::config::Config;
use crate::reload::{ReloadError, Reloader, Source, Status, Trigger, Watch};
use crate::scheme::{FailureStore, MemoryFailures};
use crate::snapshot::{Address, Snapshot};
use crate::state::Memory;

/// Longest request target the parser takes, in bytes (a bound of the `http` crate).
pub const PARSER_URI: u64 = 65_534;

/// Most header fields the parser takes.
pub const PARSER_HEADER_COUNT: u64 = 1024;

/// Up to so many header fields the parser needs no memory of its own for them.
const PARSER_FREE_HEADER_COUNT: usize = 100;

/// Most bytes of header fields that are sure to fit into the parser's buffer beside the longest target.
pub const PARSER_HEADERS: u64 = 256 << 10;

/// The parser's buffer: target, fields, and the bytes between them.
const PARSER_BUFFER: usize = 400 << 10;

/// Nonces remembered at most, by one key half of them; at 15 minutes each, more than 1000 signed calls a second.
const NONCES: usize = 1 << 21;

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
        address: Address,
    },
    /// The address cannot be listened on for another reason.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: Address,
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
    pub(crate) fn of_listen(address: impl Into<Address>, source: std_io::Error) -> Self {
        let address = address.into();
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
    unix_sockets: Vec<PathBuf>,
    shared: Arc<Shared>,
    stop: watch::Sender<Stop>,
    threads: Vec<JoinHandle<()>>,
    log: Option<LogWriter>,
    // In the order in which they are to end.
    watch: Option<Watch>,
    control: Arc<Control>,
    admin: Option<Admin>,
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
        Self::launch(snapshot, Reloader::new(None, None), None)
    }

    /// The same for a configuration that is read again from `source`: when a file changes, and on request.
    ///
    /// # Errors
    /// Those of [`start`](Self::start).
    pub fn serve(config: Config, source: Option<Source>) -> Result<Self, StartError> {
        let reloader = Reloader::new(source.clone(), Some((&config.hash, config.to_yaml())));
        Self::launch(config.snapshot, reloader, source)
    }

    fn launch(snapshot: Snapshot, reloader: Reloader, source: Option<Source>) -> Result<Self, StartError> {
        let admin = snapshot.admin.map(|address| {
            std::net::TcpListener::bind(address).map_err(|source| StartError::of_listen(address, source))
        });
        let admin = admin.transpose()?;
        let wanted: Vec<Address> = snapshot.listeners.iter().map(|listener| listener.address.clone()).collect();
        let count = snapshot.threads.max(1);
        let (bound, mut sockets) = listen::listen(&wanted, count)?;
        let (mut addresses, mut unix_sockets) = (Vec::new(), Vec::new());
        for address in bound {
            match address {
                Address::Tcp(address) => addresses.push(address),
                Address::Unix { path, .. } => unix_sockets.push(path),
            }
        }
        let log = LogWriter::start(&snapshot.access_log).map_err(StartError::AccessLog)?;
        let shared = Arc::new(Shared {
            per_thread: snapshot.limits.connections.div_ceil(count),
            snapshot: ArcSwap::from_pointee(snapshot),
            memory: Memory::new(WINDOWS, NONCES),
            failures: Box::new(MemoryFailures::new(FAILING_KEYS)) as Box<dyn FailureStore>,
        });
        let (stop, stopped) = watch::channel(Stop::No);
        let (ask, questions): (Vec<_>, Vec<_>) = (0..count).map(|_| mpsc::unbounded_channel()).unzip();
        let lost = log.as_ref().map(LogWriter::lost);
        let control = Arc::new(Control::new(Arc::clone(&shared), reloader, stopped.clone(), lost, ask));
        let threads = Vec::with_capacity(count);
        let mut gateway = Self {
            addresses,
            unix_sockets,
            shared,
            stop,
            threads,
            log,
            watch: None,
            control: Arc::clone(&control),
            admin: None,
        };
        for (number, (listeners, questions)) in sockets.drain(..).zip(questions).enumerate() {
            let log = gateway.log.as_ref().map(LogWriter::clone_end);
            let (shared, stopped) = (Arc::clone(&gateway.shared), stopped.clone());
            let thread =
                worker::spawn(number, listeners, shared, log, stopped, questions).map_err(StartError::Thread)?;
            gateway.threads.push(thread);
        }
        if let Some(listener) = admin {
            let admin = Admin::start(listener, Arc::clone(&control)).map_err(StartError::Thread)?;
            gateway.admin = Some(admin);
        }
        if let Some(source) = source {
            let files = Arc::clone(&gateway.shared);
            let files = move || files.snapshot.load().files.clone();
            // What went wrong has been logged, and is shown by the admin listener.
            let reload = move || drop(control.reload(Trigger::Change));
            gateway.watch = Some(Watch::start(source.path, files, reload).map_err(StartError::Thread)?);
        }
        Ok(gateway)
    }

    /// Where it listens over TCP: the configured addresses, a port of 0 replaced by the one that was given.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The Unix sockets it listens on.
    pub fn unix_sockets(&self) -> &[PathBuf] {
        &self.unix_sockets
    }

    /// Serves under another configuration from the next call on. Calls in flight finish under theirs. Addresses,
    /// threads and the access log stay as they are.
    pub fn reload(&self, mut snapshot: Snapshot) {
        snapshot.keep_health(&self.shared.snapshot.load());
        self.shared.snapshot.store(Arc::new(snapshot));
    }

    /// Reads the configuration file again and serves under it, as [`reload`](Self::reload) does.
    ///
    /// # Errors
    /// There is none, or it is wrong; then the one in force stays.
    pub fn reload_file(&self, trigger: Trigger) -> Result<Status, ReloadError> {
        self.control.reload(trigger)
    }

    /// Which configuration is in force, and how the last attempt to change it went.
    pub fn status(&self) -> Status {
        self.control.status()
    }

    /// Where the admin listener listens, if there is one.
    pub fn admin(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(Admin::address)
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
        self.watch = None;
        for thread in self.threads.drain(..) {
            // A panic has been reported by the panic hook.
            let _ = thread.join();
        }
        self.admin = None;
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
