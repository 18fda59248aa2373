//! Notices that a client is gone while its call runs.
//!
//! hyper would read on to see it, with a buffer taken anew for every call because the one before holds the request.
//! It is told not to ([`half_close`](hyper::server::conn::http1::Builder::half_close)), and what it leaves is done here:
//! whenever it waits, the connection is looked at beside it.

use std::cell::RefCell;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::io::{AsyncRead, AsyncWrite};

use super::io::Io;

/// A client's connection that the parser and [`Watched`] have in common.
#[derive(Debug)]
pub(super) struct Shared<S>(Rc<RefCell<Io<S>>>);

impl<S> Shared<S> {
    /// Wraps it.
    pub(super) fn new(io: Io<S>) -> Self {
        Self(Rc::new(RefCell::new(io)))
    }

    /// Another handle.
    pub(super) fn share(&self) -> Self {
        Self(Rc::clone(&self.0))
    }

    /// The connection, if no other handle is left.
    pub(super) fn into_inner(self) -> Option<Io<S>> {
        Rc::into_inner(self.0).map(RefCell::into_inner)
    }
}

// None of these calls comes back to a handle, so each finds the connection free.
impl<S: AsyncRead + AsyncWrite + Unpin> Read for Shared<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Write for Shared<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.borrow().is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_shutdown(cx)
    }
}

/// A connection that ends as soon as its client is gone.
#[derive(Debug)]
pub(super) struct Watched<S, C> {
    /// What the parser makes of it.
    pub(super) connection: C,
    /// What the parser reads from.
    pub(super) io: Shared<S>,
}

impl<S, C> Future for Watched<S, C>
where
    S: AsyncRead + AsyncWrite + Unpin,
    C: Future<Output = Result<(), hyper::Error>> + Unpin,
{
    type Output = C::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<C::Output> {
        match Pin::new(&mut self.connection).poll(cx) {
            // Its call ends with it, when this is dropped.
            Poll::Pending => self.io.0.borrow_mut().poll_gone(cx).map(Ok),
            over @ Poll::Ready(_) => over,
        }
    }
}
