//! `apigw-errors translate`

use std::fmt::Write as _;

use apigw_errors::{CodeRow, ConditionRow, Equivalent, Relation, Say, VendorRow};
use serde_json::{Value, json};

use super::{Outcome, explain};
use crate::cli::failure::Failure;
use crate::cli::layout::{BOLD, CYAN, DIM, hanging};
use crate::cli::query::{self, Candidate};
use crate::cli::screen::Screen;
use crate::cli::subject::catalog;
use crate::cli::words::Words;
use crate::cli::{cell, facet, table};

const EXAMPLES: &str = "\
Examples:
  apigw-errors translate APIG.0308 --to tencent
  apigw-errors translate APIGW_NONCE_CONFLICT --to huawei --json
  apigw-errors translate APIG.0308 --all
  apigw-errors translate traffic.rate_limited --all

Relations:  = exact, the same    ⊃ broad, covers more    ⊂ narrow, one case of it    ≈ close, near it
Exit status: 0 translated, 1 no such code.";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    query: query::Args,
    /// The vendor to translate to.
    #[arg(long, value_name = "VENDOR", required_unless_present = "all", value_parser = facet::vendors())]
    to: Option<&'static VendorRow>,
    /// Print all codes around the condition, vendor by vendor.
    #[arg(long, conflicts_with = "to")]
    all: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, screen: &Screen) -> Result<Outcome, Failure> {
    let text = args.query.text();
    let candidates = query::resolve(&text, args.query.narrow);
    let conditions = conditions(&text, &candidates);
    if conditions.is_empty() {
        let suggestions = query::suggest(&text, args.query.narrow);
        return Ok(Outcome::nothing(explain::unknown(screen, &text, &suggestions)));
    }
    Ok(match args.to {
        Some(to) if args.json => {
            let translations = candidates.iter().map(|candidate| translation_json(candidate.code, to));
            Outcome::json(&translations.collect::<Vec<_>>(), true)
        }
        Some(to) => {
            let translations = candidates.iter().map(|candidate| translation(screen, candidate.code, to));
            Outcome::done(translations.collect::<Vec<_>>().join("\n"))
        }
        None if args.json => Outcome::json(&conditions.into_iter().map(matrix_json).collect::<Vec<_>>(), true),
        None => {
            let matrices = conditions.into_iter().map(|condition| matrix(screen, condition));
            Outcome::done(matrices.collect::<Vec<_>>().join("\n"))
        }
    })
}

/// The conditions in question, each once: the one that is named, or those of the codes.
fn conditions(text: &str, candidates: &[Candidate]) -> Vec<&'static ConditionRow> {
    if let Some(condition) = catalog().condition(text) {
        return vec![condition];
    }
    let mut conditions: Vec<&'static ConditionRow> = Vec::new();
    for condition in candidates.iter().map(|candidate| candidate.code.condition) {
        if !conditions.contains(&condition) {
            conditions.push(condition);
        }
    }
    conditions
}

fn translation(screen: &Screen, code: &'static CodeRow, to: &'static VendorRow) -> String {
    let (lang, words) = (screen.lang, Words::of(screen.lang));
    let mut out = format!("{}\n  {DIM}{}{DIM:#}\n", cell::title(screen, code), code.message.source);
    if code.vendor == to {
        let _ = writeln!(out, "  {}", words.same_vendor);
        return out;
    }
    let mut any = false;
    for other in equivalents(code, to) {
        any = true;
        let _ = writeln!(
            out,
            "{CYAN}{}{CYAN:#} {BOLD}{}{BOLD:#}  {}",
            other.relation.mark(),
            cell::line(other.code),
            other.relation.about().get(lang)
        );
        if let Some(reason) = other.reason {
            out.push_str(&hanging("    ", reason.get(lang), screen.paragraph()));
        }
    }
    if !any {
        let _ = writeln!(out, "{}{}{}", to.name.get(lang), words.colon, words.none_of_its_own);
    }
    out.push_str(&answer(screen, code, to));
    out
}

fn equivalents(code: &'static CodeRow, to: &'static VendorRow) -> impl Iterator<Item = Equivalent> {
    catalog().equivalents(code).into_iter().filter(move |other| other.code.vendor == to)
}

