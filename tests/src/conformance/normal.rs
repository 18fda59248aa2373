//! What differs from run to run, replaced by what it is.

/// Fields that hold the call's id.
const IDS: [&str; 3] = ["x-api-requestid", "x-request-id", "x-jdcloud-request-id"];

/// Fields that hold a time in milliseconds.
const TIMES: [&str; 4] =
    ["x-apig-latency", "x-apig-upstream-latency", "x-jdcloud-upstream-latency", "x-jdcloud-proxy-latency"];

/// Members of a line of the access log, by the text before and behind their value.
const LOGGED: [(&str, &str, &str); 5] = [
    ("{\"time\":\"", "\"", "{date}"),
    ("\"request_id\":\"", "\"", "{request-id}"),
    ("\"client\":\"", "\"", "{client}"),
    ("\"upstream_ms\":", ",", "{ms}"),
    ("\"duration_ms\":", ",", "{ms}"),
];

/// The id that an answer carries, if it has the form that all three vendors use.
pub(super) fn request_id(answer: &str) -> Option<&str> {
    let mut fields = answer.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(": "));
    let (_, id) = fields.find(|(name, _)| IDS.contains(name))?;
    let fits = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    fits.then_some(id)
}

/// An answer with ids, dates and latencies replaced.
pub(super) fn answer(text: &str) -> String {
    let text = match request_id(text) {
        Some(id) => text.replace(id, "{request-id}").replace(&uuid(id), "{request-id as UUID}"),
        None => text.to_owned(),
    };
    let (head, body) = text.split_once("\n\n").map_or((&*text, None), |(head, body)| (head, Some(body)));
    let lines: Vec<String> = head.lines().map(field).collect();
    let head = lines.join("\n");
    body.map_or(head.clone(), |body| format!("{head}\n\n{body}"))
}

/// The same id with the hyphens of a UUID.
fn uuid(id: &str) -> String {
    let mut uuid = id.to_owned();
    for at in [20, 16, 12, 8] {
        uuid.insert(at, '-');
    }
    uuid
}

fn field(line: &str) -> String {
    let Some((name, value)) = line.split_once(": ") else { return line.to_owned() };
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let value = match name {
        "date" if value.len() == "Thu, 29 Feb 2024 12:00:00 GMT".len() && value.ends_with(" GMT") => "{date}",
        "retry-after" if is_number => "{seconds}",
        "ratelimit" => {
            let (fixed, seconds) = value.rsplit_once(";t=").unwrap_or((value, ""));
            if !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit()) {
                return format!("{name}: {fixed};t={{seconds}}");
            }
            value
        }
        _ if is_number && TIMES.contains(&name) => "{ms}",
        _ => value,
    };
    format!("{name}: {value}")
}

/// A line of the access log with what differs replaced.
pub(super) fn log(line: &str) -> String {
    let mut line = line.to_owned();
    for (before, behind, what) in LOGGED {
        let Some(start) = line.find(before).map(|at| at + before.len()) else { continue };
        let Some(end) = line.get(start..).and_then(|rest| rest.find(behind)).map(|at| start + at) else { continue };
        if line.get(start..end) != Some("null") {
            line.replace_range(start..end, what);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_replaced() {
        let id = "0123456789abcdef0123456789abcdef";
        let text = format!(
            "HTTP/1.1 429 Too Many Requests\nx-request-id: {id}\nx-apig-latency: 12\nretry-after: soon\n\
             date: Sat, 21 Nov 2026 11:00:00 GMT\nratelimit: \"api\";r=0;t=86399\n\n{{\"id\":\"{id}\"}}\n\
             01234567-89ab-cdef-0123-456789abcdef"
        );
        let expected = "HTTP/1.1 429 Too Many Requests\nx-request-id: {request-id}\nx-apig-latency: {ms}\n\
            retry-after: soon\ndate: {date}\nratelimit: \"api\";r=0;t={seconds}\n\n{\"id\":\"{request-id}\"}\n\
            {request-id as UUID}";
        assert_eq!(answer(&text), expected);
        assert_eq!(answer("HTTP/1.1 200 OK\nx-request-id: short"), "HTTP/1.1 200 OK\nx-request-id: short");
    }

    #[test]
    fn a_log_line_keeps_its_members() {
        let line = r#"{"time":"2026-11-21T11:00:00Z","request_id":"ab","status":499,"upstream_ms":null,"duration_ms":1.5,"complete":false}"#;
        let expected = r#"{"time":"{date}","request_id":"{request-id}","status":499,"upstream_ms":null,"duration_ms":{ms},"complete":false}"#;
        assert_eq!(log(line), expected);
    }
}
