//! The running gateway under bad input, floods and broken peers: every row of `tests/robustness/*.yaml`.
//!
//! `ROBUSTNESS=limits,framing cargo test -p apigw-tests --test robustness` runs these files alone.

use std::thread;

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
