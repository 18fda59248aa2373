//! The request is well-formed HTTP in what the parser lets through.
//!
//! hyper refuses by itself, with an empty body: broken request lines and fields, `Transfer-Encoding` that does not end
//! in `chunked` or stands in HTTP/1.0, and lengths that differ; equal ones it makes one. It drops a `Content-Length` that stands beside
//! `Transfer-Encoding` before it can be seen here, re-frames the body, and closes after the answer. What it accepts and
//! a gateway must not is refused here.

use apigw_errors::{Condition, ConditionId};
use http::header::TRANSFER_ENCODING;
use http::request::Parts;

use super::{CheckInfo, Phase, Verdict};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo =
    CheckInfo { name: "checks::framing", phase: Phase::Protocol, raises: &[ConditionId::RequestMalformed] };

/// Looks at the framing fields and at the form of the target.
///
/// # Errors
/// [`Condition::RequestMalformed`]
pub(crate) fn check(parts: &Parts) -> Verdict {
    if let Some(coding) = parts.headers.get(TRANSFER_ENCODING) {
        let once = parts.headers.get_all(TRANSFER_ENCODING).iter().count() == 1;
        if !once || !coding.as_bytes().eq_ignore_ascii_case(b"chunked") {
            return Err(malformed());
        }
    }
    // `*`, an authority alone and foreign schemes are no targets of an API.
    let scheme_fits = parts.uri.scheme_str().is_none_or(|scheme| scheme == "http");
    let path = parts.uri.path();
    if !scheme_fits
        || !path.starts_with('/')
        || !is_well_formed(path)
        || !is_well_formed(parts.uri.query().unwrap_or(""))
    {
        return Err(malformed());
    }
    Ok(())
}

/// The condition for what is not HTTP.
pub(crate) fn malformed() -> Condition {
    Condition::RequestMalformed
}

/// Visible ASCII without `"`, `<`, `>`, and every `%` begins an escape.
fn is_well_formed(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = match byte {
            b'%' => match after {
                [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => after,
                _ => return false,
            },
            b'"' | b'<' | b'>' | ..=b' ' | 0x7f.. => return false,
            _ => after,
        };
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets() {
        for good in ["", "/", "/a%2Fb", "a=b&c=%00", "{x}|^`\\"] {
            assert!(is_well_formed(good), "{good}");
        }
        for bad in ["%", "%a", "%zz", "/é", "a b", "\"", "<", "\u{7f}"] {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }
}
