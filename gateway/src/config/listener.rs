//! Addresses to listen on, as written and compiled.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use apigw_errors::Catalog;
use serde::{Deserialize, Serialize};

use super::compile::voice;
use super::file::{At, Word};
use super::sink::Sink;
use super::{proxy_protocol, tls};
use crate::dialect::Voice;
use crate::snapshot::{Address, Host, Listener};

/// Longest path of a Unix socket in bytes, which is what the kernel has room for.
const LONGEST_PATH: usize = 107;

/// An address to listen on: `address` or `unix`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// `127.0.0.1:8080`, `[::1]:8080`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<At<Word>>,
    /// The path of a Unix socket: `/run/gateway.sock`. One that nobody listens on any more is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unix: Option<At<Word>>,
    /// The permission bits of the Unix socket, octal: `660`. Without it, what the process's umask leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<At<Word>>,
    /// `true` or `{ from: [10.0.0.0/8] }` if whoever connects here is a proxy that says with the PROXY protocol (version 1 or
    /// 2) for whom. Connections that do not begin with it, or do not come from there, are closed. With `true`, nobody but the
    /// proxy must be able to connect: what it says is believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proxy_protocol: Option<proxy_protocol::Written>,
    /// The dialect in which calls are refused whose host is not known; `problem` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dialect: Option<At<Word>>,
    /// Its connections speak TLS; without it, they speak plain HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tls: Option<At<tls::Written>>,
}

/// Compiles one before `hosts`. Handshakes are given up after `patience`.
pub(super) fn compile(
    written: &At<Written>,
    catalog: &Catalog,
    hosts: &[Host],
    patience: Duration,
    sink: &mut Sink,
) -> Option<Listener> {
    let listener = &written.value;
    let address = match (&listener.address, &listener.unix) {
        (Some(word), None) => tcp(word, listener.mode.as_ref(), sink),
        (None, Some(word)) => unix(word, listener.mode.as_ref(), sink),
        (Some(_), Some(unix)) => {
            sink.report_with(unix.referenced, "a listener has `address` or `unix`, not both", "write two listeners")
        }
        (None, None) => sink.report_with(
            written.referenced,
            "a listener needs an address",
            "write `address: 127.0.0.1:8080` or `unix: /run/gateway.sock`",
        ),
    };
    let voice = listener.dialect.as_ref().map_or(Some(Voice::PROBLEM), |name| voice(name, catalog, sink));
    let tls = match &listener.tls {
        None => None,
        Some(written) => Some(tls::compile(written, hosts, patience, sink)?),
    };
    let proxy_protocol = proxy_protocol::compile(listener.proxy_protocol.as_ref(), sink);
    Some(Listener { address: address?, voice: voice?, proxy_protocol, tls })
}

fn tcp(word: &At<Word>, mode: Option<&At<Word>>, sink: &mut Sink) -> Option<Address> {
    if let Some(mode) = mode {
        sink.report::<()>(mode.referenced, "only a Unix socket has a mode");
    }
    let address = word.value.parse::<SocketAddr>().ok().map(Address::Tcp);
    address.or_else(|| {
        let message = format!("`{}` is no address with a port", word.value);
        sink.report_with(word.referenced, message, "write 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080")
    })
}

fn unix(word: &At<Word>, mode: Option<&At<Word>>, sink: &mut Sink) -> Option<Address> {
    let path = Path::new(&*word.value.0);
    // A relative one would mean another place whenever the process is started from another folder.
    if !path.is_absolute() || path.file_name().is_none() {
        let message = format!("`{}` is no absolute path of a socket", word.value);
        return sink.report_with(word.referenced, message, "write /run/gateway.sock");
    }
    if word.value.len() > LONGEST_PATH {
        let message = format!("the path of a Unix socket has at most {LONGEST_PATH} bytes, not {}", word.value.len());
        return sink.report(word.referenced, message);
    }
    let mode = match mode {
        None => None,
        Some(word) => match u32::from_str_radix(&word.value, 8) {
            Ok(mode) if mode <= 0o777 => Some(mode),
            _ => {
                let message = format!("`{}` is no mode of a socket", word.value);
                return sink.report_with(word.referenced, message, "write three octal digits: 600, 660, 666");
            }
        },
    };
    Some(Address::Unix { path: path.into(), mode })
}
