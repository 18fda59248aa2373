//! The gateway knows the method.

use apigw_errors::{Condition, ConditionId};
use http::Method;

use super::{CheckInfo, Phase, Verdict, what};
use crate::router::METHODS;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::verb",
    phase: Phase::Protocol,
    what: what("Looks the method up among those that the gateway knows.", "查看请求方法是否为网关所知。"),
    raises: &[ConditionId::RequestMethodUnsupported],
};

/// Looks the method up.
///
/// # Errors
/// [`Condition::RequestMethodUnsupported`]
pub(crate) fn check(method: &Method) -> Verdict {
    if METHODS.contains(method) {
        return Ok(());
    }
    Err(Condition::RequestMethodUnsupported { method: method.as_str().to_owned().into() })
}
