//! The caller's key may call the API, and is in a usage plan where one is needed.

use apigw_errors::{Condition, ConditionId};

use super::plan::{self, Found};
use super::{CheckInfo, Phase, Verdict, what};
use crate::caller::Caller;
use crate::snapshot::{BoundPlan, Signature};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::grant",
    phase: Phase::Authorisation,
    what: what(
        "Looks whether the key of the caller was granted this API in this environment, and stands in a usage plan where one is needed.",
        "查看调用方的密钥是否已获得该环境中此 API 的授权，需要时是否绑定了使用计划。",
    ),
    raises: &[ConditionId::AccessGrantKey, ConditionId::AccessGrantAppUnbound, ConditionId::AccessGrantUsagePlan],
};

/// Looks the key up, and answers with the usage plan that is in force for it in this environment.
///
/// A key is bound to an API by its grants; where plans are needed, by a plan as well.
///
/// # Errors
/// [`Condition::AccessGrantKey`], or [`Condition::AccessGrantAppUnbound`] if the key is an application's: nothing binds
/// it to the API. [`Condition::AccessGrantUsagePlan`]: a plan is needed, and none is in force for the key.
pub(crate) fn check<'a>(auth: &'a Signature, caller: &Caller, environment: &str) -> Verdict<Option<&'a BoundPlan>> {
    let found = plan::find(auth, caller, environment);
    let is_planned = auth.plan_required && !matches!(found, Found::None);
    if !is_planned && !auth.granted.contains(&*caller.id) {
        return Err(auth.scheme.ungranted());
    }
    match found {
        Found::InForce(bound) => Ok(Some(bound)),
        Found::None | Found::Disabled if auth.plan_required => Err(Condition::AccessGrantUsagePlan),
        Found::None | Found::Disabled => Ok(None),
    }
}
