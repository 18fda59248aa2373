//! An API: who may call it, and what is done with a call.

use std::sync::Arc;

use http::HeaderValue;

use super::{Backend, Plan, Quota, Rate, Users};
use crate::cors::Cors;
use crate::fault::Fault;
use crate::hash::{ConfiguredMap, ConfiguredSet};
use crate::ip_access::IpAccess;
use crate::parameters::Parameters;
use crate::scheme::{Policy, Scheme};
use crate::token::Oauth;

/// An API.
#[derive(Debug)]
pub struct Route {
    /// Position in [`Host::routes`](super::Host::routes).
    pub number: usize,
    /// Unique in the configuration.
    pub id: Box<str>,
    /// An id in the form that Tencent gives APIs: `api-` and eight characters.
    pub api_id: HeaderValue,
    /// False if a section of its definition was faulty and is missing here.
    pub usable: bool,
    /// What it does with calls of other origins.
    pub cors: Cors,
    /// What its calls carry.
    pub parameters: Option<Parameters>,
    /// Who may call.
    pub auth: Option<Auth>,
    /// Which addresses may call.
    pub ip_access: Option<IpAccess>,
    /// How often.
    pub rate: Option<Rate>,
    /// How often altogether.
    pub quota: Option<Quota>,
    /// What goes wrong on purpose.
    pub fault: Option<Fault>,
    /// Where calls go.
    pub backend: Backend,
    /// Whether clients speak WebSocket to it.
    pub websocket: bool,
    /// Whether its errors link to their explanation.
    pub help_link: bool,
}

impl Route {
    /// True for an authorization API: its backend is the server that issues tokens.
    pub fn issues_tokens(&self) -> bool {
        matches!(self.auth, Some(Auth::Oauth(Oauth::Authorization)))
    }
}

/// Who may call an API.
#[derive(Debug)]
pub enum Auth {
    /// Whoever signs with a key that is granted the API.
    Signature(Signature),
    /// Whoever brings a token.
    Oauth(Oauth),
}

/// Callers sign.
#[derive(Debug)]
pub struct Signature {
    /// How callers sign.
    pub scheme: Scheme,
    /// What the operator decides about the scheme.
    pub policy: Policy,
    /// The users of whom each call has to name one; `None` where none is asked for.
    pub users: Option<Arc<Users>>,
    /// Whether keys of roles are refused.
    pub refuses_roles: bool,
    /// Ids of the keys that may call.
    pub granted: ConfiguredSet<Box<str>>,
    /// Whether a usage plan is needed.
    pub plan_required: bool,
    /// By key id: the usage plans that bind the key to the API, in the order of the file.
    pub plans: ConfiguredMap<Box<str>, Vec<BoundPlan>>,
}

/// A usage plan, where it covers one API.
#[derive(Debug, Clone)]
pub struct BoundPlan {
    /// The plan.
    pub plan: Arc<Plan>,
    /// Whose calls the plan's rate counts: those of the plan and the API.
    pub counter: Arc<str>,
}
