//! The files of a catalog, kept for diagnostics and for rebuilds.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde_yaml::Spanned;

/// Every file that a catalog names, in the order in which it names them.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    files: Vec<Source>,
}

/// One file.
#[derive(Debug, Clone)]
pub struct Source {
    /// Absolute path; none for a text that is in no file.
    pub path: Option<PathBuf>,
    /// Path relative to the catalog's folder, with `/`.
    pub relative: String,
    /// Path as diagnostics show it: relative to the working directory where it lies below it.
    pub shown: String,
    /// Its text; empty if it could not be read.
    pub text: String,
    /// False if it could not be read.
    pub readable: bool,
    /// The first byte of each line.
    lines: Vec<usize>,
}

/// Index into a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(usize);

/// A stretch of bytes in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl Site {
    /// The bytes.
    pub fn span(self) -> Range<usize> {
        self.start..self.end
    }
}

impl FileId {
    /// Where a value of this file is written.
    pub(crate) fn at<T>(self, value: &Spanned<T>) -> Site {
        let span = value.referenced.span();
        let offset = |at: Option<u64>| at.and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
        let start = offset(span.byte_offset());
        Site { file: self, start, end: start + offset(span.byte_len()) }
    }

    /// The beginning of this file, for what is not in it.
    pub(crate) fn start(self) -> Site {
        Site { file: self, start: 0, end: 0 }
    }
}

impl SourceMap {
    /// Reads a file; one that cannot be read is remembered without text.
    pub(crate) fn load(&mut self, root: &Path, relative: &Path) -> (FileId, io::Result<()>) {
        let path = std::path::absolute(root.join(relative)).unwrap_or_else(|_| root.join(relative));
        let (text, result) = match fs::read_to_string(&path) {
            Ok(text) => (text, Ok(())),
            Err(error) => (String::new(), Err(error)),
        };
        let shown = std::env::current_dir().ok().and_then(|dir| path.strip_prefix(dir).ok().map(slashed));
        let id = FileId(self.files.len());
        self.files.push(Source {
            relative: slashed(relative),
            shown: shown.unwrap_or_else(|| slashed(&path)),
            readable: result.is_ok(),
            lines: line_starts(&text),
            path: Some(path),
            text,
        });
        (id, result)
    }

    /// Takes a text that is in no file.
    pub(crate) fn insert(&mut self, name: &str, text: &str) -> FileId {
        let id = FileId(self.files.len());
        self.files.push(Source {
            path: None,
            relative: name.to_owned(),
            shown: name.to_owned(),
            text: text.to_owned(),
            readable: true,
            lines: line_starts(text),
        });
        id
    }

    /// The file of an id.
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0)
    }

    /// The text of a file; empty for one that could not be read.
    pub(crate) fn text(&self, id: FileId) -> &str {
        self.get(id).map_or("", |source| &source.text)
    }

    /// The files that could be read, absolute, in order.
    pub fn readable(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().filter(|source| source.readable).filter_map(|source| source.path.as_deref())
    }
}

impl Source {
    /// Number of the line, from 1, that holds the byte `at`, and the bytes of that line without its end.
    pub(crate) fn line(&self, at: usize) -> (usize, Range<usize>) {
        let number = self.lines.partition_point(|&start| start <= at);
        let start = number.checked_sub(1).and_then(|line| self.lines.get(line)).copied().unwrap_or_default();
        let end = self.lines.get(number).map_or(self.text.len(), |next| next - 1);
        (number, start..end)
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_by_byte() {
        let source = Source {
            path: None,
            relative: String::new(),
            shown: String::new(),
            text: "中文\nab\n".into(),
            readable: true,
            lines: line_starts("中文\nab\n"),
        };
        assert_eq!(source.line(0), (1, 0..6));
        assert_eq!(source.line(6), (1, 0..6));
        assert_eq!(source.line(8), (2, 7..9));
        assert_eq!(source.line(10), (3, 10..10));
    }
}
