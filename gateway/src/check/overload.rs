//! The gateway is not busy with too many calls already.
//!
//! Refusing at once costs next to nothing; taking on what cannot be done in time costs those that are being served.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::metrics::{self, Bound};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::overload",
    phase: Phase::Connection,
    what: what(
        "Compares the calls that are being served with `limits`, and refuses at once what could not be done in time.",
        "把正在处理的调用数与 `limits` 中的上限比较，来不及处理的立即拒绝。",
    ),
    raises: &[ConditionId::GatewayOverloaded],
};

/// Compares the calls that a thread serves, this one among them, with its share of the limit.
///
/// # Errors
/// [`Condition::GatewayOverloaded`]
pub(crate) fn check(calls: usize, limit: usize) -> Verdict {
    if calls <= limit {
        return Ok(());
    }
    metrics::hit(Bound::Requests);
    Err(Condition::GatewayOverloaded)
}
