//! The running gateway answers every scenario of `tests/conformance` to the byte, and the recordings are what it said.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeSet;

use apigw_errors::{CATALOG, Dialect};
use apigw_gateway::check;
use apigw_tests::conformance::{Outcome, Seen, run, suites};
use apigw_tests::exemptions::{Exemptions, Stage};
use apigw_tests::generated::{files, root};

#[test]
fn every_scenario_comes_out_as_written_and_as_recorded() {
    let suites = suites().unwrap();
    let outcomes = run(&suites).unwrap();
    let failed: Vec<String> = outcomes.iter().map(ToString::to_string).filter(|text| !text.is_empty()).collect();
    assert!(failed.is_empty(), "{} of {} scenarios:\n\n{}", failed.len(), outcomes.len(), failed.join("\n"));

    // Each code in each edition in which it stands.
    let missing = unseen_editions(&outcomes);
    assert!(missing.is_empty(), "raised by no scenario in that edition: {missing:#?}");

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
}

/// The vendors whose codes are all to be seen in every edition, but for those exempt from being raised at all.
const COMPLETE: [&str; 1] = ["tencent"];

/// The codes of those vendors that no scenario raises in some edition in which they stand: `tencent.Id in v1`.
fn unseen_editions(outcomes: &[Outcome<'_>]) -> Vec<String> {
    let pair = |seen: &Seen| Some((seen.code.clone()?, Dialect::parse(&CATALOG, &seen.dialect).ok()?.edition.id));
    let seen: BTreeSet<(String, &str)> = outcomes.iter().filter_map(|outcome| pair(outcome.seen.as_ref()?)).collect();
    let exempt = Exemptions::read().unwrap().lacking(Stage::Raised);
    let codes =
        CATALOG.codes().filter(|code| COMPLETE.contains(&code.vendor.id) && !exempt.contains(&code.to_string()));
    let pairs = codes.flat_map(|code| code.editions.iter().map(|row| (code.to_string(), row.edition.id)));
    pairs.filter(|pair| !seen.contains(pair)).map(|(code, edition)| format!("{code} in {edition}")).collect()
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
