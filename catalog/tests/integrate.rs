//! The features `serde`, `http` and `axum` from outside: the forms that others store and send.

use apigw_errors::decode::{Confidence, Decoded, decode};
use apigw_errors::integrate::http::ToResponse as _;
use apigw_errors::{
    AnyCode, AnyError, CATALOG, Condition, ConditionId, Fault, Grpc, Lang, Plane, Retry, Status, Vendor, huawei,
    tencent,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a caller's own struct holds.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Stored {
    #[serde(with = "apigw_errors::integrate::serde::code")]
    code: huawei::Code,
    any: AnyCode,
}

#[derive(Serialize)]
struct Logged {
    #[serde(serialize_with = "apigw_errors::integrate::serde::error::serialize")]
    error: tencent::Error,
}

fn there_and_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T, form: &Value) {
    let written = serde_json::to_value(value).unwrap_or_default();
    assert_eq!(written, *form);
    assert_eq!(serde_json::from_value::<T>(written).ok().as_ref(), Some(value));
}

#[test]
fn words_numbers_and_ids_are_read_back() {
    there_and_back(&Retry::AfterBackoff, &json!("after_backoff"));
    there_and_back(&Fault::Client, &json!("client"));
    there_and_back(&Plane::Data, &json!("data"));
    there_and_back(&Grpc::ResourceExhausted, &json!("RESOURCE_EXHAUSTED"));
    there_and_back(&Lang::Zh, &json!("zh"));
    there_and_back(&Confidence::Likely, &json!("likely"));
    there_and_back(&Vendor::Huawei, &json!("huawei"));
    there_and_back(&ConditionId::TrafficRateLimited, &json!("traffic.rate_limited"));
    there_and_back(&Status::new(481), &json!(481));
    let code = huawei::Code::ThrottlingThresholdReached;
    there_and_back(
        &Stored { code, any: code.into() },
        &json!({ "code": "ThrottlingThresholdReached", "any": "huawei.ThrottlingThresholdReached" }),
    );
}

#[test]
fn every_code_is_read_back() {
    for code in CATALOG.codes().filter_map(AnyCode::from_row) {
        there_and_back(&code, &json!(code.to_string()));
    }
}

#[test]
fn what_is_none_is_refused_by_name() {
    let refused = |text: &str| serde_json::from_str::<AnyCode>(text).map_err(|error| error.to_string());
    assert!(refused(r#""huawei.NoSuchCode""#).is_err_and(|error| error.contains("vendor.Id")));
    assert!(refused(r#""APIG.0308""#).is_err());
    assert!(serde_json::from_str::<Status>("99").is_err_and(|error| error.to_string().contains("100 to 599")));
    assert!(serde_json::from_str::<Retry>(r#""sometimes""#).is_err_and(|error| error.to_string().contains("Retry")));
}

#[test]
fn a_typed_error_is_written_with_its_parameters() {
    let error = tencent::Error::HeaderRequired { header: "X-Token".into() };
    let wanted = json!({
        "vendor": "tencent", "id": "HeaderRequired", "code": null, "status": 403,
        "message": "header X-Token is required", "params": { "header": "X-Token" },
    });
    assert_eq!(serde_json::to_value(AnyError::from(error.clone())).unwrap_or_default(), wanted);
    assert_eq!(serde_json::to_value(Logged { error }).unwrap_or_default(), json!({ "error": wanted }));
}

const SECRET: &str = "HST3KQ7ZEXAMPLEKEYID";

fn with_a_secret() -> String {
    json!({
        "error_code": "APIG.0303",
        "error_msg": format!("Incorrect app authentication information: app not found, appkey {SECRET}"),
        "request_id": "0fd5dc3f",
    })
    .to_string()
}

#[test]
fn a_decoded_response_is_written_as_documented_and_redacted() {
    let body = with_a_secret();
    let decoded = decode(401, &[("Server", "api-gateway")], body.as_bytes());
    let written = serde_json::to_value(&decoded).unwrap_or_default();
    let mut keys: Vec<&str> = written.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    let wanted =
        ["candidates", "code", "condition", "envelope", "message", "origin", "request_id", "stand_ins", "status"];
    assert_eq!(keys, wanted);
    let best = &written["candidates"][0];
    assert_eq!(best["params"], json!({ "key": "[redacted]" }));
    assert_eq!(
        json!([best["vendor"], best["code"], best["status"], best["plane"], best["condition"], best["confidence"]]),
        json!(["huawei", "APIG.0303", 401, "data", "auth.signature.key_unknown", "certain"])
    );
    assert!(best["why"].as_array().is_some_and(|why| why.len() > 2), "{best}");
    assert_eq!((&written["request_id"], &written["status"]), (&json!("0fd5dc3f"), &json!(401)));
    assert!(!written.to_string().contains(SECRET), "{written}");
}

/// `Display` may show what `Debug` and what is stored must not.
#[test]
fn secrets_stay_out_of_debug() {
    let body = with_a_secret();
    let decoded = decode(401, &(), body.as_bytes());
    let condition = decoded.occurrence();
    assert!(matches!(&condition, Some(Condition::AuthSignatureKeyUnknown { key }) if key.as_str() == SECRET));
    let readings = huawei::VENDOR.read(decoded.message.as_deref().unwrap_or_default());
    assert!(!readings.is_empty());
    for shown in [
        format!("{decoded:?}"),
        format!("{:?}", decoded.candidates),
        format!("{condition:?}"),
        format!("{readings:?}"),
        format!("{:?}", decoded.clone().into_owned()),
    ] {
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

/// Out and in again through the types that hyper, reqwest and axum use.
#[test]
fn responses_of_the_crate_http_go_both_ways() {
    let error = tencent::Error::HeaderRequired { header: "X-Token".into() };
    let response = error.to_response("0fd5dc3f");
    let Some(response) = response else { unreachable!("a row with a status") };
    let decoded = Decoded::from(&response);
    assert_eq!(decoded.error(), Some(AnyError::Tencent(error)));
    assert_eq!(decoded.request_id.as_deref(), Some("0fd5dc3f"));
}
