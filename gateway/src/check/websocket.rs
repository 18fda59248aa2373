//! A WebSocket API is called with a whole opening handshake (RFC 6455, section 4.1), and only such an API is.

use apigw_errors::{Condition, ConditionId};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONNECTION, HeaderName, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, Method, Version};

use super::{CheckInfo, Phase, Verdict, what};
use crate::snapshot::{Host, Route};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::websocket",
    phase: Phase::Route,
    what: what(
        "Holds calls to a WebSocket API to a whole opening handshake, and lets no other API be called with one.",
        "要求对 WebSocket API 的调用带有完整的握手请求头，其他 API 则不接受握手。",
    ),
    raises: &[
        ConditionId::RequestProtocol,
        ConditionId::RequestWebsocket,
        ConditionId::RequestWebsocketKeyMissing,
        ConditionId::RequestWebsocketVersionMissing,
    ],
};

/// The only version there is (RFC 6455, section 11.6).
const VERSION: &[u8] = b"13";

/// Bytes of a key.
const KEY: usize = 16;

/// Looks at the handshake, or for one that the API does not take.
///
/// A client that merely offers another protocol (`Upgrade: h2c`) is answered in the one it used.
///
/// # Errors
/// [`Condition::RequestProtocol`], [`Condition::RequestWebsocket`] and its children.
pub(crate) fn check(host: &Host, route: &Route, parts: &Parts) -> Verdict {
    if !route.websocket {
        if parts.headers.contains_key(UPGRADE) && lists(&parts.headers, &UPGRADE, b"websocket") {
            let supported = host.protocols.as_str().into();
            return Err(Condition::RequestProtocol { protocol: "WEBSOCKET".into(), supported });
        }
        return Ok(());
    }
    let given = |name: &HeaderName| parts.headers.get(name).filter(|value| !value.is_empty());
    let once = |name: &HeaderName| parts.headers.get_all(name).iter().nth(1).is_none();
    let key = given(&SEC_WEBSOCKET_KEY).ok_or(Condition::RequestWebsocketKeyMissing)?;
    let version = given(&SEC_WEBSOCKET_VERSION).ok_or(Condition::RequestWebsocketVersionMissing)?;
    let whole = parts.method == Method::GET
        && parts.version == Version::HTTP_11
        && lists(&parts.headers, &UPGRADE, b"websocket")
        && lists(&parts.headers, &CONNECTION, b"upgrade")
        && once(&SEC_WEBSOCKET_KEY)
        && once(&SEC_WEBSOCKET_VERSION)
        && version.as_bytes() == VERSION
        && STANDARD.decode(key.as_bytes()).is_ok_and(|key| key.len() == KEY);
    if whole { Ok(()) } else { Err(Condition::RequestWebsocket) }
}

/// True if a field that is a list names `wanted`, in whatever case.
fn lists(headers: &HeaderMap, field: &HeaderName, wanted: &[u8]) -> bool {
    let names = headers.get_all(field).iter().flat_map(|list| list.as_bytes().split(|byte| *byte == b','));
    names.map(<[u8]>::trim_ascii).any(|name| name.eq_ignore_ascii_case(wanted))
}
