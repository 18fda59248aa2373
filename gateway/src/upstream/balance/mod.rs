//! How one of a pool's servers is chosen: one file per method, all of the same shape. Adding one adds a file and a line
//! in [`ALL`].
//!
//! What the choice remembers (whose turn it is, how many calls are out) is each thread's own. Every thread spreads its
//! calls by the same rule, so the sum is spread by it too, and no thread waits for another's counters.

mod least_connections;
mod round_robin;
mod source_hash;
mod uri_hash;

use std::cell::Cell;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

use crate::snapshot::Target;

/// All methods.
pub(crate) const ALL: &[&dyn Balance] =
    &[&round_robin::RoundRobin, &least_connections::LeastConnections, &source_hash::SourceHash, &uri_hash::UriHash];

/// Used where the configuration names none.
pub(crate) const DEFAULT: &dyn Balance = &round_robin::RoundRobin;

/// A method.
pub trait Balance: fmt::Debug + Sync {
    /// Its name in the configuration.
    fn name(&self) -> &'static str;

    /// The position of the server to call; `None` if there is no candidate.
    fn choose(&self, among: &Among<'_>) -> Option<usize>;
}

/// What a choice is made from.
#[derive(Debug)]
pub struct Among<'a> {
    /// The candidates: position, server, and what this thread remembers of it.
    pub(crate) candidates: &'a [Candidate<'a>],
    /// The client's address; `None` if nobody knows it.
    pub(crate) source: Option<IpAddr>,
    /// Path and query of the call.
    pub(crate) uri: &'a str,
}

/// A server that can be chosen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    /// Position in the pool.
    pub(crate) position: usize,
    /// The server.
    pub(crate) target: &'a Target,
    /// What tells it from the others, whatever their order.
    pub(crate) name: &'a str,
    /// Calls that this thread has out with it.
    pub(crate) in_use: u32,
    /// How far it is ahead of its turn.
    pub(crate) credit: &'a Cell<i64>,
}

/// The candidate that a key belongs to, in proportion to the weights: rendezvous hashing.
///
/// Each candidate draws a lot from the key and its own name, and the best lot wins. If a candidate leaves, the keys that
/// were its own are spread over the rest, and no other key moves.
fn by_hash(candidates: &[Candidate<'_>], key: impl Hash) -> Option<usize> {
    let lot = |candidate: &Candidate<'_>| {
        // SipHash with fixed keys: all threads and all gateways draw the same lots.
        let mut hasher = DefaultHasher::new();
        (&key, candidate.name).hash(&mut hasher);
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let uniform = ((hasher.finish() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
        f64::from(candidate.target.weight) / -uniform.ln()
    };
    let best = candidates.iter().map(|candidate| (lot(candidate), candidate.position));
    best.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, position)| position)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    use super::*;

    fn targets(weights: &[u32]) -> Vec<Target> {
        weights.iter().map(|weight| Target { endpoint: 0, weight: *weight, health: Arc::default() }).collect()
    }

    /// Who is chosen for `count` calls with different addresses and paths, without the servers in `out`.
    fn choices(method: &dyn Balance, weights: &[u32], out: &[usize], count: u32) -> Vec<usize> {
        let targets = targets(weights);
        let names: Vec<String> = (0..weights.len()).map(|number| format!("10.0.0.{number}:80")).collect();
        let credits: Vec<Cell<i64>> = weights.iter().map(|_| Cell::new(0)).collect();
        let mut in_use = vec![0; weights.len()];
        let mut chosen = Vec::new();
        for number in 0..count {
            let all = targets.iter().zip(&names).zip(&credits).zip(&in_use).enumerate();
            let candidates: Vec<Candidate<'_>> = all
                .filter(|(position, _)| !out.contains(position))
                .map(|(position, (((target, name), credit), in_use))| Candidate {
                    position,
                    target,
                    name,
                    in_use: *in_use,
                    credit,
                })
                .collect();
            let uri = format!("/items/{number}");
            let among = Among { candidates: &candidates, source: Some(Ipv4Addr::from(number).into()), uri: &uri };
            let position = method.choose(&among).unwrap_or(usize::MAX);
            if let Some(count) = in_use.get_mut(position) {
                *count += 1;
            }
            chosen.push(position);
        }
        chosen
    }

    fn counts(chosen: &[usize]) -> HashMap<usize, usize> {
        chosen.iter().fold(HashMap::new(), |mut counts, position| {
            *counts.entry(*position).or_default() += 1;
            counts
        })
    }

    #[test]
    fn names_are_unique_and_nobody_chooses_from_nothing() {
        let names: std::collections::HashSet<&str> = ALL.iter().map(|method| method.name()).collect();
        assert_eq!(names.len(), ALL.len());
        for method in ALL {
            assert_eq!(choices(*method, &[1, 1], &[0, 1], 1), [usize::MAX], "{}", method.name());
        }
    }

    #[test]
    fn round_robin_is_smooth_and_exact() {
        let method = &round_robin::RoundRobin;
        assert_eq!(choices(method, &[5, 1, 1], &[], 7), [0, 0, 1, 0, 2, 0, 0]);
        assert_eq!(counts(&choices(method, &[3, 2], &[], 500)), HashMap::from([(0, 300), (1, 200)]));
    }

    #[test]
    fn least_connections_follows_the_weights() {
        // Nothing ever ends here, so the calls that are out are as the weights.
        let chosen = choices(&least_connections::LeastConnections, &[1, 3], &[], 400);
        assert_eq!(counts(&chosen), HashMap::from([(0, 100), (1, 300)]));
    }

    #[test]
    fn hashes_spread_by_weight_and_move_only_what_has_to_move() {
        for method in [&source_hash::SourceHash as &dyn Balance, &uri_hash::UriHash] {
            let before = choices(method, &[1, 2, 1, 1], &[], 10_000);
            assert_eq!(before, choices(method, &[1, 2, 1, 1], &[], 10_000), "the same key, the same server");
            let share = counts(&before);
            for (position, expected) in [(0, 2000), (1, 4000), (2, 2000), (3, 2000)] {
                let got = share.get(&position).copied().unwrap_or_default();
                assert!(got.abs_diff(expected) < 250, "{}: {position} got {got}", method.name());
            }
            let after = choices(method, &[1, 2, 1, 1], &[2], 10_000);
            for (one, other) in before.iter().zip(&after) {
                assert!(one == other || *one == 2, "{}: a key moved from {one} to {other}", method.name());
            }
        }
    }
}
