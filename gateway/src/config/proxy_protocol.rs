//! Which listeners demand the PROXY protocol, and of whom, as written and compiled.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::file::{At, Word};
use super::ip_access;
use super::sink::Sink;
use crate::snapshot::ProxySenders;

/// As it is written: `true`, or `{ from: [10.0.0.0/8] }`.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Written {
    /// Of whoever connects, or not at all.
    Demanded(bool),
    /// Of these.
    Of(Senders),
}

/// Whose word is taken.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Senders {
    /// The proxies: networks, and `unix` for whoever comes by a Unix socket. Connections of others are closed.
    pub(crate) from: At<Vec<At<Word>>>,
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false` or { from: [10.0.0.0/8, …] }")
            }

            fn visit_bool<E>(self, demanded: bool) -> Result<Written, E> {
                Ok(Written::Demanded(demanded))
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Written, M::Error> {
                Senders::deserialize(MapAccessDeserializer::new(map)).map(Written::Of)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// Reads it.
pub(super) fn compile(written: Option<&Written>, sink: &mut Sink) -> Option<ProxySenders> {
    match written? {
        Written::Demanded(false) => None,
        Written::Demanded(true) => Some(ProxySenders::Anybody),
        Written::Of(Senders { from }) if from.value.is_empty() => {
            let help = "list the proxies, or write `proxy_protocol: true` where nobody else can connect";
            sink.report_with(from.referenced, "an empty `from` lets nobody connect", help)
        }
        Written::Of(Senders { from }) => Some(ProxySenders::These(ip_access::proxies(&from.value, sink))),
    }
}
