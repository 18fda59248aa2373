//! The admin listener.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::file::{At, Word};
use super::sink::Sink;

/// Where it listens if the file does not say: on loopback, where only this machine is.
const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9901);

/// Health, readiness, metrics, the configuration in force, and a live page, for operators.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Admin {
    /// `127.0.0.1:9901` by default. It asks nobody who they are: keep it where only operators come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<At<Word>>,
}

/// Its address; `None` if there is to be none.
pub(super) fn compile(admin: Option<&Admin>, sink: &mut Sink) -> Option<SocketAddr> {
    let Some(word) = &admin?.address else { return Some(ADDRESS) };
    word.value.parse().ok().or_else(|| {
        let message = format!("`{}` is no address with a port", word.value);
        sink.report_with(word.referenced, message, "write 127.0.0.1:9901 or [::1]:9901")
    })
}
