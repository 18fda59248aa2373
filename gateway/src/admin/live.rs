//! `/`: the codes that were raised in the last minutes, each linked to its page. Refreshes itself without a script.

use std::fmt::Write as _;
use std::time::Instant;

use apigw_errors::Catalog;
use http::StatusCode;

use super::{Answer, moment};
use crate::metrics::{Raised, SLOT, SLOTS, slot};
use crate::server::Control;
use crate::snapshot::help_path;

/// Seconds between two refreshes.
const REFRESH: u64 = 5;

/// Height of a sparkline's tallest bar, in pixels.
const HEIGHT: u32 = 20;

const STYLE: &str = "\
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem;color:#1b1f24;background:#fff}\
h1{font-size:1.3rem}table{border-collapse:collapse;width:100%}\
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #d0d7de;vertical-align:middle}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}svg{display:block;fill:#0b5cad}\
a{color:#0b5cad}code{font-size:.95em}.bad{color:#a40e26}\
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}\
a{color:#79b8ff}svg{fill:#79b8ff}.bad{color:#ff9492}}";

pub(super) async fn answer(control: &Control) -> Answer {
    let tally = control.tally().await;
    let now = slot(Instant::now());
    let (base, catalog) = (control.help_base(), control.catalog());
    let mut rows: Vec<(u64, Vec<u32>, &Raised)> = tally
        .errors
        .values()
        .map(|raised| {
            let counts = raised.recent.counts(now);
            (counts.iter().map(|count| u64::from(*count)).sum(), counts, raised)
        })
        .collect();
    rows.sort_by_key(|(recent, _, raised)| {
        (std::cmp::Reverse((*recent, raised.total)), raised.name(), raised.condition)
    });
    let minutes = SLOT.as_secs() * SLOTS as u64 / 60;
    let mut body = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" \
         content=\"{REFRESH}\"><meta name=\"viewport\" content=\"width=device-width\"><title>Errors raised</title>\
         <style>{STYLE}</style></head><body><h1>Errors raised in the last {minutes} minutes</h1>\n"
    );
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        body,
        "<p>{} open connections, {} calls in flight. Configuration {} since {}{}. \
         <a href=\"/config\">Configuration</a> · <a href=\"/metrics\">Metrics</a></p>",
        tally.open,
        tally.in_flight,
        control.status().version,
        moment(control.status().since),
        if control.status().last.problem.is_some() {
            "; <a class=\"bad\" href=\"/config\">the last one offered was refused</a>"
        } else {
            ""
        },
    );
    if rows.is_empty() {
        body.push_str("<p>None so far.</p></body></html>\n");
        return page(body);
    }
    let _ = writeln!(
        body,
        "<table><thead><tr><th>Vendor</th><th>Code</th><th>What happened</th><th class=\"n\">Last {minutes} min</th>\
         <th>Course</th><th class=\"n\">Since start</th></tr></thead><tbody>"
    );
    for (recent, counts, raised) in &rows {
        row(&mut body, *recent, counts, raised, base.as_deref(), &catalog);
    }
    body.push_str("</tbody></table></body></html>\n");
    page(body)
}

fn page(body: String) -> Answer {
    Answer { status: StatusCode::OK, content_type: "text/html; charset=utf-8", body }
}

fn row(body: &mut String, recent: u64, counts: &[u32], raised: &Raised, base: Option<&str>, catalog: &Catalog) {
    let (vendor, id) = raised.name();
    let condition = catalog.condition(raised.condition);
    let vendor = raised.code.map_or(vendor, |code| code.vendor.name.en);
    let text = raised.code.and_then(|code| code.code).unwrap_or(id);
    let title = condition.map_or(raised.condition, |row| row.title.en);
    let status = raised.code.and_then(|code| code.status).map_or(String::new(), |status| format!("{} ", status.get()));
    let name = if text.is_empty() { raised.condition } else { text };
    let shown = format!("{status}<code>{}</code>", escaped(name));
    let shown = match (base, condition) {
        (Some(base), Some(condition)) => {
            format!("<a href=\"{}{}\">{shown}</a>", escaped(base), escaped(&help_path(raised.code, condition)))
        }
        _ => shown,
    };
    let _ = writeln!(
        body,
        "<tr><td>{}</td><td>{shown}</td><td>{}</td><td class=\"n\">{recent}</td><td>{}</td><td class=\"n\">{}</td></tr>",
        escaped(vendor),
        escaped(title),
        sparkline(counts),
        raised.total,
    );
}

/// Bars, the oldest on the left. The numbers stand beside it, so it is no more than decoration.
fn sparkline(counts: &[u32]) -> String {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let mut path = String::new();
    for (place, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        // At least a pixel for whatever happened.
        let height = u64::from(*count) * u64::from(HEIGHT) / u64::from(most);
        let height = height.max(1);
        let _ = write!(path, "M{} {HEIGHT}v-{height}h2v{height}z", place * 3);
    }
    let width = counts.len() * 3;
    format!("<svg width=\"{width}\" height=\"{HEIGHT}\" aria-hidden=\"true\"><path d=\"{path}\"/></svg>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
