//! A client's connection as the HTTP/2 library sees it: with deadlines.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::frames::{Frames, Within};
use super::streams::Streams;
use crate::alarm::Alarm;
use crate::metrics::{self, Bound};
use crate::snapshot::ConnectionLimits;

/// See the module.
#[derive(Debug)]
pub(super) struct Io<S> {
    stream: S,
    /// What was read before, and how much of it has been handed on.
    held: Vec<u8>,
    handed: usize,
    frames: Frames,
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
    /// Wraps a connection, of which `held` has been read already.
    pub(super) fn new(stream: S, held: Vec<u8>, limits: &ConnectionLimits, streams: Rc<Streams>) -> Self {
        Self {
            stream,
            held,
            handed: 0,
            frames: Frames::new(),
            streams,
            first_byte: limits.first_byte_timeout,
            head: limits.header_timeout,
            write: limits.write_timeout,
            read_by: None,
            write_by: None,
            alarm: Alarm::default(),
        }
    }

    /// Sets the deadline of what the client is in the middle of, once.
    fn wait_to_read(&mut self) {
        let within = self.frames.within();
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
        let before = buf.filled().len();
        if this.handed < this.held.len() {
            let rest = this.held.get(this.handed..).unwrap_or_default();
            let piece = rest.get(..rest.len().min(buf.remaining())).unwrap_or_default();
            buf.put_slice(piece);
            this.handed += piece.len();
            if this.handed == this.held.len() {
                this.held = Vec::new();
                this.handed = 0;
            }
        } else if Pin::new(&mut this.stream).poll_read(cx, buf)?.is_pending() {
            this.wait_to_read();
            return this.poll_late(cx).map(Err);
        }
        this.frames.advance(buf.filled().get(before..).unwrap_or_default());
        // The same may come again before anybody waits: it gets a deadline of its own.
        if this.frames.within() == Within::Other {
            this.read_by = None;
        }
        Poll::Ready(Ok(()))
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
