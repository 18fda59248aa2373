//! WebSocket: a handshake that both sides must mean, then bytes either way.
//!
//! A tunnel opens only after the backend's own 101, and only if its `Sec-WebSocket-Accept` shows that it has read this
//! handshake (RFC 6455, section 4.1): a backend that says 101 to anything would let a client speak to it unchecked.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::time::{Instant, sleep_until};

use super::failure::BadResponse;
use super::head::Head;
use super::idle::InUse;
use super::stream::Stream;
use crate::fields::Fields;

/// What RFC 6455 appends to a key.
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Read at once.
const PIECE: usize = 16 << 10;

/// A client's wish to speak WebSocket.
#[derive(Debug)]
pub(crate) struct Handshake {
    accept: String,
}

impl Handshake {
    /// Reads it from a request; `None` if there is none.
    pub(crate) fn of(parts: &Parts) -> Option<Self> {
        let key = parts.headers.get(SEC_WEBSOCKET_KEY)?;
        let asks = parts.method == Method::GET
            && parts.version == Version::HTTP_11
            && names(&parts.headers, &CONNECTION, "upgrade")
            && names(&parts.headers, &UPGRADE, "websocket");
        let accept = digest(&SHA1_FOR_LEGACY_USE_ONLY, &[key.as_bytes(), GUID].concat());
        asks.then(|| Self { accept: STANDARD.encode(accept) })
    }

    /// Asks the backend for it.
    pub(crate) fn ask(fields: &mut Fields) {
        fields.set_text(CONNECTION, b"Upgrade");
        fields.set_text(UPGRADE, b"websocket");
    }

    /// Adds to a 101 for the client the fields that belong to one hop, which were removed with the backend's.
    pub(crate) fn write(headers: &mut HeaderMap) {
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    }

    /// Looks at a backend's 101.
    fn check(&self, head: &Head) -> Result<(), BadResponse> {
        if !names(&head.headers, &CONNECTION, "upgrade") || !names(&head.headers, &UPGRADE, "websocket") {
            return Err(BadResponse::Upgrade);
        }
        let mut accepts = head.headers.get_all(SEC_WEBSOCKET_ACCEPT).iter();
        match (accepts.next(), accepts.next()) {
            (Some(accept), None) if *accept == *self.accept => Ok(()),
            _ => Err(BadResponse::WebSocketAccept),
        }
    }
}

/// Looks at the head of an answer: it switches protocols if, and only if, that was asked for.
pub(super) fn check(head: Option<&Head>, asked: Option<&Handshake>) -> Result<(), BadResponse> {
    let Some(head) = head.filter(|head| head.status == StatusCode::SWITCHING_PROTOCOLS) else { return Ok(()) };
    asked.ok_or(BadResponse::Upgrade)?.check(head)
}

/// True if one of the lists of this name names `wanted`.
fn names(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    let lists = headers.get_all(name).iter();
    let mut words = lists.flat_map(|list| list.as_bytes().split(|byte| *byte == b','));
    words.any(|word| word.trim_ascii().eq_ignore_ascii_case(wanted.as_bytes()))
}

/// A backend's end of a tunnel.
#[derive(Debug)]
pub(crate) struct Tunnel {
    stream: Stream,
    /// What the backend sent right behind its 101.
    early: Bytes,
    /// How long both ends may be silent.
    patience: Duration,
    _in_use: InUse,
}

impl Tunnel {
    pub(super) fn new(stream: Stream, early: Bytes, patience: Duration, in_use: InUse) -> Self {
        Self { stream, early, patience, _in_use: in_use }
    }

    /// Carries bytes until both ends are done, one fails, or both are silent for too long. `early` is what the client
    /// sent right behind its request.
    pub(crate) async fn carry<C>(self, client: C, early: Bytes)
    where
        C: AsyncRead + AsyncWrite + Unpin,
    {
        let alive = Rc::new(Cell::new(Instant::now()));
        let (from_client, to_client) = split(client);
        let (from_backend, to_backend) = split(self.stream);
        let both = async {
            tokio::try_join!(
                pump(early, from_client, to_backend, &alive),
                pump(self.early, from_backend, to_client, &alive),
            )
        };
        let silence = async {
            while alive.get() + self.patience > Instant::now() {
                sleep_until(alive.get() + self.patience).await;
            }
        };
        tokio::select! {
            // However it ends: both sockets close, and each end knows.
            _ = both => {}
            () = silence => {}
        }
    }
}

/// Carries bytes one way, and then says that there are no more.
async fn pump(
    early: Bytes,
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    alive: &Cell<Instant>,
) -> io::Result<()> {
    to.write_all(&early).await?;
    to.flush().await?;
    let mut piece = vec![0; PIECE];
    loop {
        let read = from.read(&mut piece).await?;
        alive.set(Instant::now());
        if read == 0 {
            return to.shutdown().await;
        }
        to.write_all(piece.get(..read).unwrap_or_default()).await?;
        to.flush().await?;
        alive.set(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn handshake(fields: &[(&str, &str)]) -> Option<Handshake> {
        let mut request = Request::builder();
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        Handshake::of(&request.body(()).ok()?.into_parts().0)
    }

    #[test]
    fn the_accept_of_the_standard() {
        let asked = handshake(&[
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ]);
        // RFC 6455, section 1.3.
        assert_eq!(asked.map(|asked| asked.accept), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".to_owned()));
    }

    #[test]
    fn both_fields_and_a_key_make_a_handshake() {
        let (connection, upgrade, key) =
            (("connection", "upgrade"), ("upgrade", "websocket"), ("sec-websocket-key", "x"));
        assert!(handshake(&[connection, upgrade, key]).is_some());
        for without in [&[upgrade, key], &[connection, key], &[connection, upgrade]] {
            assert!(handshake(without).is_none(), "{without:?}");
        }
        assert!(handshake(&[connection, ("upgrade", "h2c"), key]).is_none());
    }
}
