//! Counts a call against all that limits it: the rates of the host, of the API and of the usage plan, and then the quotas
//! of the latter two.
//!
//! Each is counted before the next, and a call that is refused counts no further. How the call stands goes into the
//! answer's headers, whether it passed or not.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Instant;

use apigw_errors::Condition;

use super::{Verdict, quota, rate};
use crate::caller::Caller;
use crate::snapshot::{BoundPlan, CountBy, Host, Plan, Rate, Route};
use crate::state::{Allowance, CounterKey, Kind, Standing, State, Unavailable};

/// Whose call is counted, where.
#[derive(Debug)]
pub(crate) struct Counter<'a> {
    pub(crate) state: &'a dyn State,
    pub(crate) caller: Option<&'a Caller>,
    /// The client's address; `None` if nobody knows it.
    pub(crate) client: Option<IpAddr>,
}

/// How a call stands against what it was counted against.
#[derive(Debug, Default)]
pub(crate) struct Counted<'a> {
    /// The host's rate.
    pub(crate) service: Option<(&'a Rate, Standing)>,
    /// The API's rate.
    pub(crate) rate: Option<(&'a Rate, Standing)>,
    /// The usage plan in force.
    pub(crate) plan: Option<PlanStanding<'a>>,
    /// The quota of the plan, or the API's.
    pub(crate) quota: Option<Standing>,
}

/// The usage plan in force for a call.
#[derive(Debug)]
pub(crate) struct PlanStanding<'a> {
    pub(crate) plan: &'a Plan,
    /// The caller's key.
    pub(crate) key_id: Arc<str>,
    /// How the key stands against the plan's rate, if it has one.
    pub(crate) rate: Option<Standing>,
}

impl Counter<'_> {
    /// Counts the call.
    ///
    /// # Errors
    /// Those of [`rate::check`] and [`quota::check`]; [`Condition::GatewayInternal`] if it cannot be counted.
    pub(crate) async fn check<'a>(
        &self,
        (host, environment): (&'a Host, usize),
        route: &'a Route,
        bound: Option<&'a BoundPlan>,
        counted: &mut Counted<'a>,
    ) -> Verdict {
        if let Some(service) = &host.rate
            && let Some(counter) = service.counters.get(environment)
        {
            let rate = &service.rate;
            let standing = self.count(Kind::ServiceRate, counter, rate.by, rate.allowance()).await?;
            counted.service = Some((rate, standing));
            rate::check(rate, standing)?;
        }
        if let Some(rate) = &route.rate {
            let standing = self.count(Kind::Rate, &route.id, rate.by, rate.allowance()).await?;
            counted.rate = Some((rate, standing));
            rate::check(rate, standing)?;
        }
        if let (Some(bound), Some(caller)) = (bound, self.caller) {
            let rate = bound.plan.rate.as_ref();
            let standing = match rate {
                // Each key and each API apart, as the vendor describes it.
                Some(rate) => Some(self.count(Kind::PlanRate, &bound.counter, rate.by, rate.allowance()).await?),
                None => None,
            };
            counted.plan = Some(PlanStanding { plan: &bound.plan, key_id: Arc::clone(&caller.id), rate: standing });
            if let (Some(rate), Some(standing)) = (rate, standing) {
                rate::check(rate, standing)?;
            }
        }
        for quota in route.quota.iter().chain(bound.and_then(|bound| bound.plan.quota.as_ref())) {
            let standing = self.count(quota.kind, &quota.owner, quota.by, quota.allowance()).await?;
            counted.quota = Some(standing);
            quota::check(standing)?;
        }
        Ok(())
    }

    async fn count(&self, kind: Kind, owner: &str, by: CountBy, allowance: Allowance) -> Verdict<Standing> {
        // The time at which the call began may be long ago: a body may have been waited for.
        let now = Instant::now();
        let admit = |subject: &str| self.state.admit(CounterKey { kind, owner, subject }, allowance, now);
        let decision = match by {
            CountBy::All => admit(""),
            CountBy::App => admit(self.caller.map_or("", |caller| &*caller.id)),
            CountBy::Ip => admit(&network(self.client)),
        };
        Ok(decision.await?)
    }
}

/// Whoever has an IPv6 address has the 2^64 of its network: they count as one. So do those whose address nobody knows, or
/// not to tell it would be a way around every limit.
fn network(client: Option<IpAddr>) -> String {
    match client {
        Some(IpAddr::V6(v6)) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).to_string(),
        Some(IpAddr::V4(v4)) => v4.to_string(),
        None => "unknown".to_owned(),
    }
}

/// The condition of a call that cannot be counted, or whose nonce cannot be remembered.
///
/// Of all conditions this one alone is true and blames nobody wrongly: the caller has broken no limit that we know of
/// (so none of `traffic`), we are not short of anything (`gateway.overloaded`), and the configuration is there
/// (`gateway.not_loaded`). All vendors have a row for it, with a status of 500.
impl From<Unavailable> for Condition {
    fn from(_: Unavailable) -> Self {
        Self::GatewayInternal
    }
}
