//! A timer that is set once and used for many deadlines.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until};

/// Setting a timer costs a place in the runtime's wheel. Deadlines mostly move away before they are due, so this one
/// stays where it is while it fires no later than wanted, and is set again when it has fired.
#[derive(Debug, Default)]
pub(super) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Ready once `deadline` has passed.
    pub(super) fn poll(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() > deadline || sleep.is_elapsed() {
            sleep.as_mut().reset(deadline);
        }
        while sleep.as_mut().poll(cx).is_ready() {
            if sleep.deadline() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use super::*;

    #[test]
    fn deadlines_hold_whichever_way_they_move() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap_or_else(|_| std::process::abort());
        runtime.block_on(async {
            let mut alarm = Alarm::default();
            let start = Instant::now();
            for milliseconds in [20, 60, 30, 90] {
                let deadline = start + Duration::from_millis(milliseconds);
                poll_fn(|cx| alarm.poll(deadline, cx)).await;
                assert!(Instant::now() >= deadline, "{milliseconds}");
            }
        });
    }
}
