//! The API is not called too often.

use std::net::IpAddr;
use std::time::Instant;

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase};
use crate::snapshot::{Rate, RateBy, Route};
use crate::state::{CounterKey, Decision, Kind, Standing, State};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo =
    CheckInfo { name: "checks::rate", phase: Phase::Traffic, raises: &[ConditionId::TrafficRateLimited] };

/// Counts the call. The standing goes into the answer's headers, whether the call passes or not; [`check`] decides.
pub(crate) fn count(
    rate: &Rate,
    route: &Route,
    key_id: Option<&str>,
    client: IpAddr,
    state: &dyn State,
    now: Instant,
) -> Decision<Standing> {
    let admit = |subject: &str| {
        let key = CounterKey { kind: Kind::Rate, owner: &route.id, subject };
        state.admit(key, rate.allowance(), now)
    };
    match rate.by {
        RateBy::Api => admit(""),
        RateBy::App => admit(key_id.unwrap_or_default()),
        RateBy::Ip => admit(&network(client).to_string()),
    }
}

/// Whether the call passes.
///
/// # Errors
/// [`Condition::TrafficRateLimited`]
pub(crate) fn check(rate: &Rate, standing: Standing) -> Result<(), Condition> {
    if standing.admitted {
        return Ok(());
    }
    Err(Condition::TrafficRateLimited {
        policy: rate.by.name().into(),
        limit: rate.limit,
        window: rate.window.text().into(),
    })
}

/// Whoever has an IPv6 address has the 2^64 of its network: they count as one. A mapped IPv4 address is itself.
pub(super) fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}
