//! State in this process's memory.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Allowance, CounterKey, Decision, Standing, State};
use crate::clock::Timestamp;
use crate::hash::Mixer;
use crate::nonce::{MemoryNonces, NonceStore, Remembered};

/// Shards, so that cores rarely wait for each other.
const SHARDS: usize = 64;

/// Counters and nonces in this process's memory. Clones share them.
///
/// Bounded: when a shard is full of open windows, further keys of the same allowance share one counter between them. So
/// memory stays flat, no key over its limit is ever forgotten, and nobody gains more than a fresh key would have been
/// allowed.
#[derive(Debug, Clone)]
pub struct Memory(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    capacity: usize,
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
    nonces: MemoryNonces,
}

#[derive(Debug, Default)]
struct Shard {
    /// By fingerprint. That is a hash with a secret key already, so it need not be hashed with another.
    windows: HashMap<u64, Window, BuildHasherDefault<Mixer>>,
    /// No window closes before this, so that a full shard is not searched for each call of a flood.
    next_end: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    /// `None`: never.
    ends: Option<Instant>,
    /// How long it is.
    length: Option<Duration>,
    passed: u64,
}

impl Window {
    fn is_over(&self, now: Instant) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }
}

impl Memory {
    /// Room for about `windows` keys whose windows are open, and for `nonces` nonces.
    pub fn new(windows: usize, nonces: usize) -> Self {
        Self(Arc::new(Inner {
            capacity: windows.div_ceil(SHARDS).max(1),
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::default()),
            nonces: MemoryNonces::new(nonces),
        }))
    }

    /// Counts a call. See [`State::admit`].
    pub fn count(&self, key: CounterKey<'_>, allowance: Allowance, now: Instant) -> Standing {
        let Allowance { limit, window } = allowance;
        let inner = &*self.0;
        let mut fingerprint = inner.hasher.hash_one(key);
        let index = usize::try_from(fingerprint >> 32).unwrap_or_default() % SHARDS;
        let refused = Standing { admitted: false, limit, remaining: 0, reset: window.unwrap_or(Duration::MAX) };
        let Some(shard) = inner.shards.get(index) else { return refused };
        // A panic elsewhere leaves the map whole: every change is one insert or one addition.
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if shard.windows.len() >= inner.capacity && !shard.windows.contains_key(&fingerprint) {
            shard.sweep(now);
            if shard.windows.len() >= inner.capacity {
                // The shared counter of keys that found no room. One for each allowance: with another's it would be
                // closed too early. A key's own fingerprint may equal it by chance, which only makes it stricter.
                fingerprint = inner.hasher.hash_one((limit, window));
            }
        }
        // A window too long for the clock never ends.
        let ends = window.and_then(|window| now.checked_add(window));
        let fresh = Window { ends, length: window, passed: 0 };
        let counter = shard.windows.entry(fingerprint).or_insert(fresh);
        // A window of another length is left from before a reload: it may not outlast the one now in force. One of the
        // same length may: calls overtake each other between looking at the clock and arriving here.
        let outlasts = || ends.is_some_and(|ends| counter.ends.is_none_or(|counted| counted > ends));
        if counter.is_over(now) || counter.length != window && outlasts() {
            *counter = fresh;
        }
        let admitted = counter.passed < limit;
        counter.passed += u64::from(admitted);
        let (passed, ends) = (counter.passed, counter.ends);
        if let Some(ends) = ends {
            shard.next_end = Some(shard.next_end.map_or(ends, |next| next.min(ends)));
        }
        Standing {
            admitted,
            limit,
            remaining: limit.saturating_sub(passed),
            reset: ends.map_or(Duration::MAX, |ends| ends.saturating_duration_since(now)),
        }
    }

    /// Windows held, open or not yet swept.
    pub fn windows(&self) -> usize {
        self.0.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner).windows.len()).sum()
    }

    /// Nonces held.
    pub fn nonces(&self) -> usize {
        self.0.nonces.len()
    }
}

impl Shard {
    /// Forgets windows that are over.
    fn sweep(&mut self, now: Instant) {
        if self.next_end.is_none_or(|next| next > now) {
            return;
        }
        self.windows.retain(|_, window| !window.is_over(now));
        self.next_end = self.windows.values().filter_map(|window| window.ends).min();
    }
}

impl State for Memory {
    fn admit(&self, key: CounterKey<'_>, allowance: Allowance, now: Instant) -> Decision<Standing> {
        Decision::ready(self.count(key, allowance, now))
    }

