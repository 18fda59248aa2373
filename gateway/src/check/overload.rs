//! The gateway is not busy with too many calls already.
//!
//! Refusing at once costs next to nothing; taking on what cannot be done in time costs those that are being served.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict};
use crate::metrics::{self, Bound};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo =
    CheckInfo { name: "checks::overload", phase: Phase::Connection, raises: &[ConditionId::GatewayOverloaded] };

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
