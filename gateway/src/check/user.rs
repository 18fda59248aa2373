//! The user whom the call names beside its key exists and may call.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::scheme::Principal;
use crate::snapshot::{Signature, User, UserState};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::user",
    phase: Phase::Authentication,
    what: what(
        "Where an API wants to know the user beside the key, looks the user up, and whether it is activated and on no blacklist.",
        "API 要求在密钥之外标明用户时，查找该用户，并查看其是否已激活、是否在黑名单中。",
    ),
    raises: &[ConditionId::AuthUserUnknown, ConditionId::AuthUserNotActivated, ConditionId::AccessUserBlacklisted],
};

/// Looks the user up; `None` where none is asked for. The signature covers the user's name, and was found good.
///
/// # Errors
/// [`Condition::AuthUserUnknown`], [`Condition::AuthUserNotActivated`], [`Condition::AccessUserBlacklisted`]
pub(crate) fn check<'a>(auth: &'a Signature, principal: &Principal) -> Verdict<Option<&'a User>> {
    let Some(users) = &auth.users else { return Ok(None) };
    let named = principal.user.as_deref();
    let user = named.and_then(|name| users.find(name)).ok_or(Condition::AuthUserUnknown)?;
    match user.state {
        UserState::Active => Ok(Some(user)),
        UserState::NotActivated => Err(Condition::AuthUserNotActivated),
        UserState::Blacklisted => Err(Condition::AccessUserBlacklisted),
    }
}
