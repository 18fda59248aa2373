//! How often something happened in the last minutes.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// How long one count runs.
pub(crate) const SLOT: Duration = Duration::from_secs(15);

/// How many counts are kept: a quarter of an hour.
pub(crate) const SLOTS: usize = 60;

/// The number of the slot that `now` lies in. Slots are those of the process, so that those of all threads add up.
pub(crate) fn slot(now: Instant) -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    // The first slot is above zero for anything that began before anybody asked.
    let start = *START.get_or_init(|| now);
    now.saturating_duration_since(start).as_secs() / SLOT.as_secs() + 1
}

/// Counts of the last [`SLOTS`] slots, and nothing older.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recent {
    last: u64,
    counts: Box<[u32; SLOTS]>,
}

impl Default for Recent {
    fn default() -> Self {
        Self { last: 0, counts: Box::new([0; SLOTS]) }
    }
}

impl Recent {
    /// Counts one in the slot of this number.
    pub(crate) fn count(&mut self, slot: u64) {
        self.add(slot, 1);
    }

    fn add(&mut self, slot: u64, more: u32) {
        if slot > self.last {
            // What lies between was empty, and what falls out is forgotten.
            for passed in (self.last + 1..=slot).rev().take(SLOTS) {
                if let Some(count) = self.counts.get_mut(place(passed)) {
                    *count = 0;
                }
            }
            self.last = slot;
        }
        if self.last - slot < SLOTS as u64
            && let Some(count) = self.counts.get_mut(place(slot))
        {
            *count = count.saturating_add(more);
        }
    }

    /// Adds another's counts.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (slot, count) in other.upto(other.last).filter(|(_, count)| *count > 0) {
            self.add(slot, count);
        }
    }

    /// The counts up to `now`, the oldest first, always [`SLOTS`] of them.
    pub(crate) fn counts(&self, now: u64) -> Vec<u32> {
        self.upto(now).map(|(_, count)| count).collect()
    }

    fn upto(&self, now: u64) -> impl Iterator<Item = (u64, u32)> {
        (0..SLOTS as u64).rev().map(move |ago| {
            let slot = now.saturating_sub(ago);
            let held = slot <= self.last && self.last - slot < SLOTS as u64 && now >= ago;
            (slot, self.counts.get(place(slot)).copied().filter(|_| held).unwrap_or(0))
        })
    }
}

fn place(slot: u64) -> usize {
    usize::try_from(slot % SLOTS as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_the_window_is_forgotten() {
        let mut recent = Recent::default();
        for slot in [1, 1, 2, 60] {
            recent.count(slot);
        }
        let counts = recent.counts(60);
        assert_eq!((counts.len(), counts[0], counts[1], counts[59]), (60, 2, 1, 1));
        assert_eq!(recent.counts(61)[..2], [1, 0]);
        assert_eq!(recent.counts(200).iter().sum::<u32>(), 0);
        recent.count(61);
        assert_eq!(recent.counts(61).iter().sum::<u32>(), 3, "the first slot's place was used again");
        recent.count(1000);
        assert_eq!(recent.counts(1000).iter().sum::<u32>(), 1);
    }

    #[test]
    fn two_threads_add_up() {
        let (mut one, mut other) = (Recent::default(), Recent::default());
        one.count(70);
        other.count(70);
        other.count(5);
        other.count(72);
        one.merge(&other);
        assert_eq!(one.counts(72)[57..], [2, 0, 1]);
        assert_eq!(one.counts(72).iter().sum::<u32>(), 3);
    }
}
