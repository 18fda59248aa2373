//! `schema.json`, which editors check catalogs with: it admits every file of ours, and nothing that the reader refuses
//! for its shape.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use serde_json::Value;

const FILES: [&str; 5] =
    ["conditions.yaml", "relations.yaml", "vendors/tencent.yaml", "vendors/jdcloud.yaml", "vendors/huawei.yaml"];

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(&apigw_errors_codegen::schema::json()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn problems(validator: &Validator, text: &str) -> Vec<String> {
    let value: Value = serde_yaml::from_str(text).unwrap();
    validator.iter_errors(&value).map(|error| error.to_string().chars().take(300).collect()).collect()
}

#[test]
fn every_file_is_admitted_and_names_the_schema() {
    let validator = validator();
    for file in FILES {
        let text = fs::read_to_string(folder().join(file)).unwrap();
        assert_eq!(problems(&validator, &text), Vec::<String>::new(), "{file}");
        let first = text.lines().next().unwrap();
        let named = first.strip_prefix("# yaml-language-server: $schema=").unwrap();
        let named = folder().join(file).parent().unwrap().join(named);
        assert_eq!(named.canonicalize().unwrap(), folder().join("schema.json").canonicalize().unwrap(), "{file}");
    }
}

#[test]
fn the_written_schema_is_up_to_date() {
    let written = fs::read_to_string(folder().join("schema.json")).unwrap();
    assert!(
        written == apigw_errors_codegen::schema::json(),
        "run `cargo run -p apigw-errors --features cli -- export schema --out catalog/schema.json`"
    );
}

#[test]
fn slips_are_pointed_out() {
    let validator = validator();
    for (file, old, new) in [
        ("vendors/huawei.yaml", "retry: after_fix", "retry: after_fixing"),
        ("vendors/huawei.yaml", "plane: data", "plan: data"),
        ("vendors/huawei.yaml", "status: 404", "status: 40400"),
        ("vendors/huawei.yaml", "status: 404", "status: \"404\""),
        ("vendors/huawei.yaml", "    condition: route.not_found\n", ""),
        ("vendors/huawei.yaml", "evidence: documented", "evidence: rumoured"),
        ("vendors/huawei.yaml", "vendor: huawei\n", ""),
        ("vendors/tencent.yaml", "type: token", "type: tokens"),
        ("conditions.yaml", "grpc: UNKNOWN", "grpc: UNKOWN"),
        ("conditions.yaml", "fault: platform", "fault: nobody"),
        ("conditions.yaml", "conditions:\n", "condition:\n"),
        ("relations.yaml", "between: [tencent.OauthIdTokenVerifyError, ", "between: ["),
        ("relations.yaml", "    reason:\n", "    because:\n"),
    ] {
        let text = fs::read_to_string(folder().join(file)).unwrap();
        let slipped = text.replacen(old, new, 1);
        assert_ne!(text, slipped, "{file} has no `{old}`");
        assert!(!problems(&validator, &slipped).is_empty(), "{file}: `{new}` instead of `{old}` is admitted");
    }
}
