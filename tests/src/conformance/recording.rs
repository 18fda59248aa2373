//! What the site shows of the exchanges: one recording for each code.

use std::collections::BTreeMap;

use apigw_gateway::check;
use serde::Serialize;

use super::Outcome;

/// A code as it was raised.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Recording {
    /// The check that raised it: `checks::rate`.
    pub raised_by: String,
    /// The request as it went over the socket.
    pub request: String,
    /// The answer; none where the client left before there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// The line in the access log, where that is all there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// A configuration of the gateway with which the same happens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
    /// How often the same request was sent before, without this outcome.
    #[serde(skip_serializing_if = "is_zero")]
    pub before: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The recordings by `vendor.Id`: of each code its first scenario. What was raised by a condition that no check
/// declares is left out, and misses from the stages.
pub fn recordings(outcomes: &[Outcome<'_>]) -> BTreeMap<String, Recording> {
    let mut recordings = BTreeMap::new();
    for (outcome, seen) in outcomes.iter().filter_map(|outcome| Some((outcome, outcome.seen.as_ref()?))) {
        let Some(code) = &seen.code else { continue };
        let declares = |info: &&&check::CheckInfo| {
            info.raises.iter().any(|condition| seen.condition.as_deref() == Some(condition.row().id))
        };
        let Some(info) = check::ALL.iter().find(declares) else { continue };
        recordings.entry(code.clone()).or_insert_with(|| Recording {
            raised_by: info.name.to_owned(),
            request: seen.request.clone(),
            response: seen.response.clone(),
            log: seen.log.clone(),
            config: seen.config.clone(),
            before: outcome.scenario.before.len(),
        });
    }
    recordings
}
