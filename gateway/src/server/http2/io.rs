//! A client's connection as the HTTP/2 library sees it: screened, and with deadlines.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::screen::{Screen, Within};
use super::streams::Streams;
use crate::alarm::Alarm;
use crate::metrics::{self, Bound};
use crate::snapshot::ConnectionLimits;

/// Bytes read at a time while some are held.
const PIECE: usize = 16 << 10;

/// See the module.
#[derive(Debug)]
pub(super) struct Io<S> {
    stream: S,
    screen: Screen,
    /// What was read and may not be handed on yet.
    held: Vec<u8>,
    /// What may, and how much of it has been.
    passed: Vec<u8>,
    handed: usize,
    streams: Rc<Streams>,
    first_byte: Duration,
    head: Duration,
    write: Duration,
    /// When what the client is in the middle of has to be over.
    read_by: Option<(Within, Instant)>,
    /// When a byte must have been taken.
    write_by: Option<Instant>,
    alarm: Alarm,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Io<S> {
    /// Wraps a connection, of which `held` has been read already. A head may take `most` bytes.
    pub(super) fn new(stream: S, held: Vec<u8>, most: usize, limits: &ConnectionLimits, streams: Rc<Streams>) -> Self {
        let mut io = Self {
            stream,
            screen: Screen::new(most),
            held,
            passed: Vec::new(),
            handed: 0,
            streams,
            first_byte: limits.first_byte_timeout,
            head: limits.header_timeout,
            write: limits.write_timeout,
            read_by: None,
            write_by: None,
            alarm: Alarm::default(),
        };
        io.sift();
        io
    }

    /// Looks at what is held.
    fn sift(&mut self) {
        if !self.held.is_empty() && self.screen.sift(&mut self.held, &mut self.passed) {
            self.streams.refuse();
        }
    }

    /// Sets the deadline of what the client is in the middle of, once.
    fn wait_to_read(&mut self) {
        let within = self.screen.within();
        if self.read_by.is_some_and(|(since, _)| since == within) {
            return;
        }
        let patience = match within {
            Within::Preface => self.first_byte,
            Within::Head => self.head,
            Within::Other => {
                self.read_by = None;
                return;
            }
        };
        self.read_by = Some((within, Instant::now() + patience));
    }

    /// Ready when a deadline has passed.
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let read_by = self.read_by.map(|(_, by)| by);
        let Some(nearest) = read_by.into_iter().chain(self.write_by).min() else { return Poll::Pending };
        ready!(self.alarm.poll(nearest, cx));
        metrics::hit(match self.read_by {
            Some((Within::Preface, by)) if by == nearest => Bound::FirstByteTimeout,
            Some((_, by)) if by == nearest => Bound::HeaderTimeout,
            _ => Bound::WriteTimeout,
        });
        Poll::Ready(io::ErrorKind::TimedOut.into())
    }

    fn wrote(&mut self, outcome: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(outcome) = outcome {
            self.write_by = None;
            if outcome.as_ref().is_ok_and(|count| *count > 0) {
                self.streams.wrote();
            }
            return Poll::Ready(outcome);
        }
        self.write_by.get_or_insert_with(|| Instant::now() + self.write);
        self.poll_late(cx).map(Err)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Io<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if this.handed < this.passed.len() {
                let rest = this.passed.get(this.handed..).unwrap_or_default();
                let piece = rest.get(..rest.len().min(buf.remaining())).unwrap_or_default();
                buf.put_slice(piece);
                this.handed += piece.len();
                if this.handed == this.passed.len() {
                    this.passed = Vec::new();
                    this.handed = 0;
                }
                return Poll::Ready(Ok(()));
            }
            let before = buf.filled().len();
            let is_over = if this.held.is_empty() {
                let is_pending = Pin::new(&mut this.stream).poll_read(cx, buf)?.is_pending();
                if is_pending {
                    this.wait_to_read();
                    return this.poll_late(cx).map(Err);
                }
                let bytes = buf.filled().get(before..).unwrap_or_default();
                let passed = this.screen.pass(bytes);
                this.held.extend_from_slice(bytes.get(passed..).unwrap_or_default());
                let is_over = bytes.is_empty();
                buf.set_filled(before + passed);
                is_over
            } else {
                let mut piece = [0; PIECE];
                let mut more = ReadBuf::new(&mut piece);
                if Pin::new(&mut this.stream).poll_read(cx, &mut more)?.is_pending() {
                    this.wait_to_read();
                    return this.poll_late(cx).map(Err);
                }
                this.held.extend_from_slice(more.filled());
                more.filled().is_empty()
            };
            this.sift();
            // The same may come again before anybody waits: it gets a deadline of its own.
            if this.screen.within() == Within::Other {
                this.read_by = None;
            }
            // The end, or something: what is nothing would be taken for the end.
            if is_over || buf.filled().len() > before {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Io<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.wrote(outcome, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.wrote(outcome, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(cx);
        self.wrote(outcome.map_ok(|()| 0), cx).map_ok(|_| ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.wrote(outcome.map_ok(|()| 0), cx).map_ok(|_| ())
    }
}
