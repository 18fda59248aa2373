//! `apigw-errors decode`

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use apigw_errors::decode::{Candidate, Decoded, StandIn};
use serde::Serialize;

use super::{Outcome, explain};
use crate::cli::failure::Failure;
use crate::cli::layout::{BOLD, DIM, clean, hanging};
use crate::cli::query::{self, Narrow};
use crate::cli::screen::Screen;
use crate::cli::words::Words;
use crate::cli::{cell, response};

const EXAMPLES: &str = r#"Examples:
  curl -si https://api.example.com/orders | apigw-errors decode
  apigw-errors decode '{"message":"HMAC signature does not match"}' --status 401
  apigw-errors decode response.txt --json
  tail -1 error.log | apigw-errors decode --lang zh

Headers help: with `curl -si` or `curl -v` it can be told who made the response. Exit status: 0 some code fits, 1 none."#;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A file, or the response itself: a body, `curl -i` output, a line of a log. Without it, standard input is read.
    #[arg(value_name = "FILE|TEXT")]
    response: Vec<String>,
    /// The HTTP status, where the text does not tell.
    #[arg(long, value_name = "STATUS", value_parser = clap::value_parser!(u16).range(100..=599))]
    status: Option<u16>,
    /// Leave out what vendors echo of keys and signatures.
    #[arg(long)]
    redact: bool,
    /// Print JSON: `candidates`, best first, and `request_id`.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, screen: &Screen) -> Result<Outcome, Failure> {
    let text = input(args, screen)?;
    if text.trim().is_empty() {
        return Err(Failure::NoInput);
    }
    let mut decoded = response::decode(&text, args.status);
    if args.redact {
        decoded = decoded.redact();
    }
    if args.json {
        return Ok(Outcome::json(&Answer::from(&decoded), !decoded.candidates.is_empty()));
    }
    Ok(match decoded.candidates.first() {
        None => Outcome::nothing(unknown(screen, &decoded)),
        Some(first) if decoded.best().is_none() && decoded.candidates.len() > 1 => {
            Outcome::done(possible(screen, &decoded, first))
        }
        Some(first) => Outcome::done(found(screen, &decoded, first)),
    })
}

/// More than that is no response of a gateway.
const MAX_INPUT: u64 = 1 << 20;

fn input(args: &Args, screen: &Screen) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    match args.response.as_slice() {
        [] => {
            if io::stdin().is_terminal() {
                eprintln!("{}", Words::of(screen.lang).paste);
            }
            io::stdin().lock().take(MAX_INPUT).read_to_end(&mut bytes).map_err(Failure::Input)?;
        }
        [one] if one == "-" => {
            io::stdin().lock().take(MAX_INPUT).read_to_end(&mut bytes).map_err(Failure::Input)?;
        }
        [one] if fs::metadata(one).is_ok_and(|found| found.is_file()) => {
            let failed = |source| Failure::Read { path: Path::new(one).to_owned(), source };
            File::open(one).map_err(failed)?.take(MAX_INPUT).read_to_end(&mut bytes).map_err(failed)?;
        }
        words => return Ok(words.join(" ")),
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[derive(Serialize)]
struct Answer<'d> {
    candidates: Vec<Entry<'d>>,
    request_id: Option<&'d str>,
}

#[derive(Serialize)]
struct Entry<'d> {
    vendor: &'static str,
    id: &'static str,
    code: Option<&'static str>,
    status: Option<u16>,
    plane: &'static str,
    params: BTreeMap<&'static str, &'d str>,
    editions: Vec<&'static str>,
    origin: &'static str,
    confidence: &'static str,
}

impl<'d> From<&'d Decoded<'_>> for Answer<'d> {
    fn from(decoded: &'d Decoded<'_>) -> Self {
        let entry = |candidate: &'d Candidate<'_>| Entry {
            vendor: candidate.code.vendor.id,
            id: candidate.code.id,
            code: candidate.code.code,
            status: candidate.code.status.map(u16::from),
            plane: candidate.code.plane.as_str(),
            params: candidate.params.iter().map(|(name, value)| (*name, value.as_ref())).collect(),
            editions: candidate.editions().map(|edition| edition.id).collect(),
            origin: candidate.origin.origin.as_str(),
            confidence: candidate.confidence.as_str(),
        };
        Self { candidates: decoded.candidates.iter().map(entry).collect(), request_id: decoded.request_id.as_deref() }
    }
}

