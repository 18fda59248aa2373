//! A client's body on its way to a backend, and whether it can be sent once more.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use hyper::body::{Body, Frame};

use crate::body::Inbound;

/// A part of the body.
#[derive(Debug)]
pub(super) enum Part {
    /// Some of it.
    Data(Bytes),
    /// Its end, with what follows it.
    End(Option<HeaderMap>),
}

/// The client's body could not be read; the body itself knows why.
#[derive(Debug)]
pub(super) struct Broken;

/// How the length of the request is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// There is no body, and none is expected.
    None,
    /// So many bytes.
    Exact(u64),
    /// In chunks.
    Chunked,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Payload {
    inbound: Option<Inbound>,
    length: Length,
    /// The first part that was taken: small bodies have no other, and can be sent again.
    first: Option<Bytes>,
    /// It is to be sent again.
    again: bool,
    /// More was taken than is kept.
    spent: bool,
}

impl Payload {
    /// The body of a request with this method.
    pub(super) fn new(inbound: Inbound, method: &http::Method) -> Self {
        let length = match inbound.size_hint().exact() {
            // A method that is about its body says that there is none.
            Some(0) if ![http::Method::POST, http::Method::PUT, http::Method::PATCH].contains(method) => Length::None,
            Some(length) => Length::Exact(length),
            None => Length::Chunked,
        };
        Self { inbound: Some(inbound), length, first: None, again: false, spent: false }
    }

    /// No body.
    pub(super) fn none() -> Self {
        Self { inbound: None, length: Length::None, first: None, again: false, spent: false }
    }

    /// How its length is told.
    pub(super) fn length(&self) -> Length {
        self.length
    }

    /// True if there is nothing to send.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self.length, Length::None | Length::Exact(0))
    }

    /// Back to the start, if everything that was taken is still known.
    pub(super) fn rewind(&mut self) -> bool {
        self.again = self.first.is_some();
        !self.spent
    }

    /// The next part.
    pub(super) fn poll_part(&mut self, cx: &mut Context<'_>) -> Poll<Result<Part, Broken>> {
        if std::mem::take(&mut self.again)
            && let Some(first) = &self.first
        {
            return Poll::Ready(Ok(Part::Data(first.clone())));
        }
        let Some(inbound) = &mut self.inbound else { return Poll::Ready(Ok(Part::End(None))) };
        let frame = match ready!(Pin::new(inbound).poll_frame(cx)) {
            None => return Poll::Ready(Ok(Part::End(None))),
            Some(Err(_)) => return Poll::Ready(Err(Broken)),
            Some(Ok(frame)) => frame,
        };
        Poll::Ready(Ok(match frame.into_data() {
            Ok(data) => {
                if self.first.is_none() {
                    self.first = Some(data.clone());
                } else {
                    self.spent = true;
                    self.first = None;
                }
                Part::Data(data)
            }
            Err(frame) => {
                self.spent = true;
                Part::End(Frame::into_trailers(frame).ok())
            }
        }))
    }
}
