//! The caller's key may call the API, and is in a usage plan where one is needed.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict};
use crate::caller::Caller;
use crate::snapshot::Signature;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::grant",
    phase: Phase::Authorisation,
    raises: &[ConditionId::AccessGrantKey, ConditionId::AccessGrantAppUnbound, ConditionId::AccessGrantUsagePlan],
};

/// Looks the key up.
///
/// # Errors
/// [`Condition::AccessGrantKey`], or [`Condition::AccessGrantAppUnbound`] if the key is an application's;
/// [`Condition::AccessGrantUsagePlan`]
pub(crate) fn check(auth: &Signature, caller: &Caller) -> Verdict {
    if !auth.granted.contains(&*caller.id) {
        return Err(auth.scheme.ungranted());
    }
    match &auth.planned {
        Some(planned) if !planned.contains(&*caller.id) => Err(Condition::AccessGrantUsagePlan),
        _ => Ok(()),
    }
}
