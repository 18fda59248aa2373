//! The call does not come from a page of another origin, or such pages may call.

use apigw_errors::{Condition, ConditionId};
use http::Method;
use http::header::{ACCESS_CONTROL_REQUEST_METHOD, HOST, ORIGIN};
use http::request::Parts;

use super::{CheckInfo, Phase, Verdict, what};
use crate::cors::{Cors, Grant, is_same};
use crate::router::Methods;
use crate::snapshot::{Host, Route};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::cors",
    phase: Phase::Cors,
    what: what(
        "Compares `Origin` with the host that is called and with the origins that the API admits.",
        "把 `Origin` 与所请求的域名以及 API 允许的来源比较。",
    ),
    raises: &[ConditionId::AccessCrossOrigin, ConditionId::ConfigCors],
};

/// The route that a preflight asks about, if the call is one and the gateway answers for that route.
///
/// A preflight is sent with `OPTIONS` whatever the method of the call it announces, and without credentials; so it
/// is answered before anything else is asked.
pub(crate) fn preflight<'a>(host: &'a Host, methods: &Methods, parts: &Parts) -> Option<&'a Route> {
    if parts.method != Method::OPTIONS || !parts.headers.contains_key(ORIGIN) {
        return None;
    }
    let announced = parts.headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
    let announced = Method::from_bytes(announced.as_bytes()).ok()?;
    let route = methods.route(&announced).and_then(|route| host.routes.get(route))?;
    (!matches!(route.cors, Cors::Pass)).then_some(route)
}

/// What the call is granted; `None` where the backend answers for itself.
///
/// # Errors
/// [`Condition::AccessCrossOrigin`], [`Condition::ConfigCors`]
pub(crate) fn check<'a>(route: &'a Route, parts: &Parts) -> Verdict<Option<Grant<'a>>> {
    match &route.cors {
        Cors::Pass => Ok(None),
        Cors::Rules(rules) => Ok(Some(rules.grant(&parts.headers))),
        Cors::Unusable => Err(Condition::ConfigCors),
        Cors::Refuse => {
            let field = || parts.headers.get(HOST).and_then(|host| host.to_str().ok());
            let host = parts.uri.authority().map(http::uri::Authority::as_str).or_else(field).unwrap_or_default();
            if parts.headers.get_all(ORIGIN).iter().all(|origin| is_same(origin, host)) {
                return Ok(None);
            }
            Err(Condition::AccessCrossOrigin { uri: parts.uri.path().to_owned().into() })
        }
    }
}
