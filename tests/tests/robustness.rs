//! The running gateway under bad input, floods and broken peers: every row of `tests/robustness/*.yaml`.
//!
//! `ROBUSTNESS=limits,framing cargo test -p apigw-tests --test robustness` runs these files alone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeSet;
use std::{fs, thread};

use apigw_tests::generated::root;
use apigw_tests::robustness::{run, suites};

#[test]
fn every_row_comes_out_as_required() {
    let wanted = std::env::var("ROBUSTNESS").ok();
    let is_wanted = |name: &String| wanted.as_ref().is_none_or(|wanted| wanted.split(',').any(|one| one == name));
    let names: Vec<String> = suites().unwrap().into_iter().filter(is_wanted).collect();
    assert!(!names.is_empty(), "no such file in tests/robustness");
    let wrong: Vec<String> = thread::scope(|scope| {
        let runs: Vec<_> = names.iter().map(|name| scope.spawn(move || run(name))).collect();
        runs.into_iter()
            .flat_map(|one| one.join().unwrap().unwrap_or_else(|failure| vec![failure.to_string()]))
            .collect()
    });
    assert!(wrong.is_empty(), "{} things are not as they must be:\n\n{}", wrong.len(), wrong.join("\n"));
}

/// The table of rows and tests: what it names exists, and no row of a file is missing from it.
#[test]
fn the_table_names_every_row_and_nothing_else() {
    let folder = root().join("tests/robustness");
    let table = fs::read_to_string(folder.join("README.md")).unwrap();
    let named: BTreeSet<(String, String)> = table
        .lines()
        .filter(|line| line.starts_with("| "))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter_map(|code| code.split_once(": "))
        .map(|(file, name)| (file.to_owned(), name.to_owned()))
        .collect();
    let mut rows = BTreeSet::new();
    for name in suites().unwrap() {
        let file = format!("{name}.yaml");
        let text = fs::read_to_string(folder.join(&file)).unwrap();
        let lines = text.lines().filter_map(|line| line.strip_prefix("  - row: "));
        rows.extend(lines.map(|row| (file.clone(), row.trim_matches('"').to_owned())));
    }
    // Rows are named by their file in this folder, tests by their path.
    let (of_tests, of_files): (BTreeSet<_>, BTreeSet<_>) = named.into_iter().partition(|(file, _)| file.contains('/'));
    let differing: Vec<_> = of_files.symmetric_difference(&rows).collect();
    assert!(differing.is_empty(), "a row that is not in the table, or named there and in no file: {differing:#?}");
    for (file, name) in of_tests {
        let text = fs::read_to_string(root().join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(text.contains(&format!("fn {name}(")), "{file} has no test {name}");
    }
}
