//! Reading the configuration again while the gateway runs.
//!
//! A good one is swapped in whole; calls in flight finish under the one they began with, and counters stay, because
//! they are kept by the names of routes, plans and keys. A bad one is refused: the old one keeps serving, the problems
//! are logged once with their places, and both the admin listener and a metric say so.

use std::fmt;
use std::fs::Metadata;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use apigw_errors::Catalog;
use arc_swap::ArcSwap;

use crate::config::{Config, LoadError};
use crate::snapshot::Snapshot;

/// How often files are looked at. Looking costs a system call per file; watching them by the kernel's means would miss
/// what is renamed over them, and what is mounted over their folder.
const LOOK: Duration = Duration::from_millis(250);

/// Where the configuration is read from, and what the command line says over it.
#[derive(Clone)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// Whose dialects it may name.
    pub catalog: &'static Catalog,
    /// In place of the first listener's address.
    pub listen: Option<SocketAddr>,
    /// In place of the admin listener's address.
    pub admin: Option<SocketAddr>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Source {
    /// Reads it.
    ///
    /// # Errors
    /// It cannot be read, or something in it is wrong.
    pub fn load(&self) -> Result<Config, LoadError> {
        let mut config = Config::load(self.catalog, &self.path)?;
        config.listen_at(self.listen, self.admin);
        Ok(config)
    }
}

/// What made the gateway read its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// It was started.
    Start,
    /// A file changed.
    Change,
    /// SIGHUP.
    Signal,
    /// `POST /reload` on the admin listener.
    Request,
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "start",
            Self::Change => "change of a file",
            Self::Signal => "SIGHUP",
            Self::Request => "request",
        })
    }
}

/// An attempt to load a configuration.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// When.
    pub at: SystemTime,
    /// Why.
    pub trigger: Trigger,
    /// What was wrong; `None` if nothing was.
    pub problem: Option<Arc<str>>,
}

/// The configuration in force, and how the last attempt to change it went.
#[derive(Debug, Clone)]
pub struct Status {
    /// Counts the configurations that were in force, this one included.
    pub version: u64,
    /// Of the file's text: the first 16 digits of its SHA-256.
    pub hash: Arc<str>,
    /// As YAML, secrets redacted.
    pub yaml: Arc<str>,
    /// Since when it is in force.
    pub since: SystemTime,
    /// The last attempt, successful or not.
    pub last: Attempt,
    /// Attempts that were refused.
    pub refused: u64,
    /// Settings that the file changed and that only a restart changes here.
    pub needs_restart: Vec<&'static str>,
}

/// Why a configuration was not loaded again.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// There is no file: the demo, or a program that handed its configuration over.
    #[error("this gateway was started without a configuration file")]
    NoFile,
    /// The file cannot be read, or something in it is wrong.
    #[error(transparent)]
    Load(#[from] LoadError),
}

/// Reads the configuration again, one attempt at a time.
#[derive(Debug)]
pub struct Reloader {
    source: Option<Source>,
    status: Mutex<Status>,
    one_at_a_time: Mutex<()>,
}

impl Reloader {
    /// For a configuration that is in force from now on.
    pub(crate) fn new(source: Option<Source>, config: Option<(&str, String)>) -> Self {
        let now = SystemTime::now();
        let (hash, yaml) = config.map_or(("".into(), "".into()), |(hash, yaml)| (hash.into(), yaml.into()));
        let last = Attempt { at: now, trigger: Trigger::Start, problem: None };
        let status = Status { version: 1, hash, yaml, since: now, last, refused: 0, needs_restart: Vec::new() };
        Self { source, status: Mutex::new(status), one_at_a_time: Mutex::default() }
    }

