//! Usage plans: in which environments they hold, and how often their keys may call.

use std::collections::HashSet;

use http::HeaderValue;

use super::file::{Host, Plan};
use super::sink::{Sink, list};
use super::{environment, quota, rate};
use crate::snapshot;

/// Compiles a plan; which keys and routes it binds is read elsewhere.
pub(super) fn compile(plan: &Plan, hosts: &[Host], sink: &mut Sink) -> Option<snapshot::Plan> {
    let quota = quota::of_plan(plan, sink);
    let Ok(id) = HeaderValue::from_str(&plan.id.value) else {
        return sink.report(plan.id.referenced, format!("`{}` cannot stand in a header field", plan.id.value));
    };
    let rate = plan.rate.as_ref().and_then(|rate| rate::of_plan(rate, sink));
    let known = environments(hosts);
    let environments = plan.environments.as_ref().map(|words| {
        for word in words.iter().filter(|word| !known.contains(&*word.value)) {
            let mut names: Vec<&&str> = known.iter().collect();
            names.sort_unstable();
            let message = format!("no host has an environment `{}`", word.value);
            sink.report_with::<()>(word.referenced, message, format!("known: {}", list(names)));
        }
        words.iter().map(|word| Box::from(&*word.value)).collect()
    });
    Some(snapshot::Plan { id, environments, disabled: plan.disabled, rate, quota })
}

/// The names of all environments.
fn environments(hosts: &[Host]) -> HashSet<&str> {
    hosts.iter().filter_map(|host| host.environment.as_ref()).flat_map(|one| environment::names(&one.value)).collect()
}
