//! What the parser gets to read: what the screen has let pass, or our own request in the place of a refused one.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, ReadBufCursor};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{Io, PIECE};
use crate::body::Broken;
use crate::screen::Fault;
use crate::server::phase::Phase;

impl<S: AsyncRead + AsyncWrite + Unpin> Read for Io<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, mut buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if this.hand_on(&mut buf) {
                return Poll::Ready(Ok(()));
            }
            if let Some(fault) = this.broken.take() {
                return Poll::Ready(Err(Broken(fault).into()));
            }
            if this.shut {
                return Poll::Pending;
            }
            match this.signals.phase.get() {
                Phase::Http2 => return Poll::Ready(Err(io::ErrorKind::Unsupported.into())),
                Phase::Tunnel => {
                    this.screen.open();
                    this.passed = this.held.len();
                    if this.passed > 0 {
                        continue;
                    }
                }
                Phase::Call => {
                    // Bytes behind a request that asked for another protocol, or a head that has to wait its turn:
                    // one piece of it is enough.
                    if this.screen.is_between() && this.held.len() >= PIECE {
                        return Poll::Pending;
                    }
                }
                _ => {
                    let held = !this.held.is_empty();
                    this.screen.carry_on();
                    // What waited for the answer is the next request.
                    if held && !this.screen.has_begun() {
                        this.screen_held();
                        if this.passed > 0 || this.shut {
                            continue;
                        }
                    }
                }
            }
            let scratch = Rc::clone(&this.scratch);
            let mut scratch = scratch.borrow_mut();
            let room = scratch.len().min(buf.remaining());
            let mut into = ReadBuf::new(scratch.get_mut(..room).unwrap_or_default());
            match Pin::new(&mut this.stream).poll_read(cx, &mut into) {
                Poll::Ready(Ok(())) => {}
                // Whoever is gone has sent nothing wrong.
                Poll::Ready(Err(_)) if this.screen.is_in_body() => {
                    return Poll::Ready(Err(Broken(Fault::Cut).into()));
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    this.wait_to_read();
                    let late = ready!(this.poll_late(cx));
                    // Whoever has begun a request learns why it ends.
                    if this.screen.has_begun() && this.write_by.is_none() {
                        this.refuse(Fault::Late);
                        continue;
                    }
                    return Poll::Ready(Err(late));
                }
            }
            let bytes = into.filled();
            if bytes.is_empty() {
                match this.ended() {
                    Some(end) => return Poll::Ready(end),
                    None => continue,
                }
            }
            this.was_read();
            if !this.held.is_empty() {
                this.held.extend_from_slice(bytes);
                this.screen_held();
                continue;
            }
            let screened = this.screen.screen(bytes);
            let (pass, rest) = bytes.split_at_checked(screened.pass).unwrap_or_default();
            buf.put_slice(pass);
            this.held.extend_from_slice(rest);
            this.heed(screened);
            if !pass.is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Io<S> {
    /// Ready once the client is gone while its call runs and all of its request was read. Bytes of its next request are
    /// kept. To be asked when the parser does not read: asking wakes whoever asks.
    pub(in crate::server) fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while self.signals.phase.get() == Phase::Call
            && self.screen.is_between()
            && self.passed == 0
            && self.held.len() < PIECE
            && !self.shut
        {
            let scratch = Rc::clone(&self.scratch);
            let mut scratch = scratch.borrow_mut();
            let mut into = ReadBuf::new(&mut scratch);
            if ready!(Pin::new(&mut self.stream).poll_read(cx, &mut into)).is_err() {
                return Poll::Ready(());
            }
            match into.filled() {
                [] if self.ended().is_some() => return Poll::Ready(()),
                [] => {}
                bytes => {
                    self.held.extend_from_slice(bytes);
                    self.screen_held();
                }
            }
        }
        Poll::Pending
    }
}
