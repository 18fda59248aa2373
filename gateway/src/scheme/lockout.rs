//! Access keys that failed too often in a row.
//!
//! Huawei refuses an access key for five minutes after five consecutive failures (its API documentation, and
//! the published refusal `AK access failed to reach the limit,forbidden.`).

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;

/// Failures in a row after which a key is locked out.
const LIMIT: u32 = 5;

/// How long it stays locked out after the last counted failure.
const PENALTY: Duration = Duration::from_secs(300);

/// Counts failures in a row by access key.
pub trait FailureStore: Send + Sync {
    /// True if the key is locked out now.
    fn is_locked_out(&self, key_id: &str, now: Timestamp) -> bool;
    /// A signature of this key was wrong.
    fn failed(&self, key_id: &str, now: Timestamp);
    /// A signature of this key was right: the row of failures is over.
    fn succeeded(&self, key_id: &str);
}

/// Failures in this process's memory, bounded in number.
#[derive(Debug)]
pub struct MemoryFailures {
    capacity: usize,
    /// Number of rows, so that nobody takes the lock while nobody fails.
    held: AtomicUsize,
    rows: Mutex<HashMap<Box<str>, Row>>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    failures: u32,
    last: Timestamp,
}

impl Row {
    fn is_over(self, now: Timestamp) -> bool {
        now > self.last.plus(PENALTY)
    }
}

impl MemoryFailures {
    /// A store for at most `capacity` keys with failures in the last five minutes.
    ///
    /// Only keys that exist are counted, so the number of keys is capacity enough. When it is too small and full, a
    /// key that fails anew counts as locked out.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, held: AtomicUsize::new(0), rows: Mutex::default() }
    }

    fn is_empty(&self) -> bool {
        self.held.load(Ordering::Acquire) == 0
    }

    /// A panic elsewhere leaves the map whole: every change is one insert or one remove.
    fn rows(&self) -> MutexGuard<'_, HashMap<Box<str>, Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FailureStore for MemoryFailures {
    fn is_locked_out(&self, key_id: &str, now: Timestamp) -> bool {
        if self.is_empty() {
            return self.capacity == 0;
        }
        let rows = self.rows();
        match rows.get(key_id) {
            Some(row) => row.failures >= LIMIT && !row.is_over(now),
            None => rows.len() >= self.capacity && rows.values().all(|row| !row.is_over(now)),
        }
    }

    fn failed(&self, key_id: &str, now: Timestamp) {
        let mut rows = self.rows();
        if let Some(row) = rows.get_mut(key_id) {
            let failures = if row.is_over(now) { 1 } else { row.failures.saturating_add(1) };
            *row = Row { failures, last: now };
            return;
        }
        if rows.len() >= self.capacity {
            rows.retain(|_, row| !row.is_over(now));
        }
        if rows.len() < self.capacity {
            rows.insert(key_id.into(), Row { failures: 1, last: now });
        }
        self.held.store(rows.len(), Ordering::Release);
    }

    fn succeeded(&self, key_id: &str) {
        if !self.is_empty() {
            let mut rows = self.rows();
            rows.remove(key_id);
            self.held.store(rows.len(), Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    #[test]
    fn five_failures_in_a_row_lock_out_for_five_minutes() {
        let store = MemoryFailures::new(10);
        for n in 0..5 {
            assert!(!store.is_locked_out("ak", at(n)));
            store.failed("ak", at(n));
        }
        assert!(store.is_locked_out("ak", at(4)) && store.is_locked_out("ak", at(304)));
        assert!(!store.is_locked_out("ak", at(305)));
        assert!(!store.is_locked_out("other", at(4)));
        store.failed("ak", at(305));
        assert!(!store.is_locked_out("ak", at(305)), "a new row begins");
    }

    #[test]
    fn a_success_ends_the_row() {
        let store = MemoryFailures::new(10);
        for _ in 0..4 {
            store.failed("ak", at(0));
        }
        store.succeeded("ak");
        store.failed("ak", at(0));
        assert!(!store.is_locked_out("ak", at(0)));
    }

    #[test]
    fn a_full_store_locks_out_until_there_is_room() {
        let store = MemoryFailures::new(1);
        store.failed("a", at(0));
        assert!(store.is_locked_out("b", at(300)));
        assert!(!store.is_locked_out("b", at(301)));
        store.failed("b", at(301));
        assert!(!store.is_locked_out("b", at(301)), "one failure is counted");
    }
}
