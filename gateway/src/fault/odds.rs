//! How often a fault strikes, and whom: a draw from a numbered row.

use std::sync::atomic::{AtomicU64, Ordering};

/// Whole of a rate.
const WHOLE: u64 = 1_000_000;

/// How often, and whom. The same rate and the same seed strike the same ones, whichever thread they come to.
#[derive(Debug)]
pub struct Odds {
    /// Of a million, so many.
    pub rate: u64,
    /// Which of them, given the rate.
    pub seed: u64,
    /// How many came so far.
    draws: AtomicU64,
}

impl Default for Odds {
    /// Everybody.
    fn default() -> Self {
        Self::new(WHOLE, 0)
    }
}

impl Odds {
    /// So many of a million, chosen by `seed`.
    pub fn new(rate: u64, seed: u64) -> Self {
        Self { rate, seed, draws: AtomicU64::new(0) }
    }

    /// Whether the next one is struck.
    pub fn strike(&self) -> bool {
        if self.rate >= WHOLE {
            return true;
        }
        let number = self.draws.fetch_add(1, Ordering::Relaxed);
        // SplitMix64 (Steele, Lea and Flood): each number of the row gives a draw, whoever draws it.
        let mut draw = self.seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        draw = (draw ^ draw >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        draw = (draw ^ draw >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (draw ^ draw >> 31) % WHOLE < self.rate
    }
}

/// Reads `5%`, `0.5%`, `100%`; of a million.
pub fn rate(text: &str) -> Option<u64> {
    let number = text.strip_suffix('%')?.trim();
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    if part.is_empty() || part.len() > 4 || !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let part = format!("{part:0<4}").parse::<u64>().ok()?;
    let rate = whole.parse::<u64>().ok()?.checked_mul(10_000)?.checked_add(part)?;
    (rate <= WHOLE).then_some(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates() {
        for (text, rate_expected) in [("100%", 1_000_000), ("5%", 50_000), ("0.5%", 5_000), ("0.0001%", 1), ("0%", 0)] {
            assert_eq!(rate(text), Some(rate_expected), "{text}");
        }
        for text in ["", "%", "5", "101%", "-1%", "1.%", "0.00001%", "1e2%", "1.2.3%"] {
            assert_eq!(rate(text), None, "{text}");
        }
    }

    #[test]
    fn the_same_seed_strikes_the_same_ones_and_about_as_many_as_wanted() {
        let strikes = |seed| {
            let odds = Odds::new(rate("10%").unwrap(), seed);
            (0..10_000).map(|_| odds.strike()).collect::<Vec<bool>>()
        };
        assert_eq!(strikes(1), strikes(1));
        assert_ne!(strikes(1), strikes(2));
        let struck = strikes(1).into_iter().filter(|struck| *struck).count();
        assert!((800..1200).contains(&struck), "{struck}");
    }
}
