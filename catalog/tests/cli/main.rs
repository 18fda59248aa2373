//! The command line from outside: arguments and input in, text and exit status out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod run;

mod check;
mod decode;
mod diff;
mod explain;
mod export;
mod list;
mod open;
mod program;
mod search;
mod translate;
