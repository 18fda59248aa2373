//! Where problems are gathered, so that all of them are reported at once.

use serde_yaml::Spanned;

use crate::diagnostic::{Diagnostic, Kind};
use crate::document::Scalar;
use crate::source::FileId;

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    diagnostics: Vec<Diagnostic>,
}

impl Sink {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// Everything found, in the order of files and of places in them.
    pub(crate) fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by(|a, b| (a.site, a.kind, &a.label).cmp(&(b.site, b.kind, &b.label)));
        self.diagnostics.dedup();
        self.diagnostics
    }

    /// Reads a word of a fixed vocabulary.
    pub(crate) fn word<T>(
        &mut self,
        file: FileId,
        word: &Scalar,
        words: &'static [&'static str],
        read: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = read(&word.value);
        if value.is_none() {
            let known = format!("one of: {}", words.join(", "));
            let label = format!("`{}` is none of the words known here", word.value);
            let hint = suggest(&word.value, words.iter().copied()).unwrap_or(known);
            self.push(Diagnostic::new(Kind::UnknownWord, file.at(word), label).help(hint));
        }
        value
    }

    /// An HTTP status: 100 to 599.
    pub(crate) fn status(&mut self, file: FileId, status: &Spanned<u64>) -> Option<u16> {
        let value = u16::try_from(status.value).ok().filter(|status| (100..=599).contains(status));
        if value.is_none() {
            let label = format!("{} is not between 100 and 599", status.value);
            self.push(Diagnostic::new(Kind::StatusOutOfRange, file.at(status), label));
        }
        value
    }

    /// A text that must say something; trimmed.
    pub(crate) fn filled(&mut self, file: FileId, text: &Scalar) -> String {
        let trimmed = text.value.trim();
        if trimmed.is_empty() {
            self.push(Diagnostic::new(Kind::EmptyText, file.at(text), "nothing is said here"));
        }
        trimmed.to_owned()
    }
}

/// "Did you mean …?" for the nearest of `known`, if any is near enough.
pub(crate) fn suggest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let most = 1 + wrong.chars().count() / 4;
    let near = known.into_iter().filter_map(|word| {
        let distance = edit_distance(wrong, word, most)?;
        Some((distance, word))
    });
    near.min().map(|(_, word)| format!("did you mean `{word}`?"))
}

/// Least number of insertions, deletions and replacements; `None` if more than `most` are needed.
fn edit_distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut left = i + 1;
        let mut next = Vec::with_capacity(row.len());
        next.push(left);
        for (y, above) in b.iter().zip(row.windows(2)) {
            let &[diagonal, above] = above else { continue };
            left = (left + 1).min(above + 1).min(diagonal + usize::from(x != y));
            next.push(left);
        }
        if next.iter().min().is_none_or(|&least| least > most) {
            return None;
        }
        row = next;
    }
    row.last().copied().filter(|&distance| distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(edit_distance("kitten", "sitting", 3), Some(3));
        assert_eq!(edit_distance("kitten", "sitting", 2), None);
        assert_eq!(edit_distance("", "ab", 2), Some(2));
        assert_eq!(edit_distance("状态", "状况", 1), Some(1));
    }

    #[test]
    fn only_near_words_are_suggested() {
        let words = ["never", "after_fix", "after_backoff"];
        assert_eq!(suggest("after_fx", words).as_deref(), Some("did you mean `after_fix`?"));
        assert_eq!(suggest("sometimes", words), None);
    }
}
