//! The scenario files, as they are written.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Failure, Handshake};

/// The scenarios of one listener.
#[derive(Debug)]
pub struct Suite {
    /// The vendor, or `problem`: the file's name.
    pub name: &'static str,
    /// In the order of the file.
    pub scenarios: Vec<Scenario>,
}

/// One exchange.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Id of the vendor's code that is raised. The first scenario of a code is its recording. None where the call
    /// passes, or the answer is no row of the vendor's tables.
    pub code: Option<String>,
    /// The condition that is raised, where the code alone does not say it.
    pub condition: Option<String>,
    /// What is done and why that comes of it, in a sentence.
    pub about: String,
    /// The dialect of the listener that is called; that of the file by default. It matters where no host is named.
    pub listener: Option<String>,
    /// The request goes over TLS, to the listener of the same dialect that speaks it.
    #[serde(default)]
    pub tls: bool,
    /// There is no request, because the TLS handshake fails in this way. What stands under `request` is then a command
    /// that brings it about.
    pub handshake: Option<Handshake>,
    /// The gateway that is called counts in a store that cannot be reached.
    #[serde(default)]
    pub store_lost: bool,
    /// Statuses of the answers to the same request, sent as often before.
    #[serde(default)]
    pub before: Vec<u16>,
    /// Signs instead of the key's own secret.
    pub secret: Option<String>,
    /// Head and body, lines ended by LF here and by CRLF (in the head) on the wire. `{signature}` is replaced by the
    /// signature that the `Authorization` around it describes.
    pub request: String,
    /// The same of the answer; what differs from run to run is in braces.
    pub response: Option<String>,
    /// The line in the access log. Without `response` the client leaves when it has sent the request.
    pub log: Option<String>,
}

impl Scenario {
    /// True if it calls a listener that speaks TLS.
    pub(super) fn is_over_tls(&self) -> bool {
        self.tls || self.handshake.is_some_and(|handshake| handshake != Handshake::Plain)
    }
}

/// The folder of the scenario files.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

/// Reads all scenario files: `tencent.yaml`, and what stands in the folder `tencent/`, in the order of the names.
///
/// # Errors
/// The first file that cannot be read or is not a list of scenarios.
pub fn suites() -> Result<Vec<Suite>, Failure> {
    let names = ["tencent", "jdcloud", "huawei", "problem"];
    let read = |name: &'static str| {
        let mut scenarios = Vec::new();
        for path in files(name)? {
            let text = std::fs::read_to_string(&path).map_err(Failure::io(path.display().to_string()))?;
            let more: Vec<Scenario> =
                serde_yaml::from_str(&text).map_err(|error| Failure::Yaml { path, message: error.to_string() })?;
            scenarios.extend(more);
        }
        Ok(Suite { name, scenarios })
    };
    names.into_iter().map(read).collect()
}

fn files(name: &str) -> Result<Vec<PathBuf>, Failure> {
    let further = folder().join(name);
    let mut files = Vec::new();
    if further.is_dir() {
        let failed = || Failure::io(further.display().to_string());
        for entry in std::fs::read_dir(&further).map_err(failed())? {
            files.push(entry.map_err(failed())?.path());
        }
    }
    files.sort();
    files.insert(0, folder().join(format!("{name}.yaml")));
    Ok(files)
}
