//! Hashing for tables whose keys come from the configuration alone.
//!
//! The standard library's hash keeps strangers from choosing keys that collide. Into these tables no stranger puts
//! anything: names and paths of calls are only looked up, and find a place that is as full as the configuration made it.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A table with such keys.
pub(crate) type ConfiguredMap<K, V> = HashMap<K, V, BuildHasherDefault<Mixer>>;

/// A set of such keys.
pub(crate) type ConfiguredSet<K> = HashSet<K, BuildHasherDefault<Mixer>>;

/// Odd, and without a pattern: the fraction of the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Multiplies eight bytes at a time, and folds the halves of the product.
#[derive(Debug, Default)]
pub struct Mixer(u64);

impl Mixer {
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word ^ FACTOR) * u128::from(FACTOR.rotate_left(23));
        let halves = product.to_le_bytes();
        let (low, high) = (halves.first_chunk().copied(), halves.last_chunk().copied());
        self.0 = u64::from_le_bytes(low.unwrap_or_default()) ^ u64::from_le_bytes(high.unwrap_or_default());
    }
}

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        for (slot, byte) in last.iter_mut().zip(rest) {
            *slot = *byte;
        }
        // With its length, so that zeros at the end count.
        self.mix(u64::from_le_bytes(last) ^ (bytes.len() as u64) << 56);
    }

    fn write_u8(&mut self, byte: u8) {
        self.mix(byte.into());
    }

    fn write_usize(&mut self, word: usize) {
        self.mix(word as u64);
    }

    fn write_u64(&mut self, word: u64) {
        self.mix(word);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::*;

    #[test]
    fn paths_that_differ_little_are_spread() {
        let state = BuildHasherDefault::<Mixer>::default();
        let hashes: Vec<u64> = (0..100_000).map(|number| state.hash_one(format!("/open/{number}"))).collect();
        assert_eq!(hashes.iter().collect::<HashSet<_>>().len(), hashes.len());
        // The table takes its place from the low bits, and tells neighbours apart by the high ones.
        for bits in [|hash: u64| hash & 0xffff, |hash: u64| hash >> 57 << 9 | hash & 0x1ff] {
            let mut counts = std::collections::HashMap::<u64, u32>::new();
            for hash in &hashes {
                *counts.entry(bits(*hash)).or_default() += 1;
            }
            assert!(counts.values().all(|count| *count < 20), "{:?}", counts.values().max());
        }
    }
}
