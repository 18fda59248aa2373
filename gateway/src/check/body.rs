//! The body is not too large, and can be read.
//!
//! A declared length is refused before a byte is read, so no `100 Continue` invites it. A body without one is counted
//! while it streams; what stops it comes back through [`failed`].

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::body::InboundFailure;
use crate::snapshot::RequestLimits;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::body",
    phase: Phase::Limits,
    what: what(
        "Compares the declared length with the bound before a byte of the body is read, and counts a body without one while it streams.",
        "在读取请求体之前比较声明的长度与上限；没有声明长度的请求体在传输过程中计数。",
    ),
    raises: &[ConditionId::RequestTooLargeBody, ConditionId::Request],
};

/// Looks at the declared length, if there is one.
///
/// # Errors
/// [`Condition::RequestTooLargeBody`]
pub(crate) fn check(declared: Option<u64>, limits: &RequestLimits) -> Verdict {
    match declared {
        Some(length) if length > limits.body => Err(Condition::RequestTooLargeBody { limit: limits.body }),
        _ => Ok(()),
    }
}

/// The condition that says why a body could not be read to its end.
pub(crate) fn failed(failure: InboundFailure) -> Condition {
    match failure {
        InboundFailure::TooLarge(limit) => Condition::RequestTooLargeBody { limit },
        InboundFailure::Malformed => Condition::RequestMalformed,
        InboundFailure::Cut => super::client::closed(),
        InboundFailure::Stalled => Condition::Request,
        InboundFailure::Crowded => Condition::GatewayOverloaded,
    }
}
