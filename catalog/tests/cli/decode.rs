use serde_json::json;

use crate::run::{pipe, run_with};

const HUAWEI: &str = r#"{"error_code":"APIG.0308","error_msg":"The throttling threshold has been reached: policy ip over ratelimit,limit:5,time:1 minute","request_id":"0fd5dc3f"}"#;

/// However people have it, the response is read.
#[test]
fn responses_are_read_in_every_form() {
    let id = "huawei.ThrottlingThresholdReached";
    let escaped = HUAWEI.replace('"', "\\\"");
    for (form, input, wanted) in [
        ("body", HUAWEI.to_owned(), id),
        ("curl -i", format!("HTTP/1.1 429 Too Many Requests\r\nServer: api-gateway\r\n\r\n{HUAWEI}"), id),
        ("curl -i, http2", format!("HTTP/2 429 \r\nserver: api-gateway\r\n\r\n{HUAWEI}\r\n"), id),
        ("curl -iL", format!("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\nHTTP/1.1 429 \r\nA: b\r\n\r\n{HUAWEI}"), id),
        ("curl -v", format!("* Connected\n> GET / HTTP/1.1\n>\n< HTTP/1.1 429 Too Many\n< Server: api-gateway\n<\n{HUAWEI}\n* Closing"), id),
        ("log line", format!("2026-11-21T10:00:00Z WARN upstream answered 429 body={HUAWEI}"), id),
        ("escaped in a log", format!(r#"{{"level":"warn","status":429,"body":"{escaped}"}}"#), id),
        ("log lines", format!("INFO start\nWARN call failed: {HUAWEI}\nINFO end"), id),
        ("message in a log", "ERROR call failed: sign result is not same [gw]".to_owned(), "jdcloud.SignResultNotSame"),
        ("pretty printed", "{\n  \"message\": \"HMAC signature does not match\"\n}\n".to_owned(), "tencent.HmacSignatureMismatch"),
        ("message", "header X-Token is required".to_owned(), "tencent.HeaderRequired"),
        ("code", "APIG.0308".to_owned(), id),
        (
            "jdcloud",
            r#"{"error":{"message":"签名不一致 [gw]","status":"APIGW_SIGN_RESULT_NOT_SAME","code":401},"requestId":"x"}"#.to_owned(),
            "jdcloud.SignResultNotSame",
        ),
    ] {
        let ran = pipe("decode --json", &input);
        assert_eq!(ran.status, 0, "{form}: {ran:?}");
        let best = ran.json()["candidates"][0].clone();
        assert_eq!(format!("{}.{}", best["vendor"], best["id"]).replace('"', ""), wanted, "{form}");
        let text = pipe("decode", &input);
        assert_eq!(text.status, 0, "{form}");
        assert!(text.out.contains(wanted), "{form}: {text:?}");
    }
}

/// The contract: these keys, this order, these values.
#[test]
fn json_keeps_to_the_contract() {
    let ran = pipe("decode --json", &format!("HTTP/1.1 429 Too Many Requests\nServer: api-gateway\n\n{HUAWEI}"));
    let wanted = json!({
        "candidates": [{
            "vendor": "huawei", "id": "ThrottlingThresholdReached", "code": "APIG.0308", "status": 429, "plane": "data",
            "params": { "policy": "ip", "limit": "5", "window": "1 minute" },
            "editions": ["v2", "v1"], "origin": "gateway", "confidence": "certain",
        }],
        "request_id": "0fd5dc3f",
    });
    assert_eq!(ran.json(), wanted);
    let places = [
        "\"vendor\"",
        "\"id\"",
        "\"code\"",
        "\"status\"",
        "\"plane\"",
        "\"params\"",
        "\"editions\"",
        "\"origin\"",
        "\"confidence\"",
        "\"request_id\"",
    ];
    let places: Vec<_> = places.iter().map(|key| ran.out.find(key)).collect();
    assert!(places.is_sorted(), "{places:?}");

    let nothing = pipe("decode --json", "{\"hello\":\"world\"}");
    assert_eq!(nothing.status, 1);
    assert_eq!(nothing.json(), json!({ "candidates": [], "request_id": null }));
}

#[test]
fn unknown_codes_are_told_with_what_was_read() {
    let ran = pipe("decode", r#"{"error_code":"APIG.0399","error_msg":"Something new","request_id":"r-1"}"#);
    assert_eq!((ran.status, ran.out.as_str()), (1, ""));
    for part in ["APIG.0399", "Something new", "r-1", "did you mean"] {
        assert!(ran.err.contains(part), "`{part}`: {ran:?}");
    }
}

#[test]
fn responses_come_from_files_arguments_and_pipes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("response.txt");
    std::fs::write(&file, HUAWEI).unwrap();
    for args in [&["decode", file.to_str().unwrap()][..], &["decode", HUAWEI], &["decode", "--status", "429", HUAWEI]] {
        let ran = run_with(args, &[], None);
        assert_eq!(ran.status, 0, "{args:?}: {ran:?}");
        assert!(ran.out.contains("huawei.ThrottlingThresholdReached"), "{args:?}");
    }
    assert_eq!(pipe("decode -", HUAWEI).status, 0);
    let nothing = pipe("decode", "  \n");
    assert_eq!(nothing.status, 2);
    assert!(nothing.err.contains("curl -si"), "{nothing:?}");
}

#[test]
fn hostile_text_stays_text() {
    let ran = pipe("decode", "{\"message\":\"header \u{1b}]0;owned\u{7} is required\"}");
    assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{ran:?}");
    for input in
        ["HTTP/", "HTTP/1.1", "HTTP/1.1 999 x\n\n", "< HTTP/1.1 4", "{{{{{{{{{{", "\\\"", ": : : :", "\u{feff}{}"]
    {
        assert!(pipe("decode", input).status < 3, "{input}");
    }
}

#[test]
fn secrets_can_be_left_out() {
    let input = r#"{"message":"HMAC signature does not match, Server StringToSign:x-date: Mon AKIDsecretsecret"}"#;
    assert!(pipe("decode", input).out.contains("AKIDsecretsecret"));
    assert!(!pipe("decode --redact", input).out.contains("AKIDsecretsecret"));
}
