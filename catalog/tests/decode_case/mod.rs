//! Files of responses and what they are read as: the cases that every decoder of this project is held to.

use std::fmt::Write as _;
use std::path::Path;

use apigw_errors::decode::{Candidate, Decoder, StandIn};
use serde_json::{Value, json};

/// Decodes the cases of a file and compares; `UPDATE_DECODE_CASES=1` writes what is decoded into the file instead.
pub(crate) fn hold(file: &Path, decoder: &Decoder) {
    let cases = read(file);
    if std::env::var_os("UPDATE_DECODE_CASES").is_some() {
        return std::fs::write(file, updated(&cases, decoder)).unwrap();
    }
    let mut failures = String::new();
    for case in &cases {
        let found = decoded(case, decoder);
        if found != case["expect"] {
            let _ = writeln!(failures, "{}\n  expected {}\n  found    {found}", case["name"], case["expect"]);
        }
    }
    assert!(failures.is_empty(), "{failures}");
    let mut names: Vec<String> = cases.iter().map(|case| case["name"].to_string()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), cases.len(), "each case has a name of its own");
}

pub(crate) fn read(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    let Value::Array(cases) = serde_json::from_str(&text).unwrap() else { panic!("not a list") };
    cases
}

fn headers(case: &Value) -> Vec<(String, String)> {
    let pairs = case["headers"].as_array().unwrap().iter();
    pairs.map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned())).collect()
}

fn candidate(candidate: &Candidate<'_>) -> Value {
    let params: serde_json::Map<String, Value> =
        candidate.params.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    json!({
        "vendor": candidate.code.vendor.id,
        "id": candidate.code.id,
        "params": params,
        "detail": candidate.detail,
        "editions": candidate.editions().map(|edition| edition.id).collect::<Vec<_>>(),
        "condition": candidate.condition().id,
        "origin": candidate.origin.origin.as_str(),
        "confidence": candidate.confidence.as_str(),
        "commonplace": candidate.fit.commonplace.map(|kind| format!("{kind:?}").to_lowercase()),
    })
}

fn stand_in(one: &StandIn) -> Value {
    json!({
        "vendor": one.vendor.id,
        "status": one.answer.status.get(),
        "code": one.answer.code,
        "message": one.answer.message,
        "conditions": one.conditions.iter().map(|condition| condition.id).collect::<Vec<_>>(),
        "confidence": one.confidence.as_str(),
    })
}

fn decoded(case: &Value, decoder: &Decoder) -> Value {
    let status = case["status"].as_u64().map(|status| u16::try_from(status).unwrap());
    let body = case["body"].as_str().unwrap();
    let found = decoder.decode(status, &headers(case), body.as_bytes());
    json!({
        "candidates": found.candidates.iter().map(candidate).collect::<Vec<_>>(),
        "stand_ins": found.stand_ins.iter().map(stand_in).collect::<Vec<_>>(),
        "request_id": found.request_id,
        "envelope": found.envelope,
        "code": found.code,
        "message": found.message,
        "status": found.status,
        "condition": found.condition.map(|condition| condition.id),
        "origin": found.origin.map(|hint| hint.origin.as_str()),
    })
}

/// The file with what is decoded now: a case per block, a candidate per line.
fn updated(cases: &[Value], decoder: &Decoder) -> String {
    let blocks = cases.iter().map(|case| {
        let found = decoded(case, decoder);
        let rows = |list: &str| {
            let rows: Vec<String> = found[list].as_array().unwrap().iter().map(|row| format!("        {row}")).collect();
            if rows.is_empty() { "[]".to_owned() } else { format!("[\n{}\n      ]", rows.join(",\n")) }
        };
        let fields = ["request_id", "envelope", "code", "message", "status", "condition", "origin"];
        let rest: Vec<String> = fields.iter().map(|field| format!("      \"{field}\": {}", found[field])).collect();
        format!(
            "  {{\n    \"name\": {},\n    \"status\": {},\n    \"headers\": {},\n    \"body\": {},\n    \"expect\": {{\n      \"candidates\": {},\n      \"stand_ins\": {},\n{}\n    }}\n  }}",
            case["name"], case["status"], case["headers"], case["body"], rows("candidates"), rows("stand_ins"), rest.join(",\n")
        )
    });
    format!("[\n{}\n]\n", blocks.collect::<Vec<_>>().join(",\n"))
}
