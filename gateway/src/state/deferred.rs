//! Nonces of a store that has to be waited for, for schemes that do not wait.

use std::cell::RefCell;

use super::{Decision, State, Unavailable};
use crate::clock::Timestamp;
use crate::nonce::{NonceStore, Remembered};

/// Gives a signature scheme its [`NonceStore`], whatever the store behind it.
///
/// A scheme asks for a nonce last, once everything else about a signature is right, so the answer can be had after it
/// has finished: whoever verifies awaits [`outcome`](Self::outcome) before the call goes on.
#[derive(Debug)]
pub struct DeferredNonces<'a> {
    state: &'a dyn State,
    waiting: RefCell<Option<(Box<str>, Decision<Remembered>)>>,
}

impl<'a> DeferredNonces<'a> {
    /// Nonces that `state` remembers.
    pub fn new(state: &'a dyn State) -> Self {
        Self { state, waiting: RefCell::default() }
    }

    /// What became of the nonce that was asked for, if the store had to be waited for; and the nonce.
    ///
    /// # Errors
    /// The store could not be asked.
    pub async fn outcome(self) -> Result<Option<(Box<str>, Remembered)>, Unavailable> {
        match self.waiting.into_inner() {
            None => Ok(None),
            Some((nonce, decision)) => Ok(Some((nonce, decision.await?))),
        }
    }
}

impl NonceStore for DeferredNonces<'_> {
    fn remember(&self, key_id: &str, nonce: &str, until: Timestamp, now: Timestamp) -> Remembered {
        match self.state.remember(key_id, nonce, until, now) {
            Decision::Ready(Some(Ok(remembered))) => remembered,
            decision => {
                *self.waiting.borrow_mut() = Some((nonce.into(), decision));
                Remembered::Fresh
            }
        }
    }
}
