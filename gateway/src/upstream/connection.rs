//! One connection to a backend, and one exchange at a time over it.
//!
//! This is an HTTP/1.1 client without tasks, channels and locks: whoever waits for the answer drives it, so a call that
//! is dropped takes its connection with it, and a call that succeeds wakes nobody but itself. What a backend may send is
//! decided here and in [`super::head`]; nothing of an answer is relayed before its head was understood.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tokio::io::AsyncReadExt;
use tokio::time::Instant;

use super::chunked::{Chunked, Piece};
use super::failure::Failure;
use super::head::{Framing, Head, HeadReader};
use super::payload::Payload;
use super::request::Request;
use super::stream::Stream;
use super::upload::{Unsent, Upload};
use crate::alarm::Alarm;

/// Read at once, at first. Large bodies get more.
const READ: usize = 8 << 10;

/// Read at once, at most.
const MOST_READ: usize = 64 << 10;

/// Interim answers before the one that counts.
const MOST_INTERIM: u32 = 64;

/// A connection. One that is idle holds its buffers, and nothing of its last exchange.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: Stream,
    /// Read and not yet used.
    read: BytesMut,
    /// Read at once from now on.
    appetite: usize,
    reader: HeadReader,
    /// For the fields of the answer's head.
    room: HeaderMap,
    /// The answer's head, until somebody takes it. It stays here because answers pass through many hands.
    head: Option<Head>,
    interim: u32,
    /// Nobody has looked for the answer yet.
    is_new: bool,
    upload: Upload,
    download: Download,
    alarm: Alarm,
}

/// The answer's body, as far as it still has to be read.
#[derive(Debug, Clone, Copy)]
enum Download {
    Over,
    Length(u64),
    Chunked(Chunked),
    Close,
}

/// What the answer's body goes on with.
#[derive(Debug)]
pub(super) enum Next {
    Data(Bytes),
    Trailers(HeaderMap),
    End,
}

/// Why the answer's body broke off.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Break {
    /// The connection ended, or what came over it is no body.
    #[error("the backend broke off its answer")]
    Backend(#[source] Option<io::Error>),
    /// The request's body broke off, so that the answer means nothing.
    #[error("the client broke off its request")]
    Client,
}

