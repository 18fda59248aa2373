//! `apigw-errors completions`

use clap::CommandFactory;
use clap_complete::Shell;

use super::Outcome;
use crate::cli::Cli;
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;

const EXAMPLES: &str = "\
Examples:
  apigw-errors completions bash > ~/.local/share/bash-completion/completions/apigw-errors
  apigw-errors completions zsh > ~/.zfunc/_apigw-errors
  apigw-errors completions fish > ~/.config/fish/completions/apigw-errors.fish";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The shell.
    shell: Shell,
}

pub(crate) fn run(args: &Args, _: &Screen) -> Result<Outcome, Failure> {
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "apigw-errors", &mut out);
    Ok(Outcome::done(String::from_utf8_lossy(&out)))
}
