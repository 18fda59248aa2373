//! Showing an address in a browser.

use std::env;
use std::io;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What the system opens addresses with, the first that there is. None of them is a shell, so that an address stays one
/// argument.
const OPENERS: &[&[&str]] = if cfg!(target_os = "macos") {
    &[&["open"]]
} else if cfg!(windows) {
    &[&["rundll32", "url.dll,FileProtocolHandler"]]
} else {
    &[&["xdg-open"], &["gio", "open"], &["wslview"]]
};

/// An opener that runs longer than that has become the browser.
const SETTLED: Duration = Duration::from_secs(2);

/// Why nothing was opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoBrowser {
    #[error("`{0}` failed")]
    Failed(String),
    #[error("there is none of {0}")]
    Missing(String),
}

/// Opens `address` with what `BROWSER` names (a list with `:` between; `%s` stands for the address), else with the
/// system's opener.
pub(crate) fn open(address: &str) -> Result<(), NoBrowser> {
    let wanted = env::var("BROWSER").ok().filter(|text| !text.trim().is_empty());
    match &wanted {
        // It may be one for the terminal, which has to be left to it.
        Some(list) => {
            let separator = if cfg!(windows) { ';' } else { ':' };
            first(list.split(separator).map(|one| one.split_whitespace().collect()), |words| {
                Ok(command(words, address).status()?.success())
            })
        }
        None => first(OPENERS.iter().map(|words| words.to_vec()), |words| started(&mut command(words, address))),
    }
}

fn command(words: &[&str], address: &str) -> Command {
    let (program, arguments) = words.split_first().unwrap_or((&"", &[]));
    let mut command = Command::new(program);
    command.args(arguments.iter().map(|word| word.replace("%s", address)));
    if !arguments.iter().any(|word| word.contains("%s")) {
        command.arg(address);
    }
    command
}

/// Runs the first that there is.
fn first<'w>(
    choice: impl Iterator<Item = Vec<&'w str>>,
    run: impl Fn(&[&'w str]) -> io::Result<bool>,
) -> Result<(), NoBrowser> {
    let (mut missing, mut failed) = (Vec::new(), None);
    for words in choice.filter(|words| !words.is_empty()) {
        let name = || words.join(" ");
        match run(&words) {
            Ok(true) => return Ok(()),
            Ok(false) => failed = failed.or_else(|| Some(name())),
            Err(_) => missing.push(format!("`{}`", name())),
        }
    }
    Err(failed.map_or_else(|| NoBrowser::Missing(missing.join(", ")), NoBrowser::Failed))
}

/// True unless it fails at once.
fn started(command: &mut Command) -> io::Result<bool> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let start = Instant::now();
    while start.elapsed() < SETTLED {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        sleep(Duration::from_millis(20));
    }
    Ok(true)
}
