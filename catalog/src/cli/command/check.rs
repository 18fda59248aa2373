//! `apigw-errors check`

use std::fs;
use std::path::{Path, PathBuf};

use apigw_errors_codegen::diagnostic::Colour;
use apigw_errors_codegen::{Files, read};

use super::Outcome;
use crate::cli::base::{self, CONDITIONS, Chosen};
use crate::cli::canonical;
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;

const EXAMPLES: &str = "\
Examples:
  apigw-errors check catalog
  apigw-errors check . && cargo build
  apigw-errors check catalog --layout     # in CI
  apigw-errors check catalog --fix        # before a commit
  apigw-errors check my/catalog           # a catalog that builds on ours

The folder holds `conditions.yaml`, `vendors/*.yaml` and perhaps `relations.yaml`; if its \
conditions stand below those of another catalog, `conditions.yaml` holds what it adds to them, or is not there, and the \
base is the catalog built into this program unless `--base` names another. The problems are those that the macro \
`catalog!` reports, all at once. `--fix` writes the files in canonical form: levels of two spaces, fields in the order \
of the guide, single empty lines; comments stay with what they stand above, wording and quotes are left alone. Files \
of a catalog with problems are not touched. Exit status: 0 no problem, 1 problems, 2 the folder cannot be read or written.";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Folder of the catalog.
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Write the files in canonical form.
    #[arg(long, conflicts_with = "layout")]
    fix: bool,
    /// Count a file that is not in canonical form as a problem.
    #[arg(long)]
    layout: bool,
    /// Folder of the catalog that this one builds on; without it, a catalog that has no root `outcome` builds on ours.
    #[arg(long, value_name = "FOLDER")]
    base: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, screen: &Screen) -> Result<Outcome, Failure> {
    folder(&args.path)?;
    let base = Chosen::of(&args.path, args.base.as_deref());
    let files = files(&args.path, &base)?;
    match read(&args.path, &files) {
        Ok(catalog) => {
            let codes: usize = catalog.vendors.iter().map(|vendor| vendor.codes.len()).sum();
            let conditions = catalog.conditions.len() - catalog.base_len();
            let (vendors, codes) = (count(catalog.vendors.len(), "vendor"), count(codes, "code"));
            let summary = format!("no problems: {vendors}, {codes}, {}\n{base}", count(conditions, "condition"));
            layout(args, &files, summary)
        }
        Err(report) => {
            let colour = if screen.colour { Colour::Always } else { Colour::Never };
            Ok(Outcome { success: false, ..Outcome::done(format!("{}{base}", report.render(colour))) })
        }
    }
}

/// Canonical form, for a catalog without problems.
fn layout(args: &Args, files: &Files, summary: String) -> Result<Outcome, Failure> {
    if !args.fix && !args.layout {
        return Ok(Outcome::done(summary));
    }
    let changes = canonical::changes(&args.path, files)?;
    if args.fix {
        changes.iter().try_for_each(canonical::Change::apply)?;
        let written = changes.iter().map(|change| format!("{} written\n", change.path.display()));
        return Ok(Outcome::done(written.collect::<String>() + &summary));
    }
    if changes.is_empty() {
        return Ok(Outcome::done(summary));
    }
    let place =
        |change: &canonical::Change| format!("{}:{} is not in canonical form\n", change.path.display(), change.line);
    let complaint: String = changes.iter().map(place).collect();
    Ok(Outcome::nothing(complaint + "run `apigw-errors check` with `--fix` to write it\n"))
}

/// The files of a catalog in its folder.
fn files(folder: &Path, base: &Chosen) -> Result<Files, Failure> {
    const RELATIONS: &str = "relations.yaml";
    let vendors = base::vendors(folder)?;
    let there = |file: &str| folder.join(file).exists().then(|| file.to_owned());
    Ok(Files { base: base.files()?, conditions: there(CONDITIONS), relations: there(RELATIONS), vendors })
}

/// Refuses what cannot be a catalog's folder.
fn folder(path: &Path) -> Result<(), Failure> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(Failure::NoFolder(path.to_owned())),
        Err(source) => Err(Failure::Read { path: path.to_owned(), source }),
    }
}

/// `1 vendor`, `2 vendors`.
fn count(number: usize, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}
