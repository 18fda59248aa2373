//! Texts of ours: filled, in the right language, and not copied from one code to the next.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Kind};
use crate::document::{self, Scalar};
use crate::model;
use crate::source::{FileId, Site};

use super::Sink;

/// Texts that must be unlike each other.
#[derive(Debug, Default)]
pub(crate) struct Texts<'a> {
    seen: HashMap<&'a str, Site>,
}

/// A text in both languages.
pub(crate) fn text(file: FileId, text: &document::Text, sink: &mut Sink) -> model::Text {
    let en = sink.filled(file, &text.en);
    let zh = sink.filled(file, &text.zh);
    if !zh.is_empty() && !zh.chars().any(is_han) {
        let label = "this should be Chinese, but has no Chinese character";
        sink.push(Diagnostic::new(Kind::WrongLanguage, file.at(&text.zh), label));
    }
    if let Some(c) = outside_quotes(&en).find(|&c| is_han(c) || is_full_width(c)) {
        let label = format!("this should be English, but has `{c}` outside quotes");
        sink.push(Diagnostic::new(Kind::WrongLanguage, file.at(&text.en), label));
    }
    model::Text { en, zh }
}

impl<'a> Texts<'a> {
    /// A text that no other code may share.
    pub(crate) fn own(&mut self, file: FileId, own: &'a document::Text, sink: &mut Sink) -> model::Text {
        for one in [&own.en, &own.zh] {
            self.compare(file, one, sink);
        }
        text(file, own, sink)
    }

    fn compare(&mut self, file: FileId, text: &'a Scalar, sink: &mut Sink) {
        let trimmed = text.value.trim();
        if trimmed.is_empty() {
            return;
        }
        let site = file.at(text);
        match self.seen.get(trimmed) {
            Some(&first) => sink.push(
                Diagnostic::new(Kind::RepeatedText, site, "the same text stands at another code")
                    .related(first, "first used here")
                    .help("say what is particular to this code"),
            ),
            None => drop(self.seen.insert(trimmed, site)),
        }
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_full_width(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{303f}' | '\u{ff01}'..='\u{ff60}')
}

/// The characters outside of quotes and backticks, where other languages may be cited.
fn outside_quotes(text: &str) -> impl Iterator<Item = char> {
    let mut open = None;
    text.chars().filter(move |&c| match (open, c) {
        (None, '"' | '`') => {
            open = Some(c);
            false
        }
        (None, '\u{201c}') => {
            open = Some('\u{201d}');
            false
        }
        (Some(close), c) => {
            if c == close {
                open = None;
            }
            false
        }
        (None, _) => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cited_is_not_english() {
        assert_eq!(outside_quotes("the text \"中文\" and `中` are “文”.").filter(|&c| is_han(c)).count(), 0);
        assert_eq!(outside_quotes("the text 中文").filter(|&c| is_han(c)).count(), 2);
    }
}
