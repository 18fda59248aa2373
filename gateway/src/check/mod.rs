//! The checks: one file each, all of the same shape.
//!
//! A check looks at a call and answers with what the next ones need, or with the [`Condition`] that refuses the call.
//! It knows no vendor and writes no bytes. [`INFO`](CheckInfo) says which conditions it raises; from [`ALL`] the
//! reference site draws its chart of phases.

pub(crate) mod backend;
pub(crate) mod body;
pub(crate) mod client;
pub(crate) mod client_certificate;
pub(crate) mod cors;
pub(crate) mod definition;
pub(crate) mod environment;
pub(crate) mod fault;
pub(crate) mod framing;
pub(crate) mod grant;
pub(crate) mod headers;
pub(crate) mod hops;
pub(crate) mod host;
pub(crate) mod ip_access;
pub(crate) mod key_address;
pub(crate) mod loaded;
pub(crate) mod method;
pub(crate) mod micro_service;
pub(crate) mod mock;
pub(crate) mod oauth;
pub(crate) mod operation;
pub(crate) mod overload;
pub(crate) mod parameters;
pub(crate) mod path;
pub(crate) mod plan;
pub(crate) mod protocol;
pub(crate) mod quota;
pub(crate) mod rate;
pub(crate) mod role;
pub(crate) mod service;
pub(crate) mod signature;
pub(crate) mod sub_account;
pub(crate) mod tls;
pub(crate) mod token_server;
pub(crate) mod traffic;
pub(crate) mod uri;
pub(crate) mod user;
pub(crate) mod verb;
pub(crate) mod websocket;

use apigw_errors::{Condition, ConditionId, Text, param};
use http::request::Parts;

use crate::router::METHODS;

/// The phases of a call, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Below the request.
    Connection,
    /// How much.
    Limits,
    /// How.
    Protocol,
    /// To whom.
    Host,
    /// In which environment.
    Environment,
    /// Which API.
    Route,
    /// From which site.
    Cors,
    /// From which address.
    IpAccess,
    /// Who calls.
    Authentication,
    /// Whether they may.
    Authorisation,
    /// How often.
    Traffic,
    /// With which parameters.
    Parameters,
    /// What else is configured.
    Plugins,
    /// The service behind.
    Backend,
    /// The answer.
    Response,
}

impl Phase {
    /// Its name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Limits => "limits",
            Self::Protocol => "protocol",
            Self::Host => "host",
            Self::Environment => "environment",
            Self::Route => "route",
            Self::Cors => "cors",
            Self::IpAccess => "ip_access",
            Self::Authentication => "authentication",
            Self::Authorisation => "authorisation",
            Self::Traffic => "traffic",
            Self::Parameters => "parameters",
            Self::Plugins => "plugins",
            Self::Backend => "backend",
            Self::Response => "response",
        }
    }
}

/// What a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckInfo {
    /// `checks::host`, as `catalog.json` names it.
    pub name: &'static str,
    /// When it runs.
    pub phase: Phase,
    /// What it does, in one sentence.
    pub what: Text,
    /// The conditions it raises.
    pub raises: &'static [ConditionId],
}

const fn what(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

/// All checks, in the order of the pipeline.
pub const ALL: &[&CheckInfo] = &[
    &tls::INFO,
    &framing::INFO,
    &overload::INFO,
    &loaded::INFO,
    &uri::INFO,
    &headers::INFO,
    &body::INFO,
    &verb::INFO,
    &protocol::INFO,
    &client_certificate::INFO,
    &host::INFO,
    &service::INFO,
    &environment::INFO,
    &path::INFO,
    &method::INFO,
    &fault::INFO,
    &definition::INFO,
    &websocket::INFO,
    &cors::INFO,
    &ip_access::INFO,
    &signature::INFO,
    &oauth::INFO,
    &user::INFO,
    &role::INFO,
    &grant::INFO,
    &key_address::INFO,
    &sub_account::INFO,
    &operation::INFO,
    &rate::INFO,
    &quota::INFO,
    &parameters::INFO,
    &hops::INFO,
    &backend::INFO,
    &mock::INFO,
    &micro_service::INFO,
    &token_server::INFO,
    &client::INFO,
];

/// The check that raises a condition, if one does.
pub fn raised_by(condition: ConditionId) -> Option<&'static CheckInfo> {
    ALL.iter().find(|info| info.raises.contains(&condition)).copied()
}

/// What every condition of routing names.
struct Asked {
    host: param::Host,
    method: param::Method,
    uri: param::Uri,
}

fn asked(parts: &Parts) -> Asked {
    let field = || {
        let host = parts.headers.get(http::header::HOST)?;
        Some(host.to_str().map_or_else(|_| String::from_utf8_lossy(host.as_bytes()).into_owned(), str::to_owned))
    };
    let host = parts.uri.authority().map_or_else(field, |authority| Some(authority.as_str().to_owned()));
    let method = match METHODS.iter().find(|known| **known == parts.method) {
        Some(known) => known.as_str().into(),
        None => parts.method.as_str().to_owned().into(),
    };
    Asked { host: host.unwrap_or_default().into(), method, uri: parts.uri.path().to_owned().into() }
}

/// A check's verdict.
pub(crate) type Verdict<T = ()> = Result<T, Condition>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_the_order_of_the_phases() {
        assert!(ALL.is_sorted_by_key(|info| info.phase));
    }

    #[test]
    fn each_says_what_it_does_in_one_sentence() {
        for CheckInfo { name, what, .. } in ALL {
            assert!(what.en.ends_with('.') && what.zh.ends_with('。'), "{name}");
            assert!(!what.en.contains(". ") && what.zh.matches('。').count() == 1, "{name}");
        }
    }

    #[test]
    fn no_condition_is_raised_by_two_checks() {
        let mut seen = std::collections::HashMap::new();
        for info in ALL {
            for condition in info.raises {
                assert_eq!(seen.insert(*condition, info.name), None, "{condition:?}");
            }
        }
    }
}
