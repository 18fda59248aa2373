//! Where calls are counted and nonces remembered.

use std::fmt;
use std::time::Duration;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::file::{At, Word};
use super::sink::Sink;
use crate::secret::Secret;
use crate::snapshot::StateConfig;
use crate::state::RedisConfig;

/// Longest that a call may wait for a server of counters before it is refused.
const TIMEOUT: Duration = Duration::from_millis(100);

const PREFIX: &str = "apigw:";

/// Where calls are counted and nonces remembered.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum State {
    /// `memory`, or the address of a server; the latter may hold a password.
    Short(Secret),
    /// With more to say than where the server is.
    Long(Box<Server>),
}

/// A server, and what to do without it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    /// `redis://[user:password@]host[:port][/database]`, `rediss://…` over TLS, or `unix:///run/redis.sock`, with
    /// `?db=1&pass=…` where it needs them.
    pub(crate) redis: At<Secret>,
    /// With `rediss`: file of the certificate authorities that are trusted (PEM); those of the system by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ca: Option<At<Word>>,
    /// From asking to the answer; 100 ms by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<At<Word>>,
    /// What becomes of calls while the server cannot be asked: `refuse` (default) or `pass`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on_failure: Option<At<Word>>,
    /// Before every key; `apigw:` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) prefix: Option<At<Word>>,
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = State;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`memory`, `redis://…` or { redis: …, timeout: …, on_failure: … }")
            }

            fn visit_str<E>(self, text: &str) -> Result<State, E> {
                Ok(State::Short(Secret::from(text)))
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<State, M::Error> {
                Server::deserialize(MapAccessDeserializer::new(map)).map(|server| State::Long(Box::new(server)))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// Reads it.
pub(super) fn compile(state: Option<&At<State>>, sink: &mut Sink) -> StateConfig {
    let Some(state) = state else { return StateConfig::Memory };
    let (url, at) = match &state.value {
        State::Short(word) if word.expose() == b"memory" => return StateConfig::Memory,
        State::Short(url) => (url, state.referenced),
        State::Long(long) => (&long.redis.value, long.redis.referenced),
    };
    // The address is not quoted: it may hold a password.
    let is_address = std::str::from_utf8(url.expose()).is_ok_and(RedisConfig::is_address);
    if !is_address {
        let help =
            "write memory, redis://[user:password@]host[:port][/database], rediss://… or unix:///path?db=…&pass=…";
        sink.report_with::<()>(at, "this is no place for counters", help);
    }
    let mut config =
        RedisConfig { url: url.clone(), authorities: None, timeout: TIMEOUT, fail_open: false, prefix: PREFIX.into() };
    if let State::Long(long) = &state.value {
        config.timeout = sink.duration(long.timeout.as_ref(), TIMEOUT);
        let known = [("refuse", false), ("pass", true)];
        let wanted = long.on_failure.as_ref().and_then(|word| sink.name(word, "way to fail", &known));
        config.fail_open = wanted.unwrap_or(false);
        if let Some((file, text)) =
            long.ca.as_ref().and_then(|file| Some((file, sink.text(file.referenced, &file.value)?)))
        {
            config.authorities = Some(text.into_bytes());
            if is_address && !config.can_trust() {
                let message = format!("`{}` holds no certificate, or `redis` is no rediss://…", file.value);
                sink.report::<()>(file.referenced, message);
            }
        }
        if let Some(prefix) = &long.prefix {
            config.prefix = (&*prefix.value).into();
        }
    }
    StateConfig::Redis(config)
}
