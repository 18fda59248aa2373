//! The command `apigw-errors`: explains, reads and translates the errors of API gateways in the terminal.
//!
//! [`run`] is the whole program over any catalog, so that a vendor of one's own takes part in all of it.

mod base;
mod browser;
mod canonical;
mod cell;
mod command;
mod facet;
mod failure;
mod fuzzy;
mod index;
mod layout;
mod locale;
mod query;
mod response;
mod screen;
mod site;
mod subject;
mod table;
mod words;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{ColorChoice, Parser};

use crate::catalog::Catalog;
use crate::cli::command::{Command, Outcome};
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;

/// What an API gateway's error means, what to do about it, and what it would be at another vendor.
#[derive(Debug, Parser)]
#[command(
    name = "apigw-errors",
    version,
    arg_required_else_help = true,
    after_help = EXAMPLES,
    propagate_version = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) screen: screen::Args,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  apigw-errors explain APIG.0308
  apigw-errors explain HMAC signature does not match
  curl -si https://api.example.com/orders | apigw-errors decode
  apigw-errors translate APIG.0308 --to tencent
  apigw-errors list --vendor jdcloud --status 403
  apigw-errors search 签名 过期
  apigw-errors check path/to/catalog

Exit status: 0 done; 1 nothing found, a problem found, or a file out of date; 2 wrong usage, or a file that cannot \
be read or written.";

/// Runs the program over a catalog, with the arguments of the process.
///
/// ```no_run
/// # mod my { pub use apigw_errors::CATALOG; }
/// fn main() -> std::process::ExitCode {
///     apigw_errors::cli::run(&my::CATALOG)
/// }
/// ```
pub fn run(catalog: &'static Catalog) -> ExitCode {
    subject::speak_of(catalog);
    let cli = Cli::parse();
    let choice = cli.screen.colour();
    let screen = Screen::new(&cli.screen);
    match cli.command.run(&screen).and_then(|outcome| print(&outcome, choice)) {
        Ok(code) => code,
        Err(failure) => {
            // Nobody is left to tell if this fails as well.
            let _ = writeln!(anstream::AutoStream::new(io::stderr(), anstream_choice(choice)), "{}", failure.render());
            ExitCode::from(2)
        }
    }
}

/// The one place where results leave the program.
fn print(outcome: &Outcome, choice: ColorChoice) -> Result<ExitCode, Failure> {
    let choice = anstream_choice(choice);
    let write = |text: &str| {
        let mut out = anstream::AutoStream::new(io::stdout().lock(), choice);
        out.write_all(text.as_bytes())?;
        out.flush()
    };
    let complain = |text: &str| anstream::AutoStream::new(io::stderr().lock(), choice).write_all(text.as_bytes());
    match write(&outcome.text).and_then(|()| complain(&outcome.complaint)) {
        // `apigw-errors list | head` is no failure.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Output(error)),
        _ => Ok(ExitCode::from(u8::from(!outcome.success))),
    }
}

fn anstream_choice(choice: ColorChoice) -> anstream::ColorChoice {
    match choice {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
}
