//! The codes as a spreadsheet: RFC 4180, one line per code, a heading first.

use std::borrow::Cow;

use crate::catalog::Catalog;
use crate::row::CodeRow;
use crate::text::Lang;

/// A column: its heading, and what it holds.
type Column = (&'static str, fn(&'static CodeRow) -> Cow<'static, str>);

const COLUMNS: &[Column] = &[
    ("vendor", |code| code.vendor.id.into()),
    ("id", |code| code.id.into()),
    ("plane", |code| code.plane.as_str().into()),
    ("kind", |code| code.kind.as_str().into()),
    ("code", |code| code.code.unwrap_or_default().into()),
    ("status", |code| code.status.map(|status| status.to_string()).unwrap_or_default().into()),
    ("message", |code| code.message.source.into()),
    ("printed", |code| code.printed().into()),
    ("condition", |code| code.condition.id.into()),
    ("grpc", |code| code.condition.grpc.as_str().into()),
    ("origin", |code| code.origin.as_str().into()),
    ("fault", |code| code.fault.as_str().into()),
    ("retry", |code| code.retry.as_str().into()),
    ("editions", |code| code.editions.iter().map(|row| row.edition.id).collect::<Vec<_>>().join(" ").into()),
    ("summary_en", |code| code.summary.en.into()),
    ("summary_zh", |code| code.summary.zh.into()),
    ("remedy_en", |code| code.remedy.en.into()),
    ("remedy_zh", |code| code.remedy.zh.into()),
    ("url", |code| format!("/{}{}", Lang::En, code.path()).into()),
];

/// The codes as CSV.
pub fn catalog_csv(catalog: &Catalog) -> String {
    let mut out = String::new();
    line(&mut out, COLUMNS.iter().map(|(heading, _)| Cow::Borrowed(*heading)));
    for code in catalog.codes() {
        line(&mut out, COLUMNS.iter().map(|(_, value)| value(code)));
    }
    out
}

fn line(out: &mut String, values: impl Iterator<Item = Cow<'static, str>>) {
    for (at, value) in values.enumerate() {
        if at > 0 {
            out.push(',');
        }
        if value.contains([',', '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&value.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&value);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_separates_is_quoted() {
        let mut out = String::new();
        line(&mut out, ["a", "b,c", "say \"no\"", "two\nlines", ""].into_iter().map(Cow::Borrowed));
        assert_eq!(out, "a,\"b,c\",\"say \"\"no\"\"\",\"two\nlines\",\r\n");
    }

    #[test]
    fn every_code_has_every_column() {
        let csv = catalog_csv(&crate::CATALOG);
        let mut fields = 1;
        let mut quoted = false;
        let mut lines = 0;
        for c in csv.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => fields += 1,
                '\r' if !quoted => {
                    assert_eq!(fields, COLUMNS.len(), "line {lines}");
                    fields = 1;
                    lines += 1;
                }
                _ => {}
            }
        }
        assert_eq!(lines, 1 + crate::CATALOG.codes().count());
    }
}
