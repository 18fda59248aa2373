//! Numbers used once: which were seen while a replay could still pass.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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
///
/// Nothing is forgotten before its time has also passed on the steady clock: while the time of day is an hour ahead by
/// mistake, requests of today look expired, and once it is put right their replays would pass.
///
/// One key cannot use up the room of all: a key may hold no more than there is room left, so a single one gets half of
/// the store, two a third each, and the next that comes always finds room. (Choudhury and Hahne, dynamic thresholds for
/// shared buffers, 1998.)
#[derive(Debug)]
pub struct MemoryNonces {
    /// Of one shard. Nonces spread evenly over the shards, those of one key too.
    capacity: usize,
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Debug, Default)]
struct Shard {
    seen: HashSet<u64>,
    /// By the last second in which the entries count.
    due: BTreeMap<i64, Due>,
    /// How many of each key are held.
    shares: HashMap<u64, usize>,
}

/// Nonces that are forgotten together.
#[derive(Debug)]
struct Due {
    /// Not before this moment of the steady clock.
    steady: Instant,
    /// The nonces' fingerprints and their keys'.
    entries: Vec<(u64, u64)>,
}

impl MemoryNonces {
    /// A store for about `capacity` nonces that have not expired.
    pub fn new(capacity: usize) -> Self {
        Self { capacity: capacity.div_ceil(SHARDS), hasher: RandomState::new(), shards: Default::default() }
    }

    /// How many nonces are held, for metrics. Expired ones count until their shard is next touched.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).seen.len()).sum()
    }

    /// True if nothing is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Shard {
    fn forget_expired(&mut self, now: Timestamp, steady: Instant) {
        while let Some(first) = self.due.first_entry() {
            if *first.key() >= now.unix() || first.get().steady >= steady {
                break;
            }
            for (fingerprint, key) in first.remove().entries {
                self.seen.remove(&fingerprint);
                if let Entry::Occupied(mut share) = self.shares.entry(key) {
                    *share.get_mut() -= 1;
                    if *share.get() == 0 {
                        share.remove();
                    }
                }
            }
        }
    }
}

impl MemoryNonces {
    /// [`remember`](NonceStore::remember), where the steady clock shows `steady`.
    fn remember_at(&self, key_id: &str, nonce: &str, until: Timestamp, now: Timestamp, steady: Instant) -> Remembered {
        // A tuple hashes with its boundaries, so ("a", "bc") and ("ab", "c") differ.
        let fingerprint = self.hasher.hash_one((key_id, nonce));
        let key = self.hasher.hash_one(key_id);
        let index = usize::try_from(fingerprint >> 32).unwrap_or_default() % SHARDS;
        let Some(shard) = self.shards.get(index) else { return Remembered::Full };
        let mut shard = lock(shard);
        shard.forget_expired(now, steady);
        if shard.seen.contains(&fingerprint) {
            return Remembered::Repeated;
        }
        let left = self.capacity.saturating_sub(shard.seen.len());
        let held = shard.shares.get(&key).copied().unwrap_or_default();
        if held >= left {
            return Remembered::Full;
        }
        shard.seen.insert(fingerprint);
        let lasting = Duration::from_secs(u64::try_from(until.unix().saturating_sub(now.unix())).unwrap_or(0));
        let due = shard.due.entry(until.unix()).or_insert(Due { steady, entries: Vec::new() });
        due.steady = due.steady.max(steady.checked_add(lasting).unwrap_or(steady));
        due.entries.push((fingerprint, key));
        shard.shares.insert(key, held + 1);
        Remembered::Fresh
    }
}

impl NonceStore for MemoryNonces {
    fn remember(&self, key_id: &str, nonce: &str, until: Timestamp, now: Timestamp) -> Remembered {
        self.remember_at(key_id, nonce, until, now, Instant::now())
    }
}

