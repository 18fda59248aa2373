//! What is wrong with a configuration: where, what, and what to do.

use std::borrow::Cow;
use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_yaml::Location;

/// One problem, with its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What to do about it, if there is something to say.
    pub help: Option<String>,
    /// Line, from 1; 0 if the problem has no place.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
    /// Byte range in the file.
    span: std::ops::Range<usize>,
}

impl Problem {
    /// A problem at a place.
    pub(super) fn new(at: Location, message: impl Into<String>) -> Self {
        let start = at.span().byte_offset().and_then(|offset| usize::try_from(offset).ok()).unwrap_or(0);
        let len = at.span().byte_len().and_then(|len| usize::try_from(len).ok()).unwrap_or(0);
        Self { message: message.into(), help: None, line: at.line(), column: at.column(), span: start..start + len }
    }

    /// Adds what to do.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// All problems of one configuration file; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// The file's name as shown.
    pub file: String,
    /// In the order of the file.
    pub list: Vec<Problem>,
    source: String,
}

impl std::error::Error for Problems {}

impl Problems {
    /// Problems of `file`, whose text is `source`.
    pub(super) fn new(file: &str, source: &str, mut list: Vec<Problem>) -> Self {
        list.sort_by_key(|problem| (problem.line, problem.column));
        Self { file: file.to_owned(), list, source: source.to_owned() }
    }

    fn render(&self, problem: &Problem, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = Level::ERROR.primary_title(&problem.message);
        let (start, line) = self.line_around(problem.span.start);
        let line = &*masked(line);
        // Only the offending line goes to the renderer; a value over several lines is marked up to the first's end.
        let from = problem.span.start.saturating_sub(start).min(line.len());
        let to = problem.span.end.saturating_sub(start).clamp(from, line.len());
        let number = usize::try_from(problem.line).unwrap_or(0);
        let shown = if number == 0 {
            title.element(Level::NOTE.message(format!("in {}", self.file)))
        } else {
            let mark = AnnotationKind::Primary.span(from..to);
            title.element(Snippet::source(line).path(self.file.as_str()).line_start(number).annotation(mark))
        };
        let shown = match &problem.help {
            Some(help) => shown.element(Level::HELP.message(help.as_str())),
            None => shown,
        };
        out.write_str(&Renderer::plain().render(&[shown]))
    }

    /// The line that holds the byte at `offset`, and where it starts.
    fn line_around(&self, offset: usize) -> (usize, &str) {
        let head = self.source.get(..offset).unwrap_or(&self.source);
        let start = head.rfind('\n').map_or(0, |end| end + 1);
        let rest = self.source.get(start..).unwrap_or_default();
        (start, rest.split('\n').next().unwrap_or_default())
    }
}

/// The line with everything after a key that may hold a secret as asterisks. That hides more than secrets, and hides them
/// however they are written. The length in bytes stays, so that carets stay where they belong.
fn masked(line: &str) -> Cow<'_, str> {
    let after = |key: &str| line.find(key).map(|at| at + key.len());
    let keys = ["secret:", "value:", "state:", "redis:"];
    match keys.into_iter().filter_map(after).min().and_then(|at| line.split_at_checked(at)) {
        Some((shown, hidden)) => Cow::Owned(format!("{shown} {}", "*".repeat(hidden.len().saturating_sub(1)))),
        None => Cow::Borrowed(line),
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.list {
            self.render(problem, f)?;
            f.write_str("\n\n")?;
        }
        let count = self.list.len();
        write!(f, "{}: {count} {}", self.file, if count == 1 { "problem" } else { "problems" })
    }
}
