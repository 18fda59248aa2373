//! Rows of source documents: every one claimed, each once, and printed as the message says.

use std::collections::{BTreeMap, HashSet};

use crate::diagnostic::{Diagnostic, Kind};
use crate::document::{self, Document, Row, Scalar, VendorFile};
use crate::model::{self, EditionRow};
use crate::source::FileId;
use crate::template::{Piece, Template};

use super::vendor::Scope;
use super::{Sink, params, suggest};

/// The rows of a code, newest edition first.
pub(crate) fn check(
    scope: &Scope<'_>,
    code: &document::Code,
    message: Option<&Template>,
    sink: &mut Sink,
) -> Vec<EditionRow> {
    if code.editions.is_empty() {
        let label = "a code belongs to at least one row of one document";
        sink.push(Diagnostic::new(Kind::NoEdition, scope.file.at(&code.id), label));
    }
    let mut rows: Vec<(EditionRow, &Row)> = Vec::new();
    for (key, row) in code.editions.iter() {
        let Some(edition) = scope.editions.iter().position(|edition| edition.id == key.value) else {
            if !scope.document.may_have_lost("editions", &key.value) {
                let known = scope.editions.iter().map(|edition| edition.id.as_str());
                let label = format!("this vendor has no edition `{}`", key.value);
                let hint = suggest(&key.value, known);
                sink.push(Diagnostic::new(Kind::UnknownEdition, scope.file.at(key), label).hint(hint));
            }
            continue;
        };
        let table = table(scope, edition, row, sink);
        let template = printed_template(scope, code, row, sink);
        let status = row.status.as_ref().or(code.status.as_ref());
        let text = row.code.as_ref().or(code.code.as_ref());
        rows.push((
            EditionRow {
                edition,
                table: table.unwrap_or_default(),
                row: usize::try_from(row.row.value).unwrap_or_default(),
                text: text.map(|text| text.value.clone()),
                status: row
                    .status
                    .as_ref()
                    .map_or(status.and_then(|s| u16::try_from(s.value).ok()), |status| sink.status(scope.file, status)),
                printed: row.printed.value.clone(),
                message: template.unwrap_or_default(),
                cell: row.cell.as_ref().map(|cell| cell.value.clone()),
            },
            row,
        ));
    }
    rows.sort_by_key(|(row, _)| row.edition);
    if let (Some((newest, written)), Some(message)) = (rows.first(), message) {
        same_message(scope.file, message, &newest.message, written, sink);
    }
    rows.into_iter().map(|(row, _)| row).collect()
}

fn table(scope: &Scope<'_>, edition: usize, row: &Row, sink: &mut Sink) -> Option<usize> {
    let edition = scope.editions.get(edition)?;
    let Some(found) = edition.tables.iter().position(|table| table.id == row.table.value) else {
        let label = format!("edition `{}` has no table `{}`", edition.id, row.table.value);
        let hint = suggest(&row.table.value, edition.tables.iter().map(|table| table.id.as_str()));
        sink.push(Diagnostic::new(Kind::UnknownTable, scope.file.at(&row.table), label).hint(hint));
        return None;
    };
    let rows = edition.tables.get(found).map_or(0, |table| table.rows);
    if !usize::try_from(row.row.value).is_ok_and(|row| (1..=rows).contains(&row)) {
        let label = format!("table `{}` has rows 1 to {rows}", row.table.value);
        sink.push(Diagnostic::new(Kind::RowOutOfRange, scope.file.at(&row.row), label));
    }
    Some(found)
}

/// The message of an edition: what it prints, with a parameter for each placeholder.
fn printed_template(scope: &Scope<'_>, code: &document::Code, row: &Row, sink: &mut Sink) -> Option<Template> {
    let (file, printed) = (scope.file, &row.printed);
    if sink.filled(file, printed).is_empty() {
        return None;
    }
    for (key, _) in row.placeholders.iter() {
        if code.params.get(&key.value).is_none() {
            let known: Vec<&str> = code.params.iter().map(|(key, _)| key.value.as_str()).collect();
            params::undeclared(scope, file.at(key), &key.value, &known, sink);
        }
    }
    let mut placeholders: Vec<(&str, &str)> = Vec::new();
    for (key, param) in code.params.iter() {
        let placeholder: Option<&Scalar> = match row.placeholders.get(&key.value) {
            Some(own) => own.as_ref(),
            None => param.printed.as_ref(),
        };
        let Some(placeholder) = placeholder else { continue };
        let times = printed.value.matches(placeholder.value.as_str()).count();
        if times != 1 || placeholder.value.is_empty() {
            let label = format!("`{}` for `{}` occurs {times} times here", placeholder.value, key.value);
            let help =
                format!("say what this edition prints: `placeholders: {{ {}: … }}`, or null for nothing", key.value);
            sink.push(Diagnostic::new(Kind::PlaceholderNotOnce, file.at(printed), label).help(help));
            return None;
        }
        placeholders.push((&placeholder.value, &key.value));
    }
    let template = Template::from_printed(&printed.value, &placeholders);
    if template.is_none() {
        let label = "two placeholders overlap here";
        sink.push(Diagnostic::new(Kind::PlaceholderNotOnce, file.at(printed), label));
    }
    template
}

