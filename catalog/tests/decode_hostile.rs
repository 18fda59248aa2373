//! Decoding strangers' bytes: never a panic, bounded time, and what was written is read back.

// Helpers of tests, to which clippy's leave for test functions does not reach.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::borrow::Cow;
use std::time::{Duration, Instant};

use apigw_errors::decode::{Confidence, MAX_BODY, decode};
use apigw_errors::{CATALOG, CodeRow, Kind, Piece, Template};
use proptest::prelude::*;

/// Bytes with the syntax that the readers look for.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<Vec<u8>>(),
        any::<String>().prop_map(String::into_bytes),
        proptest::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            "\"",
            ":",
            ",",
            "\\",
            "\\u",
            "\\ud83d",
            "null",
            "1e9",
            "{\"message\":\"",
            "{\"error\":{",
            "\"error_code\":\"APIG.0308\",",
            "\"error_msg\":\"",
            "\"requestId\":\"x\",",
            "\"status\":",
            "<html>",
            "<title>",
            "</title>",
            "<hr><center>",
            "</center>",
            "504 ",
            "APIG.0201",
            " [gw]",
            "canonicalRequest:",
            "ak:",
            "中",
            "：",
            "There is no api match uri[",
            "不存在",
            "\u{feff}",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn wordings() -> Vec<(&'static CodeRow, &'static Template)> {
    let all = CATALOG.codes().filter(|code| code.kind == Kind::Error);
    let wordings = |code: &'static CodeRow| {
        let variants = code.variants.iter().filter(|variant| variant.code.is_none() && variant.status.is_none());
        std::iter::once(&code.message).chain(variants.map(|variant| &variant.message)).map(move |text| (code, text))
    };
    all.flat_map(wordings).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(status in any::<Option<u16>>(), name in "[a-zA-Z-]{0,12}", value in any::<String>(), body in bytes()) {
        let decoded = decode(status, &[(name.as_str(), value.as_str()), ("Server", "apigw/1")], &body);
        let shown = format!("{decoded:?}");
        prop_assert!(!shown.is_empty());
        let clean = decoded.clone().redact();
        prop_assert_eq!(clean.candidates.len(), decoded.candidates.len());
        for candidate in &decoded.candidates {
            let _ = (candidate.error(), candidate.editions().count(), candidate.condition());
        }
        let _ = decoded.into_owned().occurrence();
    }

    /// What a gateway says is read as what it said, in its own envelope and with its status.
    #[test]
    fn what_is_written_is_read((code, template) in proptest::sample::select(wordings()), value in "[A-Z]{3,8}") {
        let params: Vec<(&'static str, Cow<'_, str>)> = template
            .pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Param(name, apigw_errors::param::ParamType::Number) => Some((*name, Cow::Borrowed("7"))),
                Piece::Param(name, _) => Some((*name, Cow::Borrowed(value.as_str()))),
                Piece::Text(_) => None,
            })
            .collect();
        let mut message = String::new();
        template.render(params.as_slice(), &mut message).unwrap();
        let status = code.status.map(u16::from);
        let body = match code.code {
            None => serde_json::json!({ "message": message }),
            Some(text) if code.vendor.id == "huawei" => serde_json::json!({ "error_code": text, "error_msg": message }),
            Some(text) => serde_json::json!({
                "requestId": "r", "error": { "status": text, "code": status, "message": message },
            }),
        };
        let body = body.to_string().replace('/', "\\/");
        let headers = [("Server", if code.code.is_none() { "apigw/1.0.15" } else { "" })];
        let decoded = decode(status, &headers, body.as_bytes());
        let best = decoded.candidates.first();
        prop_assert!(best.is_some_and(|best| best.code == code), "{code}: {message} read as {decoded:?}");
        let best = best.unwrap();
        // Without a code text, a wording that others use as well stays likely.
        let sure = if best.fit.commonplace.is_some() { Confidence::Likely } else { Confidence::Certain };
        prop_assert_eq!(best.confidence, sure, "{:?}", best);
        prop_assert!(best.fit.commonplace.is_none() || code.vendor.id != "huawei", "{:?}", best);
        for (name, value) in &params {
            prop_assert_eq!(best.param(name), Some(value.as_ref()));
        }
    }

    /// No sensitive value survives redaction, wherever it was echoed.
    #[test]
    fn secrets_do_not_survive(secret in "[A-Z0-9]{16,40}") {
        let messages = [
            format!("Incorrect app authentication information: app not found, appkey {secret}"),
            format!("Incorrect app authentication information: verify signature fail, canonicalRequest:GET|/|x:{secret}|"),
            format!("Incorrect IAM authentication information: Get secretKey failed,ak:{secret},err:ak not exist"),
            format!("Incorrect app authentication information: new words, ak:{secret}"),
        ];
        for message in messages {
            let body = serde_json::json!({ "error_code": "APIG.0303", "error_msg": message }).to_string();
            let decoded = decode(401, &(), body.as_bytes());
            prop_assert!(!format!("{decoded:?}").contains(&secret), "{message}: {decoded:?}");
            let clean = decoded.redact();
            prop_assert!(!clean.message.as_deref().unwrap_or_default().contains(&secret));
            let values = clean.candidates.iter().flat_map(|one| one.params.iter().map(|(_, value)| value).chain(&one.detail));
            prop_assert!(values.into_iter().all(|value| !value.contains(&secret)), "{message}");
        }
    }
}

#[test]
fn the_worst_bodies_take_bounded_time() {
    let long = |unit: &str| unit.repeat(MAX_BODY / unit.len() + 1);
    let bodies = [
        long("{"),
        long("{\"a\":"),
        long("["),
        long("{\"message\":\"x\"} "),
        long("ak:x,"),
        long("APIG.9999 "),
        long("a_b.c"),
        long("<title>"),
        long("a: "),
        format!("{{\"message\":\"{}\"}}", long("参数 x 类型应该是 ")),
        format!(
            "{{\"error_code\":\"APIG.0308\",\"error_msg\":\"The throttling threshold has been reached: policy {}",
            long(" over ratelimit,limit:,time:")
        ),
        long("signature expired, signature time:,server time:"),
        long("There is no api match uri[ host ["),
    ];
    for body in bodies {
        let start = Instant::now();
        let decoded = decode(400, &(), body.as_bytes());
        let _ = format!("{decoded:?}");
        // Debug builds on a busy machine; what this guards against takes minutes.
        assert!(start.elapsed() < Duration::from_secs(30), "{:?} for {:.40}", start.elapsed(), body);
    }
}

#[test]
fn a_body_cut_inside_of_a_character_is_read() {
    let mut body = "sign result is not same ".as_bytes().to_vec();
    body.extend_from_slice(&"中".as_bytes()[..2]);
    assert_eq!(decode(None, &(), &body).best().unwrap().code.id, "SignResultNotSame");
    assert!(decode(None, &(), b"\xff\xfe{\"message\"").candidates.is_empty());
}
