//! The caller's key may be used from where the call comes from.

use std::net::IpAddr;

use apigw_errors::{Condition, ConditionId};

use super::ip_access::apply;
use super::{CheckInfo, Phase, Verdict, what};
use crate::caller::Caller;
use crate::snapshot::Snapshot;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::key_address",
    phase: Phase::Authorisation,
    what: what(
        "Where the caller's key may be used from certain addresses only, looks whether the call comes from one of them.",
        "调用方的密钥限定了使用地址时，查看调用是否来自其中之一。",
    ),
    raises: &[ConditionId::AccessIpNotTrustedByApp],
};

/// Asks the key's own rule. That is done after the signature was checked: nobody else learns that there is one.
///
/// # Errors
/// [`Condition::AccessIpNotTrustedByApp`], or [`Condition::AccessIpUnidentified`] like any rule about addresses.
pub(crate) fn check(snapshot: &Snapshot, caller: &Caller, client: Option<IpAddr>) -> Verdict {
    apply(snapshot.key_addresses.get(&*caller.id), client, Condition::AccessIpNotTrustedByApp)
}
