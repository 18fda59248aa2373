//! The catalog says the same to another YAML reader: the original `serde_yaml`, on a parser of its own.
//!
//! The reader that the macro uses is young; where the two disagree, one of them is wrong about a fact.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use std::path::{Path, PathBuf};

use serde_json::Value;

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalog");
    let vendors = std::fs::read_dir(root.join("vendors")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = vendors.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    files.extend(["conditions.yaml", "relations.yaml"].map(|name| root.join(name)));
    files.sort();
    files
}

#[test]
fn two_readers_agree_on_every_file() {
    let files = files();
    assert!(files.len() >= 5, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let ours: Value = serde_yaml::from_str(&text).unwrap();
        let theirs: Value = serde_yaml_legacy::from_str(&text).unwrap();
        assert!(ours == theirs, "{}: {}", file.display(), difference("", &ours, &theirs));
    }
}

/// The first place at which two values differ.
fn difference(at: &str, ours: &Value, theirs: &Value) -> String {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            let (key, value) = a.iter().find(|(key, value)| b.get(*key) != Some(value)).unwrap();
            difference(&format!("{at}.{key}"), value, &b[key])
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let (index, (a, b)) = a.iter().zip(b).enumerate().find(|(_, (a, b))| a != b).unwrap();
            difference(&format!("{at}[{index}]"), a, b)
        }
        _ => format!("at {at}: {ours} against {theirs}"),
    }
}
