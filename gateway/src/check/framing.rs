//! The request is well-formed HTTP.
//!
//! Of HTTP/1 it is [`crate::screen`] that finds this out, below the parser; here what it refused gets its condition.
//! The targets of later versions, which have no such form, are looked at here.

use apigw_errors::{Condition, ConditionId};
use http::Version;
use http::request::Parts;

use super::{CheckInfo, Phase, Verdict, what};
use crate::screen::Fault;
use crate::snapshot::RequestLimits;
use crate::tls::Protection;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::framing",
    phase: Phase::Connection,
    what: what(
        "Reads the head of the request byte by byte and refuses what can be read in two ways: a malformed line, a wrong length, conflicting framing, an unknown transfer coding.",
        "逐字节读取请求头部，拒绝任何可以有两种读法的内容：格式错误的行、错误的长度、相互矛盾的分帧方式、未知的传输编码。",
    ),
    raises: &[
        ConditionId::RequestMalformed,
        ConditionId::RequestMalformedHeader,
        ConditionId::RequestCodingUnsupported,
    ],
};

/// Says what the screen found, if it found something. The conditions of bounds, hosts and methods are those of the
/// checks that look at them where the screen had no reason to.
///
/// # Errors
/// [`Condition::RequestMalformed`] and others.
pub(crate) fn check(parts: &Parts, limits: &RequestLimits, protection: &Protection) -> Verdict {
    if let Some(fault) = parts.extensions.get::<Fault>() {
        return Err(condition(*fault, parts, limits));
    }
    // Plain HTTP, where TLS is spoken.
    if matches!(protection, Protection::Lacking) {
        return Err(Condition::RequestMalformed);
    }
    if parts.version > Version::HTTP_11 {
        let path = parts.uri.path();
        let fits = path.starts_with('/') && is_well_formed(path) && is_well_formed(parts.uri.query().unwrap_or(""));
        return if fits { Ok(()) } else { Err(Condition::RequestMalformed) };
    }
    Ok(())
}

fn condition(fault: Fault, parts: &Parts, limits: &RequestLimits) -> Condition {
    match fault {
        // A connection that begins with a hello comes to no call; see `pipeline::came_to_nothing`.
        Fault::Malformed | Fault::Hello => Condition::RequestMalformed,
        Fault::Field => Condition::RequestMalformedHeader,
        Fault::Coding => Condition::RequestCodingUnsupported,
        Fault::Host => Condition::RequestHostInvalid,
        Fault::Method => Condition::RequestMethodUnsupported { method: parts.method.as_str().to_owned().into() },
        Fault::LongTarget => Condition::RequestTooLargeUri { limit: limits.uri },
        Fault::LargeFields => Condition::RequestTooLargeHeaders { limit: limits.headers },
        Fault::Late => Condition::Request,
        Fault::Cut => super::client::closed(),
    }
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
