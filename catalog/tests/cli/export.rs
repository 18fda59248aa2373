use std::fs;

use apigw_errors::CATALOG;
use apigw_errors::export::{Recorded, catalog_csv, catalog_json};

use crate::run::run;

#[test]
fn each_format_is_that_of_the_library() {
    assert_eq!(run("export json").out, catalog_json(&CATALOG, |_| Recorded::default()));
    assert_eq!(run("export csv").out, catalog_csv(&CATALOG));
    assert_eq!(run("export schema").out, apigw_errors_codegen::schema::json());
}

#[test]
fn files_are_written_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    for format in ["json", "csv", "schema"] {
        let path = folder.path().join(format);
        let line = format!("export {format} --out {}", path.display());
        let missing = run(&format!("{line} --check"));
        assert_eq!(missing.status, 1);
        assert!(missing.err.contains("is missing"), "{missing:?}");
        assert!(!path.exists(), "--check writes nothing");
        assert!(run(&line).out.ends_with("written\n"));
        assert!(run(&line).out.ends_with("is up to date\n"));
        assert_eq!(run(&format!("{line} --check")).status, 0);
        let text = fs::read_to_string(&path).unwrap();
        let third = text.match_indices('\n').nth(2).unwrap().0;
        fs::write(&path, format!("{} {}", &text[..third], &text[third..])).unwrap();
        let stale = run(&format!("{line} --check"));
        assert_eq!(stale.status, 1);
        assert!(stale.err.contains("out of date from line 3 on"), "{stale:?}");
    }
    let nowhere = run(&format!("export json --out {}/no/where", folder.path().display()));
    assert_eq!(nowhere.status, 2);
    assert!(nowhere.err.contains("cannot write"), "{nowhere:?}");
    assert_eq!(run("export json --check").status, 2);
}