    /// What is in force.
    pub fn status(&self) -> Status {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Loads the file and puts it in force.
    ///
    /// # Errors
    /// Then everything stays as it is.
    pub(crate) fn reload(&self, running: &ArcSwap<Snapshot>, trigger: Trigger) -> Result<Status, ReloadError> {
        let source = self.source.as_ref().ok_or(ReloadError::NoFile)?;
        let _turn = self.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        let attempt = |problem| Attempt { at: SystemTime::now(), trigger, problem };
        let config = source.load().inspect_err(|error| {
            let problem: Arc<str> = error.to_string().into();
            tracing::error!(%trigger, "the new configuration is refused, the old one stays in force:\n{problem}");
            let mut status = self.lock();
            status.last = attempt(Some(problem));
            status.refused += 1;
        })?;
        let yaml = config.to_yaml();
        let hash = config.hash;
        let mut snapshot = config.snapshot;
        let needs_restart = keep_what_cannot_change(&mut snapshot, &running.load());
        snapshot.keep_health(&running.load());
        running.store(Arc::new(snapshot));
        let mut status = self.lock();
        status.version += 1;
        status.hash = hash.into();
        status.yaml = yaml.into();
        status.last = attempt(None);
        status.since = status.last.at;
        status.needs_restart = needs_restart;
        tracing::info!(%trigger, version = status.version, hash = &*status.hash, "a new configuration is in force");
        if !status.needs_restart.is_empty() {
            let settings = status.needs_restart.join(", ");
            tracing::warn!(settings, "these settings changed and take effect at the next start");
        }
        Ok(status.clone())
    }
}

/// What threads, sockets and the log were made from stays as it was. Names what would have changed.
fn keep_what_cannot_change(new: &mut Snapshot, running: &Snapshot) -> Vec<&'static str> {
    let mut changed = Vec::new();
    let mut note = |is_changed: bool, name| {
        if is_changed {
            changed.push(name);
        }
    };
    let addresses = |snapshot: &Snapshot| snapshot.listeners.iter().map(|one| one.address.clone()).collect::<Vec<_>>();
    note(addresses(new) != addresses(running), "listeners");
    // Connections know their listener by its position, so positions stay; how it speaks may change.
    let listeners = running.listeners.iter().map(|old| {
        let same = new.listeners.iter().find(|new| new.address == old.address);
        same.unwrap_or(old).clone()
    });
    new.listeners = listeners.collect();
    note(new.threads != running.threads, "threads");
    new.threads = running.threads;
    note(new.access_log != running.access_log, "access_log");
    new.access_log = running.access_log.clone();
    note(new.state != running.state, "state");
    new.state = running.state.clone();
    note(new.admin != running.admin, "admin");
    new.admin = running.admin;
    note(new.limits.connections != running.limits.connections, "limits.connections");
    new.limits.connections = running.limits.connections;
    changed
}

/// Looks at the configuration's files until it is dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Calls `reload` whenever the file at `path`, or one that `others` names, has changed and is at rest again.
    ///
    /// # Errors
    /// There is no thread.
    pub(crate) fn start(
        path: PathBuf,
        others: impl Fn() -> Vec<PathBuf> + Send + 'static,
        reload: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let run = move || watch(&path, &others, &reload, &stopped);
        let thread = std::thread::Builder::new().name("reload".to_owned()).spawn(run)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}

fn watch(path: &Path, others: &impl Fn() -> Vec<PathBuf>, reload: &impl Fn(), stop: &Receiver<()>) {
    let look = || {
        let mut seen = vec![Look::at(path)];
        seen.extend(others().iter().map(|path| Look::at(path)));
        seen
    };
    let (mut loaded, mut before) = (look(), None);
    while stop.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        let now = look();
        if now == loaded {
            before = None;
        } else if before.as_ref() == Some(&now) {
            // Whoever was writing has stopped for a moment: an editor empties a file before it fills it.
            if now.first().is_some_and(Look::exists) {
                reload();
                // The new configuration may name other files.
                loaded = look();
            }
            before = None;
        } else {
            before = Some(now);
        }
    }
}

/// How a file looks from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look(Option<(u64, u64, u64, i64, i64)>);

impl Look {
    fn at(path: &Path) -> Self {
        let of = |data: Metadata| (data.dev(), data.ino(), data.size(), data.mtime(), data.mtime_nsec());
        Self(std::fs::metadata(path).ok().map(of))
    }

    fn exists(&self) -> bool {
        self.0.is_some()
    }
}
