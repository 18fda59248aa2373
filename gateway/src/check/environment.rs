//! The call names an environment that exists.

use apigw_errors::{Condition, ConditionId};
use http::request::Parts;

use super::{CheckInfo, Phase, Verdict, asked, what};
use crate::snapshot::{Environment, Host};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::environment",
    phase: Phase::Environment,
    what: what(
        "Finds the environment by the first segment of the path, the path mapping of the host, or a header, as the host is configured.",
        "按照域名的配置，通过路径首段、路径映射或请求头确定环境。",
    ),
    raises: &[
        ConditionId::RouteNotFoundEnvironment,
        ConditionId::RouteNotFoundEnvironmentDefaultDomain,
        ConditionId::RouteNotFoundEnvironmentCustomDomain,
    ],
};

/// Where a call goes within its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    /// Position in [`Host::environments`].
    pub(crate) environment: usize,
    /// The path without what named the environment; begins with `/`.
    pub(crate) path: &'a str,
}

/// Finds the environment.
///
/// # Errors
/// [`Condition::RouteNotFoundEnvironment`] and its children, with the part of the call that named none.
pub(crate) fn check<'a>(host: &Host, parts: &'a Parts) -> Verdict<Place<'a>> {
    let path = parts.uri.path();
    match &host.environment {
        Environment::Single => Ok(Place { environment: 0, path }),
        Environment::DefaultDomain { default } => {
            let segment = first_segment(path);
            let name = segment.trim_start_matches('/');
            let found = host.environments.iter().position(|known| **known == *name);
            let named = found.map(|environment| Place { environment, path: rest(path, segment) });
            let omitted = default.map(|environment| Place { environment, path });
            named.or(omitted).ok_or_else(|| {
                let (asked, env_mapping) = (asked(parts), name.to_owned().into());
                Condition::RouteNotFoundEnvironmentDefaultDomain {
                    host: asked.host,
                    method: asked.method,
                    uri: asked.uri,
                    env_mapping,
                }
            })
        }
        Environment::Mapping(mapping) => {
            let covers =
                |stem: &str| path.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            let found = mapping.iter().find(|(stem, _)| covers(stem));
            found.map(|(stem, environment)| Place { environment: *environment, path: rest(path, stem) }).ok_or_else(
                || {
                    let (asked, env_mapping) = (asked(parts), first_segment(path).to_owned().into());
                    Condition::RouteNotFoundEnvironmentCustomDomain {
                        host: asked.host,
                        method: asked.method,
                        uri: asked.uri,
                        env_mapping,
                    }
                },
            )
        }
        Environment::Header { name, default } => {
            let Some(value) = parts.headers.get(name) else { return Ok(Place { environment: *default, path }) };
            let found = host.environments.iter().position(|known| known.as_bytes() == value.as_bytes());
            found.map(|environment| Place { environment, path }).ok_or_else(|| {
                let (asked, named) = (asked(parts), String::from_utf8_lossy(value.as_bytes()).into_owned());
                Condition::RouteNotFoundEnvironment {
                    host: asked.host,
                    method: asked.method,
                    uri: asked.uri,
                    env_mapping: named.into(),
                }
            })
        }
    }
}

/// `/a` of `/a/b`.
fn first_segment(path: &str) -> &str {
    let end = path.get(1..).and_then(|rest| rest.find('/')).map_or(path.len(), |end| end + 1);
    path.get(..end).unwrap_or(path)
}

fn rest<'a>(path: &'a str, stem: &str) -> &'a str {
    match path.get(stem.len()..) {
        Some(rest) if !rest.is_empty() => rest,
        _ => "/",
    }
}
