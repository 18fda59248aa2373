//! What the parser writes, and the end of a connection: it is listened to until its last answer was read.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::rt::Write;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::Io;
use crate::server::phase::Phase;

/// Up to so many bytes in several places are copied into one before they are written: that costs less than the kernel's
/// look at a list of places.
const SMALL: usize = 8 << 10;

/// How long, and for how many bytes, a client is listened to after the last answer. Closing while bytes of it are
/// unread would reset the connection, and take the answer from it before it is read.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 16 << 20;

impl<S: AsyncRead + AsyncWrite + Unpin> Write for Io<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let outcome = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.wrote(outcome, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let size: usize = bufs.iter().map(|buf| buf.len()).sum();
        let outcome = if size <= SMALL {
            let mut scratch = this.scratch.borrow_mut();
            let mut end = 0;
            for buf in bufs {
                if let Some(here) = scratch.get_mut(end..end + buf.len()) {
                    here.copy_from_slice(buf);
                    end += buf.len();
                }
            }
            Pin::new(&mut this.stream).poll_write(cx, scratch.get(..end).unwrap_or_default())
        } else {
            Pin::new(&mut this.stream).poll_write_vectored(cx, bufs)
        };
        this.wrote(outcome, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        // hyper may have tried to read the next request just before it let go of this answer's body: then nobody
        // reads again until something arrives, and the wait has to begin here.
        if this.signals.phase.get() == Phase::Between {
            this.wait_to_read();
            if let Poll::Ready(late) = this.poll_late(cx) {
                return Poll::Ready(Err(late));
            }
        }
        // Over TLS, what was written may wait here for the client.
        let outcome = Pin::new(&mut this.stream).poll_flush(cx);
        this.wrote(outcome.map_ok(|()| 0), cx).map_ok(|_| ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        // It is not over; it only goes to somebody else.
        if this.signals.phase.get() == Phase::Http2 {
            return Poll::Ready(Ok(()));
        }
        if this.lingering.is_none() {
            let outcome = Pin::new(&mut this.stream).poll_shutdown(cx);
            ready!(this.wrote(outcome.map_ok(|()| 0), cx))?;
            this.lingering = Some((Instant::now() + LINGER, LINGER_BYTES));
        }
        // Where everything that came was understood there is nothing unread.
        if !this.shut && this.screen.is_between() && this.held.is_empty() {
            return Poll::Ready(Ok(()));
        }
        let scratch = Rc::clone(&this.scratch);
        let mut scratch = scratch.borrow_mut();
        while let Some((until, left)) = this.lingering.filter(|(_, left)| *left > 0) {
            let mut into = ReadBuf::new(&mut scratch);
            match Pin::new(&mut this.stream).poll_read(cx, &mut into) {
                Poll::Ready(Ok(())) if !into.filled().is_empty() => {
                    this.lingering = Some((until, left.saturating_sub(into.filled().len())));
                }
                Poll::Ready(_) => break,
                Poll::Pending => {
                    ready!(this.alarm.poll(until, cx));
                    break;
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}
