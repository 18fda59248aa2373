//! The call is none that the user has put under operation protection.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::snapshot::{Route, User};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::operation",
    phase: Phase::Authorisation,
    what: what(
        "Refuses calls of APIs that the user has put under operation protection, because no call brings the confirmation that they need.",
        "用户为此 API 启用了操作保护时拒绝调用，因为调用无法携带所需的二次确认。",
    ),
    raises: &[ConditionId::AccessOperation],
};

/// Looks the API up among those that are protected.
///
/// # Errors
/// [`Condition::AccessOperation`]
pub(crate) fn check(user: &User, route: &Route) -> Verdict {
    if user.protected.contains(&*route.id) { Err(Condition::AccessOperation) } else { Ok(()) }
}
