//! The client has shown a certificate that the host takes.
//!
//! The handshake takes any, so that the refusal can be said in HTTP; see [`crate::tls`].

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, what};
use crate::snapshot::Host;
use crate::tls::{Protection, Verdict};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::client_certificate",
    phase: Phase::Protocol,
    what: what(
        "Where the host asks for a certificate of the client, looks for one that its authorities have signed.",
        "域名要求客户端证书时，查看客户端是否出示了由指定机构签发的证书。",
    ),
    raises: &[ConditionId::ConnectionTlsClientCertificateInvalid],
};

/// Asks the host's authorities. Without TLS nobody can have shown a certificate.
///
/// # Errors
/// [`Condition::ConnectionTlsClientCertificateInvalid`]
pub(crate) fn check(host: &Host, protection: &Protection) -> super::Verdict {
    let Some(authorities) = &host.client_certificates else { return Ok(()) };
    let verdict = match protection {
        Protection::Tls(session) => session.judge(authorities),
        Protection::None | Protection::Lacking => authorities.judge(&[]),
    };
    match verdict {
        Verdict::Good | Verdict::Unasked => Ok(()),
        Verdict::Missing | Verdict::Bad => Err(Condition::ConnectionTlsClientCertificateInvalid),
    }
}
