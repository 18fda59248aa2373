//! In turn, in proportion to the weights, and evenly: `5:1:1` gives A A B A C A A rather than A A A A A B C.

use super::{Among, Balance};

/// See the module.
#[derive(Debug)]
pub(super) struct RoundRobin;

impl Balance for RoundRobin {
    fn name(&self) -> &'static str {
        "round_robin"
    }

    /// The smooth weighted round robin that nginx made known: everybody earns their weight, the richest pays for all.
    fn choose(&self, among: &Among<'_>) -> Option<usize> {
        let mut all = 0;
        let mut best: Option<(i64, &super::Candidate<'_>)> = None;
        for candidate in among.candidates {
            let weight = i64::from(candidate.target.weight);
            all += weight;
            let credit = candidate.credit.get().saturating_add(weight);
            candidate.credit.set(credit);
            if best.is_none_or(|(most, _)| credit > most) {
                best = Some((credit, candidate));
            }
        }
        let (credit, chosen) = best?;
        chosen.credit.set(credit.saturating_sub(all));
        Some(chosen.position)
    }
}
