//! The caller's usage plan: which one is in force.

use crate::caller::Caller;
use crate::snapshot::{BoundPlan, Signature};

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
