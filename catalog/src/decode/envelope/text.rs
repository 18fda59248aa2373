//! Texts: a message alone, a code with or without its message, a line with a body somewhere in it.

use std::borrow::Cow;

use super::{Read, Shape, read_json};
use crate::decode::json::Document;
use crate::envelope::EnvelopeForm;

/// So many opening braces of a text are tried as the start of a body.
const MAX_STARTS: usize = 8;

pub(super) fn read<'t>(text: &'t str, is_code: &dyn Fn(&str) -> bool, forms: &[&'static EnvelopeForm]) -> Read<'t> {
    let starts = text.match_indices('{').take(MAX_STARTS);
    let mut bodies = starts.filter_map(|(at, _)| Document::read(text.get(at..)?));
    if let Some(read) = bodies.find_map(|(document, _)| read_json(&document, forms)) {
        return read;
    }
    let mut read = Read::new(None, Shape::Bare);
    let Some((at, code)) = code(text, is_code) else {
        read.message = Some(text).filter(|text| !text.is_empty()).map(Cow::Borrowed);
        return read;
    };
    read.code = Some(Cow::Borrowed(code));
    let rest = text.get(at + code.len()..).unwrap_or_default();
    let rest =
        rest.trim_start_matches([' ', '\t', ':', ',', ';', '-', '|', '"', ')', ']']).trim_end_matches(['"', ' ']);
    // What follows in a body that was cut off is syntax.
    read.message = Some(rest).filter(|rest| !rest.is_empty() && !text.starts_with('{')).map(Cow::Borrowed);
    read
}

/// The first code text in `text`. A bare word such as `CONFLICT` counts only if it is all there is.
fn code<'t>(text: &'t str, is_code: &dyn Fn(&str) -> bool) -> Option<(usize, &'t str)> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let mut from = 0;
    for word in text.split(|c: char| !inside(c)) {
        // The words are slices of the text, one separator apart.
        let at = from + text.get(from..)?.find(word)?;
        from = at + word.len();
        let word = word.trim_matches('.');
        let telling = word.contains(['_', '.']) || word.len() == text.trim().len();
        if telling && word.len() > 2 && is_code(word) {
            return Some((text.get(at..)?.find(word)? + at, word));
        }
    }
    None
}
