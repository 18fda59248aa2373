//! What holds for every request: a signature is accepted, and no longer once anything that it covers has changed.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod signing_fixture;

use apigw_gateway::clock::Timestamp;
use apigw_gateway::scheme::{Scheme, Signing};
use apigw_gateway::secret::Secret;
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use proptest::sample::Index;
use signing_fixture::{KEY, NOW, SECRET, Sent, World};

/// A scheme in one of its versions or algorithms.
type Variant = (Scheme, &'static str);

const VARIANTS: [Variant; 10] = [
    (Scheme::TencentKeyPair, "hmac-sha1"),
    (Scheme::TencentKeyPair, "hmac-sha256"),
    (Scheme::TencentKeyPair, "hmac-sha384"),
    (Scheme::TencentKeyPair, "hmac-sha512"),
    (Scheme::TencentApplication, "hmac-sha1"),
    (Scheme::TencentApplication, "hmac-sha256"),
    (Scheme::HuaweiApp, "SDK-HMAC-SHA256"),
    (Scheme::HuaweiIam, "SDK-HMAC-SHA256"),
    (Scheme::Jdcloud, "JDCLOUD2-HMAC-SHA256"),
    (Scheme::Jdcloud, "JDCLOUD3-HMAC-SHA256"),
];

fn variant() -> impl Strategy<Value = Variant> {
    prop::sample::select(VARIANTS.to_vec())
}

/// Any request that a server may meet, with fields to sign.
fn sent() -> impl Strategy<Value = Sent> {
    let method = prop::sample::select(vec!["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]);
    let path = "(/([a-zA-Z0-9._~:@!$&'()*+,;=-]|%[0-9A-Fa-f]{2}|%){0,8}){1,5}";
    let query = prop::option::of("([a-zA-Z0-9._~+-]|%[0-9A-Fa-f]{2}|[&=%/?]){0,40}");
    let values = prop::collection::vec("([!-~]([ -~]{0,10}[!-~])?)?", 4);
    let content_type = prop::sample::select(vec![
        "application/json",
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-Urlencoded; charset=utf-8",
        "multipart/form-data; boundary=x",
    ]);
    (method, path, query, values, content_type, prop::collection::vec(any::<u8>(), 0..60)).prop_map(
        |(method, path, query, values, content_type, body)| {
            let target = query.map_or(path.clone(), |query| format!("{path}?{query}"));
            let mut sent = Sent::new(method, &target, &body);
            for (name, value) in ["host", "source", "accept", "x-more"].into_iter().zip(values) {
                sent.set(name, &value);
            }
            sent.set("content-type", content_type);
            sent
        },
    )
}

fn signed((scheme, algorithm): Variant, sent: Sent, names: &[&str]) -> Sent {
    let secret = Secret::from(SECRET);
    let now = Timestamp::from_basic_iso8601(NOW).unwrap();
    let signing =
        Signing { algorithm: Some(algorithm), signed_headers: Some(names), ..Signing::new(KEY, &secret, now, "n") };
    sent.signed(scheme, &signing)
}

fn names_of(scheme: Scheme) -> Vec<&'static str> {
    let date: &[&str] = match scheme {
        Scheme::TencentKeyPair | Scheme::TencentApplication => &["x-date"],
        Scheme::HuaweiApp | Scheme::HuaweiIam => &["x-sdk-date"],
        Scheme::Jdcloud => &["x-jdcloud-date", "x-jdcloud-nonce"],
    };
    [&["host", "source", "x-more"], date].concat()
}

fn outcome(scheme: Scheme, sent: &Sent) -> &'static str {
    World::default().outcome(scheme, sent)
}

/// Another byte that may stand in the same place.
fn other(byte: u8, by: u8) -> u8 {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
    let letter = LETTERS[usize::from(by) % LETTERS.len()];
    if letter == byte.to_ascii_lowercase() { LETTERS[usize::from(by + 1) % LETTERS.len()] } else { letter }
}

/// `text` with one of its bytes replaced; `None` if it has none.
fn mutated(text: &str, at: Index, by: u8) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let at = (!bytes.is_empty()).then(|| at.index(bytes.len()))?;
    bytes[at] = other(bytes[at], by);
    String::from_utf8(bytes).ok()
}

