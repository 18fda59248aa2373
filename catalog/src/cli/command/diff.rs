//! `apigw-errors diff`

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use apigw_errors::export::diff::{Change, Event, Weight, diff};
use serde_json::{Value, json};

use super::Outcome;
use crate::cli::failure::Failure;
use crate::cli::layout::{BOLD, GREEN, RED, clean};
use crate::cli::screen::Screen;

const EXAMPLES: &str = "\
Examples:
  apigw-errors diff released/catalog.json catalog.json
  apigw-errors diff old.json new.json --breaking

Breaking is what a program can branch on: ids, addresses, code texts, statuses, parameters, conditions, retry advice, or \
anything that is gone. Wording and additions are harmless. Exit status: 0 nothing breaks, 1 something does, 2 a file \
cannot be read.";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The older catalog.json.
    old: PathBuf,
    /// The newer one.
    new: PathBuf,
    /// Leave out harmless changes.
    #[arg(long)]
    breaking: bool,
    /// Print JSON: an array of changes.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, _: &Screen) -> Result<Outcome, Failure> {
    let mut changes = diff(&text(&args.old)?, &text(&args.new)?)?;
    let breaking = changes.iter().filter(|change| change.weight == Weight::Breaking).count();
    let harmless = changes.len() - breaking;
    if args.breaking {
        changes.retain(|change| change.weight == Weight::Breaking);
    }
    if args.json {
        return Ok(Outcome::json(&changes.iter().map(change_json).collect::<Vec<_>>(), breaking == 0));
    }
    let mut out = String::new();
    for change in &changes {
        let style = if change.weight == Weight::Breaking { RED } else { GREEN };
        let _ = writeln!(out, "{style}{}{style:#} {}", change.weight, clean(&change.to_string()));
    }
    let _ = writeln!(out, "{BOLD}{breaking} breaking, {harmless} harmless{BOLD:#}");
    Ok(Outcome { success: breaking == 0, ..Outcome::done(out) })
}

fn text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|source| Failure::Read { path: path.to_owned(), source })
}

fn change_json(change: &Change) -> Value {
    let (event, key, old, new) = match &change.event {
        Event::Gone => ("gone", None, None, None),
        Event::New => ("new", None, None, None),
        Event::Changed { key, old, new } => ("changed", Some(*key), Some(old), Some(new)),
    };
    let value = |text: Option<&String>| text.and_then(|text| serde_json::from_str::<Value>(text).ok());
    json!({
        "weight": change.weight.to_string(), "subject": change.subject, "event": event, "key": key,
        "old": value(old), "new": value(new),
    })
}
