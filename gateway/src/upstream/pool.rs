//! Idle connections to backends, most recently used first.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::poll_fn;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::Sender;

/// Idle connections kept for one backend, in one thread.
const MOST_IDLE: usize = 64;

/// Idle for longer than this, a connection is closed: below the keep-alive time of common servers (60 s and up), so
/// that we close first.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Idle connections by authority.
#[derive(Debug, Default)]
pub(super) struct Pool(RefCell<HashMap<Box<str>, Vec<Idle>>>);

#[derive(Debug)]
struct Idle {
    sender: Sender,
    since: Instant,
}

impl Pool {
    /// A connection that seems usable.
    pub(super) async fn take(&self, authority: &str) -> Option<Sender> {
        loop {
            let idle = self.0.borrow_mut().get_mut(authority).and_then(Vec::pop)?;
            if idle.sender.is_closed() || idle.since.elapsed() > IDLE_TIMEOUT {
                continue;
            }
            let mut sender = idle.sender;
            // Both halves of its last exchange are over, so this waits for nothing but its task's turn.
            if poll_fn(|cx| sender.poll_ready(cx)).await.is_ok() {
                return Some(sender);
            }
        }
    }

    fn put(&self, authority: Box<str>, sender: Sender) {
        if sender.is_closed() {
            return;
        }
        let mut pool = self.0.borrow_mut();
        let idle = pool.entry(authority).or_default();
        if idle.len() < MOST_IDLE {
            idle.push(Idle { sender, since: Instant::now() });
        }
    }

    /// Closes what has been idle for too long.
    pub(super) fn sweep(&self) {
        self.0.borrow_mut().retain(|_, idle| {
            idle.retain(|idle| !idle.sender.is_closed() && idle.since.elapsed() <= IDLE_TIMEOUT);
            !idle.is_empty()
        });
    }

    /// Closes everything.
    pub(super) fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

/// A connection in use. Dropped, it closes; given back, it serves the next call.
#[derive(Debug)]
pub(crate) struct Lease {
    pool: Rc<Pool>,
    authority: Box<str>,
    sender: Sender,
    sending: Option<Rc<crate::body::Fate>>,
}

impl Lease {
    pub(super) fn new(pool: Rc<Pool>, authority: &str, sender: Sender) -> Self {
        Self { pool, authority: authority.into(), sender, sending: None }
    }

    /// The connection is busy until this body has been sent.
    pub(crate) fn sending(&mut self, fate: Rc<crate::body::Fate>) {
        self.sending = Some(fate);
    }

    /// Hands the connection to the next call, unless the request is still being sent: then whoever takes it would wait
    /// for a stranger's upload.
    pub(crate) fn give_back(self) {
        if self.sending.is_none_or(|fate| fate.is_complete()) {
            self.pool.put(self.authority, self.sender);
        }
    }
}
