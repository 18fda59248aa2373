//! Tencent: the Authorization field, key pairs, applications.

use apigw_gateway::scheme::{Algorithm, Scheme};

use crate::signing_fixture::{HTTP_NOW, KEY, OFF, Sent, World};
use crate::{check, param, sign};

#[test]
fn tencent_authorization_in_order() {
    check(
        Scheme::TencentKeyPair,
        &World::default(),
        &[
            // Steps 1 and 2: not this scheme's.
            ("GET /", "auth.signature.malformed"),
            ("GET /\nAuthorization:", "auth.signature.malformed"),
            ("GET /\nAuthorization: Basic QTpC", "auth.signature.malformed"),
            ("GET /\nAuthorization: hmac2 id=\"\"", "auth.signature.malformed"),
            ("GET /\nAuthorization: hmac id=k, algorithm=a, headers=h, signature=s", "auth.signature.malformed"),
            (
                "GET /\nAuthorization: hmac id=\"k\", id=\"k\", algorithm=\"a\", headers=\"h\", signature=\"s\"",
                "auth.signature.malformed",
            ),
            ("GET /\nAuthorization: hmac id=\"\"\nAuthorization: hmac id=\"\"", "auth.signature.repeated_header"),
            // Step 3.
            ("GET /\nAuthorization: hmac", "auth.signature.incomplete.parameters"),
            ("GET /\nAuthorization: hmac id=\"\", signature=\"\"", "auth.signature.incomplete.parameters"),
            (
                "GET /\nAuthorization: hmac id=\"\", algorithm=\"\", headers=\"\"",
                "auth.signature.incomplete.parameters",
            ),
            (
                "GET /\nAuthorization: hmac id=\"\", algorithms=\"\", headers=\"\", signature=\"\"",
                "auth.signature.incomplete.parameters",
            ),
            // Step 4.
            (
                "GET /\nAuthorization: hmac id=\"\", algorithm=\"\", headers=\"\", signature=\"s\"",
                "auth.signature.incomplete.id_or_signature",
            ),
            (
                "GET /\nAuthorization: hmac id=\"k\", algorithm=\"\", headers=\"\", signature=\"\"",
                "auth.signature.incomplete.id_or_signature",
            ),
            (
                "GET /\nAuthorization: hmac username=\"k\", algorithm=\"\", headers=\"\", signature=\"s\"",
                "auth.signature.incomplete.id_or_signature",
            ),
        ],
    );
}

#[test]
fn tencent_key_pair_in_order() {
    let mut world = World::default();
    world.policy.algorithms = [Algorithm::Sha1, Algorithm::Sha256].into_iter().collect();
    let late = "X-Date: Thu, 29 Feb 2024 11:44:59 GMT";
    check(
        Scheme::TencentKeyPair,
        &world,
        &[
            // Step 5.
            (
                "GET /\nAuthorization: hmac id=\"k\", algorithm=\"\", headers=\"\", signature=\"s\"",
                "auth.signature.incomplete.date",
            ),
            (
                "GET /\nDate: 2024-02-29T12:00:00Z\nAuthorization: hmac id=\"k\", algorithm=\"\", headers=\"\", signature=\"s\"",
                "auth.signature.incomplete.date",
            ),
            // Step 6.
            (
                "GET /\nX-Date: 2024-02-29T12:00:00Z\nAuthorization: hmac id=\"k\", algorithm=\"\", headers=\"\", signature=\"s\"",
                "auth.signature.incomplete.x_date",
            ),
            (
                "GET /\nX-Date:\nAuthorization: hmac id=\"k\", algorithm=\"\", headers=\"\", signature=\"s\"",
                "auth.signature.incomplete.x_date",
            ),
            // Step 7.
            (
                &format!("GET /\n{late}\nAuthorization: hmac id=\"k\", algorithm=\"\", headers=\"\", signature=\"s\""),
                "auth.signature.expired",
            ),
            (
                "GET /\nX-Date: Thu, 29 Feb 2024 12:15:01 GMT\nAuthorization: hmac id=\"k\", algorithm=\"\", headers=\"\", signature=\"s\"",
                "auth.signature.expired",
            ),
            // Step 8, at the edge of the window.
            (
                "GET /\nX-Date: Thu, 29 Feb 2024 11:45:00 GMT\nAuthorization: hmac id=\"k\", algorithm=\"hmac-md5\", headers=\"source\", signature=\"s\"",
                "auth.signature.algorithm_unsupported",
            ),
            (
                "GET /\nX-Date: Thu, 29 Feb 2024 12:15:00 GMT\nAuthorization: hmac id=\"k\", algorithm=\"HMAC-SHA1\", headers=\"source\", signature=\"s\"",
                "auth.signature.algorithm_unsupported",
            ),
            (
                &format!(
                    "GET /\nX-Date: {HTTP_NOW}\nAuthorization: hmac id=\"k\", algorithm=\"hmac-sha512\", headers=\"source\", signature=\"s\""
                ),
                "auth.signature.algorithm_unsupported",
            ),
            // Step 9.
            (
                &format!(
                    "GET /\nX-Date: {HTTP_NOW}\nSource: a\nSource: b\nAuthorization: hmac id=\"k\", algorithm=\"hmac-sha1\", headers=\"x-date source more\", signature=\"s\""
                ),
                "auth.signature.repeated_header",
            ),
            (
                &format!(
                    "GET /\nX-Date: {HTTP_NOW}\nAuthorization: hmac id=\"k\", algorithm=\"hmac-sha1\", headers=\"x-date source\", signature=\"s\""
                ),
                "auth.signature.incomplete.signed_header",
            ),
            (
                &format!(
                    "GET /\nX-Date: {HTTP_NOW}\nSource: a\nAuthorization: hmac id=\"k\", algorithm=\"hmac-sha1\", headers=\"source\", signature=\"s\""
                ),
                "auth.signature.incomplete.signed_header",
            ),
            (
                &format!(
                    "GET /\nX-Date: {HTTP_NOW}\nAuthorization: hmac id=\"k\", algorithm=\"hmac-sha1\", headers=\"\", signature=\"s\""
                ),
                "auth.signature.incomplete.signed_header",
            ),
            // Step 10.
            (
                &format!(
                    "GET /\nX-Date: {HTTP_NOW}\nAuthorization: hmac id=\"k\", algorithm=\"hmac-sha1\", headers=\"x-date\", signature=\"s\""
                ),
                "auth.signature.key_unknown",
            ),
            (
                &format!(
                    "GET /\nX-Date: {HTTP_NOW}\nAuthorization: hmac id=\"{OFF}\", algorithm=\"hmac-sha1\", headers=\"x-date\", signature=\"s\""
                ),
                "auth.signature.key_disabled",
            ),
            // Step 12.
            (
                &format!(
                    "GET /\nX-Date: {HTTP_NOW}\nAuthorization: hmac id=\"{KEY}\", algorithm=\"hmac-sha1\", headers=\"x-date\", signature=\"s\""
                ),
                "auth.signature.mismatch",
            ),
            (
                &format!(
                    "GET /\nDate: {HTTP_NOW}\nAuthorization: Hmac id=\"{KEY}\", algorithm=\"hmac-sha1\", headers=\"date\", signature=\"AAAA\""
                ),
                "auth.signature.mismatch",
            ),
        ],
    );
}

