//! Removing what vendors echo: key ids, signatures, tokens, the canonical request with all its headers.

use std::borrow::Cow;

use super::Decoded;
use super::candidate::Candidate;

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";

/// How far a secret reaches behind its marker.
#[derive(Clone, Copy)]
enum Reach {
    /// To the end: canonical requests are echoed last and hold anything.
    Rest,
    /// To the next blank, comma, semicolon, quote or bracket.
    Token,
}

/// Texts, in lower case, behind which a secret or a caller's name stands.
const MARKERS: [(&str, Reach); 16] = [
    ("canonicalrequest:", Reach::Rest),
    ("stringtosign:", Reach::Rest),
    ("authorization:", Reach::Rest),
    ("appkey ", Reach::Token),
    ("appkey:", Reach::Token),
    ("ak:", Reach::Token),
    ("accesskey:", Reach::Token),
    ("access=", Reach::Token),
    ("credential=", Reach::Token),
    ("signature=", Reach::Token),
    ("bearer ", Reach::Token),
    ("id_token=", Reach::Token),
    (" id=\"", Reach::Token),
    ("x-auth-token:", Reach::Token),
    ("x-apig-appcode:", Reach::Token),
    ("x-security-token:", Reach::Token),
];

/// `text` without what stands behind the markers that vendors' messages are known to use.
///
/// Borrowed if there is none. This knows forms, not values: what a parameter of the catalog marks as sensitive is removed
/// by [`Decoded::redact`], whatever stands before it.
pub fn text(text: &str) -> Cow<'_, str> {
    let lower = text.to_ascii_lowercase();
    let mut out = String::new();
    // Everything before `kept` is in `out`; one pass, however many markers a hostile text has.
    let (mut kept, mut at) = (0, 0);
    while at < lower.len() {
        let Some((start, end)) = secret_at(text, &lower, at) else {
            at += 1;
            continue;
        };
        out.push_str(text.get(kept..start).unwrap_or_default());
        out.push_str(REDACTED);
        (kept, at) = (end, end);
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(out)
}

/// Where the secret stands whose marker is at `at`.
fn secret_at(text: &str, lower: &str, at: usize) -> Option<(usize, usize)> {
    let rest = lower.as_bytes().get(at..)?;
    let (marker, reach) = MARKERS.iter().find(|(marker, _)| rest.starts_with(marker.as_bytes()))?;
    // `ak:` is no marker at the end of `leak:`.
    let before = at.checked_sub(1).and_then(|before| lower.as_bytes().get(before));
    if marker.len() == 3 && before.is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let behind = text.get(at + marker.len()..)?;
    let value = behind.trim_start_matches([' ', '"']);
    let start = text.len() - value.len();
    let length = match reach {
        Reach::Rest => value.len(),
        Reach::Token => value.find([' ', ',', ';', '"', '\'', ')', ']', '}', '\n']).unwrap_or(value.len()),
    };
    // Messages about a missing value end behind the marker; what is redacted already stays.
    (length > 0 && !value.starts_with(REDACTED)).then_some((start, start + length))
}

/// See [`Decoded::redact`].
pub(super) fn decoded(mut decoded: Decoded<'_>) -> Decoded<'_> {
    let mut secrets: Vec<String> = Vec::new();
    for candidate in &mut decoded.candidates {
        hide(candidate, &mut secrets);
    }
    if let Some(condition) = decoded.condition {
        for (name, value) in &mut decoded.params {
            if condition.params.iter().any(|param| param.name == *name && param.sensitive) {
                secrets.push(std::mem::replace(value, Cow::Borrowed(REDACTED)).into_owned());
            }
        }
    }
    // The longest first: one may be part of another.
    secrets.retain(|secret| !secret.is_empty() && secret != REDACTED);
    secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
    let clean = |value: &mut Cow<'_, str>| {
        let hidden = secrets.iter().filter(|secret| value.contains(secret.as_str())).collect::<Vec<_>>();
        let replaced = hidden.iter().fold(value.to_string(), |text, secret| text.replace(secret.as_str(), REDACTED));
        *value = Cow::Owned(text(&replaced).into_owned());
    };
    decoded.message.iter_mut().for_each(clean);
    for candidate in &mut decoded.candidates {
        candidate.params.iter_mut().map(|(_, value)| value).for_each(clean);
        candidate.detail.iter_mut().for_each(clean);
    }
    decoded
}

fn hide(candidate: &mut Candidate<'_>, secrets: &mut Vec<String>) {
    let sensitive: Vec<bool> = candidate.params.iter().map(|(name, _)| candidate.is_sensitive(name)).collect();
    for ((_, value), sensitive) in candidate.params.iter_mut().zip(sensitive) {
        if sensitive {
            secrets.push(std::mem::replace(value, Cow::Borrowed(REDACTED)).into_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn what_stands_behind_a_marker_goes() {
        assert_eq!(text("app not found, appkey a1b2"), "app not found, appkey [redacted]");
        assert_eq!(text("failed,ak:HST3,err:ak not exist"), "failed,ak:[redacted],err:ak not exist");
        assert_eq!(text("x canonicalRequest:GET|/|a b, c"), "x canonicalRequest:[redacted]");
        assert_eq!(
            text("Access=AK1, SignedHeaders=host, Signature=ff"),
            "Access=[redacted], SignedHeaders=host, Signature=[redacted]"
        );
        assert_eq!(text("hmac id=\"AKID\", algorithm=\"x\""), "hmac id=\"[redacted]\", algorithm=\"x\"");
    }

    #[test]
    fn what_holds_no_secret_stays_borrowed() {
        for plain in ["", "break: the leak: none", "HMAC signature does not match", "appkey "] {
            assert!(matches!(text(plain), std::borrow::Cow::Borrowed(same) if same == plain), "{plain}");
        }
        let once = text("ak:1").into_owned();
        assert_eq!(text(&once), once);
    }
}
