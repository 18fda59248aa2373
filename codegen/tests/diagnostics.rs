//! Every kind of problem, seen the way an author sees it.
//!
//! A case is `diagnostics/<kind>.yaml`, or `<kind>.<what>.yaml`: edits to the valid catalog in `fixture/`. Beside it, in
//! `.expected`, is what must be reported. `REWRITE=1 cargo test` writes those files anew; read the difference.
//!
//! `accepted/*.yaml` are edits after which the catalog is still right.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use apigw_errors_codegen::diagnostic::Kind;
use apigw_errors_codegen::model::Catalog;
use apigw_errors_codegen::{Files, Report, read, render_all};
use serde::Deserialize;

/// A change to a file of the fixture. `replace` must stand in it exactly once; without it, `with` is all of the file,
/// and without either the file is gone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    file: String,
    replace: Option<String>,
    with: Option<String>,
}

fn tests_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// A case that has been run.
struct Case {
    name: String,
    path: PathBuf,
    report: Report,
    /// All diagnostics as text, with paths relative to the catalog.
    text: String,
}

impl Case {
    /// The kind that the case is about.
    fn kind(&self) -> &str {
        self.name.split('.').next().unwrap()
    }
}

/// All cases, run once.
fn cases() -> &'static [Case] {
    static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
        let mut cases: Vec<Case> = edits("diagnostics")
            .map(|path| {
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                let (result, root) = read_edited(&name, &path);
                let report = result.expect_err(&format!("{name}: nothing was reported"));
                let text = render_all(&report).replace(&format!("{}/", root.display()), "");
                Case { name, path, report, text }
            })
            .collect();
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        cases
    });
    &CASES
}

/// The files of edits in a folder.
fn edits(folder: &str) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(tests_dir().join(folder)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
}

/// Copies the fixture, edits the copy and reads it.
fn read_edited(case: &str, path: &Path) -> (Result<Catalog, Report>, PathBuf) {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diagnostics").join(case);
    let edits: Vec<Edit> = serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    fs::create_dir_all(root.join("vendors")).unwrap();
    let names = ["conditions.yaml", "relations.yaml", "vendors/acme.yaml", "vendors/bolt.yaml"];
    for name in names {
        let mut text = Some(fs::read_to_string(tests_dir().join("fixture").join(name)).unwrap());
        for edit in edits.iter().filter(|edit| edit.file == name) {
            text = match (&edit.replace, &edit.with) {
                (Some(old), with) => {
                    let text = text.unwrap();
                    assert_eq!(text.matches(old.as_str()).count(), 1, "{case}: {old:?} must stand in {name} once");
                    Some(text.replace(old.as_str(), with.as_deref().unwrap_or_default()))
                }
                (None, with) => with.clone(),
            };
        }
        match text {
            Some(text) => fs::write(root.join(name), text).unwrap(),
            None => drop(fs::remove_file(root.join(name))),
        }
    }
    assert!(edits.iter().all(|edit| names.contains(&edit.file.as_str())), "{case}: edits an unknown file");
    let [conditions, relations, vendors @ ..] = names.map(str::to_owned);
    let files = Files { base: None, conditions: Some(conditions), relations: Some(relations), vendors: vendors.into() };
    (read(&root, &files), root)
}

#[test]
fn every_case_is_reported_as_expected() {
    let mut wrong = Vec::new();
    for case in cases() {
        let expected = case.path.with_extension("expected");
        if std::env::var_os("REWRITE").is_some() {
            fs::write(&expected, &case.text).unwrap();
        } else if fs::read_to_string(&expected).ok().as_ref() != Some(&case.text) {
            wrong.push(format!("== {}\n{}", case.name, case.text));
        }
    }
    assert!(wrong.is_empty(), "not as expected (REWRITE=1 accepts this):\n{}", wrong.join("\n"));
}

/// One mistake is one kind of problem: what only follows from it is not reported.
#[test]
fn nothing_else_is_reported() {
    let mut wrong = Vec::new();
    for case in cases() {
        if case.report.diagnostics().iter().any(|diagnostic| diagnostic.kind.name() != case.kind()) {
            wrong.push(format!("== {}\n{}", case.name, case.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_kind_has_a_case() {
    let covered: BTreeSet<&str> = cases().iter().map(Case::kind).collect();
    let kinds: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(covered, kinds);
}

/// Each diagnostic points at something: no place got lost on the way through the parser.
#[test]
fn places_are_true() {
    let at_start = [Kind::UnreadableFile, Kind::MissingField, Kind::RootNotFirst];
    for case in cases() {
        for diagnostic in case.report.diagnostics() {
            let source = case.report.sources().get(diagnostic.site.file).unwrap();
            assert!(diagnostic.site.start > 0 || at_start.contains(&diagnostic.kind), "{}", case.name);
            assert!(source.text.get(diagnostic.site.span()).is_some(), "{}: {:?}", case.name, diagnostic.site);
        }
    }
}

#[test]
fn what_is_right_is_accepted() {
    for path in edits("accepted") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let (result, _) = read_edited(&format!("accepted-{name}"), &path);
        assert!(result.is_ok(), "{name}: {}", render_all(&result.unwrap_err()));
    }
}

/// Stubs need the names of codes that could not be read, too.
#[test]
fn unreadable_codes_stay_in_the_outline() {
    let case = cases().iter().find(|case| case.name == "unknown-field.several").unwrap();
    let outline = case.report.outline();
    assert_eq!(outline.conditions.len(), 10);
    let [acme, bolt] = outline.vendors.as_slice() else { unreachable!("two vendors") };
    for code in ["SignatureWrongInChinese", "Throttled", "Done"] {
        assert!(acme.codes.iter().any(|known| known == code), "{code}");
    }
    assert_eq!((acme.codes.len(), bolt.id.as_str(), bolt.codes.len()), (7, "bolt", 4));
}
