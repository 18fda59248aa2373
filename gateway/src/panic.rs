//! Panics: a slip of ours costs the call or the connection that met it, and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::metrics;

/// A future panicked. The panic hook has said where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Runs `future` to its end, or to its first panic, which is counted. Afterwards it is dropped, never polled again, so
/// what it left half done is not seen by anybody.
pub(crate) async fn contained<T>(future: impl Future<Output = T>) -> Result<T, Panicked> {
    let mut future = pin!(future);
    std::future::poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        polled.map_or_else(
            |_| {
                metrics::panicked();
                Poll::Ready(Err(Panicked))
            },
            |polled| polled.map(Ok),
        )
    })
    .await
}
