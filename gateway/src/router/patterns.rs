//! Regular expressions for whole paths: one pass finds all that fit, whatever their number, in time linear in the path.

use regex::bytes::{RegexSet, RegexSetBuilder};

/// Most memory that the expressions of one table may take together, in bytes.
const LARGEST: usize = 16 << 20;

/// The expressions, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    written: Vec<Box<str>>,
    entries: Vec<usize>,
    ready: Option<RegexSet>,
}

impl Patterns {
    /// The number of the expression `text`; `new` gives it one.
    ///
    /// # Errors
    /// Why it is no expression.
    pub(super) fn entry(&mut self, text: &str, new: impl FnOnce() -> usize) -> Result<usize, String> {
        if let Some(place) = self.written.iter().position(|known| **known == *text) {
            return self.entries.get(place).copied().ok_or_else(String::new);
        }
        set(&[text]).map_err(|error| error.to_string())?;
        let entry = new();
        self.written.push(text.into());
        self.entries.push(entry);
        self.ready = None;
        Ok(entry)
    }

    /// Compiles all of them into one.
    ///
    /// # Errors
    /// They are too large.
    pub(super) fn finish(&mut self) -> Result<(), String> {
        self.ready = None;
        if !self.written.is_empty() {
            self.ready = Some(set(&self.written).map_err(|error| error.to_string())?);
        }
        Ok(())
    }

    /// The number of the first expression that fits.
    pub(super) fn first(&self, path: &str) -> Option<usize> {
        let first = self.ready.as_ref()?.matches(path.as_bytes()).iter().next()?;
        self.entries.get(first).copied()
    }
}

fn set(written: &[impl AsRef<str>]) -> Result<RegexSet, regex::Error> {
    let whole = written.iter().map(|text| format!("^(?:{})$", text.as_ref()));
    // Paths are bytes of ASCII: what else they hold is escaped in them.
    RegexSetBuilder::new(whole).unicode(false).size_limit(LARGEST).build()
}