#[test]
fn tencent_key_pair_may_insist_on_x_date() {
    let mut world = World::default();
    let sent = sign(Scheme::TencentKeyPair, "GET /\nDate: Sat, 01 Jan 2000 00:00:00 GMT");
    assert_eq!(world.outcome(Scheme::TencentKeyPair, &sent), "accepted", "nobody checks the age of a lone Date");
    world.policy.x_date_required = true;
    assert_eq!(world.outcome(Scheme::TencentKeyPair, &sent), "auth.signature.incomplete.x_date");
}

#[test]
fn tencent_application_in_order() {
    let world = World::default();
    let with = |headers: &str, list: &str, key: &str| {
        format!(
            "GET /a\n{headers}\nAuthorization: hmac id=\"{key}\", algorithm=\"hmac-sha1\", headers=\"{list}\", signature=\"AAAA\""
        )
    };
    check(
        Scheme::TencentApplication,
        &world,
        &[
            ("GET /", "auth.signature.malformed"),
            (&with("Source: s", "", "k"), "auth.signature.incomplete.date"),
            (&with(&format!("Date: {HTTP_NOW}"), "date", "k"), "auth.signature.incomplete.x_date"),
            (&with("X-Date: Thu, 29 Feb 2024 11:00:00 GMT", "", "k"), "auth.signature.expired"),
            (
                &with(&format!("X-Date: {HTTP_NOW}\nDate: {HTTP_NOW}"), "date", "k"),
                "auth.signature.incomplete.signed_header",
            ),
            (
                &with(&format!("X-Date: {HTTP_NOW}\nAccept: a\nAccept: b"), "x-date", "k"),
                "auth.signature.repeated_header",
            ),
            (&with(&format!("X-Date: {HTTP_NOW}"), "x-date", "k"), "auth.signature.key_unknown"),
            (&with(&format!("X-Date: {HTTP_NOW}"), "x-date", OFF), "auth.signature.key_disabled"),
            (&with(&format!("X-Date: {HTTP_NOW}"), "x-date", KEY), "auth.signature.mismatch.canonical"),
        ],
    );
    let sent = Sent::parse(&with(&format!("X-Date: {HTTP_NOW}\nAccept: text/html"), "X-Date", KEY));
    let refusal = world.verify(Scheme::TencentApplication, &sent).unwrap_err();
    assert_eq!(param(&refusal, "canonical"), format!("x-date: {HTTP_NOW}#GET#text/html###/a"));
}

#[test]
fn tencent_application_signs_what_the_demos_sign() {
    let world = World::default();
    let accepted = |sent: &Sent| world.outcome(Scheme::TencentApplication, sent);
    // Two demos sign the digest of the body and never send it.
    let mut silent = sign(Scheme::TencentApplication, "POST /a\nContent-Type: application/json\n\n{}");
    assert!(silent.headers.remove("content-md5").is_some());
    assert_eq!(accepted(&silent), "accepted");
    // The vendor's text has RFC 1864's form.
    let mut rfc = sign(Scheme::TencentApplication, "POST /a\nContent-MD5: mZFLkyvTelC5g8XnyQrpOw==\n\n{}");
    assert_eq!(accepted(&rfc), "accepted");
    rfc.headers.remove("content-md5");
    assert_eq!(accepted(&rfc), "accepted");
    rfc.body = b"[]".to_vec();
    assert_eq!(accepted(&rfc), "auth.signature.mismatch.canonical");
    // A form's fields are parameters; a false digest is never taken over.
    let form = "POST /a?b=2\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\n\na=%E4%B8%AD+x&c=";
    let mut form = sign(Scheme::TencentApplication, form);
    assert_eq!(accepted(&form), "accepted");
    assert!(!form.headers.contains_key("content-md5"));
    form.body = b"a=1".to_vec();
    assert_eq!(accepted(&form), "auth.signature.mismatch.canonical");
}
