//! What of a code stands in a table's cell or in a line.

use apigw_errors::{CodeRow, Status};

use crate::cli::layout::{BOLD, CYAN, DIM};
use crate::cli::screen::Screen;
use crate::cli::words::Words;

/// The code text, or a dash.
pub(crate) fn code(text: Option<&str>) -> String {
    text.unwrap_or("-").to_owned()
}

/// The status, or a dash.
pub(crate) fn status(status: Option<Status>) -> String {
    status.map_or_else(|| "-".to_owned(), |status| status.to_string())
}

/// `huawei.ThrottlingThresholdReached  APIG.0308 · 429 Too Many Requests`
pub(crate) fn title(screen: &Screen, row: &CodeRow) -> String {
    let words = Words::of(screen.lang);
    let status = match row.status {
        Some(status) => format!("{status} {}", status.reason()).trim_end().to_owned(),
        None => words.no_status.to_owned(),
    };
    let text = row.code.map(|text| format!("{CYAN}{text}{CYAN:#} · ")).unwrap_or_default();
    format!("{BOLD}{row}{BOLD:#}  {text}{status}")
}

/// A code in one line: `huawei.ThrottlingThresholdReached  429 APIG.0308  The throttling …`
pub(crate) fn line(row: &CodeRow) -> String {
    let text = row.code.map(|text| format!(" {text}")).unwrap_or_default();
    format!("{row}  {DIM}{}{text}{DIM:#}  {}", status(row.status), row.message.source)
}
