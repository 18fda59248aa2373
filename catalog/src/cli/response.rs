//! A response as people have it: a body alone, `curl -i` or `curl -v` output, a line of a log.

use std::sync::LazyLock;

use apigw_errors::Status;
use apigw_errors::decode::{Confidence, Decoded, Decoder};

use crate::cli::subject::catalog;

/// A response, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
struct Response {
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: String,
}

/// More lines of a log than this are not looked at one by one.
const MOST_LINES: usize = 1000;

static DECODER: LazyLock<Decoder> = LazyLock::new(|| Decoder::over(&[catalog()]));

/// Reads a text as a response; `status` where it is known from elsewhere.
///
/// The text as a whole comes first. Unless it is a body that some vendor writes, parts of it are tried as well, and taken
/// if they tell more: a body that a log has escaped, each line, what stands behind a colon.
pub(crate) fn decode(text: &str, status: Option<u16>) -> Decoded<'static> {
    let response = Response::read(text);
    let status = status.or(response.status);
    let attempt = |body: &str| DECODER.decode(status, &response.headers, body.trim().as_bytes()).into_owned();
    let whole = attempt(&response.body);
    let settled = whole.envelope.is_some() && !whole.candidates.is_empty();
    if settled || sureness(&whole) == Some(Confidence::Certain) {
        return whole;
    }
    let escaped = response.body.contains("\\\"").then(|| response.body.replace("\\\"", "\""));
    let lines = response.body.lines().take(MOST_LINES).filter(|line| !line.trim().is_empty());
    let alone = lines.flat_map(|line| {
        let status = status.or_else(|| status_in_line(line));
        let tails = line.match_indices(": ").filter_map(move |(at, sign)| line.get(at + sign.len()..));
        std::iter::once(line).chain(tails).map(move |part| (status, part.trim().trim_matches('"')))
    });
    let parts = alone.map(|(status, part)| DECODER.decode(status, &response.headers, part.as_bytes()).into_owned());
    // The first of the surest.
    let others = escaped.iter().map(|body| attempt(body)).chain(parts);
    others.fold(whole, |best, next| if sureness(&next) > sureness(&best) { next } else { best })
}

fn sureness(decoded: &Decoded<'_>) -> Option<Confidence> {
    decoded.candidates.first().map(|candidate| candidate.confidence)
}

impl Response {
    fn read(text: &str) -> Self {
        let text = text.replace("\r\n", "\n");
        if let Some(response) = Self::verbose(&text) {
            return response;
        }
        // A prompt or a progress bar may stand before the first status line.
        let start = text.match_indices("HTTP/").map(|(at, _)| at);
        let start = start.filter(|&at| at == 0 || text.get(..at).is_some_and(|before| before.ends_with('\n')));
        for at in start {
            if let Some(response) = text.get(at..).and_then(Self::included) {
                return response;
            }
        }
        let status = match text.trim().lines().next() {
            Some(line) if !is_body(&text) => status_in_line(line),
            _ => None,
        };
        Self { status, headers: Vec::new(), body: text }
    }

    /// `curl -i`: heads, an empty line, a body. The last head counts: before it come 100s and redirects.
    fn included(text: &str) -> Option<Self> {
        let mut rest = text;
        let mut response = None;
        while let Some(status) = status_line(rest.lines().next().unwrap_or_default()) {
            let (head, body) = rest.split_once("\n\n").unwrap_or((rest, ""));
            response = Some(Self { status: Some(status), headers: headers(head.lines()), body: body.to_owned() });
            rest = body.trim_start_matches('\n');
        }
        response
    }

    /// `curl -v`: the head's lines begin with `< `, what curl says itself with `* `, the request's lines with `> `.
    fn verbose(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().collect();
        let last = lines.iter().rposition(|line| line.strip_prefix("< ").and_then(status_line).is_some())?;
        let after = lines.get(last..)?;
        let head = after.iter().filter_map(|line| line.strip_prefix("< "));
        let status = head.clone().next().and_then(status_line);
        let noise = ["<", "* ", "> ", "{ [", "} ["];
        let body =
            after.iter().filter(|line| **line != "<" && !noise.iter().skip(1).any(|sign| line.starts_with(sign)));
        let body: Vec<&str> = body.filter(|line| !line.starts_with("< ")).copied().collect();
        Some(Self { status, headers: headers(head), body: body.join("\n") })
    }
}

