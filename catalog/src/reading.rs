//! From a message back to codes: the inverse of every template.
//!
//! Texts without parameters are found by one perfect-hash look-up. Templates with parameters are found by how they begin
//! or end, and tried one by one: with as many codes as there are, a text meets only the few that share an end with it.
//! Nothing is guessed away: a text that fits two rows (JD prints `某参数不存在` in two) gives two readings, ranked.

use std::borrow::Cow;
use std::fmt;

use crate::affix::{self, Affix};
use crate::code::VendorError;
use crate::param::ParamRef;
use crate::row::{CodeRow, EditionRow, Variant, VendorRow};
use crate::template::{Params, Piece, Template, Value, collected};

/// The look-up tables of a vendor, made by the macro. Values are positions in [`VendorRow::codes`] or in `patterns`.
#[derive(Debug)]
pub struct Lookup {
    /// By code text, in any edition.
    pub by_code: phf::Map<&'static str, &'static [u16]>,
    /// By HTTP status, in any edition.
    pub by_status: phf::Map<u16, &'static [u16]>,
    /// By code text of a variant.
    pub by_variant_code: phf::Map<&'static str, &'static [u16]>,
    /// By slug.
    pub by_slug: phf::Map<&'static str, u16>,
    /// Every wording of every code, once.
    pub patterns: &'static [Pattern],
    /// Wordings without parameters, by their folded text.
    pub fixed: phf::Map<&'static str, &'static [u16]>,
    /// Wordings with parameters, by how they begin; sorted by bytes.
    pub starting: &'static [Affix],
    /// Others, by how they end; sorted by bytes from the last on.
    pub ending: &'static [Affix],
    /// Wordings with a parameter at both ends.
    pub loose: &'static [u16],
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
    /// The template of this wording of `code`.
    pub(crate) const fn template_of(self, code: &'static CodeRow) -> &'static Template {
        match self {
            Self::Message => &code.message,
            Self::Edition(row) => &row.message,
            Self::Variant(variant) => &variant.message,
        }
    }

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
    /// Its place among equals: fixed texts first, then in the order of the patterns.
    order: u32,
}

impl<'t> Reading<'t> {
    /// A reading that was put together elsewhere.
    pub(crate) fn of(code: &'static CodeRow, wording: Wording, params: Vec<(&'static str, Cow<'t, str>)>) -> Self {
        Self { code, wording, params, literal: 0, order: 0 }
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
        self.wording.template_of(self.code)
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

    /// All codes that have a variant with this code text.
    pub fn by_variant_code(&'static self, text: &str) -> impl Iterator<Item = &'static CodeRow> + use<> {
        self.rows(self.lookup.by_variant_code.get(text))
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
        let mut found = Vec::new();
        self.fixed(&folded, &mut found);
        let forms = Forms { text, folded: &folded, changed: matches!(folded, Cow::Owned(_)) };
        self.open(forms, &mut found);
        rank(&mut found);
        found
    }

    /// The rows of which `text` is a message without parameters, best first.
    pub(crate) fn read_fixed(&'static self, text: &str) -> Vec<Reading<'static>> {
        let mut found = Vec::new();
        self.fixed(&fold(self.without_suffix(text.trim())), &mut found);
        rank(&mut found);
        found
    }

    fn fixed(&'static self, folded: &str, found: &mut Vec<Reading<'_>>) {
        for &index in self.lookup.fixed.get(folded).copied().unwrap_or_default() {
            if let Some((code, wording, template)) = self.pattern(index) {
                let literal = template.literal_len();
                found.push(Reading { code, wording, params: Vec::new(), literal, order: 0 });
            }
        }
    }

    fn open<'t>(&'static self, forms: Forms<'t, '_>, found: &mut Vec<Reading<'t>>) {
        let lookup = self.lookup;
        let mut attempt = |index: u16| {
            let order = 1 + u32::from(index);
            let Some((code, wording, template)) = self.pattern(index) else { return };
            // Two forms of the text may lead to the same pattern.
            if found.iter().any(|reading| reading.order == order) {
                return;
            }
            template.each_wording(forms, &mut |params| {
                found.push(Reading { code, wording, params, literal: template.literal_len(), order });
            });
        };
        for form in [Some(forms.text), forms.changed.then_some(forms.folded)].into_iter().flatten() {
            affix::starting(lookup.starting, form).for_each(&mut attempt);
            // One final period does not count, whether text or template has it; so of two, one may or may not.
            let once = form.strip_suffix('.').unwrap_or(form);
            affix::ending(lookup.ending, once).for_each(&mut attempt);
            if let Some(twice) = once.strip_suffix('.') {
                affix::ending(lookup.ending, twice).for_each(&mut attempt);
            }
        }
        lookup.loose.iter().copied().for_each(attempt);
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

    pub(crate) fn without_suffix<'t>(&self, text: &'t str) -> &'t str {
        let suffixes = self.editions.iter().flat_map(|edition| edition.tables).map(|table| table.wire_suffix.trim());
        suffixes
            .filter(|suffix| !suffix.is_empty())
            .find_map(|suffix| text.strip_suffix(suffix))
            .map_or(text, str::trim_end)
    }
}

/// A message as it stands, and folded.
#[derive(Clone, Copy)]
struct Forms<'t, 'f> {
    text: &'t str,
    folded: &'f str,
    /// Folding did more than drop a final period.
    changed: bool,
}

impl Template {
    /// Calls `found` with every reading of a message: as it stands if there is one, else without a final period (documents
    /// print it, the wire does not), else folded.
    fn each_wording<'t>(
        &'static self,
        Forms { text, folded, changed }: Forms<'t, '_>,
        found: &mut dyn FnMut(Vec<(&'static str, Cow<'t, str>)>),
    ) {
        let mut borrowed = |values: Option<&Value<'_, 't>>| found(collected(values, Cow::Borrowed));
        if self.each_reading(text, &mut borrowed)
            || text.strip_suffix('.').is_some_and(|text| self.each_reading(text, &mut borrowed))
        {
            return;
        }
        let own = |value: &str| Cow::Owned(value.to_owned());
        // Where folding changed nothing but a final period, reading it once more would only fail again.
        if changed && self.each_reading(folded, &mut |values| found(collected(values, own))) {
            return;
        }
        // The fold has dropped a final period that the template may print.
        if let Some(Piece::Text(last)) = self.pieces.last()
            && let Some(last) = last.strip_suffix('.')
            && folded.ends_with(last)
        {
            self.each_reading(&format!("{folded}."), &mut |values| found(collected(values, own)));
        }
    }
}

/// More literal text first: `HMAC signature does not match` before a template that takes it as a parameter.
fn rank(found: &mut [Reading<'_>]) {
    found.sort_by_key(|reading| {
        let Reading { code, wording, literal, order, .. } = reading;
        (std::cmp::Reverse(*literal), wording.rank(), !code.canonical, code.index, *order)
    });
}

/// The form in which fixed texts are compared: runs of white space are one space, one final period is dropped.
///
/// Borrowed where nothing had to change. The macro folds the catalog's texts in the same way.
pub fn fold(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    let folded = if is_folded(trimmed) {
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

/// True if two texts fold to the same one. Of the catalog's texts hardly any two begin alike without being the same.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one == other || (one.trim_start().bytes().next() == other.trim_start().bytes().next() && fold(one) == fold(other))
}

/// True if the only white space in `text` are single spaces.
fn is_folded(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Without a branch per byte these loops run over many bytes at a time; messages are long, and mostly folded.
    let control = bytes.iter().fold(false, |any, byte| any | matches!(byte, b'\t'..=b'\r'));
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    let run = pairs.fold(false, |any, (one, next)| any | matches!((one, next), (b' ', b' ')));
    // Other alphabets have white space of their own.
    !control && !run && (text.is_ascii() || !text.contains(|c: char| c.is_whitespace() && c != ' '))
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
        assert_eq!(fold("参数\u{3000}不存在 "), "参数 不存在");
        assert!(matches!(fold("参数 不存在"), Cow::Borrowed(_)));
    }
}