    fn remember(&self, key_id: &str, nonce: &str, until: Timestamp, now: Timestamp) -> Decision<Remembered> {
        Decision::ready(self.0.nonces.remember(key_id, nonce, until, now))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn key(subject: &str) -> CounterKey<'_> {
        CounterKey { kind: Kind::Rate, owner: "r", subject }
    }

    fn per_minute(limit: u64) -> Allowance {
        Allowance { limit, window: Some(SECOND * 60) }
    }

    #[test]
    fn exactly_the_limit_passes_in_a_window() {
        let state = Memory::new(100, 0);
        let start = Instant::now();
        for n in 1..=5 {
            let standing = state.count(key("a"), per_minute(3), start + Duration::from_secs(n));
            assert_eq!(standing.admitted, n <= 3, "{n}");
            assert_eq!(standing.remaining, 3_u64.saturating_sub(n));
            assert_eq!(standing.reset, Duration::from_secs(61 - n));
        }
        assert!(state.count(key("b"), per_minute(3), start).admitted, "another subject");
        assert!(!state.count(key("a"), per_minute(3), start + SECOND * 60).admitted, "not yet over");
        assert!(state.count(key("a"), per_minute(3), start + SECOND * 61).admitted, "the next window");
    }

    #[test]
    fn calls_that_overtake_each_other_count_in_one_window() {
        let state = Memory::new(100, 0);
        let start = Instant::now();
        let admitted =
            [3, 1, 2, 0].map(|n| state.count(key("a"), per_minute(2), start + Duration::from_millis(n)).admitted);
        assert_eq!(admitted, [true, true, false, false]);
    }

    #[test]
    fn a_shorter_window_after_a_reload_begins_at_once() {
        let state = Memory::new(100, 0);
        let start = Instant::now();
        let within = |seconds| Allowance { limit: 1, window: Some(SECOND * seconds) };
        assert!(state.count(key("a"), within(3600), start).admitted);
        assert!(!state.count(key("a"), within(3600), start + SECOND).admitted);
        assert!(state.count(key("a"), within(60), start + SECOND).admitted);
        assert!(!state.count(key("a"), within(60), start + SECOND * 2).admitted);
    }

    #[test]
    fn a_total_is_never_renewed() {
        let state = Memory::new(100, 0);
        let (start, total) = (Instant::now(), Allowance { limit: 2, window: None });
        let later = |years: u32| start + SECOND * 3600 * 24 * 366 * years;
        let standings = (0..4).map(|n| state.count(key("a"), total, later(n)));
        assert_eq!(
            standings.map(|standing| (standing.admitted, standing.remaining, standing.reset)).collect::<Vec<_>>(),
            [(true, 1, Duration::MAX), (true, 0, Duration::MAX), (false, 0, Duration::MAX), (false, 0, Duration::MAX)]
        );
    }

    #[test]
    fn of_n_at_once_m_pass_for_every_n() {
        let now = Instant::now();
        for (limit, calls) in [(0, 7), (1, 1), (1, 64), (10, 9), (10, 10), (10, 11), (1000, 4000)] {
            let state = Memory::new(100, 0);
            let pass = |_: &usize| state.count(key("a"), per_minute(limit), now).admitted;
            let passed: usize = std::thread::scope(|scope| {
                let part = |first: usize| (first..calls).step_by(8).filter(pass).count();
                let all: Vec<_> = (0..8).map(|first| scope.spawn(move || part(first))).collect();
                all.into_iter().map(|one| one.join().unwrap()).sum()
            });
            assert_eq!(passed, calls.min(usize::try_from(limit).unwrap()), "{calls} against {limit}");
        }
    }

    #[test]
    fn many_keys_neither_grow_memory_nor_free_one_that_is_over_its_limit() {
        let state = Memory::new(SHARDS * 4, 0);
        let now = Instant::now();
        let total = Allowance { limit: 1, window: None };
        assert!(state.count(key("over"), per_minute(1), now).admitted);
        assert!(state.count(key("over for ever"), total, now).admitted);
        for n in 0..100_000 {
            // Short windows among them: a counter that is shared by two lengths would end with the shorter.
            let window = Some(SECOND * if n % 2 == 0 { 60 } else { 1 });
            state.count(key(&n.to_string()), Allowance { limit: 1, window }, now);
        }
        assert!(!state.count(key("over"), per_minute(1), now).admitted);
        assert!(state.windows() <= SHARDS * 7, "{}", state.windows());
        assert!(!state.count(key("over"), per_minute(1), now + SECOND * 59).admitted);
        assert!(!state.count(key("over for ever"), total, now + SECOND * 999).admitted);
        let later = now + SECOND * 60;
        assert!(state.count(key("one more"), per_minute(1), later).admitted, "room after the windows have closed");
    }
}