impl Connection {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream,
            read: BytesMut::new(),
            appetite: READ,
            reader: HeadReader::default(),
            room: HeaderMap::new(),
            head: None,
            interim: 0,
            is_new: true,
            upload: Upload::default(),
            download: Download::Over,
            alarm: Alarm::default(),
        }
    }

    /// True if it can take a request. See [`Stream::is_quiet`].
    pub(super) fn is_fresh(&mut self, surely: bool) -> bool {
        self.read.is_empty() && self.stream.is_quiet(surely)
    }

    /// Takes a request, to be sent as the answer is waited for.
    pub(super) fn begin(&mut self, request: &mut Request, host: &HeaderValue, payload: Payload) {
        self.upload.begin(request, host, payload);
        self.room = std::mem::take(&mut request.room);
        self.reader.forget();
        self.head = None;
        self.interim = 0;
        self.is_new = true;
    }

    /// Takes the payload back after a failure.
    pub(super) fn take_payload(&mut self) -> Option<Payload> {
        self.upload.take_payload()
    }

    /// True if the backend may have read something of the request.
    pub(super) fn was_sent(&self) -> bool {
        self.upload.sent() > 0
    }

    /// True if nothing of an answer has arrived.
    pub(super) fn is_unanswered(&self) -> bool {
        self.read.is_empty() && self.interim == 0
    }

    /// Sends, and waits for the head of the answer until `deadline`. With each piece that goes out later, the deadline
    /// moves to `patience` from then, but not beyond `until`. The head is to be [taken](Self::take_head).
    pub(super) fn poll_head(
        &mut self,
        method: &Method,
        deadline: &mut Instant,
        until: Option<Instant>,
        patience: Duration,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Failure>> {
        if !self.upload.is_over() {
            let sent = self.upload.sent();
            // A backend that has seen enough may stop reading, say why, and close: then its answer is still to be read.
            if matches!(self.upload.poll(&mut self.stream, cx), Poll::Ready(Err(Unsent::Client))) {
                return Poll::Ready(Err(Failure::Client));
            }
            // What goes out at once goes out at the time that the deadline was counted from.
            if self.upload.sent() > sent && !self.is_new {
                let later = Instant::now() + patience;
                *deadline = until.map_or(later, |until| until.min(later));
            }
        }
        self.is_new = false;
        loop {
            if !self.read.is_empty()
                && let Some(head) = self.reader.read(&mut self.read, method, &mut self.room).map_err(Failure::from)?
            {
                if head.status == StatusCode::SWITCHING_PROTOCOLS || !head.status.is_informational() {
                    self.download = match head.framing {
                        Framing::Length(0) => Download::Over,
                        Framing::Length(length) => Download::Length(length),
                        Framing::Chunked => Download::Chunked(Chunked::default()),
                        Framing::Close => Download::Close,
                    };
                    self.head = Some(head);
                    return Poll::Ready(Ok(()));
                }
                self.interim += 1;
                if self.interim > MOST_INTERIM {
                    return Poll::Ready(Err(Failure::Interim(MOST_INTERIM)));
                }
                continue;
            }
            match self.poll_read(cx) {
                Poll::Ready(Ok(0) | Err(_)) => {
                    // What begins as an answer and ends in its head is broken; nothing at all is a connection lost.
                    return Poll::Ready(Err(Failure::Reset));
                }
                Poll::Ready(Ok(_)) => {}
                Poll::Pending => break,
            }
        }
        self.alarm.poll(*deadline, cx).map(|()| Err(Failure::Timeout))
    }

    /// The answer's head, once it was found.
    pub(super) fn head(&self) -> Option<&Head> {
        self.head.as_ref()
    }

    /// The same, once.
    pub(super) fn take_head(&mut self) -> Option<Head> {
        self.head.take()
    }

    /// The next part of the answer's body, while the rest of the request is sent.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Next, Break>> {
        if matches!(self.upload.poll(&mut self.stream, cx), Poll::Ready(Err(Unsent::Client))) {
            return Poll::Ready(Err(Break::Client));
        }
        loop {
            match &mut self.download {
                Download::Over => return Poll::Ready(Ok(Next::End)),
                Download::Length(left) if !self.read.is_empty() => {
                    let here = usize::try_from(*left).unwrap_or(usize::MAX).min(self.read.len());
                    *left -= u64::try_from(here).unwrap_or(*left);
                    if *left == 0 {
                        self.download = Download::Over;
                    }
                    return Poll::Ready(Ok(Next::Data(self.read.split_to(here).freeze())));
                }
                Download::Close if !self.read.is_empty() => {
                    return Poll::Ready(Ok(Next::Data(self.read.split().freeze())));
                }
                Download::Chunked(chunked) => match chunked.next(&mut self.read) {
                    Ok(Piece::Data(data)) => return Poll::Ready(Ok(Next::Data(data))),
                    Ok(Piece::End(trailers)) => {
                        self.download = Download::Over;
                        return Poll::Ready(Ok(trailers.map_or(Next::End, Next::Trailers)));
                    }
                    Ok(Piece::More) => {}
                    Err(_) => return Poll::Ready(Err(Break::Backend(None))),
                },
                Download::Length(_) | Download::Close => {}
            }
            match ready!(self.poll_read(cx)) {
                Ok(0) if matches!(self.download, Download::Close) => {
                    self.download = Download::Over;
                    return Poll::Ready(Ok(Next::End));
                }
                Ok(0) => return Poll::Ready(Err(Break::Backend(None))),
                Ok(_) => {}
                Err(error) => return Poll::Ready(Err(Break::Backend(Some(error)))),
            }
        }
    }

    /// Ready once `deadline` has passed.
    pub(super) fn poll_late(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        self.alarm.poll(deadline, cx)
    }

    /// True once the answer's body was read to its end.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.download, Download::Over)
    }

    /// What is known of the length of the rest of the answer's body.
    pub(super) fn left(&self) -> Option<u64> {
        match self.download {
            Download::Over => Some(0),
            Download::Length(left) => Some(left),
            Download::Chunked(_) | Download::Close => None,
        }
    }

    /// True if another exchange can follow: both sides of this one are over, and nothing was sent beyond its end.
    pub(super) fn is_reusable(&self) -> bool {
        self.is_over() && self.upload.is_sent() && self.read.is_empty()
    }

    /// Forgets the exchange before the connection waits for the next.
    pub(super) fn rest(&mut self) {
        self.upload.take_payload();
        self.alarm.rest();
        self.appetite = READ;
    }

    /// The socket, and what was read from it beyond the head.
    pub(super) fn into_stream(self) -> (Stream, Bytes) {
        (self.stream, self.read.freeze())
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.read.capacity() - self.read.len() < self.appetite / 2 {
            self.read.reserve(self.appetite);
        }
        let spare = self.read.capacity() - self.read.len();
        // The future holds nothing of its own, so it can be made anew for each poll.
        let read = ready!(pin!(self.stream.read_buf(&mut self.read)).poll(cx))?;
        // Whoever fills what we offer has more.
        if read == spare {
            self.appetite = (self.appetite * 2).min(MOST_READ);
        }
        Poll::Ready(Ok(read))
    }
}
