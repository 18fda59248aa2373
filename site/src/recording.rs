//! The exchanges that the conformance tests recorded: what was sent, and what the gateway really answered.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use apigw_errors::CodeRow;
use serde::Deserialize;

/// What a test run saw of one code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The check that raises it: `checks::rate_limit`.
    pub raised_by: Option<String>,
    /// The request as it went over the socket.
    pub request: Option<String>,
    /// The response as it came back, request ids and dates normalised.
    pub response: Option<String>,
    /// The line in the access log, where the client left before there was a response.
    pub log: Option<String>,
    /// The part of the gateway's configuration that the exchange had to do with.
    pub config: Option<String>,
    /// How often the same request was sent before, without this outcome.
    #[serde(default)]
    pub before: usize,
}

/// Recordings by `vendor.Id`.
pub type Recordings = BTreeMap<String, Recording>;

/// Reads a file of recordings.
///
/// # Errors
/// Where the text is not such an object.
pub fn read(text: &str) -> Result<Recordings, serde_json::Error> {
    serde_json::from_str(text)
}

/// The recordings that ship with the site, as text.
pub const BUNDLED: &str = include_str!("../recordings.json");

/// The recordings that ship with the site. A test makes sure that they can be read.
static RECORDINGS: LazyLock<Recordings> = LazyLock::new(|| read(BUNDLED).unwrap_or_default());

/// The recording of this code, if the test run raised it.
pub fn of(code: &CodeRow) -> Option<&'static Recording> {
    RECORDINGS.get(&code.to_string())
}
