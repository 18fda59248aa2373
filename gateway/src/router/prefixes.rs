//! Textual prefixes of paths: the longest that fits, whatever their number.

/// The prefixes, sorted; each knows the longest other that it begins with.
#[derive(Debug, Default)]
pub(super) struct Prefixes(Vec<Prefix>);

#[derive(Debug)]
struct Prefix {
    text: Box<str>,
    entry: usize,
    shorter: Option<usize>,
}

impl Prefixes {
    /// The number of the prefix `text`; `new` gives it one.
    pub(super) fn entry(&mut self, text: &str, new: impl FnOnce() -> usize) -> usize {
        match self.0.binary_search_by(|prefix| (*prefix.text).cmp(text)) {
            Ok(found) => self.0.get(found).map_or(0, |prefix| prefix.entry),
            Err(place) => {
                let entry = new();
                self.0.insert(place, Prefix { text: text.into(), entry, shorter: None });
                self.link();
                entry
            }
        }
    }

    fn link(&mut self) {
        let mut open: Vec<(Box<str>, usize)> = Vec::new();
        for (index, prefix) in self.0.iter_mut().enumerate() {
            while open.last().is_some_and(|(text, _)| !prefix.text.starts_with(&**text)) {
                open.pop();
            }
            prefix.shorter = open.last().map(|(_, index)| *index);
            open.push((prefix.text.clone(), index));
        }
    }

    /// The number of the longest prefix of `path`.
    pub(super) fn longest(&self, path: &str) -> Option<usize> {
        if self.0.is_empty() {
            return None;
        }
        // Whatever `path` begins with sorts before it, and the nearest before it leads there through `shorter`.
        let after = self.0.partition_point(|prefix| &*prefix.text <= path);
        let mut candidate = after.checked_sub(1).and_then(|index| self.0.get(index));
        while let Some(prefix) = candidate {
            if path.starts_with(&*prefix.text) {
                return Some(prefix.entry);
            }
            candidate = prefix.shorter.and_then(|index| self.0.get(index));
        }
        None
    }
}
