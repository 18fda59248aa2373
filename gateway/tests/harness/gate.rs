//! What a backend waits at until its test says go.

use std::sync::{Condvar, Mutex};

use super::PATIENCE;

/// Shut until it is opened, and then open for good.
#[derive(Debug, Default)]
pub(crate) struct Gate(Mutex<bool>, Condvar);

impl Gate {
    /// Lets everybody through who waits, and who comes.
    pub(crate) fn open(&self) {
        *self.0.lock().unwrap() = true;
        self.1.notify_all();
    }

    /// Waits until it is open; a test that forgets to open it ends nevertheless.
    pub(crate) fn pass(&self) {
        let open = self.0.lock().unwrap();
        drop(self.1.wait_timeout_while(open, PATIENCE, |open| !*open).unwrap());
    }
}
