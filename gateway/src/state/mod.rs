//! What calls count against, and what must be seen only once: rate limits, quotas and nonces.
//!
//! A window opens with the first call of its key and lasts as long as its policy says. Of N calls against M inside it
//! exactly M pass, however many arrive at once and on whichever core or gateway; that is how all three vendors describe
//! their limits (so many per second, minute, hour or day). A quota is the same with a longer window, or with none.
//!
//! Both stores, [`Memory`] and [`Redis`], follow the same rules, so that a policy means the same with either. Only one
//! of them has to wait, and only then is there a future to allocate: see [`Decision`].

mod deferred;
mod memory;
mod redis;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::clock::Timestamp;
use crate::nonce::Remembered;

pub use deferred::DeferredNonces;
pub use memory::Memory;
pub use redis::{Redis, RedisConfig};

/// Kinds of policies that count: two of them may have the same owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A rate limit of a host, in one environment.
    ServiceRate,
    /// A rate limit of a route.
    Rate,
    /// A rate limit of a usage plan, at one route.
    PlanRate,
    /// A quota of a route.
    RouteQuota,
    /// A quota of a usage plan.
    PlanQuota,
}

impl Kind {
    /// Its name in the keys of a shared store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ServiceRate => "service-rate",
            Self::Rate => "rate",
            Self::PlanRate => "plan-rate",
            Self::RouteQuota => "quota",
            Self::PlanQuota => "plan",
        }
    }
}

/// What is counted apart from everything else. It is made of names of the configuration, so it outlives a reload, and
/// two gateways with the same configuration count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CounterKey<'a> {
    /// What kind of policy counts.
    pub kind: Kind,
    /// Whose policy it is: the id of a route or plan.
    pub owner: &'a str,
    /// What is counted apart within the policy: an app's key id, a client's network, or nothing.
    pub subject: &'a str,
}

/// How many calls may pass in which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Calls in one window.
    pub limit: u64,
    /// Its length; `None` for a total that is never renewed.
    pub window: Option<Duration>,
}

/// How a key stands after a call was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether the call may pass.
    pub admitted: bool,
    /// Calls per window.
    pub limit: u64,
    /// Calls left in this window.
    pub remaining: u64,
    /// Until the window closes; [`Duration::MAX`] if it never does.
    pub reset: Duration,
}

/// A store could not be asked in time. It is for the caller to refuse; whoever lets the call pass removes the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the store of counters cannot be reached")]
pub struct Unavailable;

/// What a store answers: at once, or when it has been asked.
pub enum Decision<T> {
    /// The answer. Taken by the first poll.
    Ready(Option<Result<T, Unavailable>>),
    /// Somebody has to be asked.
    Waiting(Pin<Box<dyn Future<Output = Result<T, Unavailable>>>>),
}

impl<T> Decision<T> {
    /// An answer that is there.
    pub const fn ready(value: T) -> Self {
        Self::Ready(Some(Ok(value)))
    }
}

impl<T: Unpin> Future for Decision<T> {
    type Output = Result<T, Unavailable>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            // Whoever polls again after the end finds nobody to ask.
            Self::Ready(answer) => Poll::Ready(answer.take().unwrap_or(Err(Unavailable))),
            Self::Waiting(future) => future.as_mut().poll(cx),
        }
    }
}

impl<T> fmt::Debug for Decision<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ready(_) => "Ready",
            Self::Waiting(_) => "Waiting",
        })
    }
}

/// Where calls are counted and nonces remembered. Each thread has one of these; what they share is their own business.
pub trait State: fmt::Debug {
    /// Counts one call of `key` if fewer than the limit passed in the window that is open, or that it opens.
    ///
    /// `now` is the process's clock; a store of several processes has its own.
    fn admit(&self, key: CounterKey<'_>, allowance: Allowance, now: Instant) -> Decision<Standing>;

    /// Remembers `nonce` of key `key_id` up to and including `until`, unless it is known. Testing and setting are one
    /// step.
    fn remember(&self, key_id: &str, nonce: &str, until: Timestamp, now: Timestamp) -> Decision<Remembered>;
}
