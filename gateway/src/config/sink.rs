//! Where problems gather while a file is compiled.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_yaml::Location;

use super::diagnostic::Problem;
use super::file::{At, Word};
use super::unit;
use crate::network::Network;

/// Gathers problems, so that one does not hide the next.
#[derive(Debug, Default)]
pub(super) struct Sink {
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
    files: Vec<PathBuf>,
}

impl Sink {
    /// Notes a problem; the result lets the caller write `return sink.report(…)`.
    pub(super) fn report<T>(&mut self, at: Location, message: impl Into<String>) -> Option<T> {
        self.problems.push(Problem::new(at, message));
        None
    }

    /// Notes a problem and what to do about it.
    pub(super) fn report_with<T>(
        &mut self,
        at: Location,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Option<T> {
        self.problems.push(Problem::new(at, message).help(help));
        None
    }

    /// Notes a fault that is no reason to refuse the file: calls that meet it are refused.
    pub(super) fn warn_with(&mut self, at: Location, message: impl Into<String>, help: impl Into<String>) {
        self.warnings.push(Problem::new(at, message).help(help));
    }

    /// Reads a file that the configuration names. When it changes later, the configuration is read again.
    ///
    /// # Errors
    /// It cannot be read. It is looked at nevertheless: it may come.
    pub(super) fn read(&mut self, path: &str) -> io::Result<String> {
        self.files.push(Path::new(path).to_owned());
        std::fs::read_to_string(path)
    }

    /// Reads a file that the word at this place names; that it cannot be read is a problem.
    pub(super) fn text(&mut self, at: Location, path: &str) -> Option<String> {
        let error = match self.read(path) {
            Ok(text) => return Some(text),
            Err(error) => error,
        };
        let message = format!("cannot read `{path}`: {error}");
        let folder = std::env::current_dir().ok().filter(|_| Path::new(path).is_relative());
        match folder {
            Some(folder) => {
                let help =
                    format!("names of files count from the folder in which the gateway starts, {}", folder.display());
                self.report_with(at, message, help)
            }
            None => self.report(at, message),
        }
    }

    /// The files that were read, or were to be.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        self.files.clone()
    }

    /// Compiles a section of an API. What is wrong in it refuses the file; where `lenient`, it becomes a warning.
    ///
    /// # Errors
    /// What came of a faulty section where `lenient`.
    pub(super) fn section<T>(&mut self, lenient: bool, compile: impl FnOnce(&mut Self) -> T) -> Result<T, T> {
        let before = self.problems.len();
        let compiled = compile(self);
        if !lenient || self.problems.len() == before {
            return Ok(compiled);
        }
        self.warnings.extend(self.problems.drain(before..));
        Err(compiled)
    }

    /// The warnings, if there are no problems; else the problems.
    ///
    /// What hosts share is compiled for each of them, and is wrong only once.
    pub(super) fn into_result(self) -> Result<Vec<Problem>, Vec<Problem>> {
        let once = |mut list: Vec<Problem>| {
            list.sort_by_key(|problem| (problem.line, problem.column));
            list.dedup();
            list
        };
        if self.problems.is_empty() { Ok(once(self.warnings)) } else { Err(once(self.problems)) }
    }

    /// One of several names.
    pub(super) fn name<T: Copy>(&mut self, word: &At<Word>, what: &str, known: &[(&str, T)]) -> Option<T> {
        let found = known.iter().find(|(name, _)| *name == &*word.value).map(|(_, value)| *value);
        found.or_else(|| {
            let names = list(known.iter().map(|(name, _)| name));
            self.report_with(word.referenced, format!("unknown {what} `{}`", word.value), format!("known: {names}"))
        })
    }

    /// Networks.
    pub(super) fn networks(&mut self, words: &[At<Word>]) -> Vec<Network> {
        let network = |word: &At<Word>| {
            Network::parse(&word.value).or_else(|| {
                let message = format!("`{}` is no network", word.value);
                self.report_with(word.referenced, message, "write an address, or 10.0.0.0/8, or fe80::/10")
            })
        };
        words.iter().filter_map(network).collect()
    }

    /// A size in bytes.
    pub(super) fn size(&mut self, word: Option<&At<Word>>, default: u64) -> u64 {
        let Some(word) = word else { return default };
        let read = unit::size(&word.value).filter(|size| *size > 0);
        let read = read.or_else(|| {
            let message = format!("`{}` is no size", word.value);
            self.report_with(word.referenced, message, "write bytes, or a number and a unit: 32768, 32 KiB, 12 MiB")
        });
        read.unwrap_or(default)
    }

    /// A plain number above zero.
    pub(super) fn count(&mut self, word: Option<&At<Word>>, default: u64) -> u64 {
        let Some(word) = word else { return default };
        let read = word.value.parse().ok().filter(|count| *count > 0);
        let read =
            read.or_else(|| self.report(word.referenced, format!("`{}` is no number from 1 upwards", word.value)));
        read.unwrap_or(default)
    }

    /// A time above zero.
    pub(super) fn duration(&mut self, word: Option<&At<Word>>, default: Duration) -> Duration {
        let Some(word) = word else { return default };
        let read = unit::duration(&word.value).filter(|time| !time.is_zero());
        let read = read.or_else(|| {
            let message = format!("`{}` is no time", word.value);
            self.report_with(word.referenced, message, "write a number and a unit: 500ms, 10s, 2m, 1h")
        });
        read.unwrap_or(default)
    }
}

/// Names in back quotes, separated by commas.
pub(super) fn list(names: impl IntoIterator<Item = impl Display>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
