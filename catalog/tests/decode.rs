//! Whole responses against `tests/data/decode-cases.json`: the cases that every decoder of this project is held to.
//!
//! `UPDATE_DECODE_CASES=1` writes what is decoded into the file; read the diff before you believe it.

// Helpers of tests, to which clippy's leave for test functions does not reach.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fmt::Write as _;
use std::path::Path;

use apigw_errors::decode::{Candidate, decode};
use serde_json::{Value, json};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/decode-cases.json");

fn cases() -> Vec<Value> {
    let text = std::fs::read_to_string(Path::new(FILE)).unwrap();
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

fn decoded(case: &Value) -> Value {
    let status = case["status"].as_u64().map(|status| u16::try_from(status).unwrap());
    let body = case["body"].as_str().unwrap();
    let decoded = decode(status, &headers(case), body.as_bytes());
    json!({
        "candidates": decoded.candidates.iter().map(candidate).collect::<Vec<_>>(),
        "request_id": decoded.request_id,
        "envelope": decoded.envelope,
        "code": decoded.code,
        "message": decoded.message,
        "status": decoded.status,
        "condition": decoded.condition.map(|condition| condition.id),
        "origin": decoded.origin.map(|hint| hint.origin.as_str()),
    })
}

#[test]
fn responses_decode_as_the_cases_say() {
    if std::env::var_os("UPDATE_DECODE_CASES").is_some() {
        std::fs::write(FILE, updated()).unwrap();
    }
    let mut failures = String::new();
    for case in cases() {
        let (name, found) = (&case["name"], decoded(&case));
        if found != case["expect"] {
            let _ = writeln!(failures, "{name}\n  expected {}\n  found    {found}", case["expect"]);
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// The file with what is decoded now: a case per block, a candidate per line.
fn updated() -> String {
    let cases = cases();
    let blocks = cases.iter().map(|case| {
        let found = decoded(case);
        let rows: Vec<String> =
            found["candidates"].as_array().unwrap().iter().map(|row| format!("        {row}")).collect();
        let rows = if rows.is_empty() { "[]".to_owned() } else { format!("[\n{}\n      ]", rows.join(",\n")) };
        let fields = ["request_id", "envelope", "code", "message", "status", "condition", "origin"];
        let rest: Vec<String> = fields.iter().map(|field| format!("      \"{field}\": {}", found[field])).collect();
        format!(
            "  {{\n    \"name\": {},\n    \"status\": {},\n    \"headers\": {},\n    \"body\": {},\n    \"expect\": {{\n      \"candidates\": {rows},\n{}\n    }}\n  }}",
            case["name"], case["status"], case["headers"], case["body"], rest.join(",\n")
        )
    });
    format!("[\n{}\n]\n", blocks.collect::<Vec<_>>().join(",\n"))
}

#[test]
fn the_cases_have_names_of_their_own() {
    let mut names: Vec<String> = cases().iter().map(|case| case["name"].to_string()).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(count >= 60, "only {count} cases");
}
