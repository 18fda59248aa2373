//! The four stages of a code: in the catalog, on its pages, declared by a check of the gateway, raised through a socket.
//!
//! What a code may lack stands in `tests/exemptions.yaml`, with the reason.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeSet;

use apigw_errors::{CATALOG, Lang};
use apigw_site::{Options, Site};
use apigw_tests::exemptions::{Exemptions, Stage};
use apigw_tests::generated::root;
use apigw_tests::stages::declared;

/// All codes, as `vendor.Id`.
fn catalog() -> BTreeSet<String> {
    CATALOG.codes().map(ToString::to_string).collect()
}

/// The codes that have a recording.
fn recorded() -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("site/recordings.json")).unwrap();
    let recordings: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    recordings.into_iter().map(|(code, _)| code).collect()
}

/// Fails unless `passed` and the exempt codes are together all codes, each once.
fn judge(stage: Stage, passed: &BTreeSet<String>) {
    let (all, exempt) = (catalog(), Exemptions::read().unwrap().lacking(stage));
    let unknown: Vec<_> = passed.difference(&all).collect();
    assert!(unknown.is_empty(), "not in the catalog: {unknown:?}");
    let outdated: Vec<_> = exempt.iter().filter(|code| passed.contains(*code) || !all.contains(*code)).collect();
    assert!(outdated.is_empty(), "exempt from being {stage:?}, and are, or are no codes: {outdated:#?}");
    let missing: Vec<_> = all.iter().filter(|code| !passed.contains(*code) && !exempt.contains(*code)).collect();
    assert!(missing.is_empty(), "not {stage:?}, and tests/exemptions.yaml gives no reason: {missing:#?}");
}

#[test]
fn what_is_recorded_is_in_the_catalog() {
    let (all, recorded) = (catalog(), recorded());
    let unknown: Vec<_> = recorded.difference(&all).collect();
    assert!(unknown.is_empty(), "recorded, and not in the catalog: {unknown:?}");
}

#[test]
fn every_code_has_its_page_in_every_language() {
    let site = Site::new(&CATALOG, Options::default());
    for code in CATALOG.codes() {
        for lang in Lang::ALL {
            let path = format!("/{lang}{}", code.path());
            let page = site.page(&path).unwrap_or_else(|| panic!("{code} has no page {path}"));
            let text = String::from_utf8(page.body.into_owned()).unwrap();
            assert!(text.contains(&format!("<html lang=\"{lang}")), "{path} is in another language");
        }
    }
}

#[test]
fn every_code_is_declared_by_a_check_or_exempt() {
    judge(Stage::Declared, &declared(CATALOG.vendors));
}

#[test]
fn every_code_is_raised_through_a_socket_or_exempt() {
    let recorded = recorded();
    judge(Stage::Raised, &recorded);
    for vendor in CATALOG.vendors {
        let raised = vendor.codes.iter().filter(|code| recorded.contains(&code.to_string())).count();
        println!("{}: {raised} of {} codes raised", vendor.id, vendor.codes.len());
    }
}

#[test]
fn an_exemption_says_why_and_says_it_once() {
    let exemptions = Exemptions::read().unwrap();
    for stage in [Stage::Declared, Stage::Raised] {
        let groups = exemptions.codes.iter().filter(|group| group.lack.contains(&stage));
        let mentions: usize = groups.map(|group| group.codes.len()).sum();
        assert_eq!(mentions, exemptions.lacking(stage).len(), "a code is exempt twice from being {stage:?}");
    }
    let mut reasons = exemptions.codes.iter().map(|group| &group.reason);
    assert!(reasons.all(|reason| reason.len() > 20), "a reason is a sentence");
}