fn shuffled(headers: &HeaderMap, by: &[Index]) -> HeaderMap {
    let mut fields: Vec<(HeaderName, HeaderValue)> =
        headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    for (n, index) in by.iter().enumerate().take(fields.len()) {
        let at = index.index(fields.len());
        fields.swap(n, at);
    }
    fields.into_iter().collect()
}

proptest! {
    #[test]
    fn what_is_signed_is_accepted(variant in variant(), sent in sent()) {
        let names = names_of(variant.0);
        prop_assert_eq!(outcome(variant.0, &signed(variant, sent.clone(), &names)), "accepted");
        // And by default as well.
        let secret = Secret::from(SECRET);
        let signing = Signing::new(KEY, &secret, World::default().now, "n");
        prop_assert_eq!(outcome(variant.0, &sent.signed(variant.0, &signing)), "accepted");
    }

    #[test]
    fn order_of_fields_never_counts(variant in variant(), sent in sent(), by in prop::collection::vec(any::<Index>(), 12)) {
        let mut sent = signed(variant, sent, &names_of(variant.0));
        sent.headers = shuffled(&sent.headers, &by);
        prop_assert_eq!(outcome(variant.0, &sent), "accepted");
    }

    #[test]
    fn order_and_case_of_names_count_only_in_the_key_pair_scheme(variant in variant(), sent in sent()) {
        let names = names_of(variant.0);
        let sent = signed(variant, sent, &names);
        let mut sorted = names.clone();
        sorted.sort_unstable();
        let separator = if sent.authorization().contains(';') { ";" } else { " " };
        let list = [&names, &sorted].into_iter().map(|names| names.join(separator)).find(|list| sent.authorization().contains(list.as_str())).unwrap();
        let reversed: Vec<String> = sorted.iter().rev().map(|name| name.to_ascii_uppercase()).collect();
        let mut respelt = sent.clone();
        respelt.set("authorization", &sent.authorization().replace(&list, &reversed.join(separator)));
        let expected = if variant.0 == Scheme::TencentKeyPair { "auth.signature.mismatch" } else { "accepted" };
        prop_assert_eq!(outcome(variant.0, &respelt), expected);
        // Case alone never counts.
        let mut cased = sent.clone();
        cased.set("authorization", &sent.authorization().replace(&list, &list.to_ascii_uppercase()));
        prop_assert_eq!(outcome(variant.0, &cased), "accepted");
    }

    #[test]
    fn a_changed_signed_field_is_refused(variant in variant(), sent in sent(), which: Index, at: Index, by in 0u8..100) {
        let names = names_of(variant.0);
        let mut sent = signed(variant, sent, &names);
        let name = names[which.index(names.len())];
        let value = sent.headers[name].to_str().unwrap().to_owned();
        if let Some(value) = mutated(&value, at, by) {
            sent.set(name, &value);
            prop_assert_ne!(outcome(variant.0, &sent), "accepted");
        }
        sent.headers.remove(name);
        prop_assert_ne!(outcome(variant.0, &sent), "accepted");
    }

    #[test]
    fn a_changed_signature_or_key_is_refused(variant in variant(), sent in sent(), at: Index, by in 0u8..100) {
        let mut sent = signed(variant, sent, &names_of(variant.0));
        let authorization = sent.authorization().to_owned();
        let (before, signature) = authorization.rsplit_once("ignature=").unwrap();
        let bare = signature.trim_matches('"').trim_end_matches('=');
        let changed = mutated(bare, at, by).unwrap();
        for other in [changed.as_str(), "", &bare[..bare.len() / 2], &format!("{bare}00"), &bare[1..]] {
            sent.set("authorization", &format!("{before}ignature={}", signature.replace(bare, other)));
            prop_assert_ne!(outcome(variant.0, &sent), "accepted", "{}", other);
        }
        sent.set("authorization", &authorization.replace(KEY, "AKIDother"));
        prop_assert!(outcome(variant.0, &sent).ends_with(".key_unknown"));
    }

    #[test]
    fn a_changed_method_path_or_body_is_refused(variant in variant(), sent in sent(), at: Index, by in 0u8..100, extra: u8) {
        let mut sent = signed(variant, sent, &names_of(variant.0));
        let signs_all = variant.0 != Scheme::TencentKeyPair;
        let refused = |sent: &Sent| (outcome(variant.0, sent) != "accepted") == signs_all;

        let mut method = sent.clone();
        method.method = if sent.method == "GET" { http::Method::POST } else { http::Method::GET };
        prop_assert!(refused(&method));

        let mut path = sent.clone();
        // Not an escape: its letters may be respelt without changing what it stands for.
        let literal = sent.path.replace('%', "_");
        let resigned = { let mut plain = sent.clone(); plain.path = literal.clone(); plain.signed_path = literal.clone(); plain.headers.remove("authorization"); signed(variant, plain, &names_of(variant.0)) };
        path.headers = resigned.headers;
        path.signed_path = mutated(&literal, at, by).unwrap();
        prop_assert!(refused(&path), "{} became {}", literal, path.signed_path);

        sent.body.push(if extra == b'&' { b'x' } else { extra });
        if sent.headers["content-type"] == "application/json" {
            prop_assert!(refused(&sent));
        }
    }

    #[test]
    fn a_changed_query_is_refused(variant in variant(), sent in sent(), pairs in prop::collection::vec(("[a-z]{1,4}", "[a-z]{1,6}"), 1..4), at: Index, by in 0u8..100) {
        let signs_all = variant.0 != Scheme::TencentKeyPair;
        let mut sent = sent;
        let (name, value) = &pairs[0];
        sent.query = Some(pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"));
        let mut sent = signed(variant, sent, &names_of(variant.0));
        let query = sent.query.clone().unwrap();
        let changed = mutated(value, at, by).unwrap();
        for other in [query.replacen(&format!("{name}={value}"), &format!("{name}={changed}"), 1), format!("{query}&a=b"), "a=b".repeat(2)] {
            sent.query = Some(other);
            prop_assert_eq!(outcome(variant.0, &sent) != "accepted", signs_all);
        }
        // Another order of the same pairs is the same query to all of them.
        sent.query = Some(query.split('&').rev().collect::<Vec<_>>().join("&"));
        prop_assert_eq!(outcome(variant.0, &sent), "accepted");
    }

    #[test]
    fn no_authorization_makes_a_verifier_panic(variant in variant(), mut sent in sent(), value in prop::collection::vec(any::<u8>(), 0..80), word in prop::sample::select(vec!["", "hmac ", "SDK-HMAC-SHA256 ", "JDCLOUD3-HMAC-SHA256 Credential="])) {
        let bytes = [word.as_bytes(), &value].concat();
        if let Ok(value) = HeaderValue::from_bytes(&bytes) {
            sent.headers.insert("authorization", value.clone());
            for name in ["x-date", "x-sdk-date", "x-jdcloud-date", "x-jdcloud-nonce", "x-jdcloud-pin", "content-md5"] {
                sent.headers.insert(name, value.clone());
            }
            prop_assert_ne!(outcome(variant.0, &sent), "accepted");
        }
    }

    #[test]
    fn no_damaged_request_makes_a_verifier_panic(variant in variant(), sent in sent(), at: Index, byte: u8) {
        let mut sent = signed(variant, sent, &names_of(variant.0));
        let mut bytes = sent.authorization().as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(value) = HeaderValue::from_bytes(&bytes) {
            sent.headers.insert("authorization", value);
            outcome(variant.0, &sent);
        }
    }
}
