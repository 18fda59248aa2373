//! The client is still there.
//!
//! Nobody asks: when a client closes its connection while it waits, the server drops the call, and the call's record
//! in the access log says so. No answer carries this condition.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, what};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::client",
    phase: Phase::Response,
    what: what(
        "Notices that the client closed its connection before the answer; only the access log can tell.",
        "发现客户端在应答之前关闭了连接；只有访问日志能够体现。",
    ),
    raises: &[ConditionId::ConnectionClientClosed],
};

/// The condition of a client that went away.
pub(crate) fn closed() -> Condition {
    Condition::ConnectionClientClosed
}
