//! The server behind an authorization API can be reached, and answers.
//!
//! It is the API owner's own server that issues tokens. What any other backend would be blamed for by its own row has
//! a row of its own here.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, what};
use crate::upstream::Failure;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::token_server",
    phase: Phase::Backend,
    what: what(
        "Calls the server behind an authorization API; whatever keeps it from answering is told in this way.",
        "调用授权 API 背后的认证服务器；无论因何未能得到应答，都以此错误返回。",
    ),
    raises: &[ConditionId::AuthServerAuthenticationFailed],
};

/// The condition that says why no token could be issued. An address that must not be dialled, a client that leaves, and
/// descriptors that we have not, are not the server's.
pub(crate) fn failed(failure: &Failure) -> Condition {
    match failure {
        Failure::Denied(_) | Failure::Exhausted(_) | Failure::Client => super::backend::failed(failure),
        _ => Condition::AuthServerAuthenticationFailed,
    }
}
