//! Each refusal by a request that earns it, in the order of the checks: every request is right in all that is checked
//! before, and wrong in something that is checked after, so that a check in the wrong place shows.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod huawei;
mod jdcloud;
#[path = "../signing_fixture/mod.rs"]
mod signing_fixture;
mod tencent;

use std::fmt::Write;

use apigw_errors::{Condition, Params};
use apigw_gateway::clock::Timestamp;
use apigw_gateway::scheme::{Scheme, Signing};
use apigw_gateway::secret::Secret;
use signing_fixture::{KEY, NOW, SECRET, Sent, World};

/// What each request is refused with; all that differ at once.
fn check(scheme: Scheme, world: &World, rows: &[(&str, &str)]) {
    let mut failures = String::new();
    for (text, expected) in rows {
        let outcome = world.outcome(scheme, &Sent::parse(text));
        if outcome != *expected {
            writeln!(failures, "expected {expected}, not {outcome}, for\n{text}\n").unwrap();
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

fn param(refusal: &Condition, name: &str) -> String {
    refusal.param(name).map(|value| value.to_string()).unwrap_or_default()
}

fn now() -> Timestamp {
    Timestamp::from_basic_iso8601(NOW).unwrap()
}

fn sign(scheme: Scheme, text: &str) -> Sent {
    let secret = Secret::from(SECRET);
    Sent::parse(text).signed(scheme, &Signing::new(KEY, &secret, now(), "n-1"))
}

fn borrowed<'a>(rows: &'a [(String, &'static str)]) -> Vec<(&'a str, &'static str)> {
    rows.iter().map(|(text, id)| (text.as_str(), *id)).collect()
}
