//! How a server fares: what calls have shown (passive), and what probes have shown (active).
//!
//! All threads share this. On the path of a call that succeeds it is only read, so the threads do not take the cache
//! line from each other; it is written when something fails or recovers.

use std::sync::LazyLock;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
use std::time::{Duration, Instant};

use crate::snapshot::{Ejection, Probe};

/// Milliseconds since the process first asked. Never 0, which stands for "not ejected".
pub(super) fn now() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1)
}

/// How a server fares.
#[derive(Debug, Default)]
pub struct Health {
    /// Calls in a row that failed.
    failures: AtomicU32,
    /// Ejections in a row, without a success between them.
    ejections: AtomicU32,
    /// When it may be tried again; 0 if it is in service.
    ejected_until: AtomicU64,
    /// A call is out that tries it again.
    on_trial: AtomicBool,
    /// Probes say that it is down.
    down: AtomicBool,
    /// Probes in a row that say other than `down`.
    streak: AtomicU32,
}

impl Health {
    /// True if calls go to it as they would to any other: it is neither left out nor on trial.
    pub(crate) fn is_in_service(&self) -> bool {
        !self.down.load(Relaxed) && self.ejected_until.load(Relaxed) == 0
    }

    /// True if it can be chosen: in service, or due for a trial.
    pub(super) fn is_usable(&self, now: u64) -> bool {
        !self.down.load(Relaxed) && self.ejected_until.load(Relaxed) <= now
    }

    /// Asks to call it, when it was chosen. Of all callers that find it due for a trial one gets through; if that trial
    /// fails, it is ejected for longer, and the others never stormed it.
    pub(super) fn admit(&self, now: u64, ejection: &Ejection) -> bool {
        let until = self.ejected_until.load(Relaxed);
        if until == 0 {
            return true;
        }
        // Should the trial never be reported, the next is due after the same time again.
        let next = now.saturating_add(millis(ejection.time));
        let admitted = until <= now && self.ejected_until.compare_exchange(until, next, Relaxed, Relaxed).is_ok();
        if admitted {
            self.on_trial.store(true, Relaxed);
        }
        admitted
    }

    /// A call went well.
    pub(super) fn succeeded(&self) {
        if self.failures.load(Relaxed) != 0 {
            self.failures.store(0, Relaxed);
        }
        if self.ejected_until.load(Relaxed) != 0 {
            self.reset();
        }
    }

    fn reset(&self) {
        self.ejected_until.store(0, Relaxed);
        self.ejections.store(0, Relaxed);
        self.on_trial.store(false, Relaxed);
    }

    /// A call failed. True if that ejects it.
    pub(super) fn failed(&self, now: u64, ejection: &Ejection) -> bool {
        let failures = self.failures.fetch_add(1, Relaxed).saturating_add(1);
        let is_out = self.ejected_until.load(Relaxed) != 0;
        // Calls that were on their way when it was ejected end here too, and say nothing new; its trial does.
        if !if is_out { self.on_trial.swap(false, Relaxed) } else { failures >= ejection.failures } {
            return false;
        }
        let before = self.ejections.fetch_add(1, Relaxed);
        let time = ejection.time.saturating_mul(1 << before.min(16)).min(ejection.longest);
        self.ejected_until.store(now.saturating_add(millis(time)), Relaxed);
        true
    }

    /// A probe came back. True if that changes whether it is called.
    pub(super) fn probed(&self, good: bool, probe: &Probe) -> bool {
        let down = self.down.load(Relaxed);
        if good != down {
            self.streak.store(0, Relaxed);
            return false;
        }
        let streak = self.streak.fetch_add(1, Relaxed).saturating_add(1);
        if streak < if down { probe.healthy } else { probe.unhealthy } {
            return false;
        }
        self.streak.store(0, Relaxed);
        self.down.store(!down, Relaxed);
        if down {
            // It has proved itself: what calls saw before is out of date.
            self.failures.store(0, Relaxed);
            self.reset();
        }
        true
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EJECTION: Ejection =
        Ejection { failures: 3, time: Duration::from_millis(100), longest: Duration::from_millis(300) };

    #[test]
    fn failures_in_a_row_eject_and_one_success_forgives() {
        let health = Health::default();
        assert!(!health.failed(1, &EJECTION) && !health.failed(1, &EJECTION));
        health.succeeded();
        assert!(!health.failed(1, &EJECTION) && !health.failed(1, &EJECTION));
        assert!(health.is_usable(1));
        assert!(health.failed(1, &EJECTION));
        assert!(!health.is_usable(100) && health.is_usable(101));
    }

    #[test]
    fn one_trial_at_a_time_and_each_failure_doubles_the_wait() {
        let health = Health::default();
        for _ in 0..3 {
            health.failed(1, &EJECTION);
        }
        assert!(!health.failed(50, &EJECTION), "a call that was on its way when it was ejected");
        assert!(health.admit(101, &EJECTION));
        assert!(!health.admit(101, &EJECTION), "a second call while the trial is out");
        assert!(health.failed(102, &EJECTION));
        assert!(!health.is_usable(301) && health.is_usable(302));
        for (now, back) in [(302, 602), (700, 1000)] {
            assert!(health.admit(now, &EJECTION));
            assert!(health.failed(now, &EJECTION));
            assert!(!health.is_usable(back - 1) && health.is_usable(back), "never longer than the longest");
        }
        assert!(health.admit(1000, &EJECTION));
        health.succeeded();
        assert!(health.admit(1001, &EJECTION) && health.admit(1001, &EJECTION));
    }

    #[test]
    fn probes_decide_by_their_thresholds() {
        let probe = Probe {
            path: http::uri::PathAndQuery::from_static("/"),
            interval: Duration::ZERO,
            timeout: Duration::ZERO,
            healthy: 2,
            unhealthy: 3,
        };
        let health = Health::default();
        let seen: Vec<bool> = [false, false, true, false, false, false, true, false, true, true]
            .map(|good| {
                health.probed(good, &probe);
                health.is_usable(1)
            })
            .into();
        assert_eq!(seen, [true, true, true, true, true, false, false, false, false, true]);
    }
}
