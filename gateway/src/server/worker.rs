//! One thread: its runtime, and what its calls share.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::TcpListener;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::{Notify, watch};
use tokio::task::LocalSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::{Stop, accept};
use crate::access_log::{Log, LogEnd};
use crate::nonce::NonceStore;
use crate::request_id::IdSource;
use crate::scheme::FailureStore;
use crate::snapshot::Snapshot;
use crate::state::State;
use crate::upstream::{Upstream, probe};

/// How often a thread hands on its log and sweeps its idle connections.
const TICK: Duration = Duration::from_millis(50);

/// What all threads share.
pub struct Shared {
    /// The configuration in force.
    pub snapshot: ArcSwap<Snapshot>,
    /// Counters of rate limits.
    pub state: Box<dyn State>,
    /// Nonces that were used.
    pub nonces: Box<dyn NonceStore>,
    /// Failures by access key.
    pub failures: Box<dyn FailureStore>,
    /// Connections that one thread serves at a time.
    pub per_thread: usize,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("per_thread", &self.per_thread).finish_non_exhaustive()
    }
}

/// One thread's handle on a configuration: calls count references here, not in a cell that all cores fight for.
#[derive(Debug, Clone)]
pub(crate) struct Handle(Rc<Held>);

#[derive(Debug)]
struct Held {
    snapshot: Arc<Snapshot>,
    upstream: Upstream,
}

impl Handle {
    fn new(snapshot: Arc<Snapshot>, previous: Option<&Self>) -> Self {
        let upstream = Upstream::new(&snapshot, previous.map(|before| (&**before, before.upstream())));
        Self(Rc::new(Held { snapshot, upstream }))
    }

    /// True while no other configuration has taken its place.
    pub(crate) fn is_in_force(&self, worker: &Worker) -> bool {
        Rc::ptr_eq(&self.0, &worker.snapshot().0)
    }

    /// The thread's connections to this configuration's backends.
    pub(crate) fn upstream(&self) -> &Upstream {
        &self.0.upstream
    }
}

impl Deref for Handle {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.0.snapshot
    }
}

/// What the calls of one thread share.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) ids: IdSource,
    pub(crate) log: Rc<Log>,
    /// It does what one thread does for all.
    is_first: bool,
    snapshot: RefCell<Handle>,
    open: Cell<usize>,
    closed: Notify,
}

impl Worker {
    /// The configuration in force.
    pub(crate) fn snapshot(&self) -> Handle {
        let newest = self.shared.snapshot.load();
        let mut own = self.snapshot.borrow_mut();
        if !Arc::ptr_eq(&own.0.snapshot, &newest) {
            *own = Handle::new(Arc::clone(&newest), Some(&own));
        }
        own.clone()
    }

    /// Counts a connection until the guard is dropped.
    pub(super) fn open(self: &Rc<Self>) -> Open {
        self.open.set(self.open.get() + 1);
        Open(Rc::clone(self))
    }

    /// Waits until fewer than `limit` connections are open.
    pub(super) async fn below(&self, limit: usize) {
        while self.open.get() >= limit {
            self.closed.notified().await;
        }
    }
}

/// An open connection.
#[derive(Debug)]
pub(super) struct Open(Rc<Worker>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.set(self.0.open.get().saturating_sub(1));
        self.0.closed.notify_waiters();
    }
}

/// Starts thread number `number`.
pub(super) fn spawn(
    number: usize,
    listeners: Vec<TcpListener>,
    shared: Arc<Shared>,
    log: Option<LogEnd>,
    stop: watch::Receiver<Stop>,
) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ids = IdSource::new().map_err(io::Error::from)?;
    let run = move || {
        let snapshot = RefCell::new(Handle::new(shared.snapshot.load_full(), None));
        let worker = Rc::new(Worker {
            shared,
            ids,
            log: Rc::new(Log::new(log)),
            is_first: number == 0,
            snapshot,
            open: Cell::new(0),
            closed: Notify::new(),
        });
        let tasks = LocalSet::new();
        runtime.block_on(tasks.run_until(serve(Rc::clone(&worker), listeners, stop)));
        // Calls that were cut write their lines as they are dropped.
        drop(tasks);
        worker.log.flush();
    };
    std::thread::Builder::new().name(format!("worker-{number}")).spawn(run)
}

async fn serve(worker: Rc<Worker>, listeners: Vec<TcpListener>, mut stop: watch::Receiver<Stop>) {
    let mut accepting = Vec::new();
    for (number, listener) in listeners.into_iter().enumerate() {
        let task = accept::accept(Rc::clone(&worker), listener, number, stop.clone());
        accepting.push(tokio::task::spawn_local(task));
    }
    let housekeeping = tokio::task::spawn_local(housekeeping(Rc::clone(&worker)));
    let probing = worker.is_first.then(|| tokio::task::spawn_local(probe::run(Rc::clone(&worker))));
    // An error means that the gateway is gone: then there is nobody to wait for.
    let asked = stop.wait_for(|stop| *stop != Stop::No).await.map_or(Stop::Now, |stop| *stop);
    for task in accepting {
        task.abort();
    }
    if asked == Stop::Drain {
        let grace = worker.snapshot().limits.grace;
        tokio::select! {
            // Whatever is left is cut when the tasks are dropped.
            _ = timeout(grace, worker.below(1)) => {}
            _ = stop.wait_for(|stop| *stop == Stop::Now) => {}
        }
    }
    housekeeping.abort();
    if let Some(probing) = probing {
        probing.abort();
    }
}

async fn housekeeping(worker: Rc<Worker>) {
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut ticks = 0_u32;
    loop {
        tick.tick().await;
        worker.log.flush();
        ticks = ticks.wrapping_add(1);
        if ticks.is_multiple_of(20) {
            worker.snapshot().upstream().sweep();
        }
    }
}
