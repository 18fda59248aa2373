//! Huawei: apps and IAM.

use std::time::Duration;

use apigw_gateway::scheme::Scheme;

use crate::signing_fixture::{KEY, NOW, OFF, Sent, World};
use crate::{borrowed, check, param, sign};

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
