//! Quotas: how often an API, or the keys of a usage plan, may be called altogether.

use serde::{Deserialize, Serialize};

use super::file::{At, Plan, Route, Word};
use super::sink::Sink;
use crate::snapshot::{self, CountBy, Period};
use crate::state::Kind;

/// How often an API, or the keys of a usage plan, may be called altogether.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Quota {
    /// Calls that pass in a period.
    pub(crate) limit: At<u64>,
    /// `hour`, `day`, `week`, `month` (30 days), from the first call on. Without it the total is never renewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) per: Option<At<Word>>,
    /// What is counted apart. On a route: `api` (default), `app`, `ip`; on a plan: `app` (default), `plan`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<At<Word>>,
}

/// The quota of a route.
pub(super) fn of_route(route: &Route, sink: &mut Sink) -> Option<snapshot::Quota> {
    let quota = route.quota.as_ref()?;
    let by = quota.by.as_ref().map_or(Some(CountBy::All), |word| sink.name(word, "subject of a quota", CountBy::ROUTE));
    if let (Some(CountBy::App), None, Some(word)) = (by, &route.auth, &quota.by) {
        return sink.report(word.referenced, "calls cannot be counted by app on a route without `auth`");
    }
    compile(quota, Kind::RouteQuota, &route.id.value, by, sink)
}

/// The quota of a usage plan.
pub(super) fn of_plan(plan: &Plan, sink: &mut Sink) -> Option<snapshot::Quota> {
    let quota = plan.quota.as_ref()?;
    let by = quota.by.as_ref().map_or(Some(CountBy::App), |word| sink.name(word, "subject of a quota", CountBy::PLAN));
    compile(quota, Kind::PlanQuota, &plan.id.value, by, sink)
}

fn compile(quota: &Quota, kind: Kind, owner: &str, by: Option<CountBy>, sink: &mut Sink) -> Option<snapshot::Quota> {
    let period = match &quota.per {
        None => None,
        Some(word) => Some(sink.name(word, "period of a quota", Period::NAMES)?),
    };
    Some(snapshot::Quota { kind, owner: owner.into(), limit: quota.limit.value, period, by: by? })
}
