//! `apigw-errors search`

use apigw_errors::export::{CodeEntry, Recorded};

use super::Outcome;
use crate::cli::failure::Failure;
use crate::cli::query::Narrow;
use crate::cli::screen::Screen;
use crate::cli::subject::catalog;
use crate::cli::words::Words;
use crate::cli::{cell, index, table};

const EXAMPLES: &str = "\
Examples:
  apigw-errors search nonce
  apigw-errors search signatrue expired
  apigw-errors search 签名 过期
  apigw-errors search quota --vendor jdcloud --json

Exit status: 0 something was found, 1 nothing.";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Words in English or Chinese; all of them have to be found.
    #[arg(required = true, value_name = "WORD")]
    query: Vec<String>,
    #[command(flatten)]
    narrow: Narrow,
    /// Show at most so many codes.
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Print JSON: an array of codes as in catalog.json, best first.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, screen: &Screen) -> Result<Outcome, Failure> {
    let found = index::search(&args.query.join(" "), |code| args.narrow.admits(code));
    let hits = found.hits.get(..args.limit).unwrap_or(&found.hits);
    if args.json {
        let entries: Vec<_> = hits.iter().map(|hit| CodeEntry::new(catalog(), hit.code, Recorded::default())).collect();
        return Ok(Outcome::json(&entries, !entries.is_empty()));
    }
    let words = Words::of(screen.lang);
    if hits.is_empty() {
        return Ok(Outcome::nothing(format!("{}\n", words.no_code_fits)));
    }
    let heading = [words.id, words.code, words.status, words.condition, words.message];
    let rows = hits.iter().map(|hit| {
        let condition = hit.code.condition.title.get(screen.lang).to_owned();
        let message = hit.code.message.source.to_owned();
        [hit.code.to_string(), cell::code(hit.code.code), cell::status(hit.code.status), condition, message]
    });
    let complaint = if found.complete { String::new() } else { format!("{}\n", words.partly) };
    Ok(Outcome { complaint, ..Outcome::done(table::table(screen, heading, rows)) })
}
