//! The API's definition can be carried out.
//!
//! A host may be configured to serve although the definition of one of its APIs is faulty (`faulty_routes: answer`).
//! Then this API alone says so when it is called. Faults for which there is a narrower condition are raised by the
//! check that the faulty section belongs to.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::snapshot::Route;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::definition",
    phase: Phase::Route,
    what: what(
        "Refuses a call to an API whose definition was set aside as faulty when the configuration was read.",
        "如果读取配置时该 API 的定义因有误而被搁置，则拒绝对它的调用。",
    ),
    raises: &[ConditionId::Config],
};

/// Looks whether a section was set aside when the configuration was read.
///
/// # Errors
/// [`Condition::Config`]
pub(crate) fn check(route: &Route) -> Verdict {
    if route.usable { Ok(()) } else { Err(Condition::Config) }
}
