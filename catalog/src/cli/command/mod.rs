//! The subcommands, one file each: its arguments, and `run`, which turns them into an [`Outcome`].

#![allow(clippy::unnecessary_wraps, reason = "every `run` has the same shape, also where nothing can fail")]

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod decode;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod search;
pub(crate) mod translate;

use clap::Subcommand;
use serde::Serialize;

use crate::cli::failure::Failure;
use crate::cli::screen::Screen;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tell what an error means, why it happens, and what to do about it.
    Explain(explain::Args),
    /// Find out which error a response is.
    Decode(decode::Args),
    /// Tell what an error would be at another vendor.
    Translate(translate::Args),
    /// List codes.
    List(list::Args),
    /// Search names, messages and explanations, in English and Chinese; slips are forgiven.
    Search(search::Args),
    /// Check a catalog: conditions.yaml, relations.yaml and vendors/*.yaml in a folder.
    Check(check::Args),
    /// Write the catalog for other programs.
    Export(export::Args),
    /// Tell what changed between two catalog.json, and whether it breaks anything.
    Diff(diff::Args),
    /// Print a completion script for a shell.
    Completions(completions::Args),
    /// Print or write the manual pages.
    Man(man::Args),
}

impl Command {
    pub(crate) fn run(&self, screen: &Screen) -> Result<Outcome, Failure> {
        match self {
            Self::Explain(args) => explain::run(args, screen),
            Self::Decode(args) => decode::run(args, screen),
            Self::Translate(args) => translate::run(args, screen),
            Self::List(args) => list::run(args, screen),
            Self::Search(args) => search::run(args, screen),
            Self::Check(args) => check::run(args, screen),
            Self::Export(args) => export::run(args, screen),
            Self::Diff(args) => diff::run(args, screen),
            Self::Completions(args) => completions::run(args, screen),
            Self::Man(args) => man::run(args, screen),
        }
    }
}

/// What a command has to say.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// For standard output.
    pub(crate) text: String,
    /// For standard error.
    pub(crate) complaint: String,
    /// False ends the program with status 1.
    pub(crate) success: bool,
}

impl Outcome {
    /// Everything is fine.
    pub(crate) fn done(text: impl Into<String>) -> Self {
        Self { text: text.into(), complaint: String::new(), success: true }
    }

    /// Nothing was found.
    pub(crate) fn nothing(complaint: impl Into<String>) -> Self {
        Self { text: String::new(), complaint: complaint.into(), success: false }
    }

    /// A value for programs.
    pub(crate) fn json(value: &impl Serialize, success: bool) -> Self {
        // Plain structs of texts and numbers can always be written.
        let text = serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
        Self { text, complaint: String::new(), success }
    }
}
