//! Each refusal by a request that earns it, in the order of the checks: every request is right in all that is checked
//! before, and wrong in something that is checked after, so that a check in the wrong place shows.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod signing_fixture;

use std::fmt::Write;
use std::time::Duration;

use apigw_errors::{Condition, Params};
use apigw_gateway::clock::Timestamp;
use apigw_gateway::nonce::MemoryNonces;
use apigw_gateway::scheme::{Algorithm, Scheme, Signing};
use apigw_gateway::secret::Secret;
use signing_fixture::{HTTP_NOW, KEY, NOW, OFF, SECRET, Sent, World};

/// What each request is refused with; all that differ at once.
fn check(scheme: Scheme, world: &World, rows: &[(&str, &str)]) {
    let mut failures = String::new();
    for (text, expected) in rows {
        let outcome = world.outcome(scheme, &Sent::parse(text));
        if outcome != *expected {
            writeln!(failures, "expected {expected}, not {outcome}, for\n{text}\n").unwrap();
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

fn param(refusal: &Condition, name: &str) -> String {
    refusal.param(name).map(|value| value.to_string()).unwrap_or_default()
}

fn now() -> Timestamp {
    Timestamp::from_basic_iso8601(NOW).unwrap()
}

fn sign(scheme: Scheme, text: &str) -> Sent {
    let secret = Secret::from(SECRET);
    Sent::parse(text).signed(scheme, &Signing::new(KEY, &secret, now(), "n-1"))
}

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

fn huawei(headers: &str, access: &str, names: &str) -> String {
    format!("GET /a\n{headers}\nAuthorization: SDK-HMAC-SHA256 Access={access}, SignedHeaders={names}, Signature=00")
}

fn huawei_rows(rows: &[(&'static str, &'static str)]) -> Vec<(String, &'static str)> {
    let dated = format!("X-Sdk-Date: {NOW}");
    let plain = [
        ("GET /", "auth.signature.incomplete"),
        ("GET /\nAuthorization:  ", "auth.signature.incomplete"),
        ("GET /\nAuthorization: Basic QTpC", "auth.signature.malformed"),
        ("GET /\nAuthorization: a\nAuthorization: b", "auth.signature.repeated_header"),
        ("GET /\nAuthorization: SDK-HMAC-SM3 Access=", "auth.signature.algorithm_unsupported"),
        ("GET /\nAuthorization: V11-HMAC-SHA256 Credential=", "auth.signature.algorithm_unsupported"),
        ("GET /\nAuthorization: SDK-HMAC-SHA256", "auth.signature.incomplete"),
        ("GET /\nAuthorization: SDK-HMAC-SHA256 Access", "auth.signature.malformed"),
        ("GET /\nAuthorization: SDK-HMAC-SHA256 Access=k, SignedHeaders=a, Signature=", "auth.signature.incomplete"),
        ("GET /\nAuthorization: SDK-HMAC-SHA256 Access=k, SignedHeaders=;, Signature=0", "auth.signature.malformed"),
    ]
    .map(|(text, expected)| (text.to_owned(), expected));
    let made = [
        (huawei("Host: h", "k", "host"), "auth.signature.incomplete"),
        (huawei("X-Sdk-Date: 2024-02-29T12:00:00Z", "k", "host"), "auth.signature.malformed"),
        (huawei(&format!("{dated}\n{dated}"), "k", "host"), "auth.signature.repeated_header"),
        (huawei(&format!("{dated}\nHost: h"), "k", "host"), "auth.signature.incomplete.signed_header"),
        (huawei(&dated, "k", "host;x-sdk-date"), "auth.signature.incomplete.signed_header"),
        (huawei(&format!("{dated}\nA: 1\nA: 2"), "k", "a;x-sdk-date"), "auth.signature.repeated_header"),
        (huawei("X-Sdk-Date: 20240229T110000Z", "k", "x-sdk-date"), "auth.signature.key_unknown"),
        (huawei("X-Sdk-Date: 20240229T110000Z", OFF, "x-sdk-date"), "auth.signature.key_disabled"),
        (huawei("X-Sdk-Date: 20240229T114459Z", KEY, "x-sdk-date"), "auth.signature.expired"),
        (huawei("X-Sdk-Date: 20240229T121501Z", KEY, "x-sdk-date"), "auth.signature.expired"),
        (huawei("X-Sdk-Date: 20240229T114500Z", KEY, "x-sdk-date"), "auth.signature.mismatch.canonical"),
        (huawei("X-Sdk-Date: 20240229T121500Z", KEY, "X-Sdk-Date"), "auth.signature.mismatch.canonical"),
    ];
    let renamed = |(text, id): (String, &'static str)| {
        (text, rows.iter().find(|(from, _)| *from == id).map_or(id, |(_, to)| *to))
    };
    plain.into_iter().chain(made).map(renamed).collect()
}

fn borrowed<'a>(rows: &'a [(String, &'static str)]) -> Vec<(&'a str, &'static str)> {
    rows.iter().map(|(text, id)| (text.as_str(), *id)).collect()
}

#[test]
fn huawei_app_in_order() {
    let mut world = World::default();
    check(Scheme::HuaweiApp, &world, &borrowed(&huawei_rows(&[])));

    let refusal = |text: &str| world.verify(Scheme::HuaweiApp, &Sent::parse(text)).unwrap_err();
    let expired = refusal(&huawei("X-Sdk-Date: 20240229T110000Z", KEY, "x-sdk-date"));
    assert_eq!(
        (param(&expired, "signed_at"), param(&expired, "server_time")),
        ("20240229T110000Z".to_owned(), NOW.to_owned())
    );
    assert_eq!(param(&refusal(&huawei(&format!("X-Sdk-Date: {NOW}"), "k", "x-sdk-date")), "key"), "k");
    let mismatch = refusal(&huawei(&format!("X-Sdk-Date: {NOW}"), KEY, "x-sdk-date"));
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(param(&mismatch, "canonical"), format!("GET|/a/||x-sdk-date:{NOW}||x-sdk-date|{empty}"));

    world.policy.mixed = true;
    check(Scheme::HuaweiApp, &world, &[("GET /", "auth"), ("GET /\nAuthorization: x", "auth.signature.malformed")]);
}

#[test]
fn huawei_iam_in_order() {
    let generic: Vec<_> =
        ["malformed", "incomplete", "repeated_header", "incomplete.signed_header", "key_disabled", "expired"]
            .into_iter()
            .map(|leaf| (&*format!("auth.signature.{leaf}").leak(), "auth.iam"))
            .chain([
                ("auth.signature.key_unknown", "auth.iam.key_unknown"),
                ("auth.signature.mismatch.canonical", "auth.iam.mismatch"),
            ])
            .collect();
    check(Scheme::HuaweiIam, &World::default(), &borrowed(&huawei_rows(&generic)));
}

#[test]
fn huawei_iam_locks_out_after_five_failures_in_a_row() {
    let mut world = World::default();
    let wrong = Sent::parse(&huawei(&format!("X-Sdk-Date: {NOW}"), KEY, "x-sdk-date"));
    let right = sign(Scheme::HuaweiIam, "GET /a");
    for _ in 0..4 {
        assert_eq!(world.outcome(Scheme::HuaweiIam, &wrong), "auth.iam.mismatch");
    }
    assert_eq!(world.outcome(Scheme::HuaweiIam, &right), "accepted", "the row is broken");
    for _ in 0..5 {
        assert_eq!(world.outcome(Scheme::HuaweiIam, &wrong), "auth.iam.mismatch");
    }
    assert_eq!(world.outcome(Scheme::HuaweiIam, &right), "auth.iam.locked_out");
    world.now = world.now.plus(Duration::from_secs(301));
    assert_eq!(world.outcome(Scheme::HuaweiIam, &right), "accepted");
}

#[test]
fn huawei_body_is_signed_unless_declared_otherwise() {
    let world = World::default();
    let outcome = |sent: &Sent| world.outcome(Scheme::HuaweiApp, sent);
    let mut sent = sign(Scheme::HuaweiApp, "POST /a\nContent-Length: 2\n\n{}");
    assert!(Scheme::HuaweiApp.needs_body(&sent.headers));
    sent.body = b"[]".to_vec();
    assert_eq!(outcome(&sent), "auth.signature.mismatch.canonical");

    let mut free = sign(Scheme::HuaweiApp, "POST /a\nContent-Length: 2\nX-Sdk-Content-Sha256: UNSIGNED-PAYLOAD\n\n{}");
    assert!(!Scheme::HuaweiApp.needs_body(&free.headers));
    free.body = b"[]".to_vec();
    assert_eq!(outcome(&free), "accepted");

    // The SDK declares an empty body unsigned and signs it. No body may then be slipped in behind the signature.
    let mut empty = sign(Scheme::HuaweiApp, "GET /a\nX-Sdk-Content-Sha256: UNSIGNED-PAYLOAD");
    assert!(Scheme::HuaweiApp.needs_body(&empty.headers));
    assert_eq!(outcome(&empty), "accepted");
    empty.body = b"{}".to_vec();
    assert_eq!(outcome(&empty), "auth.signature.mismatch.canonical");
    empty.set("content-length", "2");
    assert_eq!(outcome(&empty), "auth.signature.mismatch.canonical");

    // A digest that the client announces must be the body's.
    let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let mut announced = sign(Scheme::HuaweiApp, &format!("POST /a\nX-Sdk-Content-Sha256: {digest}\n\n{{}}"));
    assert_eq!(outcome(&announced), "accepted");
    announced.body = b"[]".to_vec();
    assert_eq!(outcome(&announced), "auth.signature.mismatch.canonical");
}

#[test]
fn jdcloud_in_order() {
    let mut world = World::default();
    world.policy.service = Some("group".into());
    world.policy.region = Some("north".into());
    let with = |headers: &str, credential: &str, names: &str| {
        format!(
            "GET /a\nHost: h\n{headers}\nAuthorization: JDCLOUD2-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature=00"
        )
    };
    let dated = format!("x-jdcloud-date: {NOW}\nx-jdcloud-nonce: n");
    let scope = |key: &str| format!("{key}/20240229/north/group/jdcloud2_request");
    let rows = [
        ("GET /\nx-jcloud-date: x".to_owned(), "request.header_illegal"),
        ("GET /".to_owned(), "auth.signature.incomplete"),
        ("GET /\nAuthorization: a\nAuthorization: b".to_owned(), "auth.signature.repeated_header"),
        ("GET /\nAuthorization: hmac x".to_owned(), "auth.signature.malformed"),
        ("GET /\nAuthorization: JDCLOUD9-HMAC-SHA256 x".to_owned(), "auth.signature.algorithm_unsupported"),
        ("GET /\nAuthorization: JDCLOUD3-HMAC-SHA256".to_owned(), "auth.signature.incomplete"),
        (with("A: 1", "", "a"), "auth.signature.incomplete"),
        (with("A: 1", "k", ""), "auth.signature.incomplete"),
        (with("A: 1", "k", "a").replace("=00", "="), "auth.signature.incomplete"),
        (with("A: 1", "k/20240229/north/group", "a"), "auth.signature.malformed"),
        (with("A: 1", &(scope("k") + "/more"), "a"), "auth.signature.malformed"),
        (with("A: 1", &scope("k"), "a"), "auth.signature.incomplete"),
        (with(&format!("x-jdcloud-date: {NOW}"), &scope("k"), "a"), "auth.signature.incomplete"),
        (with("x-jdcloud-date: today\nx-jdcloud-nonce: n", &scope("k"), "a"), "auth.signature.malformed"),
        (with(&dated, "k/20240228/north/group/jdcloud2_request", "a"), "auth.signature.malformed"),
        (with(&dated, "k/20240229/north/group/jdcloud3_request", "a"), "auth.signature.malformed"),
        (
            with(&format!("{dated}\nx-jdcloud-security-token: dA=="), &scope("k"), "a"),
            "auth.signature.incomplete.signed_header",
        ),
        (with(&dated, &scope("k"), "a"), "auth.signature.incomplete.signed_header"),
        (
            with("x-jdcloud-date: 20240229T110000Z\nx-jdcloud-nonce: n", &scope("k"), "host"),
            "auth.signature.key_unknown",
        ),
        (
            with("x-jdcloud-date: 20240229T110000Z\nx-jdcloud-nonce: n", &scope(OFF), "host"),
            "auth.signature.key_disabled",
        ),
        (
            with(
                "x-jdcloud-date: 20240229T110000Z\nx-jdcloud-nonce: n",
                "AKIDkey/20240229/south/x/jdcloud2_request",
                "host",
            ),
            "auth.signature.expired",
        ),
        (with(&dated, "AKIDkey/20240229/north/other/jdcloud2_request", "host"), "route.not_found.service"),
        (with(&dated, "AKIDkey/20240229/south/group/jdcloud2_request", "host"), "route.not_found.service"),
        (with(&format!("{dated}\nx-jdcloud-pin: ?"), &scope(KEY), "host"), "auth.signature.mismatch"),
    ];
    check(Scheme::Jdcloud, &world, &borrowed(&rows));
}

#[test]
fn jdcloud_names_what_is_missing() {
    let world = World::default();
    for field in ["authorization", "x-jdcloud-date", "x-jdcloud-nonce"] {
        let mut sent = sign(Scheme::Jdcloud, "GET /a\nHost: h");
        sent.headers.remove(field);
        let refusal = world.verify(Scheme::Jdcloud, &sent).unwrap_err();
        assert_eq!(param(&refusal, "parameter").to_ascii_lowercase(), field);
    }
}

#[test]
fn jdcloud_nonces_are_used_up_by_right_signatures_alone() {
    let mut world = World::default();
    let right = sign(Scheme::Jdcloud, "GET /a\nHost: h");
    let mut wrong = right.clone();
    wrong.path.push('b');
    wrong.signed_path.push('b');
    assert_eq!(world.outcome(Scheme::Jdcloud, &wrong), "auth.signature.mismatch");
    assert_eq!(world.outcome(Scheme::Jdcloud, &right), "accepted", "a forger cannot burn a nonce");
    let refusal = world.verify(Scheme::Jdcloud, &right).unwrap_err();
    assert_eq!(refusal, Condition::AuthSignatureNonceReplayed { nonce: "n-1".into() });

    world.nonces = MemoryNonces::new(0);
    assert_eq!(world.outcome(Scheme::Jdcloud, &right), "auth.signature.nonce_replayed", "a full store refuses");
}

#[test]
fn jdcloud_replay_fails_for_as_long_as_the_date_passes() {
    let mut world = World::default();
    let ahead = Timestamp::from_unix(world.now.unix() + 900);
    let secret = Secret::from(SECRET);
    let sent = Sent::parse("GET /a\nHost: h").signed(Scheme::Jdcloud, &Signing::new(KEY, &secret, ahead, "n"));
    assert_eq!(world.outcome(Scheme::Jdcloud, &sent), "accepted");
    world.now = ahead.plus(Duration::from_secs(900));
    assert_eq!(world.outcome(Scheme::Jdcloud, &sent), "auth.signature.nonce_replayed");
    world.now = ahead.plus(Duration::from_secs(901));
    assert_eq!(world.outcome(Scheme::Jdcloud, &sent), "auth.signature.expired");
}

#[test]
fn jdcloud_user_beside_the_key() {
    let user = |pin: &str| {
        let sent = sign(Scheme::Jdcloud, &format!("GET /a\nHost: h\nx-jdcloud-pin: {pin}"));
        World::default().verify(Scheme::Jdcloud, &sent).map(|principal| principal.user)
    };
    assert_eq!(user("5bCP54uX"), Ok(Some("小狗".into())));
    for malformed in ["?", "5bCP54u", "_w==", "/w=="] {
        assert_eq!(user(malformed), Err(Condition::AuthUserIdentifierMalformed), "{malformed}");
    }
}
