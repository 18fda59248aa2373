//! Configuration: read from YAML, checked with positions, compiled into a [`Snapshot`].
//!
//! The module `file` is what is written, the snapshot what is used. Between them every value is checked, and
//! all problems are reported together.

mod auth;
mod backends;
mod compile;
mod diagnostic;
mod file;
mod hosts;
mod keys;
mod oauth;
mod print;
mod sink;
mod unit;

pub use diagnostic::{Problem, Problems};
pub use unit::Network;

use apigw_errors::{CATALOG, Catalog};

use crate::snapshot::Snapshot;

/// A configuration that passed every check.
#[derive(Debug)]
pub struct Config {
    /// What the engine uses.
    pub snapshot: Snapshot,
    /// Faults that are no reason to refuse the file, because only the calls that meet them are refused. They have been
    /// logged.
    pub warnings: Vec<Problem>,
    file: file::File,
}

impl Config {
    /// Reads and checks the text of a configuration file; `name` is how messages call it. Hosts may speak the dialects of
    /// the vendors that this project describes.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the file.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        Self::parse_over(&CATALOG, name, text)
    }

    /// The same with the dialects of any catalog: a vendor of one's own is spoken like those of this project.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the file.
    pub fn parse_over(catalog: &Catalog, name: &str, text: &str) -> Result<Self, Problems> {
        let file: file::File = serde_yaml::from_str(text).map_err(|error| {
            let error = error.without_snippet();
            let at = error.location().unwrap_or(serde_yaml::Location::UNKNOWN);
            let line = at.line().checked_sub(1).and_then(|line| text.lines().nth(usize::try_from(line).ok()?));
            let problem = if line.is_some_and(|line| line.contains("secret:") || line.contains("value:")) {
                // The reader quotes what it found, and that may be a secret.
                Problem::new(at, "something is wrong with this line").help(SECRET_FORMS)
            } else {
                Problem::new(at, plain(&error.to_string()))
            };
            Problems::new(name, text, vec![problem])
        })?;
        let (snapshot, warnings) =
            compile::compile(&file, catalog).map_err(|problems| Problems::new(name, text, problems))?;
        for Problem { message, help, line, column, .. } in &warnings {
            tracing::warn!("{name}:{line}:{column}: {message}; {}", help.as_deref().unwrap_or_default());
        }
        Ok(Self { snapshot, warnings, file })
    }

    /// The configuration in force as YAML, with every default written out and every secret as `[redacted]`.
    pub fn to_yaml(&self) -> String {
        print::yaml(&self.file, &self.snapshot)
    }
}

const SECRET_FORMS: &str = "a secret is written { value: … }, { env: NAME } or { file: PATH }";

/// The reader's message without the place it ends with; the place is shown beside it.
fn plain(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}
