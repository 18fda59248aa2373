//! Hosts as they are written.

use serde::{Deserialize, Serialize};

use super::{At, Rate, Route, Word};
use crate::config::environment::Environment;
use crate::config::{cors, ip_access, tls};

/// A name served.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Host {
    /// `api.example.com`, without port.
    #[serde(rename = "host")]
    pub(crate) name: At<Word>,
    /// `tencent`, `huawei@v1`, `huawei@v2+detailed`, `problem`.
    pub(crate) dialect: At<Word>,
    /// Taken offline: every call is refused.
    #[serde(default)]
    pub(crate) disabled: bool,
    /// `http`, `https`; both by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) protocols: Option<At<Vec<At<Word>>>>,
    /// Calls over HTTP are sent to HTTPS at this port instead of being refused: `443`, or where clients find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) https_redirect: Option<At<u16>>,
    /// Which certificates clients have to show; none by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_certificates: Option<At<tls::WrittenAuthorities>>,
    /// How a call names the environment it wants; without it there is one environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) environment: Option<At<Environment>>,
    /// With `default_domain`: the environment of calls whose path names none. Such calls are refused by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) default_environment: Option<At<Word>>,
    /// How often all of it may be called, in each environment; no bound by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rate: Option<Rate>,
    /// Bounds that differ from the general ones.
    #[serde(default)]
    pub(crate) limits: HostLimits,
    /// `false` leaves the help link out of this host's errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) help_link: Option<bool>,
    /// True adds to every answer what the vendor's gateway tells of a call for diagnosis; by default only where the
    /// client asks for it, if the vendor has a way to.
    #[serde(default)]
    pub(crate) diagnostics: bool,
    /// What its APIs do with calls of other origins, unless they say it themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cors: Option<At<cors::Written>>,
    /// Which addresses may call its APIs, each of which may have a narrower rule; all by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ip_access: Option<At<ip_access::Written>>,
    /// What becomes of an API with a faulty section: `refuse` (default) refuses the file, `answer` serves all others
    /// and answers calls of this one with a configuration error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) faulty_routes: Option<At<Word>>,
    /// Another host, whose APIs it serves: a further name of the same service, such as a custom domain. What that host
    /// says of `disabled`, `rate`, `cors`, `ip_access` and `faulty_routes` holds here as well, and calls are counted together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) routes_of: Option<At<Word>>,
    /// The APIs.
    #[serde(default)]
    pub(crate) routes: Vec<Route>,
}

/// Bounds that a host may set for itself.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HostLimits {
    /// Request target, bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) uri: Option<At<Word>>,
    /// One header field, name and value, bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) header: Option<At<Word>>,
    /// All header fields together, bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) headers: Option<At<Word>>,
    /// Number of header fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) header_count: Option<At<Word>>,
    /// Body, bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<At<Word>>,
}