fn is_body(text: &str) -> bool {
    text.trim_start().starts_with(['{', '<', '['])
}

/// The status of `HTTP/1.1 429 Too Many Requests`.
fn status_line(line: &str) -> Option<u16> {
    let (version, rest) = line.strip_prefix("HTTP/")?.split_once(' ')?;
    let numeric = version.chars().all(|c| c.is_ascii_digit() || c == '.');
    three_digits(rest.trim_start()).filter(|_| numeric)
}

fn headers<'l>(lines: impl Iterator<Item = &'l str>) -> Vec<(String, String)> {
    let pairs = lines.skip(1).filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// A status at the beginning of a text, and no longer number.
fn three_digits(text: &str) -> Option<u16> {
    let digits = text.get(..3)?;
    let ends = !text.get(3..)?.starts_with(|c: char| c.is_ascii_alphanumeric());
    let status: u16 = digits.parse().ok().filter(|_| ends)?;
    Status::new(status).map(u16::from)
}

/// The status that a line of a log tells: after the request line of an access log, after a key called so, or before its
/// own phrase. Any other number may be anything.
fn status_in_line(line: &str) -> Option<u16> {
    let after = |sign: &str| {
        let places = line.match_indices(sign).filter_map(|(at, sign)| line.get(at + sign.len()..));
        places.map(|rest| rest.trim_start_matches(['"', '\\', '\'', ':', '=', ' '])).find_map(three_digits)
    };
    let keys = [
        "HTTP/1.1\" ",
        "HTTP/1.0\" ",
        "HTTP/2.0\" ",
        "HTTP/2\" ",
        "status",
        "Status",
        "status_code",
        "statusCode",
        "HTTP ",
    ];
    if let Some(status) = keys.into_iter().find_map(after) {
        return Some(status);
    }
    let numbers = line.match_indices(|c: char| c.is_ascii_digit()).map(|(at, _)| at);
    let whole =
        numbers.filter(|&at| !line.get(..at).is_some_and(|text| text.ends_with(|c: char| c.is_ascii_alphanumeric())));
    let mut statuses =
        whole.filter_map(|at| line.get(at..)).filter_map(|rest| Some((three_digits(rest)?, rest.get(3..)?)));
    statuses.find_map(|(status, rest)| {
        let phrase = Status::new(status)?.reason();
        (!phrase.is_empty() && rest.trim_start().starts_with(phrase)).then_some(status)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_are_taken_apart() {
        let head = |status, headers: &[(&str, &str)], body: &str| Response {
            status: Some(status),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.to_owned(),
        };
        for (text, wanted) in [
            (
                "HTTP/1.1 429 Too Many Requests\r\nServer: api-gateway\r\n\r\n{}",
                head(429, &[("Server", "api-gateway")], "{}"),
            ),
            ("HTTP/2 403 \nx-a: b: c\n\n", head(403, &[("x-a", "b: c")], "")),
            (
                "HTTP/1.1 100 Continue\n\nHTTP/1.1 302 Found\nLocation: /\n\nHTTP/1.1 401 \nA: b\n\nno",
                head(401, &[("A", "b")], "no"),
            ),
            ("$ curl -si https://x\nHTTP/1.1 404 Not Found\nA: b\n\n{}", head(404, &[("A", "b")], "{}")),
            (
                "* Connected\n> GET / HTTP/1.1\n>\n< HTTP/1.1 504 Gateway Time-out\n< A: b\n<\n{ [12 bytes data]\n<html>x</html>\n* Closing",
                head(504, &[("A", "b")], "<html>x</html>"),
            ),
        ] {
            assert_eq!(Response::read(text), wanted, "{text}");
        }
    }

    #[test]
    fn lines_of_logs_tell_a_status() {
        for (line, wanted) in [
            (r#"1.2.3.4 - - [21/Nov/2026] "GET /orders HTTP/1.1" 429 38 "-""#, Some(429)),
            ("level=warn status=403 msg=x", Some(403)),
            (r#"{"statusCode": 503, "took": 200}"#, Some(503)),
            (r#"resp {"status":504}"#, Some(504)),
            ("HttpClientErrorException: 429 Too Many Requests: \"{}\"", Some(429)),
            ("took 429 ms, 200 rows", None),
            ("port 8429", None),
        ] {
            assert_eq!(status_in_line(line), wanted, "{line}");
        }
    }
}