/// The best candidate in full, the others in a line each.
fn found(screen: &Screen, decoded: &Decoded<'_>, best: &Candidate<'_>) -> String {
    let words = Words::of(screen.lang);
    let mut out = evidence(screen, decoded, best);
    out.push('\n');
    let values = best.params.iter().map(|(name, value)| (*name, value.to_string())).collect();
    out.push_str(&explain::page(screen, &query::Candidate { code: best.code, values }));
    if decoded.candidates.len() > 1 {
        let _ = writeln!(out, "\n{BOLD}{}{BOLD:#}", words.may_also_be);
        lines(screen, decoded.candidates.iter().skip(1), &mut out);
    }
    out
}

/// Several that fit alike.
fn possible(screen: &Screen, decoded: &Decoded<'_>, first: &Candidate<'_>) -> String {
    let words = Words::of(screen.lang);
    let mut out = format!("{}\n", words.one_of_these);
    lines(screen, decoded.candidates.iter(), &mut out);
    out.push('\n');
    out.push_str(&evidence(screen, decoded, first));
    out
}

fn lines<'c, 't: 'c>(screen: &Screen, candidates: impl Iterator<Item = &'c Candidate<'t>>, out: &mut String) {
    for candidate in candidates {
        let sure = candidate.confidence.label().get(screen.lang);
        let _ = writeln!(out, "  {}  {DIM}({sure}){DIM:#}", cell::line(candidate.code));
    }
}

/// How sure it is and why, who made the response, and its id.
fn evidence(screen: &Screen, decoded: &Decoded<'_>, best: &Candidate<'_>) -> String {
    let (lang, words) = (screen.lang, Words::of(screen.lang));
    let why: Vec<&str> = best.fit.why(lang).collect();
    let sure = format!("{}{}", best.confidence.label().get(lang), words.colon);
    let mut out = hanging(&sure, &why.join(words.space), screen.paragraph());
    let who = best.origin.origin.label().get(lang);
    let origin = format!("{}{}{who}{}", words.origin, words.colon, words.stop);
    out.push_str(&hanging("", &format!("{origin}{}", best.origin.why.text(lang)), screen.paragraph()));
    if let Some(detail) = &best.detail {
        let _ = writeln!(out, "{}{}{}", words.detail, words.colon, clean(detail));
    }
    if let Some(id) = &decoded.request_id {
        let _ = writeln!(out, "{}{}{}", words.request_id, words.colon, clean(id));
    }
    out
}

/// What was read, where it is of no known code.
fn unknown(screen: &Screen, decoded: &Decoded<'_>) -> String {
    let words = Words::of(screen.lang);
    let mut out = format!("{}\n", words.no_code_fits);
    let status = decoded.status.map(|status| status.to_string());
    let read = [
        (words.status, status.as_deref()),
        (words.code, decoded.code.as_deref()),
        (words.message, decoded.message.as_deref()),
        (words.request_id, decoded.request_id.as_deref()),
    ];
    for (name, value) in read.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        out.push_str(&hanging(&format!("  {name}{}", words.colon), &clean(shortened(value)), screen.paragraph()));
    }
    if let Some(origin) = decoded.origin {
        let who = origin.origin.label().get(screen.lang);
        let said = format!("{who}{}{}", words.stop, origin.why.text(screen.lang));
        out.push_str(&hanging(&format!("  {}{}", words.origin, words.colon), &said, screen.paragraph()));
    }
    for stand_in in &decoded.stand_ins {
        let _ = writeln!(out, "{}", clean(&plain(screen, stand_in)));
    }
    let named = decoded.code.as_deref().or(decoded.message.as_deref()).map(shortened);
    let named = named.filter(|_| decoded.stand_ins.is_empty());
    let near = named.map(|text| query::suggest(text, Narrow::default())).unwrap_or_default();
    if !near.is_empty() {
        let _ = writeln!(out, "{}", words.did_you_mean);
    }
    for code in near {
        let _ = writeln!(out, "  {}", cell::line(code));
    }
    out
}

/// An answer without a row, and what it stands for.
fn plain(screen: &Screen, stand_in: &StandIn) -> String {
    let words = Words::of(screen.lang);
    let sure = stand_in.confidence.label().get(screen.lang);
    let name = stand_in.vendor.name.get(screen.lang);
    let mut out = format!("{name}{}{} ({sure})", words.colon, words.stands_for);
    for condition in &stand_in.conditions {
        let _ = write!(out, "\n  {}  {}", condition.id, condition.title.get(screen.lang));
    }
    out
}

/// Enough of a long text to recognise it by.
fn shortened(text: &str) -> &str {
    const MOST: usize = 300;
    text.char_indices().nth(MOST).and_then(|(at, _)| text.get(..at)).unwrap_or(text).trim()
}
