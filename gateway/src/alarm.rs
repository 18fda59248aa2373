//! A timer that is set once and used for many deadlines.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::time::{Instant, Sleep, sleep_until};

/// Setting a timer costs a place in the runtime's wheel, and asking it registers who asks. Deadlines mostly move away
/// before they are due, so this one stays where it is while it fires no later than wanted, and is set again when it has
/// fired; and whoever it will wake anyway does not ask it.
#[derive(Debug, Default)]
pub(crate) struct Alarm {
    sleep: Option<Pin<Box<Sleep>>>,
    /// Whom it wakes as it is set now.
    wakes: Option<Waker>,
}

impl Alarm {
    /// Ready once `deadline` has passed.
    pub(crate) fn poll(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        } else if !sleep.is_elapsed() && self.wakes.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            return Poll::Pending;
        }
        self.wakes = None;
        while sleep.as_mut().poll(cx).is_ready() {
            if sleep.deadline() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
        self.wakes = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Forgets whom it would wake: a connection that waits for its next call keeps nothing of the last caller.
    pub(crate) fn rest(&mut self) {
        self.wakes = None;
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
