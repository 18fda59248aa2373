//! Commands that end by themselves.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Longer than any of them takes.
const PATIENCE: Duration = Duration::from_secs(180);

/// Runs a command and those that it starts, without input; what does not end is killed.
pub(crate) fn output(command: &mut Command) -> io::Result<Output> {
    let command = command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn()?;
    let group = format!("-{}", child.id());
    let (ended, has_ended) = channel::<()>();
    thread::spawn(move || {
        if has_ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            // Whoever waits for it sees by what it did not print that something is wrong.
            let _ = Command::new("kill").args(["-9", "--", &group]).status();
        }
    });
    let output = child.wait_with_output();
    drop(ended);
    output
}