/// What the vendor's gateway says when the code's condition holds.
fn answer(screen: &Screen, code: &'static CodeRow, to: &'static VendorRow) -> String {
    let (lang, words) = (screen.lang, Words::of(screen.lang));
    let answer = to.answer(code.plane, code.condition);
    let said = match &answer.say {
        Say::Code(row) => cell::line(row),
        Say::Plain(plain) => format!("{} {}  {DIM}{}{DIM:#}", plain.status, plain.message, words.plain_answer),
    };
    let mut out = format!("→ {}{}{said}\n", words.answers, words.colon);
    if let Some(reason) = answer.reason {
        out.push_str(&hanging(&format!("    {}{}", words.because, words.colon), reason.get(lang), screen.paragraph()));
    }
    out
}

fn translation_json(code: &'static CodeRow, to: &'static VendorRow) -> Value {
    let answer = to.answer(code.plane, code.condition);
    let said = match &answer.say {
        Say::Code(row) => json!({
            "id": row.id, "code": row.code, "status": row.status.map(u16::from), "message": row.message.source,
        }),
        Say::Plain(plain) => json!({
            "id": null, "code": plain.code, "status": u16::from(plain.status), "message": plain.message,
        }),
    };
    json!({
        "vendor": code.vendor.id,
        "id": code.id,
        "to": to.id,
        "condition": code.condition.id,
        "equivalents": equivalents(code, to).map(|other| json!({
            "id": other.code.id,
            "relation": other.relation.as_str(),
            "reason": other.reason.map(|reason| json!({ "en": reason.en, "zh": reason.zh })),
        })).collect::<Vec<_>>(),
        "answer": said,
        "reason": answer.reason.map(|reason| json!({ "en": reason.en, "zh": reason.zh })),
    })
}

/// The condition, those above it and those below it, as far as they have codes.
fn around(condition: &'static ConditionRow) -> impl Iterator<Item = (&'static ConditionRow, Relation)> {
    catalog().all_conditions().filter_map(move |other| {
        let relation = if other == condition {
            Relation::Exact
        } else if other.covers(condition) {
            Relation::Broad
        } else if condition.covers(other) {
            Relation::Narrow
        } else {
            return None;
        };
        let kept = relation == Relation::Exact || catalog().codes_of(other).next().is_some();
        kept.then_some((other, relation))
    })
}

fn matrix(screen: &Screen, condition: &'static ConditionRow) -> String {
    let (lang, words) = (screen.lang, Words::of(screen.lang));
    let mut rows = Vec::new();
    for (node, relation) in around(condition) {
        let mut shown = format!("{} {}", relation.mark(), node.id);
        let mut codes = catalog().codes_of(node).peekable();
        if codes.peek().is_none() {
            rows.push([shown, "-".to_owned(), "-".to_owned(), "-".to_owned(), words.none_of_its_own.to_owned()]);
            continue;
        }
        for code in codes {
            // The condition stands once, before its codes.
            let node = std::mem::take(&mut shown);
            let message = code.message.source.to_owned();
            rows.push([node, code.to_string(), cell::code(code.code), cell::status(code.status), message]);
        }
    }
    let heading = [words.condition, words.id, words.code, words.status, words.message];
    let mut out = format!("{BOLD}{}{BOLD:#}  {}\n", condition.id, condition.title.get(lang));
    out.push_str(&hanging("  ", condition.summary.get(lang), screen.paragraph()));
    out.push('\n');
    out.push_str(&table::table(screen, heading, rows));
    out
}

fn matrix_json(condition: &'static ConditionRow) -> Value {
    let rows = around(condition).flat_map(|(node, relation)| {
        catalog().codes_of(node).map(move |code| {
            json!({
                "condition": node.id, "relation": relation.as_str(), "vendor": code.vendor.id, "id": code.id,
                "plane": code.plane.as_str(), "code": code.code, "status": code.status.map(u16::from),
                "message": code.message.source,
            })
        })
    });
    json!({ "condition": condition.id, "codes": rows.collect::<Vec<_>>() })
}
