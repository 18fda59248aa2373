//! `apigw-errors explain`

use std::fmt::Write as _;

use apigw_errors::export::{CodeEntry, Recorded};
use apigw_errors::{CodeRow, EditionRow, Kind, Text};
use serde::Serialize;

use super::Outcome;
use crate::cli::failure::Failure;
use crate::cli::layout::{BOLD, CYAN, DIM, clean, hanging, padded, wrap};
use crate::cli::query::{self, Candidate};
use crate::cli::screen::Screen;
use crate::cli::site::Site;
use crate::cli::subject::catalog;
use crate::cli::words::Words;
use crate::cli::{browser, cell, table};

const EXAMPLES: &str = "\
Examples:
  apigw-errors explain APIG.0308
  apigw-errors explain huawei.ThrottlingThresholdReached --lang zh
  apigw-errors explain HMAC signature does not match
  apigw-errors explain 'header X-Token is required.' --vendor tencent
  apigw-errors explain 429 --json
  APIGW_ERRORS_SITE=https://errors.example.com apigw-errors explain APIG.0308 --open

Several codes that fit are listed. Exit status: 0 found, 1 not found.";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    query: query::Args,
    /// Print JSON: `candidates`, each as in catalog.json with the `values` read from a message, and `suggestions`.
    #[arg(long)]
    json: bool,
    /// Print the address of the code's page on the reference site, and open it in the browser (`BROWSER`, else the system's).
    #[arg(long, conflicts_with = "json")]
    open: bool,
    /// Where the reference site is. Without it `APIGW_ERRORS_SITE` counts, else `http://127.0.0.1:8081`, where
    /// `apigw-site serve` and the demo of `apigw-gateway` serve it.
    #[arg(long, value_name = "URL", requires = "open")]
    site: Option<Site>,
}

pub(crate) fn run(args: &Args, screen: &Screen) -> Result<Outcome, Failure> {
    let text = args.query.text();
    let candidates = query::resolve(&text, args.query.narrow);
    let suggestions = if candidates.is_empty() { query::suggest(&text, args.query.narrow) } else { Vec::new() };
    if args.json {
        return Ok(Outcome::json(&Answer::new(&candidates, &suggestions), !candidates.is_empty()));
    }
    Ok(match candidates.as_slice() {
        [] => Outcome::nothing(unknown(screen, &text, &suggestions)),
        [one] if args.open => open(screen, one.code, &Site::named(args.site.as_ref())?)?,
        several @ [_, _, ..] if args.open => Outcome {
            text: choice(screen, several),
            complaint: format!("{}\n", Words::of(screen.lang).open_one),
            success: false,
        },
        [one] => Outcome::done(page(screen, one)),
        several => Outcome::done(choice(screen, several)),
    })
}

/// Prints the address, whether or not there is a browser for it: over `ssh` there is none.
fn open(screen: &Screen, code: &CodeRow, site: &Site) -> Result<Outcome, Failure> {
    site.is_up()?;
    let address = site.page(code, screen.lang);
    let complaint = match browser::open(&address) {
        Ok(()) => String::new(),
        Err(why) => format!("{} ({why})\n", Words::of(screen.lang).no_browser),
    };
    Ok(Outcome { text: format!("{address}\n"), complaint, success: true })
}

#[derive(Serialize)]
struct Answer {
    candidates: Vec<Entry>,
    suggestions: Vec<String>,
}

#[derive(Serialize)]
struct Entry {
    #[serde(flatten)]
    code: CodeEntry,
    values: serde_json::Map<String, serde_json::Value>,
}

impl Answer {
    fn new(candidates: &[Candidate], suggestions: &[&CodeRow]) -> Self {
        let entry = |candidate: &Candidate| Entry {
            code: CodeEntry::new(catalog(), candidate.code, Recorded::default()),
            values: candidate.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect(),
        };
        Self {
            candidates: candidates.iter().map(entry).collect(),
            suggestions: suggestions.iter().map(ToString::to_string).collect(),
        }
    }
}

/// What to say where a query finds nothing.
pub(crate) fn unknown(screen: &Screen, query: &str, suggestions: &[&CodeRow]) -> String {
    let words = Words::of(screen.lang);
    let mut out = format!("{} `{}`\n", words.nothing_called, clean(query));
    if suggestions.is_empty() {
        let _ = writeln!(out, "{}", words.try_search);
        return out;
    }
    let _ = writeln!(out, "{}", words.did_you_mean);
    for code in suggestions {
        let _ = writeln!(out, "  {}", cell::line(code));
    }
    out
}

/// The codes that fit, where there are several.
fn choice(screen: &Screen, candidates: &[Candidate]) -> String {
    let words = Words::of(screen.lang);
    let rows = candidates.iter().map(|Candidate { code, .. }| {
        [code.to_string(), cell::code(code.code), cell::status(code.status), code.message.source.to_owned()]
    });
    let heading = [words.id, words.code, words.status, words.message];
    format!("{} {}\n\n{}", candidates.len(), words.candidates, table::table(screen, heading, rows))
}

