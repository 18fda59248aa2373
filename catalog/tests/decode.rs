//! Whole responses against `tests/data/decode-cases.json`: the cases that every decoder of this project is held to.
//!
//! `UPDATE_DECODE_CASES=1` writes what is decoded into the file; read the diff before you believe it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use std::path::Path;

use apigw_errors::CATALOG;
use apigw_errors::decode::Decoder;

mod decode_case;

#[test]
fn responses_decode_as_the_cases_say() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/decode-cases.json");
    decode_case::hold(&file, &Decoder::over(&[&CATALOG]));
    let cases = decode_case::read(&file);
    assert!(cases.len() >= 60, "only {} cases", cases.len());
}
