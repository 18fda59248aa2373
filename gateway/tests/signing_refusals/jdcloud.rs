//! JD Cloud.

use std::time::Duration;

use apigw_errors::Condition;
use apigw_gateway::clock::Timestamp;
use apigw_gateway::nonce::MemoryNonces;
use apigw_gateway::scheme::{Scheme, Signing};
use apigw_gateway::secret::Secret;

use crate::signing_fixture::{KEY, NOW, OFF, SECRET, Sent, World};
use crate::{borrowed, check, param, sign};

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
