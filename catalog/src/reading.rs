//! From a message back to codes: the inverse of every template.
//!
//! Texts without parameters are found by one perfect-hash look-up; templates with parameters are tried one by one, each
//! refused at its first literal byte in most cases. Nothing is guessed away: a text that fits two rows (JD prints
//! `某参数不存在` in two) gives two readings, ranked.

use std::borrow::Cow;
use std::fmt;

use crate::code::VendorError;
use crate::param::ParamRef;
use crate::row::{CodeRow, EditionRow, Variant, VendorRow};
use crate::template::{Params, Template};

/// The look-up tables of a vendor, made by the macro. Values are positions in [`VendorRow::codes`] or in `patterns`.
#[derive(Debug)]
pub struct Lookup {
    /// By code text, in any edition.
    pub by_code: phf::Map<&'static str, &'static [u16]>,
    /// By HTTP status, in any edition.
    pub by_status: phf::Map<u16, &'static [u16]>,
    /// By slug.
    pub by_slug: phf::Map<&'static str, u16>,
    /// Every wording of every code, once.
    pub patterns: &'static [Pattern],
    /// Wordings without parameters, by their folded text.
    pub fixed: phf::Map<&'static str, &'static [u16]>,
    /// Wordings with parameters.
    pub open: &'static [u16],
}

/// One wording of one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pattern {
    /// Position in [`VendorRow::codes`].
    pub code: u16,
    /// Which of the code's texts.
    pub wording: PatternWording,
}

/// See [`Pattern`]; the numbers are positions in the code's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternWording {
    /// [`CodeRow::message`]
    Message,
    /// [`CodeRow::editions`]
    Edition(u16),
    /// [`CodeRow::variants`]
    Variant(u16),
}

/// Which text of a code was recognised.
#[derive(Debug, Clone, Copy)]
pub enum Wording {
    /// The one that is raised.
    Message,
    /// What an edition prints.
    Edition(&'static EditionRow),
    /// Another known text.
    Variant(&'static Variant),
}

impl Wording {
    /// Lower is likelier: the raised text, the newest edition, older ones, variants.
    fn rank(self) -> u16 {
        match self {
            Self::Message => 0,
            Self::Edition(row) => 1 + row.edition.index,
            Self::Variant(_) => u16::MAX,
        }
    }
}

/// One way to read a message.
#[derive(Clone)]
pub struct Reading<'t> {
    /// The code.
    pub code: &'static CodeRow,
    /// Which of its texts.
    pub wording: Wording,
    /// The values found, by parameter name.
    pub params: Vec<(&'static str, Cow<'t, str>)>,
    literal: usize,
}

impl<'t> Reading<'t> {
    /// A reading that was put together elsewhere.
    pub(crate) fn of(code: &'static CodeRow, wording: Wording, params: Vec<(&'static str, Cow<'t, str>)>) -> Self {
        Self { code, wording, params, literal: 0 }
    }
}

impl fmt::Debug for Reading<'_> {
    /// With `[redacted]` for the values of sensitive parameters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = match self.wording {
            Wording::Variant(variant) => variant.when.unwrap_or(self.code.condition),
            Wording::Message | Wording::Edition(_) => self.code.condition,
        };
        let sensitive = |name: &str| {
            self.code.params.iter().any(|param| param.name == name && param.sensitive)
                || when.params.iter().any(|param| param.name == name && param.sensitive)
        };
        let shown = |(name, value): &(&'static str, Cow<'_, str>)| {
            (*name, if sensitive(name) { "[redacted]".to_owned() } else { value.to_string() })
        };
        let params: Vec<_> = self.params.iter().map(shown).collect();
        f.debug_struct("Reading").field("code", &self.code).field("params", &params).finish_non_exhaustive()
    }
}

impl Reading<'_> {
    /// The value of a parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
    }

    /// The template that was recognised.
    pub fn template(&self) -> &'static Template {
        match self.wording {
            Wording::Message => &self.code.message,
            Wording::Edition(row) => &row.message,
            Wording::Variant(variant) => &variant.message,
        }
    }
}

impl Params for Reading<'_> {
    fn param(&self, name: &str) -> Option<ParamRef<'_>> {
        Reading::param(self, name).map(ParamRef::Text)
    }
}

/// A reading with its typed forms.
#[derive(Debug, Clone)]
pub struct Parsed<'t, E: VendorError> {
    /// The typed code.
    pub code: E::Code,
    /// The typed error; `None` where the text lacks one of its parameters (some variants do), or where the row is no
    /// error.
    pub error: Option<E>,
    /// What was read.
    pub reading: Reading<'t>,
}

