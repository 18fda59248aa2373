//! A name served, and how a call to it names its environment.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use super::{RequestLimits, Route, ServiceRate};
use crate::dialect::Voice;
use crate::ip_access::IpAccess;
use crate::router::Router;
use crate::tls::Authorities;

/// A name served.
#[derive(Debug)]
pub struct Host {
    /// Position in [`Snapshot::hosts`](super::Snapshot::hosts).
    pub number: usize,
    /// Lower case, without port.
    pub name: Box<str>,
    /// An id in the form that Tencent gives services: `service-` and eight characters. Names of one service share it.
    pub service_id: HeaderValue,
    /// How it speaks.
    pub voice: Voice,
    /// Taken offline by its operator.
    pub disabled: bool,
    /// The protocols a client may use.
    pub protocols: Protocols,
    /// The port of HTTPS to which calls over HTTP are sent.
    pub https_redirect: Option<u16>,
    /// Whether every answer tells of its call for diagnosis.
    pub diagnostics: bool,
    /// Whose certificates clients have to show.
    pub client_certificates: Option<Arc<Authorities>>,
    /// How a call names its environment.
    pub environment: Environment,
    /// The environments' names; a route table stands for each at the same position.
    pub environments: Vec<Box<str>>,
    /// How often it may be called.
    pub rate: Option<ServiceRate>,
    /// The route tables.
    pub routers: Vec<Router>,
    /// The routes.
    pub routes: Vec<Route>,
    /// Bounds on requests.
    pub limits: RequestLimits,
    /// Which addresses may call its APIs.
    pub ip_access: Option<IpAccess>,
    /// Whether errors link to their explanation.
    pub help_link: bool,
}

/// The protocols a client may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocols {
    /// HTTP and HTTPS.
    Both,
    /// HTTP alone.
    Http,
    /// HTTPS alone.
    Https,
}

impl Protocols {
    /// As the vendors print them.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Both => "HTTP,HTTPS",
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
        }
    }
}

/// How a call names its environment. Numbers are positions in [`Host::environments`].
#[derive(Debug)]
pub enum Environment {
    /// There is one.
    Single,
    /// The first segment of the path is its name.
    DefaultDomain {
        /// Taken where it is none.
        default: Option<usize>,
    },
    /// The path begins with one of these; the longest first, without final slash.
    Mapping(Vec<(Box<str>, usize)>),
    /// A header field holds the name.
    Header {
        /// The field.
        name: HeaderName,
        /// Taken without it.
        default: usize,
    },
}
