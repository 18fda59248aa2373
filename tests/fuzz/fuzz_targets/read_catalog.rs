//! The reader of catalogs: a vendor's file is whatever comes; conditions and relations are those of the fixture.

#![no_main]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use apigw_errors_codegen::format::format;
use apigw_errors_codegen::{Files, read, render_all};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

const VENDOR: &str = "vendors/acme.yaml";

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../codegen/tests/fixture");
    fs::create_dir(folder.path().join("vendors")).expect("a folder for vendors");
    fs::copy(fixture.join("conditions.yaml"), folder.path().join("conditions.yaml")).expect("the fixture");
    folder
});

fuzz_target!(|data: &[u8]| {
    fs::write(FOLDER.path().join(VENDOR), data).expect("a temporary file");
    let files = Files {
        base: None,
        conditions: Some("conditions.yaml".to_owned()),
        relations: None,
        vendors: vec![VENDOR.to_owned()],
    };
    if let Err(report) = read(FOLDER.path(), &files) {
        for diagnostic in report.diagnostics() {
            let source = report.sources().get(diagnostic.site.file).expect("a diagnostic is of a file");
            assert!(source.text.get(diagnostic.site.span()).is_some(), "{diagnostic:?}");
        }
        assert!(!render_all(&report).is_empty());
    }
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(formatted) = format(text, None)
    {
        assert_eq!(format(&formatted, None).expect("what was formatted can be read"), formatted);
    }
});
