//! The host, the API, or the caller's usage plan, is not called too often.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::snapshot::Rate;
use crate::state::Standing;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::rate",
    phase: Phase::Traffic,
    what: what(
        "Counts the call against the rates of the API, of the caller and of the usage plan.",
        "对 API、调用方和使用计划的速率限制计数。",
    ),
    raises: &[ConditionId::TrafficRateLimited],
};

/// Whether a call that was counted passes.
///
/// # Errors
/// [`Condition::TrafficRateLimited`]
pub(crate) fn check(rate: &Rate, standing: Standing) -> Verdict {
    if standing.admitted {
        return Ok(());
    }
    Err(Condition::TrafficRateLimited {
        policy: rate.policy.into(),
        limit: rate.limit,
        window: rate.window.text().into(),
    })
}
