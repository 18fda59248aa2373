//! Who may call an API: the `auth` section of a route.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::file::{At, Word};
use super::keys::Grants;
use super::oauth::{AuthorizationApis, Oauth};
use super::sink::Sink;
use crate::scheme::{Policy, Scheme};
use crate::snapshot::{Auth, Signature, Users};
use crate::token;

/// Authentication of an API.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Section {
    /// `tencent-key-pair`, `tencent-application`, `huawei-app`, `huawei-iam`, `jdcloud`, or `oauth`, which an `oauth`
    /// section says by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) scheme: Option<At<Word>>,
    /// Tokens, issued or taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) oauth: Option<At<Oauth>>,
    /// True if the key must be in a usage plan that covers this API; the plan then binds it to the API without a grant.
    #[serde(default)]
    pub(crate) plan_required: bool,
    /// How far the signed time may lie from ours; 15 minutes by default, as all three vendors have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) skew: Option<At<Word>>,
    /// Tencent key pairs: true if a lone `Date`, whose age nobody checks, is not enough.
    #[serde(default)]
    pub(crate) x_date_required: bool,
    /// JD Cloud: the region that the credential must name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<At<Word>>,
    /// JD Cloud: the service (API group) that the credential must name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<At<Word>>,
    /// JD Cloud: true if each call must name one of `users` beside its key, and sign the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_required: Option<At<bool>>,
    /// What is done with keys that were handed out to a role: `allow` (default), `refuse`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) roles: Option<At<Word>>,
}

/// What sections refer to.
#[derive(Debug)]
pub(super) struct Known<'a> {
    /// Which keys may call what.
    pub(super) grants: Grants,
    /// Whom calls name beside the key.
    pub(super) users: Arc<Users>,
    /// Who issues tokens.
    pub(super) authorization_apis: AuthorizationApis<'a>,
}

/// Whether keys of roles are refused.
const ROLES: &[(&str, bool)] = &[("allow", false), ("refuse", true)];

/// Calls itself a scheme, and is not one of [`Scheme::ALL`]: nothing is signed.
const OAUTH: &str = "oauth";

impl Section {
    /// Compiles the section of the route called `route`.
    pub(super) fn compile(&self, route: &At<Word>, known: &Known<'_>, sink: &mut Sink) -> Option<Auth> {
        match (&self.scheme, &self.oauth) {
            (Some(scheme), Some(_)) if *scheme.value.0 != *OAUTH => {
                sink.report_with(scheme.referenced, "an `oauth` section beside another scheme", "keep one of the two")
            }
            (_, Some(section)) => Some(Auth::Oauth(known.authorization_apis.compile(section, sink))),
            (Some(scheme), None) if *scheme.value.0 == *OAUTH => {
                sink.warn_with(
                    scheme.referenced,
                    "no `oauth` section: calls will be refused",
                    "add `oauth: { related_api: … }`, or `oauth: { public_key: … }` for an API that issues tokens",
                );
                Some(Auth::Oauth(token::Oauth::Unconfigured))
            }
            (Some(scheme), None) => self.signature(scheme, &route.value, known, sink).map(Auth::Signature),
            (None, None) => sink.report_with(route.referenced, "`auth` names no scheme", "add `scheme` or `oauth`"),
        }
    }

    /// The users to ask for, if any.
    fn users(&self, scheme: Scheme, users: &Arc<Users>, sink: &mut Sink) -> Option<Arc<Users>> {
        let required = self.user_required.as_ref().filter(|required| required.value)?;
        if !scheme.names_user() {
            let message = format!("`{}` names no user beside the key", scheme.name());
            return sink.report_with(required.referenced, message, "leave it out; `jdcloud` names one");
        }
        if users.is_empty() {
            let help = "list them at the top of the file: `users: [{ name: alice }]`";
            return sink.report_with(required.referenced, "there are no users, so nobody could call", help);
        }
        Some(Arc::clone(users))
    }

    fn signature(&self, scheme: &At<Word>, route: &str, known: &Known<'_>, sink: &mut Sink) -> Option<Signature> {
        let oauth = [(OAUTH, None)].into_iter();
        let all = Scheme::ALL.into_iter().map(|scheme| (scheme.name(), Some(scheme)));
        let schemes: Vec<(&str, Option<Scheme>)> = all.chain(oauth).collect();
        let scheme = sink.name(scheme, "signature scheme", &schemes);
        let default = Policy::default();
        let policy = Policy {
            skew: sink.duration(self.skew.as_ref(), default.skew),
            x_date_required: self.x_date_required,
            region: self.region.as_ref().map(|word| (&*word.value).into()),
            service: self.service.as_ref().map(|word| (&*word.value).into()),
            user_required: self.user_required.as_ref().is_some_and(|required| required.value),
            ..default
        };
        let scheme = scheme.flatten()?;
        Some(Signature {
            scheme,
            policy,
            users: self.users(scheme, &known.users, sink),
            refuses_roles: match &self.roles {
                Some(word) => sink.name(word, "way with roles", ROLES)?,
                None => false,
            },
            granted: known.grants.granted(route),
            plan_required: self.plan_required,
            plans: known.grants.plans(route),
        })
    }
}
