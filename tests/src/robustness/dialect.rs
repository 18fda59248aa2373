//! What a refusal looks like in each dialect, seen from outside.

use serde_json::Value;

use super::answer::Answer;

/// The dialects, by the first label of the host that speaks them.
pub(super) const ALL: [&str; 4] = ["tencent", "jdcloud", "huawei", "problem"];

/// The members that a refusal's body has in a dialect, and the field that holds the call's id.
fn shape(dialect: &str) -> (&'static [&'static str], &'static str) {
    match dialect {
        "tencent" => (&["message"], "x-api-requestid"),
        "jdcloud" => (&["requestId", "error"], "x-jdcloud-request-id"),
        "huawei" => (&["error_msg", "error_code", "request_id"], "x-request-id"),
        _ => (&["type", "title", "status"], "x-request-id"),
    }
}

/// What about a refusal is not as the dialect has it.
pub(super) fn judge(dialect: &str, answer: &Answer) -> Option<String> {
    let (members, id) = shape(dialect);
    let body: Value = match serde_json::from_slice(&answer.body) {
        Ok(body) => body,
        Err(error) => return Some(format!("a body that is no JSON ({error}):\n{}", show(answer))),
    };
    let missing = members.iter().find(|member| body.get(**member).is_none());
    if let Some(missing) = missing {
        return Some(format!("a body without `{missing}`:\n{}", show(answer)));
    }
    answer.field(id).is_none().then(|| format!("no field `{id}`:\n{}", show(answer)))
}

/// An answer for people.
pub(super) fn show(answer: &Answer) -> String {
    let text = format!("{}{}", answer.head, String::from_utf8_lossy(&answer.body));
    let lines: Vec<String> = text.lines().map(|line| format!("      {line}")).collect();
    lines.join("\n")
}
