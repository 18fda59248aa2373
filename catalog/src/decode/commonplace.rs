//! Texts that prove little, because software that is no cloud gateway says the same.

use super::fit::Commonplace;
use crate::facets::Grpc;
use crate::reading::fold;
use crate::status::Status;

/// Texts, without final periods, of Kong 0.13 (plug-ins hmac-auth, key-auth, rate-limiting, ip-restriction, and its core), letter for letter, that the
/// catalog has too; a test finds the stale ones.
pub const KONG: [&str; 12] = [
    "HMAC signature cannot be verified",
    "HMAC signature does not match",
    "API rate limit exceeded",
    "Cannot identify the client IP address, unix domain sockets are not supported",
    "Invalid authentication credentials",
    "Your IP address is not allowed",
    "no route and no API found with those values",
    "An invalid response was received from the upstream server",
    "The upstream server is currently unavailable",
    "The upstream server is timing out",
    "An unexpected error occurred",
    "Payload too large",
];

/// Whether `message` is such a text.
pub(super) fn commonplace(message: &str, status: Option<u16>) -> Option<Commonplace> {
    let folded = fold(message);
    let phrase = status.and_then(Status::new).map_or("", Status::reason);
    if !phrase.is_empty() && alike(&folded, phrase) {
        return Some(Commonplace::Phrase);
    }
    KONG.contains(&folded.as_ref()).then_some(Commonplace::Kong)
}

/// Whether a code text is such a word.
pub(super) fn is_word(code: &str) -> bool {
    Grpc::ALL.iter().any(|grpc| grpc.as_str() == code) || !code.contains(['_', '.'])
}

/// Equal but for case and for the hyphen of nginx's `Gateway Time-out`.
fn alike(text: &str, phrase: &str) -> bool {
    text.len().abs_diff(phrase.len()) < 3 && letters(text).eq(letters(phrase))
}

fn letters(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(u8::is_ascii_alphabetic).map(|byte| byte.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CATALOG;

    #[test]
    fn every_text_of_kong_is_a_text_of_the_catalog() {
        for text in KONG {
            assert!(CATALOG.vendors.iter().any(|vendor| !vendor.read(text).is_empty()), "stale: {text}");
            assert_eq!(fold(text), text);
        }
    }

    #[test]
    fn phrases_are_recognised_whatever_their_spelling() {
        assert_eq!(commonplace("Gateway Time-out", Some(504)), Some(Commonplace::Phrase));
        assert_eq!(commonplace("Bad gateway.", Some(502)), Some(Commonplace::Phrase));
        assert_eq!(commonplace("Bad Gateway", Some(503)), None);
        assert_eq!(commonplace("api rate limit exceeded", Some(429)), None);
        assert_eq!(commonplace("API rate limit  exceeded.", Some(429)), Some(Commonplace::Kong));
    }
}
