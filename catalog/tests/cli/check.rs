use std::fs;
use std::path::Path;

use crate::run::{run, run_with};

const FILES: [&str; 5] =
    ["conditions.yaml", "relations.yaml", "vendors/tencent.yaml", "vendors/jdcloud.yaml", "vendors/huawei.yaml"];

/// A copy of our catalog, for making mistakes in.
fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("vendors")).unwrap();
    for file in FILES {
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(file), folder.path().join(file)).unwrap();
    }
    folder
}

#[test]
fn a_sound_catalog_passes() {
    let folder = copy();
    let ran = run(&format!("check {}", folder.path().display()));
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.out.starts_with("no problems: 3 vendors, "), "{ran:?}");
    // Relations need vendors to relate; a catalog without any has no such file.
    fs::remove_file(folder.path().join("relations.yaml")).unwrap();
    assert_eq!(run(&format!("check {}", folder.path().display())).status, 0);
}

#[test]
fn mistakes_are_shown_at_their_lines_all_at_once() {
    let folder = copy();
    let file = folder.path().join("vendors/huawei.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let wrong = text.replacen("retry: after_fix", "retry: after_fxi", 1).replacen(
        "condition: route.not_found.method",
        "condition: route.nowhere",
        1,
    );
    fs::write(&file, &wrong).unwrap();
    let ran = run(&format!("check {}", folder.path().display()));
    assert_eq!(ran.status, 1, "{ran:?}");
    let line = |part: &str| 1 + wrong.lines().position(|line| line.contains(part)).unwrap();
    for part in [
        format!("vendors/huawei.yaml:{}:12", line("after_fxi")),
        format!("vendors/huawei.yaml:{}:16", line("route.nowhere")),
        "after_fix".to_owned(),
        "error[unknown-word]".to_owned(),
        "error[unknown-condition]".to_owned(),
        "problems in this catalog".to_owned(),
    ] {
        assert!(ran.out.contains(&part), "`{part}`: {}", ran.out);
    }
    assert!(!ran.out.contains('\u{1b}'));
    let coloured = run_with(["check", folder.path().to_str().unwrap(), "--color", "always"], &[], None);
    assert!(coloured.out.contains('\u{1b}'));
}

#[test]
fn what_is_no_catalog_is_refused_with_advice() {
    let folder = copy();
    let path = folder.path().display();
    for (line, said) in [
        (format!("check {path}/nowhere"), "check the path"),
        (format!("check {path}/conditions.yaml"), "name the folder"),
        (format!("check {path}/vendors"), "`conditions.yaml`"),
    ] {
        let ran = run(&line);
        assert_eq!(ran.status, 2, "{line}: {ran:?}");
        assert!(ran.err.contains(said), "{line}: {ran:?}");
    }
    fs::remove_dir_all(folder.path().join("vendors")).unwrap();
    let ran = run(&format!("check {path}"));
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("vendors"), "{ran:?}");
}

#[test]
fn layout_is_checked_and_fixed() {
    let folder = copy();
    let file = folder.path().join("vendors/huawei.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let check = format!("check {}", folder.path().display());
    let ours = run(&format!("{check} --layout"));
    assert_eq!(ours.status, 0, "{ours:?}");
    let untidy = text.replacen("    plane: data\n    status: 404\n", "    status: 404  \n\n    plane:   data\n", 1);
    assert_ne!(untidy, text);
    fs::write(&file, &untidy).unwrap();
    assert_eq!(run(&check).status, 0, "no mistake");
    let told = run(&format!("{check} --layout"));
    assert_eq!(told.status, 1, "{told:?}");
    let line = 1 + text.lines().zip(untidy.lines()).take_while(|(tidy, typed)| tidy == typed).count();
    let place = format!("vendors/huawei.yaml:{line} is not in canonical form");
    assert!(told.err.contains(&place), "{place}: {told:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), untidy);
    let fixed = run(&format!("{check} --fix"));
    assert_eq!(fixed.status, 0, "{fixed:?}");
    assert!(fixed.out.contains("vendors/huawei.yaml written"), "{fixed:?}");
    // What stands inside of a line is its author's.
    let wanted = text.replacen("    plane: data\n    status: 404\n", "    plane:   data\n    status: 404\n", 1);
    let now = fs::read_to_string(&file).unwrap();
    assert!(
        now == wanted || now == wanted.replacen("    plane:   data\n", "\n    plane:   data\n", 1),
        "{}",
        &now[..2000]
    );
    assert_eq!(run(&format!("{check} --layout")).status, 0);
    assert!(!run(&format!("{check} --fix")).out.contains("written"), "twice is once");
}

#[test]
fn a_catalog_with_problems_is_not_touched() {
    let folder = copy();
    let file = folder.path().join("vendors/huawei.yaml");
    let wrong = fs::read_to_string(&file).unwrap().replacen("retry: after_fix", "retry:   after_fxi", 1);
    fs::write(&file, &wrong).unwrap();
    let ran = run(&format!("check {} --fix", folder.path().display()));
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("unknown-word"), "{ran:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), wrong);
}

/// The same as the macro: a catalog on our conditions is checked with them. Without a word they are those built in.
#[test]
fn a_catalog_over_a_base_is_checked_with_it() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/azure-apim/catalog");
    let right = "no problems: 1 vendor, 25 codes";
    let over_ours = run(&format!("check {folder}"));
    assert!(over_ours.status == 0 && over_ours.out.contains(right), "{over_ours:?}");
    assert!(over_ours.out.contains("built into this program"), "{over_ours:?}");
    let base = env!("CARGO_MANIFEST_DIR");
    let over_a_folder = run(&format!("check {folder} --base {base}"));
    assert!(over_a_folder.status == 0 && over_a_folder.out.contains(right), "{over_a_folder:?}");
    assert!(!over_a_folder.out.contains("built into this program"), "{over_a_folder:?}");
    let elsewhere = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    assert_eq!(run(&format!("check {folder} --base {elsewhere}")).status, 2, "a folder without a catalog is no base");
}
