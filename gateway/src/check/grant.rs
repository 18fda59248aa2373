//! The caller's key may call the API, and is in a usage plan where one is needed.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict};
use crate::scheme::Principal;
use crate::snapshot::Auth;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::grant",
    phase: Phase::Authorisation,
    raises: &[ConditionId::AccessGrantKey, ConditionId::AccessGrantUsagePlan],
};

/// Looks the key up.
///
/// # Errors
/// [`Condition::AccessGrantKey`], [`Condition::AccessGrantUsagePlan`]
pub(crate) fn check(auth: &Auth, principal: &Principal) -> Verdict {
    if !auth.granted.contains(&*principal.key_id) {
        return Err(Condition::AccessGrantKey);
    }
    match &auth.planned {
        Some(planned) if !planned.contains(&*principal.key_id) => Err(Condition::AccessGrantUsagePlan),
        _ => Ok(()),
    }
}
