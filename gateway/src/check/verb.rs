//! The gateway knows the method.

use apigw_errors::{Condition, ConditionId};
use http::Method;

use super::{CheckInfo, Phase, Verdict};
use crate::router::METHODS;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo =
    CheckInfo { name: "checks::verb", phase: Phase::Protocol, raises: &[ConditionId::RequestMethodUnsupported] };

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
