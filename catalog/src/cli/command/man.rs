//! `apigw-errors man`

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::Outcome;
use crate::cli::Cli;
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;

const EXAMPLES: &str = "\
Examples:
  apigw-errors man | man -l -
  apigw-errors man --out ~/.local/share/man/man1";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Write the pages of the program and of each subcommand to this folder; made if it does not exist.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, _: &Screen) -> Result<Outcome, Failure> {
    let mut program = Cli::command();
    program.build();
    let Some(folder) = &args.out else {
        return Ok(Outcome::done(String::from_utf8_lossy(&page(program)?)));
    };
    let failed = |path: &PathBuf| {
        let path = path.clone();
        move |source| Failure::Write { path, source }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let mut written = String::new();
    let below = program.get_subcommands().filter(|command| command.get_name() != "help").cloned();
    for command in below.collect::<Vec<_>>().into_iter().chain([program]) {
        let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
        let path = folder.join(format!("{name}.1"));
        fs::write(&path, page(command)?).map_err(failed(&path))?;
        let _ = writeln!(written, "{} written", path.display());
    }
    Ok(Outcome::done(written))
}

fn page(command: Command) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    Man::new(command).render(&mut out).map_err(Failure::Output)?;
    Ok(out)
}
