//! One thread's connections to one address: those that wait, and how many are at work.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::connection::Connection;

/// Connections that wait, at most.
const MOST_IDLE: usize = 64;

/// Idle for more sweeps than this, a connection is closed. There is one a second, and the keep-alive time of common
/// servers is 60 s and up, so that we close first. No clock is asked when a connection comes and goes.
const MOST_SWEEPS: u64 = 30;

/// One thread's connections to one address.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    /// The one used last is at the end, and is used next: then the others can grow old.
    idle: RefCell<Vec<Idle>>,
    in_use: Cell<u32>,
    sweeps: Cell<u64>,
}

#[derive(Debug)]
struct Idle {
    connection: Box<Connection>,
    /// How many sweeps there had been.
    since: u64,
}

impl Connections {
    /// Calls that are out.
    pub(super) fn in_use(&self) -> u32 {
        self.in_use.get()
    }

    /// True if no call is out and no connection waits.
    pub(super) fn is_unused(&self) -> bool {
        self.in_use.get() == 0 && self.idle.borrow().is_empty()
    }

    /// Counts a call until the guard is dropped.
    pub(super) fn enter(self: &Rc<Self>) -> InUse {
        self.in_use.set(self.in_use.get().saturating_add(1));
        InUse(Rc::clone(self))
    }

    /// A connection that seems usable; if `surely`, one of which the kernel knows nothing else.
    pub(super) fn take(&self, surely: bool) -> Option<Box<Connection>> {
        loop {
            let mut idle = self.idle.borrow_mut().pop()?;
            if idle.connection.is_fresh(surely) {
                return Some(idle.connection);
            }
        }
    }

    /// Closes what has waited for too long, or was closed by the other end. To be called once a second.
    pub(super) fn sweep(&self) {
        let now = self.sweeps.get() + 1;
        self.sweeps.set(now);
        let keep = |idle: &mut Idle| now - idle.since <= MOST_SWEEPS && idle.connection.is_fresh(false);
        self.idle.borrow_mut().retain_mut(keep);
    }
}

/// A call that is out.
#[derive(Debug)]
pub(super) struct InUse(Rc<Connections>);

impl InUse {
    /// Hands a connection to the next call.
    pub(super) fn give_back(self, connection: Box<Connection>) {
        let mut idle = self.0.idle.borrow_mut();
        if idle.len() < MOST_IDLE {
            idle.push(Idle { connection, since: self.0.sweeps.get() });
        }
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.in_use.set(self.0.in_use.get().saturating_sub(1));
    }
}