/// A panic elsewhere leaves the set whole: every change is one insert or one remove.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store that takes the steady clock to go with the time of day, from this moment on.
    struct Store(MemoryNonces, Instant);

    impl Store {
        fn new(capacity: usize) -> Self {
            Self(MemoryNonces::new(capacity), Instant::now())
        }

        fn remember(&self, key_id: &str, nonce: &str, until: Timestamp, now: Timestamp) -> Remembered {
            let steady = self.1 + Duration::from_secs(now.unix().unsigned_abs());
            self.0.remember_at(key_id, nonce, until, now, steady)
        }

        fn len(&self) -> usize {
            self.0.len()
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    #[test]
    fn a_nonce_is_fresh_once_until_it_expires() {
        let store = Store::new(10);
        assert_eq!(store.remember("k", "n", at(900), at(0)), Remembered::Fresh);
        assert_eq!(store.remember("k", "n", at(1800), at(900)), Remembered::Repeated, "the last second counts");
        assert_eq!(store.remember("k", "n", at(1801), at(901)), Remembered::Fresh);
    }

    #[test]
    fn nonces_of_two_keys_are_apart() {
        // Room for one in each part of the store would be too little where both fall into the same.
        let store = Store::new(1000);
        assert_eq!(store.remember("a", "bc", at(9), at(0)), Remembered::Fresh);
        assert_eq!(store.remember("ab", "c", at(9), at(0)), Remembered::Fresh);
    }

    #[test]
    fn a_full_store_refuses_and_forgets_nothing_before_its_time() {
        let store = Store::new(160);
        let remember = |n: u32, now| store.remember("k", &n.to_string(), at(50), at(now));
        let kept: Vec<u32> = (0..1000).filter(|n| remember(*n, 0) == Remembered::Fresh).collect();
        assert!((16..=160).contains(&kept.len()), "{}", kept.len());
        assert_eq!(store.len(), kept.len());
        assert!(kept.iter().all(|n| remember(*n, 50) == Remembered::Repeated));
        assert!((1000..1100).all(|n| remember(n, 50) == Remembered::Full));
        assert_eq!(store.remember("k", "one more", at(99), at(51)), Remembered::Fresh, "room after expiry");
    }

    #[test]
    fn a_store_without_room_lets_nothing_pass() {
        assert_eq!(Store::new(0).remember("k", "n", at(9), at(0)), Remembered::Full);
    }

    #[test]
    fn one_key_leaves_room_for_others_however_many_nonces_it_uses() {
        let store = Store::new(1600);
        let fresh = |key: &str, count: u32| {
            let is_fresh = |n: &u32| store.remember(key, &n.to_string(), at(9), at(0)) == Remembered::Fresh;
            (0..count).filter(is_fresh).count()
        };
        let first = fresh("greedy", 10_000);
        assert!((700..=800).contains(&first), "about half: {first}");
        assert_eq!(fresh("modest", 100), 100);
        let second = fresh("greedy too", 10_000);
        assert!((200..=400).contains(&second), "about half of what was left: {second}");
        assert_eq!(fresh("newcomer", 20), 20);
        store.remember("greedy", "later", at(99), at(10));
        assert!(fresh("greedy", 0) == 0 && store.len() < 1600);
    }

    #[test]
    fn expired_nonces_give_their_keys_share_back() {
        let store = Store::new(160);
        for round in 0..20 {
            let now = round * 10;
            let is_fresh =
                |n: &u32| store.remember("k", &format!("{round}-{n}"), at(now + 5), at(now)) == Remembered::Fresh;
            assert!((0..40).filter(is_fresh).count() >= 30, "round {round}");
        }
    }

    #[test]
    fn a_clock_set_back_frees_nothing() {
        let store = Store::new(10);
        assert_eq!(store.remember("k", "n", at(900), at(500)), Remembered::Fresh);
        assert_eq!(store.remember("k", "n", at(900), at(100)), Remembered::Repeated);
    }

    #[test]
    fn a_clock_that_jumps_ahead_and_back_frees_nothing() {
        let (store, start) = (MemoryNonces::new(1000), Instant::now());
        let remember = |nonce: &str, until, now, seconds| {
            store.remember_at("k", nonce, at(until), at(now), start + Duration::from_secs(seconds))
        };
        assert_eq!(remember("n", 900, 0, 0), Remembered::Fresh);
        // An hour ahead: every part of the store is looked through.
        assert!((0..100).all(|n| remember(&n.to_string(), 4500, 3600, 1) == Remembered::Fresh));
        assert_eq!(remember("n", 902, 2, 2), Remembered::Repeated, "the clock is right again");
        assert_eq!(remember("n", 1801, 901, 901), Remembered::Fresh, "its time is over on both");
        // An hour ahead for good: both clocks let it go.
        assert!((0..100).any(|n| remember(&n.to_string(), 9000, 8100, 4501) == Remembered::Fresh));
    }

    #[test]
    fn of_many_equal_nonces_at_once_one_is_fresh() {
        let store = Store::new(1000);
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
