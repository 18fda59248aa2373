//! Parsing that goes on after a shape error.
//!
//! The parser stops at the first error. The list item around it is then blanked out (every byte but line ends becomes a
//! space, so that places stay true) and the file is parsed again, until nothing is wrong or nothing is left to blank.

use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_yaml::{Error, MessageFormatter, UserMessageFormatter};

use crate::check::{Sink, suggest};
use crate::diagnostic::{Diagnostic, Kind};
use crate::source::{FileId, Site};

/// Files with more shape errors than this are reported in parts.
const MOST_ERRORS: usize = 50;

/// A parsed file and what had to be left out of it.
#[derive(Debug)]
pub(crate) struct Document<T> {
    pub(crate) file: FileId,
    pub(crate) value: T,
    lost: Vec<Lost>,
}

/// A part of a file that could not be read.
#[derive(Debug)]
enum Lost {
    /// An item of the list under a top-level key, with its `id` if one is legible.
    Item { key: String, id: Option<String> },
    /// A top-level key with all that is under it.
    Key(String),
    /// What is left once recovery gave up.
    Rest,
}

impl<T> Document<T> {
    /// A document of which nothing could be read.
    pub(crate) fn unreadable(file: FileId, value: T) -> Self {
        Self { file, value, lost: vec![Lost::Rest] }
    }

    /// Is something missing below this top-level key only because it could not be read?
    pub(crate) fn lost(&self, key: &str) -> bool {
        self.lost.iter().any(|lost| match lost {
            Lost::Item { key: lost, .. } | Lost::Key(lost) => lost == key,
            Lost::Rest => true,
        })
    }

    /// Could an item of this id have been in the parts that could not be read?
    pub(crate) fn may_have_lost(&self, key: &str, id: &str) -> bool {
        self.lost.iter().any(|lost| match lost {
            Lost::Item { key: lost, id: Some(lost_id) } => lost == key && lost_id == id,
            Lost::Item { key: lost, id: None } | Lost::Key(lost) => lost == key,
            Lost::Rest => true,
        })
    }

    /// The ids of unreadable items that are legible.
    pub(crate) fn lost_ids(&self, wanted: &str) -> impl Iterator<Item = &str> {
        self.lost.iter().filter_map(move |lost| match lost {
            Lost::Item { key, id: Some(id) } if key == wanted => Some(id.as_str()),
            _ => None,
        })
    }
}

/// Parses a file, reporting every shape error.
pub(crate) fn parse<T: DeserializeOwned + Default>(file: FileId, text: &str, sink: &mut Sink) -> Document<T> {
    let mut blanked: Option<String> = None;
    let mut lost = Vec::new();
    for _ in 0..MOST_ERRORS {
        let text = blanked.as_deref().unwrap_or(text);
        let error = match serde_yaml::from_str_with_options::<T>(text, options()) {
            Ok(value) => return Document { file, value, lost },
            Err(error) => error,
        };
        let at = error_span(&error, text);
        sink.push(describe(&error, Site { file, start: at.start, end: at.end }));
        let Some((part, range)) = part_around(text, at.start) else { break };
        lost.push(part);
        let mut copy = String::with_capacity(text.len());
        copy.push_str(text.get(..range.start).unwrap_or_default());
        let gone = text.get(range.clone()).unwrap_or_default();
        copy.extend(gone.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        copy.push_str(text.get(range.end..).unwrap_or_default());
        blanked = Some(copy);
    }
    lost.push(Lost::Rest);
    Document { file, value: T::default(), lost }
}

/// Large catalogs are legitimate here; the parser's other bounds stay.
pub(crate) fn options() -> serde_yaml::Options {
    serde_yaml::options! {
        with_snippet: false,
        budget: serde_yaml::budget! { max_nodes: 5_000_000, max_events: 20_000_000 },
    }
}

fn error_span(error: &Error, text: &str) -> Range<usize> {
    let Some(location) = error.location() else { return 0..0 };
    let span = location.span();
    if let (Some(start), Some(len)) = (span.byte_offset(), span.byte_len()) {
        let start = usize::try_from(start).unwrap_or(0);
        return start..start + usize::try_from(len).unwrap_or(0);
    }
    // Scanner errors know line and column (in characters) only.
    let line = usize::try_from(location.line()).unwrap_or(1).saturating_sub(1);
    let column = usize::try_from(location.column()).unwrap_or(1).saturating_sub(1);
    let mut start = 0;
    for (number, content) in text.split_inclusive('\n').enumerate() {
        if number == line {
            let within = content.char_indices().nth(column).map_or(content.len(), |(at, _)| at);
            return start + within..start + within;
        }
        start += content.len();
    }
    start..start
}

fn describe(error: &Error, site: Site) -> Diagnostic {
    match error.without_snippet() {
        Error::SerdeUnknownField { field, expected, .. } => {
            let known = format!("known here: {}", expected.join(", "));
            let hint = suggest(field, expected.iter().copied()).unwrap_or(known);
            Diagnostic::new(Kind::UnknownField, site, format!("`{field}` is no field here")).help(hint)
        }
        Error::SerdeMissingField { field, .. } => {
            Diagnostic::new(Kind::MissingField, site, format!("the mapping around this has no `{field}`"))
        }
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or("this key");
            Diagnostic::new(Kind::DuplicateKey, site, format!("`{key}` stands twice in one mapping"))
        }
        error => {
            if let Some(wanted) = wanted(error) {
                return Diagnostic::new(Kind::WrongType, site, format!("{wanted} belongs here"));
            }
            let scanned = error.location().is_none_or(|location| location.span().byte_offset().is_none());
            let kind = if scanned { Kind::Syntax } else { Kind::WrongType };
            Diagnostic::new(kind, site, UserMessageFormatter.format_message(error).into_owned())
        }
    }
}

