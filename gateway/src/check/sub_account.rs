//! The policies of a sub-account permit the call.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::snapshot::{Route, User};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::sub_account",
    phase: Phase::Authorisation,
    what: what(
        "Where the user is a sub-account, looks whether its policies permit this API.",
        "用户是子账号时，查看其策略是否允许调用此 API。",
    ),
    raises: &[ConditionId::AccessUserSubAccount],
};

/// Looks the API up among those that are permitted. A main account needs no policy.
///
/// # Errors
/// [`Condition::AccessUserSubAccount`]
pub(crate) fn check(user: &User, route: &Route) -> Verdict {
    match &user.permitted {
        Some(permitted) if !permitted.contains(&*route.id) => Err(Condition::AccessUserSubAccount),
        _ => Ok(()),
    }
}
