//! The API, or the caller's usage plan, has calls left.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::state::Standing;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::quota",
    phase: Phase::Traffic,
    what: what("Counts the call against the quotas of the API and of the usage plan.", "对 API 和使用计划的配额计数。"),
    raises: &[ConditionId::TrafficQuotaExhausted],
};

/// Whether a call that was counted passes.
///
/// # Errors
/// [`Condition::TrafficQuotaExhausted`]
pub(crate) fn check(standing: Standing) -> Verdict {
    if standing.admitted { Ok(()) } else { Err(Condition::TrafficQuotaExhausted) }
}
