//! One of the fixture's vendors as a catalog of its own, over the other one.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use std::fs;
use std::path::{Path, PathBuf};

use apigw_errors_codegen::diagnostic::Kind;
use apigw_errors_codegen::model::{Catalog, Relation};
use apigw_errors_codegen::{Base, BaseFile, Files, Report, read, render_all, stands_alone};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture")
}

/// The fixture's conditions and some of its vendors as files.
fn base(vendors: &[&str]) -> Base {
    let file = |name: &str| BaseFile::Path(fixture().join(name));
    Base { conditions: file("conditions.yaml"), vendors: vendors.iter().map(|name| file(name)).collect() }
}

/// The fixture's relations and some of its vendors over a base.
fn over(base: Base, vendors: &[&str]) -> Result<Catalog, Report> {
    let files = Files {
        base: Some(base),
        conditions: None,
        relations: Some("relations.yaml".into()),
        vendors: vendors.iter().map(|&name| name.to_owned()).collect(),
    };
    read(&fixture(), &files)
}

#[test]
fn relations_reach_into_the_base() {
    let text = |name: &str| fs::read_to_string(fixture().join(name)).unwrap();
    let carried = |name: &str| BaseFile::Text { name: format!("base/{name}"), text: text(name) };
    let as_text = Base { conditions: carried("conditions.yaml"), vendors: vec![carried("vendors/acme.yaml")] };
    // Of a base that is in no file, nothing is to be watched.
    for (base, files) in [(base(&["vendors/acme.yaml"]), 4), (as_text, 2)] {
        let catalog = over(base, &["vendors/bolt.yaml"]).unwrap_or_else(|report| panic!("{}", render_all(&report)));
        assert_eq!(catalog.base_vendors, ["acme"]);
        assert_eq!(catalog.vendors.iter().map(|vendor| &*vendor.id).collect::<Vec<_>>(), ["bolt"]);
        assert_eq!(catalog.files.len(), files);
        let code = catalog.vendors[0].codes.iter().find(|code| code.id == "TooManyRequests").unwrap();
        let close = code.equivalents.iter().filter(|other| other.relation == Relation::Close).collect::<Vec<_>>();
        assert!(close.len() == 1 && close[0].vendor == 0 && close[0].reason.is_some(), "{close:?}");
        assert!(code.equivalents.len() > 1, "the tree relates it too");
    }
}

#[test]
fn what_is_the_bases_alone_is_not_ours_to_say() {
    let both = || base(&["vendors/acme.yaml", "vendors/bolt.yaml"]);
    let report = over(both(), &[]).unwrap_err();
    assert_eq!(report.diagnostics().iter().map(|found| found.kind).collect::<Vec<_>>(), [Kind::NotAPair]);
    assert!(render_all(&report).contains("both are codes of the catalog that this one builds on"));
    let report = over(both(), &["vendors/bolt.yaml"]).unwrap_err();
    assert!(report.diagnostics().iter().any(|found| found.kind == Kind::DuplicateVendor), "{}", render_all(&report));
}

#[test]
fn a_tree_without_a_root_needs_a_base() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rootless");
    fs::create_dir_all(&folder).unwrap();
    let all = fs::read_to_string(fixture().join("conditions.yaml")).unwrap();
    let (head, rest) = all.split_once("  - id: outcome").unwrap();
    let rest = rest.split_once("\n  - id:").unwrap().1;
    for (text, alone) in [
        (all.clone(), true),
        (format!("{head}  - id:{rest}"), false),
        ("conditions: []\n".to_owned(), false),
        // Nothing can be told of this, so that it is reported for itself.
        ("conditions: [\n".to_owned(), true),
    ] {
        fs::write(folder.join("conditions.yaml"), &text).unwrap();
        assert_eq!(stands_alone(&folder, "conditions.yaml"), alone, "{text}");
    }
}
