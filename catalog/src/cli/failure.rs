//! Why a command could not be carried out, and what to do about it.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use apigw_errors::export::diff::DiffError;
use apigw_errors_codegen::format::FormatError;

use crate::cli::layout::{BOLD, RED, clean};
use crate::cli::site::{self, NoSite};

/// Ends the program with status 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("cannot read `{}`: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot read standard input: {0}")]
    Input(io::Error),
    #[error("cannot write `{}`: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot write the output: {0}")]
    Output(io::Error),
    #[error("there is no `{file}` in `{}`", folder.display())]
    NoCatalog { folder: PathBuf, file: &'static str },
    #[error("cannot format `{}`: {why}", path.display())]
    Format { path: PathBuf, why: FormatError },
    #[error("`{}` is no folder", .0.display())]
    NoFolder(PathBuf),
    #[error("cannot compare the catalogs: {0}")]
    Diff(#[from] DiffError),
    #[error("no condition is called `{0}`")]
    NoCondition(String),
    #[error("no edition is called `{0}`")]
    NoEdition(String),
    #[error("nothing to read")]
    NoInput,
    #[error("`{text}` in {} is no address of a site", site::VARIABLE)]
    SiteVariable { text: String, why: NoSite },
    #[error("nobody serves the reference at {site}: {source}")]
    SiteDown { site: String, source: io::Error },
}

impl Failure {
    /// What to do about it.
    fn help(&self) -> Option<String> {
        let help = match self {
            Self::Read { .. } | Self::Write { .. } => "check the path and its permissions".to_owned(),
            Self::NoCatalog { .. } => {
                "name a folder with `conditions.yaml`, `vendors/*.yaml` and perhaps `relations.yaml`; one that builds on our \
                 conditions needs `vendors/*.yaml` alone"
                    .to_owned()
            }
            Self::Format { .. } => "nothing was written; write the file without anchors, tags and `? ` keys".to_owned(),
            Self::NoFolder(_) => "name the folder of a catalog, not one of its files".to_owned(),
            Self::Diff(_) => {
                "both have to come from `apigw-errors export json` or the site's `catalog.json`".to_owned()
            }
            Self::NoCondition(name) => crate::cli::query::nearest_condition(name).map_or_else(
                || "`apigw-errors export json` lists them all".to_owned(),
                |near| format!("there is `{}`", near.id),
            ),
            Self::NoEdition(_) => format!("known are {}", crate::cli::command::list::editions()),
            Self::NoInput => {
                "pipe a response in, as in `curl -si URL | apigw-errors decode`, or name a file".to_owned()
            }
            Self::SiteVariable { why, .. } => why.to_string(),
            Self::SiteDown { .. } => format!(
                "start it with `apigw-site serve` or `apigw-gateway`, or name another with `--site URL` or {}",
                site::VARIABLE
            ),
            Self::Input(_) | Self::Output(_) => return None,
        };
        Some(help)
    }

    /// The failure as text, without a line end.
    pub(crate) fn render(&self) -> String {
        let mut out = format!("{RED}error{RED:#}: {}", clean(&self.to_string()));
        if let Some(help) = self.help() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\n{BOLD}help{BOLD:#}: {}", clean(&help));
        }
        out
    }
}
