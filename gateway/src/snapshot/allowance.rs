//! How often may be called: rates, quotas, and the usage plans that set both.

use std::time::Duration;

use http::HeaderValue;

use crate::state::{Allowance, Kind};

/// A usage plan.
#[derive(Debug)]
pub struct Plan {
    /// Its id, as a header field has it.
    pub id: HeaderValue,
    /// The environments that it covers; `None` is all.
    pub environments: Option<Box<[Box<str>]>>,
    /// Whether it is switched off.
    pub disabled: bool,
    /// How often each key may call each API.
    pub rate: Option<Rate>,
    /// How often its keys may call altogether.
    pub quota: Option<Quota>,
}

impl Plan {
    /// True if it holds in this environment.
    pub fn covers(&self, environment: &str) -> bool {
        self.environments.as_ref().is_none_or(|names| names.iter().any(|name| **name == *environment))
    }
}

/// How often an API may be called.
#[derive(Debug)]
pub struct Rate {
    /// Calls per window.
    pub limit: u64,
    /// The window.
    pub window: Window,
    /// What is counted apart.
    pub by: CountBy,
    /// What it is called in refusals and header fields: `api`, `app`, `ip`, `service`.
    pub policy: &'static str,
}

/// How often a host may be called in each of its environments.
#[derive(Debug)]
pub struct ServiceRate {
    /// The rate.
    pub rate: Rate,
    /// By position of the environment: whose calls are counted.
    pub counters: Vec<Box<str>>,
}

impl Rate {
    /// As the store of counters has it.
    pub const fn allowance(&self) -> Allowance {
        Allowance { limit: self.limit, window: Some(self.window.duration()) }
    }
}

/// How many calls may pass altogether.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Whether it is a route's or a usage plan's.
    pub kind: Kind,
    /// The id of the route or plan, which outlives a reload.
    pub owner: Box<str>,
    /// Calls in one period.
    pub limit: u64,
    /// From the first call on; `None` for a total that is never renewed.
    pub period: Option<Period>,
    /// What is counted apart.
    pub by: CountBy,
}

impl Quota {
    /// As the store of counters has it.
    pub fn allowance(&self) -> Allowance {
        Allowance { limit: self.limit, window: self.period.map(Period::duration) }
    }
}

/// How long a quota lasts before it is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// Seven days.
    Week,
    /// Thirty days: a calendar's months would need a time zone, and end for all callers at once.
    Month,
}

impl Period {
    /// All periods by their name in the configuration.
    pub const NAMES: &'static [(&'static str, Self)] =
        &[("hour", Self::Hour), ("day", Self::Day), ("week", Self::Week), ("month", Self::Month)];

    /// Its length.
    pub const fn duration(self) -> Duration {
        let hours = match self {
            Self::Hour => 1,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
        };
        Duration::from_secs(hours * 3_600)
    }
}

/// A window of a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// One second.
    Second,
    /// One minute.
    Minute,
    /// One hour.
    Hour,
    /// One day.
    Day,
}

impl Window {
    /// All windows by their name in the configuration.
    pub const NAMES: &'static [(&'static str, Self)] =
        &[("second", Self::Second), ("minute", Self::Minute), ("hour", Self::Hour), ("day", Self::Day)];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// As Huawei prints it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Second => "1 second",
            Self::Minute => "1 minute",
            Self::Hour => "1 hour",
            Self::Day => "1 day",
        }
    }

    /// Its length.
    pub const fn duration(self) -> Duration {
        Duration::from_secs(match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        })
    }
}

/// What is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountBy {
    /// All calls of the API or the usage plan together.
    All,
    /// Each calling app.
    App,
    /// Each client address.
    Ip,
}

impl CountBy {
    /// By their name in the configuration of a route.
    pub const ROUTE: &'static [(&'static str, Self)] = &[("api", Self::All), ("app", Self::App), ("ip", Self::Ip)];

    /// By their name in the configuration of a host.
    pub const HOST: &'static [(&'static str, Self)] = &[("service", Self::All), ("ip", Self::Ip)];

    /// By their name in the configuration of a usage plan.
    pub const PLAN: &'static [(&'static str, Self)] = &[("app", Self::App), ("plan", Self::All)];
}
