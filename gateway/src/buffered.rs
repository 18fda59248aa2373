//! Bodies that are held whole in memory: how much all calls of a thread hold together.
//!
//! A body is collected only where a check has to see its end (a signature over it, a form). Each is bounded, and so is
//! their sum: many calls whose credentials prove to be wrong only at the end would otherwise be an easy way to use up the
//! memory.

use std::cell::Cell;

use crate::metrics::{self, Bound};

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// What one call holds. Given back when it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Buffered(usize);

impl Buffered {
    /// Takes room for so many bytes more. False if the thread's calls would hold more than `most` then; one that is alone
    /// may always go on, because its own bound is another.
    pub(crate) fn grow(&mut self, bytes: usize, most: usize) -> bool {
        let held = HELD.get().saturating_add(bytes);
        let own = self.0.saturating_add(bytes);
        if held > most && held > own {
            metrics::hit(Bound::Buffered);
            return false;
        }
        HELD.set(held);
        self.0 = own;
        true
    }
}

impl Drop for Buffered {
    fn drop(&mut self) {
        HELD.set(HELD.get().saturating_sub(self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_share_what_there_is() {
        let (mut first, mut second) = (Buffered::default(), Buffered::default());
        assert!(first.grow(60, 100) && second.grow(40, 100));
        assert!(!second.grow(1, 100) && !first.grow(1, 100));
        drop(first);
        assert!(second.grow(60, 100));
        assert!(second.grow(500, 100), "it is alone");
        assert!(!Buffered::default().grow(1, 100));
        drop(second);
        assert!(Buffered::default().grow(100, 100));
    }
}
