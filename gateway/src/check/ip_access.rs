//! The client's address may call: as far as the gateway, the host and the API are concerned.

use std::net::IpAddr;

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::ip_access::IpAccess;
use crate::snapshot::{Host, Route, Snapshot};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::ip_access",
    phase: Phase::IpAccess,
    what: what(
        "Finds the address that the call comes from in the rules of the gateway, of the host and of the API, where there are any.",
        "如果网关、域名或 API 设有地址规则，则用调用的来源地址逐一核对。",
    ),
    raises: &[
        ConditionId::AccessIpUnidentified,
        ConditionId::AccessIpDeniedByInstance,
        ConditionId::AccessIpDeniedByApi,
    ],
};

/// Asks every rule that there is; all of them have to let the client call.
///
/// # Errors
/// [`Condition::AccessIpDeniedByInstance`], [`Condition::AccessIpDeniedByApi`], and
/// [`Condition::AccessIpUnidentified`] if there is a rule and nobody knows the address.
pub(crate) fn check(snapshot: &Snapshot, host: &Host, route: &Route, client: Option<IpAddr>) -> Verdict {
    apply(snapshot.ip_access.as_ref(), client, Condition::AccessIpDeniedByInstance)?;
    apply(host.ip_access.as_ref(), client, Condition::AccessIpDeniedByApi)?;
    apply(route.ip_access.as_ref(), client, Condition::AccessIpDeniedByApi)
}

/// Asks one rule.
///
/// # Errors
/// `denied`, or [`Condition::AccessIpUnidentified`].
pub(super) fn apply(rule: Option<&IpAccess>, client: Option<IpAddr>, denied: Condition) -> Verdict {
    let Some(rule) = rule else { return Ok(()) };
    let client = client.ok_or(Condition::AccessIpUnidentified)?;
    if rule.permits(client) { Ok(()) } else { Err(denied) }
}
