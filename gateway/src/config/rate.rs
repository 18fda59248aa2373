//! Rate limits: how often an API, a host or the keys of a usage plan may be called in a window.

use serde::{Deserialize, Serialize};

use super::file::{At, Word};
use super::sink::Sink;
use crate::snapshot::{self, CountBy, ServiceRate, Window};

/// How often an API or a host may be called.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rate {
    /// Calls that pass in a window.
    pub(crate) limit: At<u64>,
    /// `second`, `minute`, `hour`, `day`
    pub(crate) per: At<Word>,
    /// What is counted apart. On an API: `api` (default), `app`, `ip`; on a host: `service` (default), `ip`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<At<Word>>,
}

/// A usage plan's rate limit.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanRate {
    /// Calls that pass in a window.
    pub(crate) limit: At<u64>,
    /// `second`, `minute`, `hour`, `day`
    pub(crate) per: At<Word>,
}

/// The rate of a route.
pub(super) fn of_route(rate: &Rate, has_auth: bool, sink: &mut Sink) -> Option<snapshot::Rate> {
    let by = match &rate.by {
        None => Some(CountBy::All),
        Some(word) => match sink.name(word, "subject of a rate limit", CountBy::ROUTE) {
            Some(CountBy::App) if !has_auth => {
                sink.report(word.referenced, "calls cannot be counted by app on a route without `auth`")
            }
            by => by,
        },
    };
    compile(&rate.limit, &rate.per, by, "api", sink)
}

/// The rate of a host, in each of its environments.
pub(super) fn of_host(rate: &Rate, name: &str, environments: &[Box<str>], sink: &mut Sink) -> Option<ServiceRate> {
    let by =
        rate.by.as_ref().map_or(Some(CountBy::All), |word| sink.name(word, "subject of a rate limit", CountBy::HOST));
    let counters = environments.iter().map(|environment| format!("{name}/{environment}").into()).collect();
    Some(ServiceRate { rate: compile(&rate.limit, &rate.per, by, "service", sink)?, counters })
}

/// The rate of a usage plan, for each of its keys.
pub(super) fn of_plan(rate: &PlanRate, sink: &mut Sink) -> Option<snapshot::Rate> {
    compile(&rate.limit, &rate.per, Some(CountBy::App), "app", sink)
}

fn compile(
    limit: &At<u64>,
    per: &At<Word>,
    by: Option<CountBy>,
    all: &'static str,
    sink: &mut Sink,
) -> Option<snapshot::Rate> {
    let window = sink.name(per, "window", Window::NAMES);
    let by = by?;
    let policy = match by {
        CountBy::All => all,
        CountBy::App => "app",
        CountBy::Ip => "ip",
    };
    Some(snapshot::Rate { limit: limit.value, window: window?, by, policy })
}
