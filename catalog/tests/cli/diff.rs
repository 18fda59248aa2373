use std::fs;

use crate::run::run;

#[test]
fn breaking_changes_fail() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old.json"), folder.path().join("new.json"));
    let text = run("export json").out;
    fs::write(&old, &text).unwrap();
    let line = format!("diff {} {}", old.display(), new.display());
    for (from, to, status, said) in [
        ("", "", 0, "0 breaking, 0 harmless"),
        ("\"status\":429", "\"status\":430", 1, "breaking code tencent."),
        ("\"en\":\"", "\"en\":\"Well: ", 0, "harmless vendor"),
        ("\"retry\":\"after_backoff\"", "\"retry\":\"never\"", 1, "retry \"after_backoff\" → \"never\""),
    ] {
        fs::write(&new, text.replacen(from, to, 1)).unwrap();
        let ran = run(&line);
        assert_eq!(ran.status, status, "{to}: {ran:?}");
        assert!(ran.out.contains(said), "{to}: {ran:?}");
        let json = run(&format!("{line} --json"));
        assert_eq!(json.status, status);
        assert!(json.json().is_array());
    }
    fs::write(&new, text.replacen("\"en\":\"", "\"en\":\"Well: ", 1)).unwrap();
    assert_eq!(run(&format!("{line} --breaking")).out, "0 breaking, 1 harmless\n");
    fs::write(&new, "[]").unwrap();
    let refused = run(&line);
    assert_eq!(refused.status, 2);
    assert!(refused.err.contains("the newer one is no catalog"), "{refused:?}");
    fs::remove_file(&new).unwrap();
    assert_eq!(run(&line).status, 2);
}
