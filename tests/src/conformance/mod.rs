//! Scenarios against the running gateway: what is sent over a socket, and what must come back, to the byte.
//!
//! `tests/conformance/<vendor>.yaml` says what; this module runs it: it starts the real binary with
//! `tests/conformance/gateway.yaml`, starts backends that misbehave, sends, compares, and looks into the access log for
//! the condition and the code behind each answer. What it saw becomes the recordings that the site shows.

mod backend;
mod compare;
mod exchange;
pub(crate) mod gateway;
#[path = "../../../gateway/tests/harness/lines.rs"]
mod lines;
mod normal;
mod recording;
mod run;
mod scenario;
mod setup;
mod sign;
pub(crate) mod tls;

use std::io;
use std::path::PathBuf;

pub use gateway::binary;
pub use recording::{Recording, recordings};
pub use run::{Mismatch, Outcome, Seen, run};
pub use scenario::{Scenario, Suite, suites};
pub use tls::Handshake;

/// Why the scenarios could not be run at all, or one of them not to its end.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file or a socket failed.
    #[error("{what}: {source}")]
    Io {
        /// What was attempted.
        what: String,
        /// How it failed.
        #[source]
        source: io::Error,
    },
    /// A scenario file does not have its shape.
    #[error("{path}: {message}")]
    Yaml {
        /// The file.
        path: PathBuf,
        /// The reader's words.
        message: String,
    },
    /// The gateway could not be built or did not start.
    #[error("the gateway: {0}")]
    Gateway(String),
    /// A request cannot be signed as it is written.
    #[error("signing: {0}")]
    Signing(String),
    /// There is no certificate to be had, or no TLS with it.
    #[error("TLS: {0}")]
    Tls(String),
    /// What came back is no answer.
    #[error("the answer: {0}")]
    Answer(String),
}

impl Failure {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
