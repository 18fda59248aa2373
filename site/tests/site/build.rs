//! Building to a folder: reproducible to the byte, and its copy can be checked.

use std::fs;

use apigw_site::write::{Drift, compare, render_all, write};

use crate::site;

#[test]
fn two_builds_are_the_same_bytes() {
    let (first, second) = (render_all(&site()), render_all(&site()));
    assert_eq!(first.len(), second.len());
    for ((route, one), (_, other)) in first.iter().zip(&second) {
        assert_eq!(one, other, "{}", route.path());
    }
}

#[test]
fn a_written_copy_can_be_checked() {
    let folder = tempfile::tempdir().unwrap();
    let pages = render_all(&site());
    let totals = write(&pages, folder.path()).unwrap();
    assert_eq!((totals.files, totals.written), (pages.len(), pages.len()));
    assert_eq!(compare(&pages, folder.path()).unwrap(), []);
    assert_eq!(write(&pages, folder.path()).unwrap().written, 0, "what is right is left alone");

    let at = |name: &str| folder.path().join(name);
    fs::write(at("index.html"), "changed").unwrap();
    fs::remove_file(at("404.html")).unwrap();
    fs::write(at("stray.html"), "").unwrap();
    let mut drift = compare(&pages, folder.path()).unwrap();
    drift.sort_by_key(ToString::to_string);
    let wanted = [Drift::Missing(at("404.html")), Drift::Differs(at("index.html")), Drift::Unknown(at("stray.html"))];
    assert_eq!(drift, wanted);
    assert_eq!(write(&pages, folder.path()).unwrap().written, 2);
}

#[test]
fn an_error_names_the_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = write(&render_all(&site()), &file).unwrap_err();
    assert!(error.to_string().contains(&file.display().to_string()), "{error}");
}