/// Everything about one code.
pub(crate) fn page(screen: &Screen, Candidate { code, values }: &Candidate) -> String {
    let words = Words::of(screen.lang);
    let mut page = Page { screen, out: String::new() };
    let _ = writeln!(page.out, "{}", cell::title(screen, code));
    let _ = writeln!(page.out, "{} · {}", code.vendor.name.get(screen.lang), code.plane.label().get(screen.lang));
    page.out.push_str(&hanging("  ", &format!("“{}”", code.message.source), screen.paragraph()));

    if !values.is_empty() {
        page.heading(words.values);
        page.pairs(values.iter().map(|(name, value)| (*name, clean(value).into_owned())));
    }
    page.heading(words.what_happened);
    page.paragraph(code.summary.get(screen.lang));
    page.heading(words.what_to_do);
    let steps: Vec<&str> = code.remedy.get(screen.lang).lines().filter(|line| !line.trim().is_empty()).collect();
    for (at, step) in steps.iter().enumerate() {
        let first = if steps.len() == 1 { "  ".to_owned() } else { format!("  {}. ", at + 1) };
        page.out.push_str(&hanging(&first, step, screen.paragraph()));
    }
    page.heading(words.facts);
    page.pairs(facts(screen, code));
    page.heading(words.documents);
    page.documents(code);
    page.variants(code);
    page.elsewhere(code);
    if let Some(notes) = code.notes {
        page.heading(words.notes);
        page.paragraph(notes.get(screen.lang));
    }
    page.heading(words.in_rust);
    let _ = writeln!(page.out, "  {}::Code::{}", code.vendor.module, code.id);
    page.out
}

fn facts(screen: &Screen, code: &CodeRow) -> Vec<(&'static str, String)> {
    let (lang, words) = (screen.lang, Words::of(screen.lang));
    let explained = |label: Text, about: Text| format!("{} ({})", label.get(lang), about.get(lang));
    let condition = format!("{} ({})", code.condition.id, code.condition.title.get(lang));
    let mut facts = vec![
        (words.who_acts, explained(code.fault.label(), code.fault.about())),
        (words.retry, explained(code.retry.label(), code.retry.about())),
        (words.origin, explained(code.origin.label(), code.origin.about())),
        (words.condition, condition),
        (words.grpc, code.condition.grpc.to_string()),
    ];
    if code.kind != Kind::Error {
        facts.push((words.kind, code.kind.label().get(lang).to_owned()));
    }
    facts
}

struct Page<'s> {
    screen: &'s Screen,
    out: String,
}

impl Page<'_> {
    fn heading(&mut self, text: &str) {
        let _ = writeln!(self.out, "\n{BOLD}{text}{BOLD:#}");
    }

    fn paragraph(&mut self, text: &str) {
        for line in wrap(text, self.screen.paragraph().saturating_sub(2)) {
            let _ = writeln!(self.out, "  {line}");
        }
    }

    fn pairs<'k>(&mut self, pairs: impl IntoIterator<Item = (&'k str, String)>) {
        use unicode_width::UnicodeWidthStr;
        let pairs: Vec<_> = pairs.into_iter().collect();
        let width = pairs.iter().map(|(key, _)| key.width()).max().unwrap_or(0);
        for (key, value) in pairs {
            let first = format!("  {}  ", padded(key, width));
            self.out.push_str(&hanging(&first, &value, self.screen.paragraph()));
        }
    }

    fn documents(&mut self, code: &CodeRow) {
        let words = Words::of(self.screen.lang);
        let mut newer: Option<&EditionRow> = None;
        for row in code.editions {
            let place = format!("  {} {} {}", row.edition.id, row.table.id, row.row);
            let said = match newer {
                Some(newer) if (newer.status, newer.code, newer.printed) == (row.status, row.code, row.printed) => {
                    words.same_words.to_owned()
                }
                _ => {
                    let text = row.code.map(|text| format!(" {text}")).unwrap_or_default();
                    format!("{}{text}  {}", cell::status(row.status), row.printed)
                }
            };
            self.out.push_str(&hanging(&format!("{}  ", padded(&place, 14)), &said, self.screen.paragraph()));
            newer = Some(row);
        }
    }

    fn variants(&mut self, code: &CodeRow) {
        if code.variants.is_empty() {
            return;
        }
        self.heading(Words::of(self.screen.lang).also_seen);
        for variant in code.variants {
            let status = variant.status.map(|status| format!("{status} ")).unwrap_or_default();
            let text = variant.code.map(|text| format!("{text} ")).unwrap_or_default();
            let line = format!("{status}{text}{}", variant.message.source);
            self.out.push_str(&hanging("  ", &line, self.screen.paragraph()));
        }
    }

    fn elsewhere(&mut self, code: &'static CodeRow) {
        /// More than that are for `translate`.
        const MOST: usize = 8;
        let words = Words::of(self.screen.lang);
        self.heading(words.elsewhere);
        let equivalents = catalog().equivalents(code);
        if equivalents.is_empty() {
            self.paragraph(words.elsewhere_none);
        }
        for other in equivalents.iter().take(MOST) {
            let relation = other.relation.about().get(self.screen.lang);
            let _ = writeln!(
                self.out,
                "  {CYAN}{}{CYAN:#} {}  {DIM}{relation}{DIM:#}",
                other.relation.mark(),
                cell::line(other.code)
            );
            if let Some(reason) = other.reason {
                self.out.push_str(&hanging("      ", reason.get(self.screen.lang), self.screen.paragraph()));
            }
        }
        if let Some(rest) = equivalents.len().checked_sub(MOST).filter(|rest| *rest > 0) {
            let _ = writeln!(self.out, "  {rest} {} {code} --all", words.more);
        }
    }
}
