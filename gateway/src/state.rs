//! What calls count against: windows in which so many may pass.
//!
//! A window opens with the first call of its key and lasts as long as its policy says. Of N calls against M inside it
//! exactly M pass, however many arrive at once and on whichever core; that is how all three vendors describe their
//! limits (so many per second, minute, hour or day).

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is counted apart from everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CounterKey<'a> {
    /// The route's id, which outlives a reload of the configuration.
    pub route: &'a str,
    /// Within the route: an app's key id, a client's address, or nothing.
    pub subject: &'a str,
}

/// How a key stands after a call was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether the call may pass.
    pub admitted: bool,
    /// Calls per window.
    pub limit: u64,
    /// Calls left in this window.
    pub remaining: u64,
    /// Until the window closes.
    pub reset: Duration,
}

/// Where calls are counted. One of these serves the whole process; others may serve several processes.
pub trait State: Send + Sync {
    /// Counts one call of `key` if fewer than `limit` passed in the window that is open, or that it opens.
    fn admit(&self, key: CounterKey<'_>, limit: u64, window: Duration, now: Instant) -> Standing;
}

/// Shards, so that cores rarely wait for each other.
const SHARDS: usize = 64;

/// Counters in this process's memory.
///
/// Bounded: when a shard is full of open windows, further keys share one counter between them. So memory stays flat,
/// no key over its limit is ever forgotten, and nobody gains more than a fresh key would have been allowed.
#[derive(Debug)]
pub struct MemoryState {
    capacity: usize,
    hasher: RandomState,
    shards: [Mutex<HashMap<u64, Window>>; SHARDS],
}

#[derive(Debug, Clone, Copy)]
struct Window {
    ends: Instant,
    passed: u64,
}

/// The shared counter of keys that found no room. A key's own fingerprint may equal it by chance; that is harmless.
const OVERFLOW: u64 = u64::MAX;

impl MemoryState {
    /// Room for about `capacity` keys whose windows are open.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.div_ceil(SHARDS).max(1),
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }
}

impl State for MemoryState {
    fn admit(&self, key: CounterKey<'_>, limit: u64, window: Duration, now: Instant) -> Standing {
        let mut fingerprint = self.hasher.hash_one(key);
        let index = usize::try_from(fingerprint >> 32).unwrap_or_default() % SHARDS;
        let refused = Standing { admitted: false, limit, remaining: 0, reset: window };
        let Some(shard) = self.shards.get(index) else { return refused };
        // A panic elsewhere leaves the map whole: every change is one insert or one addition.
        let mut windows = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= self.capacity && !windows.contains_key(&fingerprint) {
            windows.retain(|_, window| window.ends > now);
            if windows.len() >= self.capacity {
                fingerprint = OVERFLOW;
            }
        }
        let fresh = Window { ends: now + window, passed: 0 };
        let counter = windows.entry(fingerprint).or_insert(fresh);
        // A window of another length is left from before a reload: it may not outlast the one now in force.
        if counter.ends <= now || counter.ends > fresh.ends {
            *counter = fresh;
        }
        let admitted = counter.passed < limit;
        counter.passed += u64::from(admitted);
        Standing {
            admitted,
            limit,
            remaining: limit.saturating_sub(counter.passed),
            reset: counter.ends.saturating_duration_since(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn key(subject: &str) -> CounterKey<'_> {
        CounterKey { route: "r", subject }
    }

    #[test]
    fn exactly_the_limit_passes_in_a_window() {
        let state = MemoryState::new(100);
        let start = Instant::now();
        for n in 1..=5 {
            let standing = state.admit(key("a"), 3, MINUTE, start + Duration::from_secs(n));
            assert_eq!(standing.admitted, n <= 3, "{n}");
            assert_eq!(standing.remaining, 3_u64.saturating_sub(n));
            assert_eq!(standing.reset, Duration::from_secs(61 - n));
        }
        assert!(state.admit(key("b"), 3, MINUTE, start).admitted, "another subject");
        assert!(!state.admit(key("a"), 3, MINUTE, start + Duration::from_secs(60)).admitted, "not yet over");
        assert!(state.admit(key("a"), 3, MINUTE, start + Duration::from_secs(61)).admitted, "the next window");
    }

    #[test]
    fn of_many_at_once_exactly_the_limit_passes() {
        let state = MemoryState::new(100);
        let now = Instant::now();
        let passed: usize = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| (0..500).filter(|_| state.admit(key("a"), 1000, MINUTE, now).admitted).count()))
                .collect();
            all.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(passed, 1000);
    }

    #[test]
    fn many_keys_neither_grow_memory_nor_free_one_that_is_over_its_limit() {
        let state = MemoryState::new(SHARDS * 4);
        let now = Instant::now();
        assert!(state.admit(key("over"), 1, MINUTE, now).admitted);
        for n in 0..100_000 {
            state.admit(key(&n.to_string()), 1, MINUTE, now);
        }
        assert!(!state.admit(key("over"), 1, MINUTE, now).admitted);
        let held: usize = state.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(held <= SHARDS * 5, "{held}");
        let later = now + MINUTE;
        assert!(state.admit(key("one more"), 1, MINUTE, later).admitted, "room after the windows have closed");
    }
}
