//! A key that was handed out to a role may be used, because the role exists and the API takes roles.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::caller::Caller;
use crate::snapshot::{KeyRole, Signature, Snapshot};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::role",
    phase: Phase::Authentication,
    what: what(
        "Where the caller's key was handed out to a role, looks whether the role still exists, and whether the API takes roles.",
        "调用方的密钥属于某个角色时，查看该角色是否仍然存在、API 是否接受角色身份的调用。",
    ),
    raises: &[ConditionId::AuthUserRoleUnknown, ConditionId::AccessUserRole],
};

/// Looks the key's role up. Most keys have none, and are their owner's.
///
/// # Errors
/// [`Condition::AuthUserRoleUnknown`], [`Condition::AccessUserRole`]
pub(crate) fn check(snapshot: &Snapshot, auth: &Signature, caller: &Caller) -> Verdict {
    match snapshot.key_roles.get(&*caller.id) {
        Some(KeyRole::Gone) => Err(Condition::AuthUserRoleUnknown),
        Some(KeyRole::Exists) if auth.refuses_roles => Err(Condition::AccessUserRole),
        None | Some(KeyRole::Exists) => Ok(()),
    }
}
