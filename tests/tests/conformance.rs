//! The running gateway answers every scenario of `tests/conformance` to the byte, and the recordings are what it said.

use std::collections::BTreeSet;

use apigw_gateway::check;
use apigw_tests::conformance::{run, suites};
use apigw_tests::exemptions::Exemptions;
use apigw_tests::generated::{files, root};

#[test]
fn every_scenario_comes_out_as_written_and_as_recorded() {
    let suites = suites().unwrap();
    let outcomes = run(&suites).unwrap();
    let failed: Vec<String> = outcomes.iter().map(ToString::to_string).filter(|text| !text.is_empty()).collect();
    assert!(failed.is_empty(), "{} of {} scenarios:\n\n{}", failed.len(), outcomes.len(), failed.join("\n"));

    // What is committed is what was just seen.
    for file in files(&outcomes).unwrap() {
        let committed = std::fs::read_to_string(root().join(file.path)).unwrap_or_default();
        assert!(
            committed == file.text,
            "{} has drifted: run `cargo run -p apigw-tests --bin generate`.\n{}",
            file.path,
            first_difference(&committed, &file.text)
        );
    }

    // A condition that a check declares is one that somebody can run into.
    let seen: BTreeSet<&str> =
        outcomes.iter().filter_map(|outcome| outcome.seen.as_ref()?.condition.as_deref()).collect();
    let declared = check::ALL.iter().flat_map(|info| info.raises).map(|condition| condition.row().id);
    let unseen: BTreeSet<&str> = declared.filter(|condition| !seen.contains(condition)).collect();
    let exemptions = Exemptions::read().unwrap();
    let exempt: BTreeSet<&str> = exemptions.conditions.iter().map(|unseen| &*unseen.condition).collect();
    assert_eq!(unseen, exempt, "left: declared by a check and raised by no scenario; right: exempt from that");
    let declared: Vec<&str> = seen.into_iter().filter(|seen| !is_declared(seen)).collect();
    assert!(declared.is_empty(), "raised, but declared by no check: {declared:?}");
}

/// Where two texts part, with what stands around it.
fn first_difference(committed: &str, made: &str) -> String {
    let number = committed.lines().zip(made.lines()).take_while(|(committed, made)| committed == made).count();
    let line = |text: &str| text.lines().nth(number).unwrap_or_default().to_owned();
    let (committed, made) = (line(committed), line(made));
    let same = committed.chars().zip(made.chars()).take_while(|(committed, made)| committed == made).count();
    let around = |text: &str| text.chars().skip(same.saturating_sub(60)).take(160).collect::<String>();
    format!("line {}:\n  - …{}…\n  + …{}…", number + 1, around(&committed), around(&made))
}

fn is_declared(condition: &str) -> bool {
    check::ALL.iter().flat_map(|info| info.raises).any(|declared| declared.row().id == condition)
}
