//! `/config`: the configuration in force, secrets redacted, and how the last attempt to change it went.

use std::fmt::Write as _;

use http::StatusCode;

use super::{Answer, moment};
use crate::reload::Status;
use crate::server::Control;

pub(super) fn answer(control: &Control) -> Answer {
    let status = control.status();
    let body = format!("{}\n{}", summary(&status), status.yaml);
    Answer { status: StatusCode::OK, content_type: "application/yaml; charset=utf-8", body }
}

/// As comments of YAML.
pub(super) fn summary(status: &Status) -> String {
    let Status { version, hash, since, last, needs_restart, .. } = status;
    let mut text = format!("# version {version}, hash {hash}, in force since {}\n", moment(*since));
    let outcome = if last.problem.is_some() { "refused" } else { "accepted" };
    // Writing to a string cannot fail.
    let _ = writeln!(text, "# last load: {} by {}, {outcome}", moment(last.at), last.trigger);
    if !needs_restart.is_empty() {
        let _ = writeln!(text, "# changed in the file, in force at the next start: {}", needs_restart.join(", "));
    }
    for line in last.problem.iter().flat_map(|problem| problem.lines()) {
        let _ = writeln!(text, "#   {line}");
    }
    text
}
