//! What may be sent again, and how often.
//!
//! A call is repeated only if nobody can tell: nothing of it was sent, or its method may be repeated (RFC 9110, section
//! 9.2.2) and everything that was sent is still known. And only as long as few calls need it: when a backend is in
//! trouble, repeating every call would double its load.

use std::cell::Cell;

use http::Method;

use super::Failure;

/// What a call adds to the budget, in hundredths of a try.
const EARNED: u32 = 20;

/// What a try costs.
const COST: u32 = 100;

/// What can be saved.
const MOST: u32 = 10 * COST;

/// The tries that the calls of a pool may have beside their first: one for every five calls, ten in a row.
#[derive(Debug)]
pub(super) struct Budget(Cell<u32>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(MOST))
    }
}

impl Budget {
    /// A call begins.
    pub(super) fn earn(&self) {
        self.0.set((self.0.get() + EARNED).min(MOST));
    }

    /// Asks for another try.
    pub(super) fn spend(&self) -> bool {
        let left = self.0.get().checked_sub(COST);
        self.0.set(left.unwrap_or(self.0.get()));
        left.is_some()
    }
}

/// True if a call that failed so may be made again. `sent`: the backend may have read something of it.
pub(super) fn is_sound(failure: &Failure, method: &Method, sent: bool) -> bool {
    match failure {
        // Never left.
        Failure::Unresolved(_)
        | Failure::Refused
        | Failure::Unreachable(_)
        | Failure::Tls(_)
        | Failure::ConnectTimeout => true,
        Failure::Reset => !sent || method.is_idempotent(),
        Failure::BadResponse(_) => method.is_idempotent(),
        // Waiting as long again helps nobody, and the rest would end the same way.
        Failure::Timeout
        | Failure::Exhausted(_)
        | Failure::Interim(_)
        | Failure::Denied(_)
        | Failure::NoneHealthy
        | Failure::PortMissing
        | Failure::Client => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_a_fifth_of_the_calls() {
        let budget = Budget::default();
        let tries = (0..1000).filter(|_| {
            budget.earn();
            budget.spend()
        });
        assert!((200..=210).contains(&tries.count()));
    }

    #[test]
    fn nothing_happens_twice_that_must_not() {
        for (failure, method, sent, sound) in [
            (Failure::Refused, Method::POST, false, true),
            (Failure::Reset, Method::POST, false, true),
            (Failure::Reset, Method::POST, true, false),
            (Failure::Reset, Method::PATCH, true, false),
            (Failure::Reset, Method::GET, true, true),
            (Failure::Reset, Method::PUT, true, true),
            (Failure::Timeout, Method::GET, true, false),
            (Failure::Client, Method::GET, false, false),
        ] {
            assert_eq!(is_sound(&failure, &method, sent), sound, "{failure:?} {method} {sent}");
        }
    }
}
