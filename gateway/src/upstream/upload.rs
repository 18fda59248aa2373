//! A request on its way to a backend, as far as it still has to be sent.

use std::io::IoSlice;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http::HeaderValue;
use tokio::io::AsyncWrite;

use super::payload::{Length, Part, Payload};
use super::request::{self, Request};
use super::stream::Stream;

/// Parts of a chunked body up to this size are copied together, so that they go out in one write.
const SMALL: usize = 4 << 10;

/// So many bytes are gathered before they are written.
const GATHERED: usize = 16 << 10;

/// Why a request could not be sent to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsent {
    /// The client's body broke off.
    Client,
    /// The backend takes no more.
    Backend,
}

/// See the module. Its buffer outlives the exchange.
#[derive(Debug, Default)]
pub(super) struct Upload {
    payload: Option<Payload>,
    chunked: bool,
    /// Of a body of known length: bytes that are still to be taken from the payload.
    left: u64,
    /// Head and framing; goes out before `data`.
    text: Vec<u8>,
    /// How much of `text` went out.
    written: usize,
    data: Bytes,
    /// `data` is a chunk whose end still has to be written.
    in_chunk: bool,
    /// Everything was taken from the payload.
    taken: bool,
    over: Option<Result<(), Unsent>>,
    sent: u64,
}

impl Upload {
    /// Takes a request.
    pub(super) fn begin(&mut self, request: &Request, host: &HeaderValue, payload: Payload) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        let length = payload.length();
        request::head(request, host, length, &mut text);
        let left = if let Length::Exact(length) = length { length } else { 0 };
        let chunked = length == Length::Chunked;
        let taken = payload.is_empty();
        *self = Self { payload: Some(payload), chunked, left, text, taken, ..Self::default() };
    }

    /// Takes the payload back.
    pub(super) fn take_payload(&mut self) -> Option<Payload> {
        self.payload.take()
    }

    /// Bytes that went out.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// True once nothing more goes out.
    pub(super) fn is_over(&self) -> bool {
        self.over.is_some()
    }

    /// True once all of it went out.
    pub(super) fn is_sent(&self) -> bool {
        self.over == Some(Ok(()))
    }

    /// Sends what can be sent. Ready once nothing more goes out.
    pub(super) fn poll(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<Result<(), Unsent>> {
        let over = match self.over {
            Some(over) => over,
            None => ready!(self.poll_write(stream, cx)),
        };
        self.over = Some(over);
        Poll::Ready(over)
    }

    fn poll_write(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<Result<(), Unsent>> {
        loop {
            let waits = self.fill(cx)?;
            let text = self.text.get(self.written..).unwrap_or_default();
            let wrote = match (text, &*self.data) {
                ([], []) if waits => return Poll::Pending,
                ([], []) => return Pin::new(stream).poll_flush(cx).map_err(|_| Unsent::Backend),
                ([], data) => Pin::new(&mut *stream).poll_write(cx, data),
                (text, []) => Pin::new(&mut *stream).poll_write(cx, text),
                (text, data) => {
                    Pin::new(&mut *stream).poll_write_vectored(cx, &[IoSlice::new(text), IoSlice::new(data)])
                }
            };
            let Ok(wrote @ 1..) = ready!(wrote) else { return Poll::Ready(Err(Unsent::Backend)) };
            self.sent = self.sent.saturating_add(u64::try_from(wrote).unwrap_or(u64::MAX));
            let of_text = wrote.min(text.len());
            self.written += of_text;
            self.data.advance(wrote - of_text);
            if self.written == self.text.len() {
                self.text.clear();
                self.written = 0;
            }
        }
    }

    /// Takes from the payload what is to be written next. True if more will come, and is not there yet.
    fn fill(&mut self, cx: &mut Context<'_>) -> Result<bool, Unsent> {
        while self.data.is_empty() && self.text.len() < GATHERED {
            if std::mem::take(&mut self.in_chunk) {
                self.text.extend_from_slice(b"\r\n");
            }
            if self.taken {
                return Ok(false);
            }
            let Some(payload) = &mut self.payload else { return Err(Unsent::Client) };
            let Poll::Ready(part) = payload.poll_part(cx) else { return Ok(true) };
            match part.map_err(|_| Unsent::Client)? {
                Part::Data(data) if data.is_empty() => {}
                Part::Data(data) if !self.chunked => {
                    let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
                    self.left = self.left.checked_sub(length).ok_or(Unsent::Client)?;
                    self.taken = self.left == 0;
                    self.data = data;
                }
                Part::Data(data) => {
                    request::chunk_size(data.len(), &mut self.text);
                    self.in_chunk = true;
                    if data.len() <= SMALL {
                        self.text.extend_from_slice(&data);
                    } else {
                        self.data = data;
                    }
                }
                // Less than was promised.
                Part::End(_) if self.left > 0 => return Err(Unsent::Client),
                Part::End(trailers) => {
                    self.taken = true;
                    if self.chunked {
                        request::last_chunk(trailers.as_ref(), &mut self.text);
                    }
                }
            }
        }
        Ok(false)
    }
}
