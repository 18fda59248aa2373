//! Writes the files that are made from the catalog and from the running gateway, or checks that they are up to date.

use std::process::ExitCode;

use apigw_tests::conformance::{run, suites};
use apigw_tests::generated::{files, root};
use clap::Parser;

/// Writes every generated file of the repository.
///
/// catalog/catalog.json and the table in README.md come from the catalog; the exchanges in them and in
/// site/recordings.json come from the conformance scenarios, which are run against the real gateway for that. Run it
/// after a change to the catalog, to a scenario, or to what the gateway answers; commit what it writes.
#[derive(Debug, Parser)]
#[command(name = "generate", after_help = EXAMPLES)]
struct Args {
    /// Write nothing; fail if a file is not up to date
    #[arg(long)]
    check: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo run -p apigw-tests --bin generate              write
  cargo run -p apigw-tests --bin generate -- --check   what CI does

A scenario that fails stops it: what a file would record is not what it should be.";

fn main() -> ExitCode {
    match generate(&Args::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn generate(args: &Args) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let suites = suites()?;
    let outcomes = run(&suites)?;
    let failed = outcomes.iter().filter(|outcome| !outcome.mismatches.is_empty()).count();
    if failed > 0 {
        for outcome in &outcomes {
            eprint!("{outcome}");
        }
        return Err(format!("{failed} of {} scenarios failed", outcomes.len()).into());
    }
    let mut stale = 0;
    for file in files(&outcomes)? {
        let path = root().join(file.path);
        if std::fs::read_to_string(&path).is_ok_and(|text| text == file.text) {
            println!("up to date  {}", file.path);
        } else if args.check {
            stale += 1;
            println!("stale       {}", file.path);
        } else {
            std::fs::write(&path, &file.text).map_err(|error| format!("{}: {error}", file.path))?;
            println!("written     {}", file.path);
        }
    }
    if stale > 0 {
        eprintln!("error: run `cargo run -p apigw-tests --bin generate` and commit what it writes");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