/// The message that is raised must be what the newest edition prints, but for a period that only the document has.
fn same_message(file: FileId, message: &Template, printed: &Template, row: &Row, sink: &mut Sink) {
    if printed.pieces.is_empty() || message == printed || *message == without_period(printed) {
        return;
    }
    let label = format!("with its placeholders, this is: {printed}");
    let help = format!("the message is: {message}");
    sink.push(Diagnostic::new(Kind::MessageNotPrinted, file.at(&row.printed), label).help(help));
}

fn without_period(template: &Template) -> Template {
    let mut template = template.clone();
    if let Some(Piece::Text(text)) = template.pieces.last_mut()
        && let Some(rest) = text.strip_suffix(['.', '。'])
    {
        *text = rest.to_owned();
        if text.is_empty() {
            template.pieces.pop();
        }
    }
    template
}

/// Are all rows of all tables claimed, and each by one code? A cell with alternatives may be shared.
pub(crate) fn coverage(document: &Document<VendorFile>, editions: &[model::Edition], sink: &mut Sink) {
    let file = document.file;
    let mut claims: BTreeMap<(&str, &str, u64), Vec<&Row>> = BTreeMap::new();
    for code in &document.value.codes {
        for (edition, row) in code.editions.iter() {
            claims.entry((&edition.value, &row.table.value, row.row.value)).or_default().push(row);
        }
    }
    for rows in claims.values() {
        let Some((first, others)) = rows.split_first() else { continue };
        for other in others {
            let cell = |row: &&Row| row.cell.as_ref().map(|cell| cell.value.clone());
            if cell(first).is_none() || cell(first) != cell(other) {
                let label = format!("row {} of `{}` is taken", other.row.value, other.table.value);
                sink.push(
                    Diagnostic::new(Kind::RepeatedRow, file.at(&other.row), label)
                        .related(file.at(&first.row), "first taken here")
                        .help("alternatives of one cell both give the whole cell, alike, in `cell`"),
                );
            }
        }
    }
    if document.lost("codes") {
        return;
    }
    let claimed: HashSet<(&str, &str, u64)> = claims.into_keys().collect();
    for (edition, written) in editions.iter().zip(&document.value.editions) {
        for table in &written.tables {
            let claimed = |row: u64| claimed.contains(&(edition.id.as_str(), table.id.value.as_str(), row));
            let missing = gaps(table.rows.value, claimed);
            if !missing.is_empty() {
                let label = format!("no code stands for {missing} of `{}` in `{}`", table.id.value, edition.id);
                sink.push(Diagnostic::new(Kind::MissingRows, file.at(&table.rows), label));
            }
        }
    }
}

/// More gaps than this are counted, not listed.
const MOST_GAPS: usize = 12;

/// Largest table that is looked at row by row.
const LARGEST_TABLE: u64 = 100_000;

/// The numbers in `1..=rows` that are not claimed, as in `3, 7–9`.
fn gaps(rows: u64, claimed: impl Fn(u64) -> bool) -> String {
    let mut gaps: Vec<(u64, u64)> = Vec::new();
    for row in (1..=rows.min(LARGEST_TABLE)).filter(|&row| !claimed(row)) {
        match gaps.last_mut() {
            Some((_, last)) if *last + 1 == row => *last = row,
            _ => gaps.push((row, row)),
        }
    }
    let more = gaps.len().saturating_sub(MOST_GAPS);
    let listed = gaps.iter().take(MOST_GAPS).map(|&(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}–{last}"),
    });
    let mut listed = listed.collect::<Vec<_>>().join(", ");
    if more > 0 {
        listed.push_str(", …");
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_ranges() {
        assert_eq!(gaps(9, |row| [1, 2, 4, 8].contains(&row)), "3, 5–7, 9");
        assert_eq!(gaps(2, |_| true), "");
        assert!(gaps(100, |row| row % 2 == 0).ends_with(", …"));
    }

    #[test]
    fn only_a_final_period_may_be_missing() {
        let template = |text| Template::parse(text).unwrap();
        assert_eq!(without_period(&template("a {b}.")), template("a {b}"));
        assert_eq!(without_period(&template("a.b")), template("a.b"));
    }
}
