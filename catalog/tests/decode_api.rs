//! What the answer of `decode` can be asked, and what a code says of itself.

// Helpers of tests, to which clippy's leave for test functions does not reach.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::borrow::Cow;

use apigw_errors::decode::{Agreement, Commonplace, Confidence, Decoder, OriginWhy, decode};
use apigw_errors::{
    AnyError, CATALOG, Catalog, Condition, Lang, Origin, Relation, Say, VendorRow, huawei, jdcloud, tencent,
};

const LIMITED: &[u8] = br#"{"error_code":"APIG.0308","request_id":"ab",
    "error_msg":"The throttling threshold has been reached: policy user over ratelimit,limit:5,time:1 minute"}"#;

#[test]
fn a_typed_error_comes_out() {
    let decoded = decode(404, &[("X-Api-RequestId", "ab")], br#"{"message":"There is no api match uri[\/a]"}"#);
    let Some(AnyError::Tencent(tencent::Error::NoApiMatchesUri { uri })) = decoded.error() else {
        panic!("{decoded:?}")
    };
    assert_eq!(uri.as_str(), "/a");
    assert_eq!(decoded.is_retryable(), Some(false));
}

#[test]
fn the_condition_comes_out_with_its_parameters() {
    let decoded = decode(429, &(), LIMITED);
    assert_eq!(decoded.best().unwrap().condition().id, "traffic.rate_limited");
    assert!(matches!(decoded.occurrence(), Some(Condition::TrafficRateLimited { .. })), "{:?}", decoded.occurrence());
    assert_eq!(decoded.is_retryable(), Some(true));
    let problem =
        br#"{"title":"t","status":400,"condition":"request.parameter.missing.header","header":"h","name":"X-Token"}"#;
    let decoded = decode(400, &(), problem);
    assert_eq!(decoded.origin.unwrap().why, OriginWhy::Condition);
    let occurrence = decoded.occurrence().unwrap();
    assert_eq!(occurrence.id().as_str(), "request.parameter.missing.header");
    assert!(decoded.best().is_none(), "no vendor said so");
}

#[test]
fn a_vendor_alone_reads_its_own() {
    assert!(tencent::VENDOR.decode(429, &(), LIMITED).candidates.is_empty());
    let decoded = huawei::VENDOR.decode(429, &(), LIMITED);
    let error: huawei::Error = decoded.best().unwrap().error_as().unwrap();
    assert_eq!(error, huawei::Error::ThrottlingThresholdReached);
    assert!(decoded.best().unwrap().error_as::<jdcloud::Error>().is_none());
}

/// A catalog without our vendors, and one with a single one: the decoder looks at nothing else.
#[test]
fn the_decoder_knows_the_catalogs_it_was_given() {
    static ONE: [&VendorRow; 1] = [&jdcloud::VENDOR];
    let none = Catalog { vendors: &[], ..CATALOG };
    let one = Catalog { vendors: &ONE, ..CATALOG };
    assert!(Decoder::over(&[&none]).decode(429, &(), LIMITED).candidates.is_empty());
    let body = br#"{"requestId":"r","error":{"status":"APIGW_NONCE_CONFLICT","code":403,"message":"x"}}"#;
    let decoded = Decoder::over(&[&none, &one]).decode(403, &(), body);
    assert_eq!(decoded.best().unwrap().code, jdcloud::Code::NonceConflict.row());
}

#[test]
fn unknown_codes_keep_everything_that_was_read() {
    let decoded = decode(418, &(), br#"{"error_code":"APIG.9999","error_msg":"m","request_id":"r"}"#);
    assert!(decoded.candidates.is_empty() && decoded.best().is_none() && decoded.error().is_none());
    assert_eq!(decoded.envelope, Some("huawei"));
    assert_eq!((decoded.code.as_deref(), decoded.message.as_deref()), (Some("APIG.9999"), Some("m")));
    assert_eq!((decoded.status, decoded.request_id.as_deref()), (Some(418), Some("r")));
}

#[test]
fn what_speaks_for_a_candidate_is_told_in_both_languages() {
    let decoded = decode(500, &[("Server", "kong/3.9")], br#"{"message":"API rate limit exceeded"}"#);
    let best = &decoded.candidates[0];
    assert_eq!((best.confidence, best.fit.commonplace), (Confidence::Possible, Some(Commonplace::Kong)));
    assert_eq!((best.fit.status, best.fit.headers), (Agreement::Differs, Agreement::Differs));
    for lang in Lang::ALL {
        let why: Vec<_> = best.fit.why(lang).collect();
        assert!(why.iter().any(|text| text.contains("Kong")), "{why:?}");
        assert!(why.len() >= 4, "{why:?}");
    }
}

#[test]
fn the_body_is_borrowed_where_it_can_be() {
    let decoded = decode(429, &(), LIMITED);
    assert!(matches!(decoded.code, Some(Cow::Borrowed("APIG.0308"))));
    assert!(decoded.candidates[0].params.iter().all(|(_, value)| matches!(value, Cow::Borrowed(_))));
}

#[test]
fn redaction_leaves_what_was_recognised() {
    let body = br#"{"error_code":"APIG.0303","error_msg":"Incorrect app authentication information: app not found, appkey KEY1"}"#;
    let clean = decode(401, &(), body).redact();
    assert_eq!(
        clean.message.as_deref(),
        Some("Incorrect app authentication information: app not found, appkey [redacted]")
    );
    assert_eq!(clean.best().unwrap().param("key"), Some("[redacted]"));
    assert_eq!(clean.best().unwrap().condition().id, "auth.signature.key_unknown");
}

#[test]
fn the_gateways_mark_outweighs_the_table() {
    let body = |suffix: &str| {
        format!(
            r#"{{"requestId":"r","error":{{"status":"CONFLICT","code":409,"message":"两种资源归属的父资源不一致{suffix}"}}}}"#
        )
    };
    let (plain, marked) = (body(""), body(" [gw]"));
    let plain = decode(409, &(), plain.as_bytes()).origin.unwrap();
    let marked = decode(409, &(), marked.as_bytes()).origin.unwrap();
    assert_eq!((plain.origin, plain.why), (Origin::Backend, OriginWhy::Table));
    assert_eq!((marked.origin, marked.why), (Origin::Gateway, OriginWhy::WireSuffix));
}

#[test]
fn every_code_is_read_from_what_it_writes() {
    for code in CATALOG.codes() {
        if !code.params.is_empty() {
            continue;
        }
        let message = code.message.as_static().map_or_else(|| code.message.source.to_owned(), str::to_owned);
        let Some(wire) = code.wire(&message, "ab12") else {
            assert!(code.status.is_none() || code.kind == apigw_errors::Kind::LogOnly, "{code}");
            continue;
        };
        let decoded = decode(wire.status.get(), &[(wire.request_id, "ab12")], wire.body.as_bytes());
        assert_eq!(decoded.candidates[0].code, code, "{decoded:?}");
        assert_eq!(decoded.request_id.as_deref(), Some("ab12"), "{code}");
    }
}

#[test]
fn codes_answer_what_is_asked_of_them() {
    let code = huawei::Code::ThrottlingThresholdReached;
    assert!(code.docs_url(Lang::Zh).ends_with("/zh/huawei/throttling-threshold-reached/"));
    let there: Vec<_> = code.equivalents_at(&jdcloud::VENDOR).collect();
    assert!(there.iter().all(|other| other.code.vendor == &jdcloud::VENDOR));
    assert!(there.iter().any(|other| other.relation == Relation::Exact), "{there:?}");
    assert_eq!(code.equivalents_at(&huawei::VENDOR).filter(|other| other.code == code.row()).count(), 0);
    assert_eq!(tencent::Code::from_status(405), Some(tencent::Code::MethodNotAllowed));
    assert_eq!(tencent::Code::from_status(401), None, "several");
    assert_eq!(tencent::Code::from_status(402), None, "none");
}

/// What a gateway says where no table has a row is told as that, and never as sure.
#[test]
fn plain_answers_are_told_as_such() {
    for vendor in CATALOG.vendors {
        let declared = vendor.data_answers.iter().filter(|answer| answer.of == answer.at);
        for answer in declared {
            let Say::Plain(plain) = &answer.say else { continue };
            let (status, text) = (plain.status.get(), plain.message);
            let (body, mark) = match vendor.id {
                "tencent" => (serde_json::json!({ "message": text }), ("Server", "apigw/1.0.15")),
                "huawei" => (
                    serde_json::json!({ "error_code": plain.code.unwrap_or_default(), "error_msg": text }),
                    ("Server", "api-gateway"),
                ),
                _ => (
                    serde_json::json!({ "requestId": "r", "error": { "status": plain.code, "code": status, "message": text } }),
                    ("Via", "jd-gateway/1"),
                ),
            };
            let body = body.to_string();
            let decoded = decode(status, &[mark], body.as_bytes());
            // A text of the tables with another status is a possibility of its own.
            if !decoded.candidates.is_empty() {
                assert!(decoded.stand_ins.is_empty());
                continue;
            }
            let found = decoded.stand_ins.iter().find(|found| found.conditions.contains(&answer.of));
            let found = found.unwrap_or_else(|| panic!("{}: {body} is {decoded:?}", answer.of.id));
            assert_eq!((found.vendor, found.confidence), (*vendor, Confidence::Likely), "{body}");
            assert_eq!(decoded.error(), None);
            let bare = decode(status, &(), body.as_bytes());
            assert!(bare.stand_ins.iter().all(|found| found.confidence < Confidence::Certain));
        }
    }
    let decoded = decode(413, &(), br#"{"message":"Request Entity Too Large"}"#);
    assert_eq!(decoded.stand_ins[0].confidence, Confidence::Possible, "anybody says so");
    assert!(decode(500, &(), br#"{"message":"Request Entity Too Large"}"#).stand_ins.is_empty());
}
