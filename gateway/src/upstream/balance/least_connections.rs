//! The one with the fewest calls out, in proportion to the weights; among equals, in turn.

use super::{Among, Balance, Candidate, round_robin};

/// See the module.
#[derive(Debug)]
pub(super) struct LeastConnections;

impl Balance for LeastConnections {
    fn name(&self) -> &'static str {
        "least_connections"
    }

    fn choose(&self, among: &Among<'_>) -> Option<usize> {
        // (calls + 1) / weight, compared without dividing.
        let busier = |one: &Candidate<'_>, other: &Candidate<'_>| {
            let load = |of: &Candidate<'_>, by: &Candidate<'_>| u64::from(of.in_use + 1) * u64::from(by.target.weight);
            load(one, other).cmp(&load(other, one))
        };
        let idlest = among.candidates.iter().min_by(|one, other| busier(one, other))?;
        let equals = |candidate: &&Candidate<'_>| busier(candidate, idlest).is_eq();
        if among.candidates.iter().filter(equals).count() == 1 {
            return Some(idlest.position);
        }
        let equals: Vec<Candidate<'_>> = among.candidates.iter().filter(equals).copied().collect();
        round_robin::RoundRobin.choose(&Among { candidates: &equals, ..*among })
    }
}
