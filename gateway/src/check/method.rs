//! An API has the path with this method.

use apigw_errors::{Condition, ConditionId};
use http::request::Parts;

use super::{CheckInfo, Phase, Verdict, asked, what};
use crate::router::Methods;
use crate::snapshot::{Host, Route};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::method",
    phase: Phase::Route,
    what: what(
        "Looks whether an API has this path with the method of the call.",
        "查看该路径是否有使用此请求方法的 API。",
    ),
    raises: &[ConditionId::RouteNotFoundMethod],
};

/// Finds the route.
///
/// # Errors
/// [`Condition::RouteNotFoundMethod`]
pub(crate) fn check<'a>(host: &'a Host, methods: &Methods, parts: &Parts) -> Verdict<&'a Route> {
    methods.route(&parts.method).and_then(|route| host.routes.get(route)).ok_or_else(|| {
        let asked = asked(parts);
        Condition::RouteNotFoundMethod { host: asked.host, method: asked.method, uri: asked.uri }
    })
}
