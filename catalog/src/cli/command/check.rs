//! `apigw-errors check`

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use apigw_errors_codegen::diagnostic::Colour;
use apigw_errors_codegen::{Files, read};

use super::Outcome;
use crate::cli::canonical;
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;

const EXAMPLES: &str = "\
Examples:
  apigw-errors check catalog
  apigw-errors check . && cargo build
  apigw-errors check catalog --layout     # in CI
  apigw-errors check catalog --fix        # before a commit
  apigw-errors check my/catalog --base path/to/apigw-errors/catalog

The folder holds `conditions.yaml`, `vendors/*.yaml` and perhaps `relations.yaml`; over a base, `conditions.yaml` holds \
what it adds to the base's, or is not there. The problems are those that the macro \
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
    /// Folder of the catalog that this one builds on.
    #[arg(long, value_name = "FOLDER")]
    base: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, screen: &Screen) -> Result<Outcome, Failure> {
    let files = files(&args.path, args.base.as_deref())?;
    match read(&args.path, &files) {
        Ok(catalog) => {
            let codes: usize = catalog.vendors.iter().map(|vendor| vendor.codes.len()).sum();
            let (vendors, conditions) = (catalog.vendors.len(), catalog.conditions.len());
            let summary = format!("no problems: {vendors} vendors, {codes} codes, {conditions} conditions\n");
            layout(args, &files, summary)
        }
        Err(report) => {
            let colour = if screen.colour { Colour::Always } else { Colour::Never };
            Ok(Outcome { success: false, ..Outcome::done(report.render(colour)) })
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

/// The files of a catalog in its folder; vendors by name, so that a report is the same everywhere.
fn files(folder: &Path, base: Option<&Path>) -> Result<Files, Failure> {
    const CONDITIONS: &str = "conditions.yaml";
    const RELATIONS: &str = "relations.yaml";
    let missing = |file| Failure::NoCatalog { folder: folder.to_owned(), file };
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err(Failure::NoFolder(folder.to_owned())),
        Err(source) => return Err(Failure::Read { path: folder.to_owned(), source }),
    }
    let conditions = folder.join(CONDITIONS).exists().then(|| CONDITIONS.to_owned());
    let base = match base {
        Some(base) => {
            let path = base.join(CONDITIONS);
            Some(std::path::absolute(&path).map_err(|source| Failure::Read { path, source })?)
        }
        None if conditions.is_none() => return Err(missing(CONDITIONS)),
        None => None,
    };
    let listed = folder.join("vendors");
    let entries = match fs::read_dir(&listed) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(missing("vendors")),
        Err(source) => return Err(Failure::Read { path: listed, source }),
    };
    let mut vendors = Vec::new();
    for entry in entries {
        let name = entry.map_err(|source| Failure::Read { path: listed.clone(), source })?.file_name();
        if let Some(name) = name.to_str().filter(|name| Path::new(name).extension().is_some_and(|end| end == "yaml")) {
            vendors.push(format!("vendors/{name}"));
        }
    }
    if vendors.is_empty() {
        return Err(missing("vendors/*.yaml"));
    }
    vendors.sort();
    let relations = folder.join(RELATIONS).exists().then(|| RELATIONS.to_owned());
    Ok(Files { base, conditions, relations, vendors })
}
