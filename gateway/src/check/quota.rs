//! The API, or the caller's usage plan, has calls left.

use std::net::IpAddr;
use std::time::Instant;

use apigw_errors::{Condition, ConditionId};

use super::rate::network;
use super::{CheckInfo, Phase, Verdict};
use crate::snapshot::{Quota, QuotaBy};
use crate::state::{CounterKey, Decision, Standing, State, Unavailable};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo =
    CheckInfo { name: "checks::quota", phase: Phase::Traffic, raises: &[ConditionId::TrafficQuotaExhausted] };

/// Counts the call. Like a rate's, the standing goes into the answer's headers whatever [`check`] says.
pub(crate) fn count(
    quota: &Quota,
    key_id: Option<&str>,
    client: IpAddr,
    state: &dyn State,
    now: Instant,
) -> Decision<Standing> {
    let admit = |subject: &str| {
        let key = CounterKey { kind: quota.kind, owner: &quota.owner, subject };
        state.admit(key, quota.allowance(), now)
    };
    match quota.by {
        QuotaBy::All => admit(""),
        QuotaBy::App => admit(key_id.unwrap_or_default()),
        QuotaBy::Ip => admit(&network(client).to_string()),
    }
}

/// Whether the call passes.
///
/// # Errors
/// [`Condition::TrafficQuotaExhausted`]
pub(crate) fn check(standing: Standing) -> Verdict {
    if standing.admitted { Ok(()) } else { Err(Condition::TrafficQuotaExhausted) }
}

/// The condition of a call that cannot be counted.
///
/// Of all conditions this one alone is true and blames nobody wrongly: the caller has broken no limit that we know of
/// (so none of `traffic`), we are not short of anything (`gateway.overloaded`), and the configuration is there
/// (`gateway.not_loaded`). All vendors have a row for it, with a status of 500.
pub(crate) fn uncounted(_: Unavailable) -> Condition {
    Condition::GatewayInternal
}
