//! Runs the program, away from the environment of whoever runs the tests.

use std::ffi::OsStr;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Runs with words as the shell would split them at spaces.
pub(crate) fn run(line: &str) -> Ran {
    run_with(line.split_whitespace(), &[], None)
}

/// Runs with standard input.
pub(crate) fn pipe(line: &str, input: &str) -> Ran {
    run_with(line.split_whitespace(), &[], Some(input))
}

/// Runs with an environment.
pub(crate) fn run_with(
    args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    env: &[(&str, &str)],
    input: Option<&str>,
) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_apigw-errors"));
    command.args(args).env_clear().envs(env.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that needs no input may be gone before it is written.
    let _ = child.stdin.take().unwrap().write_all(input.unwrap_or_default().as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { status: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}
