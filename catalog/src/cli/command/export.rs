//! `apigw-errors export`

use std::fs;
use std::io;
use std::path::PathBuf;

use apigw_errors::export::{Recorded, catalog_csv, catalog_json};
use clap::ValueEnum;

use super::Outcome;
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;
use crate::cli::subject::catalog;

const EXAMPLES: &str = "\
Examples:
  apigw-errors export json --out catalog.json
  apigw-errors export csv > codes.csv
  apigw-errors export schema --out catalog/schema.json --check

Exit status: 0 written, or up to date; 1 out of date; 2 the file cannot be read or written.";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// What to write.
    #[arg(value_name = "FORMAT")]
    format: Format,
    /// File to write to; standard output without it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write nothing: tell whether FILE is up to date.
    #[arg(long, requires = "out")]
    check: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// catalog.json: vendors, conditions, codes, how codes correspond.
    Json,
    /// The codes as a spreadsheet (RFC 4180).
    Csv,
    /// The JSON Schema of a catalog's YAML files, for editors.
    Schema,
}

pub(crate) fn run(args: &Args, _: &Screen) -> Result<Outcome, Failure> {
    let text = match args.format {
        Format::Json => catalog_json(catalog(), |_| Recorded::default()),
        Format::Csv => catalog_csv(catalog()),
        Format::Schema => apigw_errors_codegen::schema::json(),
    };
    let Some(path) = &args.out else { return Ok(Outcome::done(text)) };
    let old = match fs::read_to_string(path) {
        Ok(old) => Some(old),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        // What is no text is not what would be written.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => None,
        Err(source) => return Err(Failure::Read { path: path.clone(), source }),
    };
    if old.as_deref() == Some(text.as_str()) {
        return Ok(Outcome::done(format!("{} is up to date\n", path.display())));
    }
    if args.check {
        let place = old.map_or_else(|| "is missing".to_owned(), |old| difference(&old, &text));
        return Ok(Outcome::nothing(format!("{} {place}\nrun the same without --check to write it\n", path.display())));
    }
    fs::write(path, text).map_err(|source| Failure::Write { path: path.clone(), source })?;
    Ok(Outcome::done(format!("{} written\n", path.display())))
}

/// The first line that differs.
fn difference(old: &str, new: &str) -> String {
    let same = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    format!("is out of date from line {} on", same + 1)
}
