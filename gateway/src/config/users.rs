//! Users whom calls name beside the key that signs them.

use serde::{Deserialize, Serialize};

use super::file::{At, Host, Word};
use super::keys::{expand, routes};
use super::sink::Sink;
use crate::snapshot::{User, UserState, Users};

/// A user. Only routes with `auth: { user_required: true }` ask for one.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// As calls name it: JD Cloud's pin, before it is encoded.
    name: At<Word>,
    /// `active` (default), `not_activated`, `blacklisted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<At<Word>>,
    /// Ids of the routes that a sub-account's policies permit; `*` is all. Without it, it is a main account, which needs
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    permits: Option<Vec<At<Word>>>,
    /// Ids of the routes that its operation protection covers; `*` is all. They need a confirmation, which no call brings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    protects: Vec<At<Word>>,
}

/// Reads them; every name must exist.
pub(super) fn compile(users: &[Written], hosts: &[Host], sink: &mut Sink) -> Users {
    let routes = routes(hosts);
    let mut compiled = Users::default();
    for user in users {
        let mut ids = |words: &[At<Word>]| expand(words, &routes, sink).into_iter().map(Into::into).collect();
        let (permitted, protected) = (user.permits.as_deref().map(&mut ids), ids(&user.protects));
        let state = user.state.as_ref().and_then(|word| sink.name(word, "state of a user", UserState::NAMES));
        let state = state.unwrap_or(UserState::Active);
        let name: &str = &user.name.value;
        if name.is_empty() {
            sink.report::<()>(user.name.referenced, "a user needs a name");
        } else if !compiled.add(name, User { state, permitted, protected }) {
            sink.report::<()>(user.name.referenced, format!("second user `{name}`"));
        }
    }
    compiled
}
