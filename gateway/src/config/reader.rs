//! From text to [`File`], and what the reader of YAML says when it cannot, in the words of whoever wrote the text.

use std::ops::Range;

use serde_yaml::{Error, Location};

use super::diagnostic::Problem;
use super::file::File;

/// Files with more unknown keys than this are reported in parts.
const MOST_UNKNOWN: usize = 50;

/// How much alike two names are, from 0 to 1, of which one is a slip of the other.
const NEAR: f64 = 0.85;

const SECRET_FORMS: &str = "a secret is written { value: … }, { env: NAME } or { file: PATH }";

/// A key that looks as if it could stand in more places than it can.
const FAULT_PLACES: &str = "calls fail by the `fault` of a route, TLS handshakes by that of a listener's `tls`";

/// Reads the text.
///
/// # Errors
/// What keeps it from being read. The reader stops at the first such thing; an unknown key is left out and the rest read
/// again, so that all of them are told together.
pub(super) fn read(text: &str) -> Result<File, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut rest = text.to_owned();
    loop {
        let error = match parse(&rest) {
            Ok(file) if problems.is_empty() => return Ok(file),
            Ok(_) => return Err(problems),
            Err(error) => error,
        };
        let is_unknown_key = matches!(error.without_snippet(), Error::SerdeUnknownField { .. });
        // What is wrong besides may come of what was left out.
        if is_unknown_key || problems.is_empty() {
            problems.push(problem(&error, text));
        }
        let key = error.location().and_then(span).filter(|_| is_unknown_key && problems.len() < MOST_UNKNOWN);
        match key.and_then(|key| without(&rest, key)) {
            Some(shorter) => rest = shorter,
            None => return Err(problems),
        }
    }
}

fn parse(text: &str) -> Result<File, Error> {
    // The file is the operator's own: what bounds readers of strangers' files would end at some 25,000 routes. Nodes are
    // bounded by the text that holds them; what could grow beyond it, aliases and depth, stays bounded.
    let options = serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_events: text.len().saturating_mul(2).max(1_000_000),
            max_nodes: text.len().max(250_000),
        },
    };
    serde_yaml::from_str_with_options(text, options)
}

fn problem(error: &Error, text: &str) -> Problem {
    let error = error.without_snippet();
    let at = error.location().unwrap_or(Location::UNKNOWN);
    let line = at.line().checked_sub(1).and_then(|line| text.lines().nth(usize::try_from(line).ok()?));
    let holds_secret = |line: &str| ["secret:", "value:", "redis:"].iter().any(|key| line.contains(key));
    if line.is_some_and(holds_secret) {
        // The reader quotes what it found, and that may be a secret.
        return Problem::new(at, "something is wrong with this line").help(SECRET_FORMS);
    }
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            let help = match nearest(field, expected) {
                _ if field == "fault" => FAULT_PLACES.to_owned(),
                Some(key) => format!("did you mean `{key}`?"),
                None => format!("known here: {}", expected.join(", ")),
            };
            Problem::new(at, format!("unknown field `{field}`")).help(help)
        }
        error => Problem::new(at, plain(&error.to_string())),
    }
}

/// The name that was meant, if one is near.
fn nearest<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    let alike = |name: &&str| strsim::jaro_winkler(wrong, name);
    known.iter().copied().max_by(|a, b| alike(a).total_cmp(&alike(b))).filter(|name| alike(name) >= NEAR)
}

/// The reader's message without the place it ends with; the place is shown beside it.
fn plain(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}

fn span(at: Location) -> Option<Range<usize>> {
    let start = usize::try_from(at.span().byte_offset()?).ok()?;
    Some(start..start + usize::try_from(at.span().byte_len()?).ok()?)
}

/// The text with blanks in the place of a key and all that is under it, so that places stay true.
fn without(text: &str, key: Range<usize>) -> Option<String> {
    let before = text.get(..key.start)?;
    let mut gone = key.start..end(text, &key)?;
    // Of the commas around an entry one goes with it.
    if let Some(comma) = is_in_braces(before) {
        if text.get(gone.end..)?.starts_with(',') {
            gone.end += 1;
        } else if text.get(comma..)?.starts_with(',') {
            gone.start = comma;
        }
    }
    let blank = |byte: u8| if byte == b'\n' { '\n' } else { ' ' };
    let mut shorter = String::with_capacity(text.len());
    shorter.push_str(text.get(..gone.start)?);
    shorter.extend(text.get(gone.clone())?.bytes().map(blank));
    shorter.push_str(text.get(gone.end..)?);
    Some(shorter)
}

/// Where the brace or comma stands behind which an entry begins, if it is one of `{ a: 1, b: 2 }`.
fn is_in_braces(before: &str) -> Option<usize> {
    let trimmed = before.trim_end();
    trimmed.ends_with(['{', ',']).then(|| trimmed.len() - 1)
}

/// Where the entry with this key ends.
fn end(text: &str, key: &Range<usize>) -> Option<usize> {
    let before = text.get(..key.start)?;
    if is_in_braces(before).is_none() {
        // In lines: everything that is further in than the key.
        let indent = key.start - before.rfind('\n').map_or(0, |end| end + 1);
        let mut end = key.start;
        for line in text.get(key.start..)?.split_inclusive('\n') {
            let is_below = line.trim().is_empty() || line.len() - line.trim_start_matches(' ').len() > indent;
            if end > key.start && !is_below {
                break;
            }
            end += line.len();
        }
        return Some(end);
    }
    let (mut depth, mut quote) = (0_usize, None);
    for (at, byte) in text.bytes().enumerate().skip(key.end) {
        match (byte, quote) {
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) => quote = Some(open).filter(|open| *open != byte),
            (b'{' | b'[', None) => depth += 1,
            (b'}' | b']' | b',', None) if depth == 0 => return Some(at),
            (b'}' | b']', None) => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_with_all_that_is_under_it() {
        for (text, rest) in [
            ("{ a: 1, b: { x: '}', y: [2] }, c: 3 }", "{ a: 1, c: 3 }"),
            ("{ a: 1, b: 2 }", "{ a: 1 }"),
            ("{ b: 2 }", "{ }"),
            ("a: 1\nb:\n  - x: 2\n\n  # y\nc: 3\n", "a: 1 c: 3"),
            ("- b: 1\n  c: 2\n- d: 3\n", "- c: 2 - d: 3"),
        ] {
            let start = text.find('b').unwrap();
            let shorter = without(text, start..start + 1).unwrap();
            assert_eq!(shorter.split_whitespace().collect::<Vec<_>>().join(" "), rest);
            assert_eq!(shorter.len(), text.len(), "places stay true");
            assert_eq!(shorter.lines().count(), text.lines().count(), "places stay true");
        }
        assert_eq!(without("{ a: 1, b: [", 8..9), None);
    }

    #[test]
    fn only_a_slip_is_taken_for_a_name() {
        let known = ["address", "unix", "mode", "proxy_protocol", "dialect", "tls"];
        for (wrong, meant) in [
            ("adress", Some("address")),
            ("adresss", Some("address")),
            ("dialekt", Some("dialect")),
            ("proxy-protocol", Some("proxy_protocol")),
            ("TLS", None),
            ("routes", None),
            ("fault", None),
        ] {
            assert_eq!(nearest(wrong, &known), meant, "{wrong}");
        }
    }
}
