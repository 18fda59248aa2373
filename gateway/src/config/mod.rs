//! Configuration: read from YAML, checked with positions, compiled into a [`Snapshot`].
//!
//! The module `file` is what is written, the snapshot what is used. Between them every value is checked, and
//! all problems are reported together.

mod admin;
mod auth;
mod backends;
mod compile;
mod cors;
mod diagnostic;
mod environment;
mod fault;
mod file;
mod handshake_fault;
mod hosts;
mod ip_access;
mod keys;
mod listener;
mod micro_service;
mod mock;
mod oauth;
mod parameters;
mod plan;
mod print;
mod proxy_protocol;
mod quota;
mod rate;
mod reader;
mod service;
mod sink;
mod state;
mod tls;
mod unit;
mod users;

pub use diagnostic::{Problem, Problems};
pub(crate) use unit::duration;

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use apigw_errors::{CATALOG, Catalog};
use aws_lc_rs::digest::{SHA256, digest};

pub use crate::network::Network;
use crate::snapshot::{Address, Snapshot};

/// A configuration that passed every check.
#[derive(Debug)]
pub struct Config {
    /// What the engine uses.
    pub snapshot: Snapshot,
    /// Faults that are no reason to refuse the file, because only the calls that meet them are refused. They have been
    /// logged.
    pub warnings: Vec<Problem>,
    /// Of the file's text: the first 16 digits of its SHA-256.
    pub hash: String,
    file: file::File,
}

/// A configuration file cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// What it says is wrong.
    #[error(transparent)]
    Problems(#[from] Problems),
}

impl Config {
    /// Reads and checks the text of a configuration file; `name` is how messages call it. Hosts may speak the dialects of
    /// the vendors that this project describes.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the file.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        Self::parse_over(&CATALOG, name, text)
    }

    /// The same with the dialects of any catalog: a vendor of one's own is spoken like those of this project.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the file.
    pub fn parse_over(catalog: &Catalog, name: &str, text: &str) -> Result<Self, Problems> {
        let file = reader::read(text).map_err(|problems| Problems::new(name, text, problems))?;
        let (snapshot, warnings) =
            compile::compile(&file, catalog).map_err(|problems| Problems::new(name, text, problems))?;
        for Problem { message, help, line, column, .. } in &warnings {
            tracing::warn!("{name}:{line}:{column}: {message}; {}", help.as_deref().unwrap_or_default());
        }
        Ok(Self { snapshot, warnings, hash: hash(text), file })
    }

    /// What is in force while there is no configuration yet: `listen` is listened on, and every call is refused in
    /// `dialect`, because no configuration has been loaded.
    ///
    /// # Errors
    /// The dialect is unknown.
    pub fn waiting(
        catalog: &Catalog,
        listen: SocketAddr,
        admin: Option<SocketAddr>,
        dialect: &str,
    ) -> Result<Self, Problems> {
        let admin = admin.map(|address| format!("admin: {{ address: \"{address}\" }}\n")).unwrap_or_default();
        let text = format!("{admin}listeners:\n  - address: \"{listen}\"\n    dialect: {dialect:?}\n");
        let mut config = Self::parse_over(catalog, "no configuration yet", &text)?;
        config.snapshot.loaded = false;
        Ok(config)
    }

    /// Reads and checks a file; see [`parse_over`](Self::parse_over).
    ///
    /// # Errors
    /// It cannot be read, or something in it is wrong.
    pub fn load(catalog: &Catalog, path: &Path) -> Result<Self, LoadError> {
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Self::parse_over(catalog, &name, &text)?),
            Err(source) => Err(LoadError::Unreadable { path: name, source }),
        }
    }

    /// Listens elsewhere than the file says, as a command line may want it.
    pub fn listen_at(&mut self, listen: Option<SocketAddr>, admin: Option<SocketAddr>) {
        if let (Some(address), Some(listener)) = (listen, self.snapshot.listeners.first_mut()) {
            listener.address = Address::Tcp(address);
        }
        self.snapshot.admin = admin.or(self.snapshot.admin);
    }

    /// The configuration in force as YAML, with every default written out and every secret as `[redacted]`.
    pub fn to_yaml(&self) -> String {
        print::yaml(&self.file, &self.snapshot)
    }
}

fn hash(text: &str) -> String {
    let mut hash = String::new();
    for byte in digest(&SHA256, text.as_bytes()).as_ref().iter().take(8) {
        // Writing to a string cannot fail.
        let _ = write!(hash, "{byte:02x}");
    }
    hash
}