impl VendorRow {
    /// All codes with this code text, in any edition.
    pub fn by_code(&'static self, text: &str) -> impl Iterator<Item = &'static CodeRow> + use<> {
        self.rows(self.lookup.by_code.get(text))
    }

    /// All codes with this HTTP status, in any edition.
    pub fn by_status(&'static self, status: u16) -> impl Iterator<Item = &'static CodeRow> + use<> {
        self.rows(self.lookup.by_status.get(&status))
    }

    /// The code with this slug.
    pub fn by_slug(&'static self, slug: &str) -> Option<&'static CodeRow> {
        self.codes.get(usize::from(*self.lookup.by_slug.get(slug)?))
    }

    fn rows(&'static self, found: Option<&&'static [u16]>) -> impl Iterator<Item = &'static CodeRow> + use<> {
        found.copied().unwrap_or_default().iter().filter_map(|&index| self.codes.get(usize::from(index)))
    }

    /// All ways to read `text` as a message of this vendor, best first.
    ///
    /// A final period, runs of white space and the suffix that a table's messages carry on the wire do not matter,
    /// unless they are inside of a parameter: the text as it stands is read first.
    pub fn read<'t>(&'static self, text: &'t str) -> Vec<Reading<'t>> {
        let text = self.without_suffix(text.trim());
        let folded = fold(text);
        let changed = matches!(folded, Cow::Owned(_));
        let mut found = Vec::new();
        for &index in self.lookup.fixed.get(folded.as_ref()).copied().unwrap_or_default() {
            if let Some((code, wording, template)) = self.pattern(index) {
                found.push(Reading { code, wording, params: Vec::new(), literal: template.literal_len() });
            }
        }
        for &index in self.lookup.open {
            let Some((code, wording, template)) = self.pattern(index) else { continue };
            let literal = template.literal_len();
            let mut add = |params| found.push(Reading { code, wording, params, literal });
            let mut exact = template.readings(text);
            // One final period more than the template: documents print it, the wire does not.
            if let (true, Some(text)) = (exact.is_empty(), text.strip_suffix('.')) {
                exact = template.readings(text);
            }
            if exact.is_empty() {
                template.readings_folded(&folded, changed).into_iter().for_each(&mut add);
            } else {
                let borrow = |values: Vec<(&'static str, &'t str)>| {
                    values.into_iter().map(|(name, value)| (name, Cow::Borrowed(value))).collect()
                };
                exact.into_iter().map(borrow).for_each(&mut add);
            }
        }
        // More literal text first: `HMAC signature does not match` before a template that takes it as a parameter.
        found.sort_by_key(|reading| {
            (std::cmp::Reverse(reading.literal), reading.wording.rank(), !reading.code.canonical, reading.code.index)
        });
        found
    }

    fn pattern(&'static self, index: u16) -> Option<(&'static CodeRow, Wording, &'static Template)> {
        let pattern = self.lookup.patterns.get(usize::from(index))?;
        let code = self.codes.get(usize::from(pattern.code))?;
        match pattern.wording {
            PatternWording::Message => Some((code, Wording::Message, &code.message)),
            PatternWording::Edition(at) => {
                let row = code.editions.get(usize::from(at))?;
                Some((code, Wording::Edition(row), &row.message))
            }
            PatternWording::Variant(at) => {
                let variant = code.variants.get(usize::from(at))?;
                Some((code, Wording::Variant(variant), &variant.message))
            }
        }
    }

    fn without_suffix<'t>(&self, text: &'t str) -> &'t str {
        let suffixes = self.editions.iter().flat_map(|edition| edition.tables).map(|table| table.wire_suffix.trim());
        suffixes
            .filter(|suffix| !suffix.is_empty())
            .find_map(|suffix| text.strip_suffix(suffix))
            .map_or(text, str::trim_end)
    }
}

impl Template {
    /// [`Template::readings`] of a folded text that could not be read as it stands.
    ///
    /// Without `changed`, folding dropped a final period at most: reading it once more would only fail again.
    fn readings_folded(&self, folded: &str, changed: bool) -> Vec<Vec<(&'static str, Cow<'static, str>)>> {
        let own = |values: Vec<(&'static str, &str)>| {
            values.into_iter().map(|(name, value)| (name, Cow::Owned(value.to_owned()))).collect()
        };
        let found = if changed { self.readings(folded) } else { Vec::new() };
        if !found.is_empty() {
            return found.into_iter().map(own).collect();
        }
        // The fold has dropped a final period that the template may print.
        if matches!(self.pieces.last(), Some(crate::template::Piece::Text(text)) if text.ends_with('.')) {
            return self.readings(&format!("{folded}.")).into_iter().map(own).collect();
        }
        Vec::new()
    }
}

/// The form in which fixed texts are compared: runs of white space are one space, one final period is dropped.
///
/// Borrowed where nothing had to change. The macro folds the catalog's texts in the same way.
pub fn fold(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    let plain = !trimmed.contains("  ") && !trimmed.contains(|c: char| c.is_whitespace() && c != ' ');
    let folded = if plain {
        Cow::Borrowed(trimmed)
    } else {
        Cow::Owned(trimmed.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    match folded {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_suffix('.').unwrap_or(text)),
        Cow::Owned(mut text) => {
            if text.ends_with('.') {
                text.pop();
            }
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_borrows_what_is_plain() {
        assert!(matches!(fold("a b"), Cow::Borrowed("a b")));
        assert!(matches!(fold(" a b. "), Cow::Borrowed("a b")));
        assert_eq!(fold("a \t b\n."), "a b ");
        assert_eq!(fold("a  b."), "a b");
    }
}
