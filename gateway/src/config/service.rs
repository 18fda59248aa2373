//! Services with several names: hosts that serve the APIs of another.

use std::collections::HashMap;

use super::file::Host;
use super::sink::{Sink, list};

/// The host whose APIs `host` serves: itself, or the one that it names in `routes_of`.
pub(super) fn owner<'a>(host: &'a Host, by_name: &HashMap<String, &'a Host>, sink: &mut Sink) -> &'a Host {
    let Some(word) = &host.routes_of else { return host };
    if let Some(route) = host.routes.first() {
        sink.report_with::<()>(
            route.id.referenced,
            "`routes` beside `routes_of`",
            "write the API at the host that `routes_of` names: both hosts serve it then",
        );
    }
    let Some(owner) = by_name.get(&word.value.to_ascii_lowercase()) else {
        let mut names: Vec<&String> = by_name.keys().collect();
        names.sort_unstable();
        let message = format!("there is no host `{}`", word.value);
        sink.report_with::<()>(word.referenced, message, format!("known: {}", list(names)));
        return host;
    };
    if let Some(further) = &owner.routes_of {
        let message = format!("`{}` has no APIs of its own", word.value);
        sink.report_with::<()>(word.referenced, message, format!("name `{}`, whose APIs it serves", further.value));
        return host;
    }
    owner
}
