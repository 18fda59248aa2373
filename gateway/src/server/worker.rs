//! One thread: its runtime, and what its calls share.

use std::cell::{Cell, RefCell};
use std::io;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::LocalSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::control::Question;
use super::io::{Scratch, scratch};
use super::listen::Socket;
use super::{Stop, accept};
use crate::access_log::{Log, LogEnd};
use crate::metrics::{self, Bound, CallCells, Counters};
use crate::request_id::IdSource;
use crate::scheme::FailureStore;
use crate::snapshot::{Snapshot, StateConfig};
use crate::state::{Memory, Redis, State};
use crate::upstream::{Upstream, probe};

/// How often a thread hands on its log and sweeps its idle connections.
const TICK: Duration = Duration::from_millis(50);

/// What all threads share.
pub struct Shared {
    /// The configuration in force.
    pub snapshot: ArcSwap<Snapshot>,
    /// Counters and nonces, unless several gateways share theirs.
    pub memory: Memory,
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
    cells: Rc<CallCells>,
    upstream: Upstream,
}

impl Handle {
    fn new(snapshot: Arc<Snapshot>, counters: &Rc<Counters>, previous: Option<&Self>) -> Self {
        let upstream = Upstream::new(&snapshot, previous.map(|before| (&**before, before.upstream())));
        Self(Rc::new(Held { cells: CallCells::new(snapshot, counters), upstream }))
    }

    /// True while no other configuration has taken its place.
    pub(crate) fn is_in_force(&self, worker: &Worker) -> bool {
        Rc::ptr_eq(&self.0, &worker.snapshot().0)
    }

    /// The thread's connections to this configuration's backends.
    pub(crate) fn upstream(&self) -> &Upstream {
        &self.0.upstream
    }

    /// Where calls under this configuration are counted.
    pub(crate) fn cells(&self) -> &CallCells {
        &self.0.cells
    }
}

impl Deref for Handle {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        self.0.cells.snapshot()
    }
}

/// What the calls of one thread share.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) state: Box<dyn State>,
    pub(crate) ids: IdSource,
    pub(crate) log: Rc<Log>,
    /// Where its connections read into.
    pub(super) scratch: Scratch,
    /// It does what one thread does for all.
    is_first: bool,
    counters: Rc<Counters>,
    snapshot: RefCell<Handle>,
    open: Cell<usize>,
    closed: Notify,
    stopping: Cell<bool>,
    calls: Cell<usize>,
}

impl Worker {
    /// The configuration in force.
    pub(crate) fn snapshot(&self) -> Handle {
        let newest = self.shared.snapshot.load();
        let mut own = self.snapshot.borrow_mut();
        if !Arc::ptr_eq(own.0.cells.snapshot(), &newest) {
            *own = Handle::new(Arc::clone(&newest), &self.counters, Some(&own));
        }
        own.clone()
    }

    /// Counts a connection until the guard is dropped.
    pub(super) fn open(self: &Rc<Self>) -> Open {
        self.open.set(self.open.get() + 1);
        self.counters.accepted();
        Open(Rc::clone(self))
    }

    /// True once no more connections are accepted: answers say that theirs closes.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.get()
    }

    /// True if fewer than `limit` connections are open.
    pub(super) fn is_below(&self, limit: usize) -> bool {
        self.open.get() < limit
    }

    /// Counts a call until the guard is dropped.
    pub(super) fn begin(self: &Rc<Self>) -> Busy {
        self.calls.set(self.calls.get() + 1);
        Busy(Rc::clone(self))
    }

    /// Calls that have begun and are not over.
    pub(crate) fn calls(&self) -> usize {
        self.calls.get()
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

/// A call that is not over.
#[derive(Debug)]
pub(super) struct Busy(Rc<Worker>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.calls.set(self.0.calls.get().saturating_sub(1));
    }
}

/// Starts thread number `number`.
pub(super) fn spawn(
    number: usize,
    listeners: Vec<Socket>,
    shared: Arc<Shared>,
    log: Option<LogEnd>,
    stop: watch::Receiver<Stop>,
    questions: mpsc::UnboundedReceiver<Question>,
) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ids = IdSource::new().map_err(io::Error::from)?;
    let run = move || {
        let counters = Rc::<Counters>::default();
        let snapshot = RefCell::new(Handle::new(shared.snapshot.load_full(), &counters, None));
        let state: Box<dyn State> = match &snapshot.borrow().state {
            StateConfig::Memory => Box::new(shared.memory.clone()),
            StateConfig::Redis(config) => Box::new(Redis::new(config.clone())),
        };
        let worker = Rc::new(Worker {
            shared,
            state,
            ids,
            log: Rc::new(Log::new(log)),
            scratch: scratch(),
            is_first: number == 0,
            counters,
            calls: Cell::new(0),
            snapshot,
            open: Cell::new(0),
            closed: Notify::new(),
            stopping: Cell::new(false),
        });
        let tasks = LocalSet::new();
        runtime.block_on(tasks.run_until(serve(Rc::clone(&worker), listeners, stop, questions)));
        // Calls that were cut write their lines as they are dropped.
        drop(tasks);
        worker.log.flush();
    };
    std::thread::Builder::new().name(format!("worker-{number}")).spawn(run)
}

async fn serve(
    worker: Rc<Worker>,
    listeners: Vec<Socket>,
    mut stop: watch::Receiver<Stop>,
    questions: mpsc::UnboundedReceiver<Question>,
) {
    let mut accepting = Vec::new();
    for (number, listener) in listeners.into_iter().enumerate() {
        let task = accept::accept(Rc::clone(&worker), listener, number, stop.clone());
        accepting.push(tokio::task::spawn_local(task));
    }
    let housekeeping = tokio::task::spawn_local(housekeeping(Rc::clone(&worker)));
    let probing = worker.is_first.then(|| tokio::task::spawn_local(probe::run(Rc::clone(&worker))));
    let answering = tokio::task::spawn_local(tell(Rc::clone(&worker), questions));
    // An error means that the gateway is gone: then there is nobody to wait for.
    let asked = stop.wait_for(|stop| *stop != Stop::No).await.map_or(Stop::Now, |stop| *stop);
    worker.stopping.set(true);
    if asked == Stop::Drain {
        let grace = worker.snapshot().limits.grace;
        let drained = async {
            for task in accepting {
                // A panic has been reported by the panic hook.
                let _ = task.await;
            }
            worker.below(1).await;
        };
        tokio::select! {
            // Whatever is left is cut when the tasks are dropped.
            outcome = timeout(grace, drained) => {
                if outcome.is_err() {
                    metrics::hit(Bound::Grace);
                }
            }
            _ = stop.wait_for(|stop| *stop == Stop::Now) => {}
        }
    }
    housekeeping.abort();
    answering.abort();
    if let Some(probing) = probing {
        probing.abort();
    }
}

/// Tells what was counted to whoever asks.
async fn tell(worker: Rc<Worker>, mut questions: mpsc::UnboundedReceiver<Question>) {
    while let Some(question) = questions.recv().await {
        let tally = worker.counters.tally(worker.open.get(), &worker.snapshot());
        // Whoever asked may have gone.
        let _ = question.send(tally);
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
