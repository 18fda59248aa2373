//! The service that is called has not been taken offline.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::snapshot::Host;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::service",
    phase: Phase::Host,
    what: what(
        "Refuses calls of a service that its operator has taken offline, whatever they ask for.",
        "服务已被运营方下线时，拒绝对它的一切调用。",
    ),
    raises: &[ConditionId::AccessServiceDisabled],
};

/// Looks whether the host serves.
///
/// # Errors
/// [`Condition::AccessServiceDisabled`]
pub(crate) fn check(host: &Host) -> Verdict {
    if host.disabled { Err(Condition::AccessServiceDisabled) } else { Ok(()) }
}