/// What the parser wanted instead, in the words of authors.
fn wanted(error: &Error) -> Option<&'static str> {
    match error {
        Error::Unexpected { expected: "sequence start", .. } => Some("a list"),
        Error::Unexpected { expected: "mapping start", .. } => Some("a mapping"),
        Error::Unexpected { expected: "string scalar", .. } | Error::NullIntoString { .. } => Some("a text"),
        Error::InvalidScalar { ty: "u64", .. } => Some("a number"),
        Error::InvalidScalar { ty: "boolean", .. } => Some("`true` or `false`"),
        _ => None,
    }
}

/// The outermost list item around `at`, or the whole top-level key where there is no list.
fn part_around(text: &str, at: usize) -> Option<(Lost, Range<usize>)> {
    let lines = Line::all(text);
    let here = lines.iter().rposition(|line| line.start <= at)?;
    let top = lines.get(..=here)?.iter().rposition(Line::is_key)?;
    let below = lines.get(top + 1..)?;
    let block = below.get(..below.iter().position(Line::is_key).unwrap_or(below.len()))?;
    let key = lines.get(top)?;
    let name = key.content.split(':').next().unwrap_or_default().trim().to_owned();
    let end = |line: Option<&Line<'_>>, or: usize| line.map_or(or, |line| line.start);
    let block_end = end(below.get(block.len()), text.len());

    let item_indent = block.iter().find(|line| line.is_item()).map(|line| line.indent);
    let starts = |line: &Line<'_>| line.is_item() && Some(line.indent) == item_indent;
    let within = (here - top).checked_sub(1);
    if let Some(first) = within.and_then(|within| block.get(..=within)?.iter().rposition(starts)) {
        let start = block.get(first)?.start;
        let after = block.get(first + 1..)?.iter().find(|line| starts(line));
        let range = start..end(after, block_end);
        let id = legible_id(text.get(range.clone())?);
        return Some((Lost::Item { key: name, id }, range));
    }
    Some((Lost::Key(name), key.start..block_end))
}

/// The value of the first `id:` in the text of an item.
fn legible_id(item: &str) -> Option<String> {
    let after = item.find("id:").map(|at| at + "id:".len())?;
    let value = item.get(after..)?.trim_start_matches([' ', '"', '\'']);
    let id: String = value.chars().take_while(|&c| c.is_ascii_alphanumeric() || c == '_' || c == '.').collect();
    (!id.is_empty()).then_some(id)
}

struct Line<'a> {
    start: usize,
    indent: usize,
    content: &'a str,
}

impl<'a> Line<'a> {
    fn all(text: &'a str) -> Vec<Self> {
        let mut start = 0;
        let mut lines = Vec::new();
        for line in text.split_inclusive('\n') {
            let content = line.trim_start_matches(' ');
            lines.push(Self { start, indent: line.len() - content.len(), content: content.trim_end() });
            start += line.len();
        }
        lines
    }

    /// A key of the top level.
    fn is_key(&self) -> bool {
        self.indent == 0 && !self.content.is_empty() && !self.content.starts_with(['-', '#', ' '])
    }

    fn is_item(&self) -> bool {
        self.content == "-" || self.content.starts_with("- ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_item_is_taken() {
        let text = "a: 1\nlist:\n  - id: x\n    sub:\n      - y\n  - id: z\nb: 2\n";
        let (lost, range) = part_around(text, text.find("- y").unwrap()).unwrap();
        assert!(matches!(lost, Lost::Item { key, id: Some(id) } if key == "list" && id == "x"));
        assert_eq!(&text[range], "  - id: x\n    sub:\n      - y\n");
        let (_, range) = part_around(text, text.find('z').unwrap()).unwrap();
        assert_eq!(&text[range], "  - id: z\n");
    }

    #[test]
    fn without_an_item_the_key_is_taken() {
        let text = "a: 1\nname:\n  en: x\nb: 2\n";
        let (lost, range) = part_around(text, text.find("en").unwrap()).unwrap();
        assert!(matches!(lost, Lost::Key(key) if key == "name"));
        assert_eq!(&text[range], "name:\n  en: x\n");
    }

    #[test]
    fn only_what_is_around_an_error_is_lost() {
        #[derive(Debug, Default, serde::Deserialize)]
        #[serde(default)]
        struct File {
            list: Vec<u8>,
            other: Vec<u8>,
        }
        let mut sources = crate::source::SourceMap::default();
        let (file, _) = sources.load(std::path::Path::new("."), std::path::Path::new("none"));
        let mut sink = Sink::default();
        let document: Document<File> = parse(file, "list:\n  - 1\n  - x\n  - 3\nother:\n  - 4\n", &mut sink);
        assert_eq!((document.value.list.as_slice(), document.value.other.as_slice()), (&[1, 3][..], &[4][..]));
        assert!(document.lost("list") && !document.lost("other"));
        assert_eq!(sink.into_sorted().len(), 1);
    }

    #[test]
    fn ids_are_read_from_unreadable_items() {
        assert_eq!(legible_id("  - id: Foo\n    x: [").as_deref(), Some("Foo"));
        assert_eq!(legible_id("  - {for: x, id: \"a.b_c\", y").as_deref(), Some("a.b_c"));
        assert_eq!(legible_id("  - x: y").as_deref(), None);
    }
}
