//! Numbers used once: which were seen while a replay could still pass.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Timestamp;

/// What became of a nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remembered {
    /// It was not known; it is now.
    Fresh,
    /// It was known: a replay.
    Repeated,
    /// Unknown, and there is no room to remember it. Whoever lets this pass would let its replay pass too.
    Full,
}

/// Remembers nonces. Testing and setting are one step, so that of two equal nonces at once exactly one is fresh.
pub trait NonceStore {
    /// Remembers `nonce` of key `key_id` up to and including `until`, unless it is known.
    fn remember(&self, key_id: &str, nonce: &str, until: Timestamp, now: Timestamp) -> Remembered;
}

/// Shards, so that cores rarely wait for each other. A power of two.
const SHARDS: usize = 16;

/// Nonces in this process's memory, bounded in time and in number.
///
/// Kept are 64-bit keyed fingerprints of key id and nonce: an entry costs the same however long the nonce is, and
/// nobody outside can look for two that collide. A collision by chance refuses a good call; it never admits a bad one.
#[derive(Debug)]
pub struct MemoryNonces {
    capacity: usize,
    held: AtomicUsize,
    swept: AtomicI64,
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Debug, Default)]
struct Shard {
    seen: HashSet<u64>,
    /// By the last second in which the entry counts.
    due: BTreeMap<i64, Vec<u64>>,
}

impl MemoryNonces {
    /// A store for at most `capacity` nonces that have not expired.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            held: AtomicUsize::new(0),
            swept: AtomicI64::new(i64::MIN),
            hasher: RandomState::new(),
            shards: Default::default(),
        }
    }

    /// How many nonces are held, for metrics. Expired ones count until their shard is next touched.
    pub fn len(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// True if nothing is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn reserve(&self) -> bool {
        let room = |held: usize| (held < self.capacity).then_some(held + 1);
        self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).is_ok()
    }

    fn forget_expired(&self, shard: &mut Shard, now: Timestamp) {
        let mut freed = 0;
        while let Some(first) = shard.due.first_entry() {
            if *first.key() >= now.unix() {
                break;
            }
            for fingerprint in first.remove() {
                freed += usize::from(shard.seen.remove(&fingerprint));
            }
        }
        self.held.fetch_sub(freed, Ordering::Relaxed);
    }

    /// Frees what has expired in shards that nobody touches; at most once a second, so that a full store stays cheap.
    fn sweep(&self, now: Timestamp) {
        if self.swept.swap(now.unix(), Ordering::Relaxed) != now.unix() {
            for shard in &self.shards {
                self.forget_expired(&mut lock(shard), now);
            }
        }
    }
}

impl NonceStore for MemoryNonces {
    fn remember(&self, key_id: &str, nonce: &str, until: Timestamp, now: Timestamp) -> Remembered {
        // A tuple hashes with its boundaries, so ("a", "bc") and ("ab", "c") differ.
        let fingerprint = self.hasher.hash_one((key_id, nonce));
        let index = usize::try_from(fingerprint >> 32).unwrap_or_default() % SHARDS;
        let Some(shard) = self.shards.get(index) else { return Remembered::Full };
        for last_try in [false, true] {
            let mut shard = lock(shard);
            self.forget_expired(&mut shard, now);
            if shard.seen.contains(&fingerprint) {
                return Remembered::Repeated;
            }
            if self.reserve() {
                shard.seen.insert(fingerprint);
                shard.due.entry(until.unix()).or_default().push(fingerprint);
                return Remembered::Fresh;
            }
            drop(shard);
            if !last_try {
                self.sweep(now);
            }
        }
        Remembered::Full
    }
}

/// A panic elsewhere leaves the set whole: every change is one insert or one remove.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    #[test]
    fn a_nonce_is_fresh_once_until_it_expires() {
        let store = MemoryNonces::new(10);
        assert_eq!(store.remember("k", "n", at(900), at(0)), Remembered::Fresh);
        assert_eq!(store.remember("k", "n", at(1800), at(900)), Remembered::Repeated, "the last second counts");
        assert_eq!(store.remember("k", "n", at(1801), at(901)), Remembered::Fresh);
    }

    #[test]
    fn nonces_of_two_keys_are_apart() {
        let store = MemoryNonces::new(10);
        assert_eq!(store.remember("a", "bc", at(9), at(0)), Remembered::Fresh);
        assert_eq!(store.remember("ab", "c", at(9), at(0)), Remembered::Fresh);
    }

    #[test]
    fn a_full_store_refuses_and_forgets_nothing_before_its_time() {
        let store = MemoryNonces::new(100);
        for n in 0..100 {
            assert_eq!(store.remember("k", &n.to_string(), at(50), at(0)), Remembered::Fresh);
        }
        assert_eq!(store.remember("k", "one more", at(50), at(50)), Remembered::Full);
        assert_eq!(store.len(), 100);
        for n in 0..100 {
            assert_eq!(store.remember("k", &n.to_string(), at(50), at(50)), Remembered::Repeated);
        }
        assert_eq!(store.remember("k", "one more", at(99), at(51)), Remembered::Fresh, "room after expiry");
    }

    #[test]
    fn a_full_store_frees_what_expired_in_any_shard() {
        let store = MemoryNonces::new(1);
        for n in 0..100 {
            assert_eq!(store.remember("k", &n.to_string(), at(n * 2), at(n * 2)), Remembered::Fresh);
            assert_eq!(store.len(), 1);
        }
    }

    #[test]
    fn a_clock_set_back_frees_nothing() {
        let store = MemoryNonces::new(10);
        assert_eq!(store.remember("k", "n", at(900), at(500)), Remembered::Fresh);
        assert_eq!(store.remember("k", "n", at(900), at(100)), Remembered::Repeated);
    }

    #[test]
    fn of_many_equal_nonces_at_once_one_is_fresh() {
        let store = MemoryNonces::new(1000);
        let fresh: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        let fresh = |n: &u32| store.remember("k", &n.to_string(), at(9), at(0)) == Remembered::Fresh;
                        (0..100).filter(fresh).count()
                    })
                })
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(fresh, 100);
    }
}
