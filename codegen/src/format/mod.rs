//! Canonical formatting of a catalog's files: the same catalog, the same bytes.
//!
//! Two spaces a level, lists indented below their key; the fields of an entry in the order of the authoring guide; no
//! trailing blanks, no two empty lines in a row, line feeds alone; the line by which editors find the schema. Comments go
//! with what they stand above. Everything inside of a line, quotes and `{ … }` included, stays as it was written.
//!
//! The work is done on lines, because no reader of YAML keeps comments. That is safe since nothing is believed: the result
//! is read again, and refused unless it says exactly what the original says.

mod lines;
mod order;
mod value;

use std::fmt;

use lines::{Entry, Line, Scalar, entries};
use value::Value;

/// Why a file is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatError {
    /// It is no YAML.
    Unreadable(String),
    /// It is written in a way that cannot be rearranged line by line.
    Unsafe,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "this is not YAML: {why}"),
            Self::Unsafe => f.write_str("formatting would change what it says: it uses YAML that no catalog needs"),
        }
    }
}

impl std::error::Error for FormatError {}

/// The file in canonical form. `schema`: where the JSON Schema lies, seen from the file; without it no line is added.
///
/// Formatting what has been formatted changes nothing.
///
/// # Errors
/// What keeps the file from being formatted; nothing is lost then.
pub fn format(text: &str, schema: Option<&str>) -> Result<String, FormatError> {
    let meaning = Value::read(text).map_err(FormatError::Unreadable)?;
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let lines: Vec<Line<'_>> = text.lines().map(Line::new).collect();
    let mut out = Vec::new();
    if let Some(schema) = schema.filter(|_| !lines.iter().any(|line| line.text.starts_with(SCHEMA))) {
        out.push(format!("{SCHEMA}{schema}"));
    }
    block(&lines, 0, &mut Vec::new(), false, &mut out);
    while out.last().is_some_and(String::is_empty) {
        out.pop();
    }
    let mut formatted = out.join("\n");
    formatted.push('\n');
    let same = Value::read(&formatted).is_ok_and(|read| read == meaning);
    if same && comments(&text) == comments(&formatted) { Ok(formatted) } else { Err(FormatError::Unsafe) }
}

const SCHEMA: &str = "# yaml-language-server: $schema=";

/// The comments, in no order.
fn comments(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim);
    let mut comments: Vec<_> = lines.filter(|line| line.starts_with('#') && !line.starts_with(SCHEMA)).collect();
    comments.sort_unstable();
    comments
}

/// Writes a mapping or a list at `indent`. `path` are the keys above; after `dash`, the first line continues one.
fn block<'t>(lines: &[Line<'t>], indent: usize, path: &mut Vec<&'t str>, dash: bool, out: &mut Vec<String>) {
    let (mut entries, tail) = entries(lines);
    if let Some(order) = order::of(path) {
        // By the guide's order; what it does not know stays behind, in the order in which it stood.
        let place = |entry: &Entry<'_>| order.iter().position(|known| Some(*known) == entry.key());
        if !path.is_empty() && entries.iter().all(|entry| entry.key().is_some()) {
            entries.sort_by_key(|entry| place(entry).unwrap_or(order.len()));
        }
    }
    for (at, entry) in entries.iter().enumerate() {
        let first = at == 0;
        let beside = indent - if dash && first { 2 } else { 0 };
        around(&entry.before, beside, first && !path.is_empty(), out);
        let lead = if dash && first { format!("{}- ", " ".repeat(beside)) } else { " ".repeat(indent) };
        self::entry(entry, indent, &lead, path, out);
    }
    around(&tail, indent, false, out);
}

fn entry<'t>(entry: &Entry<'t>, indent: usize, lead: &str, path: &mut Vec<&'t str>, out: &mut Vec<String>) {
    if let Some(rest) = entry.item() {
        let inner = indent + 2;
        if rest.is_empty() {
            out.push(format!("{lead}-"));
            block(&entry.body, inner, path, false, out);
            return;
        }
        if lines::key(rest).is_some() {
            // A mapping whose first key stands beside the dash.
            let mut lines = vec![entry.head.behind(rest)];
            lines.extend_from_slice(&entry.body);
            block(&lines, inner, path, true, out);
            return;
        }
        out.push(format!("{lead}- {}", rest.trim_end()));
        body(entry, lines::scalar(rest), indent, out);
        return;
    }
    out.push(format!("{lead}{}", entry.head.text.trim_end()));
    match (entry.key(), entry.value()) {
        (Some(key), "") => {
            path.push(key);
            block(&entry.body, indent + 2, path, false, out);
            path.pop();
        }
        (_, value) => body(entry, lines::scalar(value), indent, out),
    }
}

/// Lines that continue a value: a block scalar's go to its level, others keep their distance.
fn body(entry: &Entry<'_>, scalar: Scalar, indent: usize, out: &mut Vec<String>) {
    let own = entry.head.indent;
    let from = match scalar {
        Scalar::Block => entry.body.iter().find(|line| !line.is_blank()).map_or(own + 2, |line| line.indent),
        Scalar::Explicit | Scalar::No => own + 2,
    };
    for line in &entry.body {
        if line.is_blank() {
            out.push(String::new());
            continue;
        }
        let text = if scalar == Scalar::No { line.text.trim_end() } else { line.text };
        let indent = (indent + 2 + line.indent).saturating_sub(from);
        out.push(format!("{}{text}", " ".repeat(indent)));
    }
}

/// Comments and empty lines, no two of the latter in a row.
fn around(lines: &[Line<'_>], indent: usize, first: bool, out: &mut Vec<String>) {
    for line in lines {
        if !line.is_blank() {
            out.push(format!("{}{}", " ".repeat(indent), line.text.trim_end()));
        } else if out.last().is_some_and(|last| !last.is_empty()) && !first {
            out.push(String::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_in_haste_is_put_in_order() {
        let typed = "\u{feff}vendor: x\r\n\r\n\r\ncodes:\r\n# the first\r\n-   status: 400   \r\n    id:  A\r\n    \
                     # its text\r\n    message: \"a: b # c\"\r\n    remedy:\r\n          zh: |\r\n             一  \r\n\r\n               # no comment\r\n          \
                     en: >-\r\n             one\r\n\r\n\r\n- id: B\r\n# the end\r\n";
        let wanted = "# yaml-language-server: $schema=../schema.json\nvendor: x\n\ncodes:\n  # the first\n  - id:  A\n    \
                      status: 400\n    # its text\n    message: \"a: b # c\"\n    remedy:\n      en: >-\n        one\n      \
                      zh: |\n        一  \n\n          # no comment\n\n  - id: B\n# the end\n";
        let formatted = format(typed, Some("../schema.json")).unwrap();
        assert_eq!(formatted, wanted);
        assert_eq!(format(&formatted, Some("../schema.json")).unwrap(), formatted);
    }

    #[test]
    fn what_is_no_yaml_is_refused() {
        assert!(matches!(format("a: [", None), Err(FormatError::Unreadable(_))));
        assert!(matches!(format("a: 1\na: 2\n", None), Err(FormatError::Unreadable(_))));
    }
}
