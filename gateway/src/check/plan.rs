//! The caller's usage plan: which one is in force, and whether it has calls left in this window.

use std::time::Instant;

use apigw_errors::Condition;

use crate::caller::Caller;
use crate::snapshot::{BoundPlan, Rate, Signature};
use crate::state::{CounterKey, Decision, Kind, Standing, State};

/// The plan that binds the caller to the API in this environment.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found<'a> {
    /// None does.
    None,
    /// Those that do are switched off.
    Disabled,
    /// The first in the file that is in force.
    InForce(&'a BoundPlan),
}

/// Looks the caller's plans up.
pub(crate) fn find<'a>(auth: &'a Signature, caller: &Caller, environment: &str) -> Found<'a> {
    // Most routes have none, and then nobody hashes a key.
    let plans = if auth.plans.is_empty() { None } else { auth.plans.get(&*caller.id) };
    let mut found = Found::None;
    for bound in plans.into_iter().flatten().filter(|bound| bound.plan.covers(environment)) {
        if !bound.plan.disabled {
            return Found::InForce(bound);
        }
        found = Found::Disabled;
    }
    found
}

/// Counts the call against the plan's rate: each key and each API apart, as the vendor describes it.
pub(crate) fn count(
    rate: &Rate,
    bound: &BoundPlan,
    caller: &Caller,
    state: &dyn State,
    now: Instant,
) -> Decision<Standing> {
    let key = CounterKey { kind: Kind::PlanRate, owner: &bound.counter, subject: &caller.id };
    state.admit(key, rate.allowance(), now)
}

/// Whether the call passes.
///
/// # Errors
/// [`Condition::TrafficRateLimited`], like that of a route's own limit.
pub(crate) fn check(rate: &Rate, standing: Standing) -> Result<(), Condition> {
    super::rate::check(rate, standing)
}
