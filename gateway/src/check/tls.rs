//! Client and gateway agree on TLS.
//!
//! This happens below HTTP: nobody can be answered, so the access log has the code, and the client an alert.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, what};
use crate::server::Reason;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::tls",
    phase: Phase::Connection,
    what: what(
        "Shakes hands with the client: version, server name and certificate; a handshake that fails ends the connection before there is a request.",
        "与客户端进行 TLS 握手：协议版本、服务器名称与证书；握手失败时连接在出现请求之前就结束。",
    ),
    raises: &[
        ConditionId::ConnectionTls,
        ConditionId::ConnectionTlsHandshakeCut,
        ConditionId::ConnectionTlsNoCertificate,
        ConditionId::ConnectionTlsVersionUnsupported,
    ],
};

/// The condition of a handshake that failed.
pub(crate) fn failed(reason: &Reason) -> Condition {
    match reason {
        Reason::Version(version) => Condition::ConnectionTlsVersionUnsupported { version: version.clone().into() },
        Reason::NoCertificate => Condition::ConnectionTlsNoCertificate,
        Reason::Cut | Reason::Late | Reason::Plain => Condition::ConnectionTlsHandshakeCut,
        Reason::Refused => Condition::ConnectionTls,
    }
}
