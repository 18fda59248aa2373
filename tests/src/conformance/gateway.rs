//! The real binary, built and running.

use std::env;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::Deserialize;

use super::Failure;
use super::lines::Lines;

/// A gateway process. Ends with this value.
#[derive(Debug)]
pub(crate) struct Gateway {
    process: Child,
    addresses: Vec<SocketAddr>,
    // Holds the configuration and the access log.
    folder: tempfile::TempDir,
}

impl Gateway {
    /// Builds the binary if it is out of date, starts it, and waits until `listeners` of its TCP sockets listen.
    /// `render` makes the configuration, given the place of the access log.
    pub(crate) fn start(listeners: usize, render: impl FnOnce(&Path) -> String) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(Failure::io("a folder for the gateway"))?;
        let config = folder.path().join("gateway.yaml");
        let text = render(&log_in(folder.path()));
        std::fs::write(&config, text).map_err(Failure::io("writing the gateway's configuration"))?;
        let mut process = Command::new(binary()?)
            .arg("--config")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Failure::io("starting the gateway"))?;
        // It says where it listens once it does: one line for each listener, in their order.
        let lines = process.stdout.take().map(Lines::of).into_iter().flatten();
        let address = |line: String| line.rsplit_once("://").and_then(|(_, address)| address.parse().ok());
        // From here on it ends with this value.
        let mut gateway = Self { process, addresses: Vec::new(), folder };
        gateway.addresses = lines.filter_map(address).take(listeners).collect();
        if gateway.addresses.len() < listeners {
            return Err(Failure::Gateway("it did not start; what it said stands above".to_owned()));
        }
        Ok(gateway)
    }

    /// Where a listener listens.
    pub(crate) fn address(&self, listener: usize) -> Result<SocketAddr, Failure> {
        let address = self.addresses.get(listener).copied();
        address.ok_or_else(|| Failure::Gateway(format!("there is no listener {listener}")))
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The access log so far.
    pub(crate) fn log(&self) -> Result<String, Failure> {
        std::fs::read_to_string(log_in(self.folder.path())).map_err(Failure::io("the access log"))
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn log_in(folder: &Path) -> PathBuf {
    folder.join("access.log")
}

/// Names a binary to use instead of the one in this workspace.
const BINARY: &str = "APIGW_GATEWAY";

/// The path of an up-to-date binary. Cargo builds those of other packages for no test, so it is asked to.
///
/// # Errors
/// Where it does not build.
pub fn binary() -> Result<PathBuf, Failure> {
    /// What is read of a line that Cargo prints.
    #[derive(Deserialize)]
    struct Artifact {
        executable: Option<PathBuf>,
    }

    if let Some(path) = env::var_os(BINARY) {
        return Ok(path.into());
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let built = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--quiet", "--locked", "--package=apigw-gateway", "--bin=apigw-gateway"])
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .map_err(Failure::io("running cargo"))?;
    let lines = String::from_utf8_lossy(&built.stdout).into_owned();
    let mut executables = lines.lines().filter_map(|line| serde_json::from_str::<Artifact>(line).ok()?.executable);
    executables
        .next()
        .filter(|_| built.status.success())
        .ok_or_else(|| Failure::Gateway("it does not build".to_owned()))
}
