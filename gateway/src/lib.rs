//! A gateway that raises every catalogued error from a real check, in the voice of each vendor.
//!
//! Read `pipeline.rs` first: it is the chain of [`check`]s that every call goes through. A check answers with a
//! condition of the catalog; the edge says it in the host's [`dialect`]. [`config`] compiles a file into an immutable
//! [`snapshot`], which [`server`] serves with one single-threaded runtime per core.
//!
//! [`run`] is the whole command over any catalog, so that a vendor of one's own is a `main` of one line.
//!
//! What this crate does not know: which codes the vendors have. It raises conditions and asks the catalog what a
//! dialect says for them.

mod access_log;
mod admin;
mod alarm;
mod args;
mod body;
mod buffered;
mod caller;
pub mod check;
pub mod client_address;
pub mod clock;
mod command;
pub mod config;
pub mod cors;
mod decimal;
pub mod demo;
mod descriptors;
pub mod dialect;
mod edge;
mod examples;
pub mod fault;
pub mod fields;
mod forward;
mod hash;
pub mod ip_access;
mod metrics;
pub mod network;
pub mod nonce;
mod panic;
pub mod parameters;
mod path_spelling;
mod pipeline;
pub mod proxy_protocol;
pub mod registry;
pub mod reload;
pub mod request_id;
pub mod router;
pub mod scheme;
pub mod screen;
pub mod secret;
pub mod server;
pub mod snapshot;
pub mod state;
pub(crate) mod tls;
pub mod token;
pub mod trace;
mod upstream;

pub use command::run;
pub use config::{Config, Problems};
pub use server::Gateway;
