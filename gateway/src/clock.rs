//! Wall-clock time in whole seconds, as signatures carry it, and where it comes from.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Seconds since 1970-01-01T00:00:00Z. Every signature scheme here counts in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// 9999-12-30T22:00:00Z, the last moment that both calendars behind the wire forms know.
const LAST: i64 = 253_402_207_200;

impl Timestamp {
    /// A moment by its Unix time. What the wire forms cannot write is moved to the nearest moment that they can.
    pub const fn from_unix(seconds: i64) -> Self {
        Self(if seconds < 0 {
            0
        } else if seconds > LAST {
            LAST
        } else {
            seconds
        })
    }

    /// The Unix time, in seconds.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// Reads an HTTP date (`Thu, 29 Feb 2024 12:00:00 GMT`) in any form that RFC 9110 tells recipients to accept.
    pub fn from_http_date(text: &str) -> Option<Self> {
        httpdate::parse_http_date(text).ok().map(Self::from)
    }

    /// Reads the basic form of ISO 8601 in UTC: `20240229T120000Z`, and nothing else.
    pub fn from_basic_iso8601(text: &str) -> Option<Self> {
        let bytes: &[u8; 16] = text.as_bytes().try_into().ok()?;
        let [y0, y1, y2, y3, mo0, mo1, d0, d1, b'T', h0, h1, mi0, mi1, s0, s1, b'Z'] = *bytes else { return None };
        let two = |tens: u8, ones: u8| {
            let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
            digits.then(|| i8::try_from((tens - b'0') * 10 + (ones - b'0')).ok()).flatten()
        };
        let year = i16::from(two(y0, y1)?) * 100 + i16::from(two(y2, y3)?);
        let civil =
            DateTime::new(year, two(mo0, mo1)?, two(d0, d1)?, two(h0, h1)?, two(mi0, mi1)?, two(s0, s1)?, 0).ok()?;
        let seconds = Offset::UTC.to_timestamp(civil).ok()?.as_second();
        (seconds >= 0).then_some(Self(seconds))
    }

    /// Writes an HTTP date: `Thu, 29 Feb 2024 12:00:00 GMT`.
    pub fn http_date(self) -> impl fmt::Display {
        httpdate::HttpDate::from(UNIX_EPOCH + Duration::from_secs(self.0.unsigned_abs()))
    }

    /// Writes the basic form of ISO 8601: `20240229T120000Z`.
    pub fn basic_iso8601(self) -> impl fmt::Display {
        BasicIso8601(self)
    }

    /// How far apart two moments are, whichever is the later.
    pub const fn distance(self, other: Self) -> Duration {
        Duration::from_secs(self.0.abs_diff(other.0))
    }

    /// This moment and `by` later.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self::from_unix(self.0.saturating_add(i64::try_from(by.as_secs()).unwrap_or(i64::MAX)))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self::from_unix(i64::try_from(seconds).unwrap_or(LAST))
    }
}

struct BasicIso8601(Timestamp);

impl fmt::Display for BasicIso8601 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(instant) = jiff::Timestamp::from_second(self.0.0) else { return Err(fmt::Error) };
        let civil = Offset::UTC.to_datetime(instant);
        write!(f, "{:04}{:02}{:02}", civil.year(), civil.month(), civil.day())?;
        write!(f, "T{:02}{:02}{:02}Z", civil.hour(), civil.minute(), civil.second())
    }
}

/// Tells the time. The system's by default; tests and recorded exchanges set their own.
///
/// Clones of an overridden clock share its time.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The system's clock.
    pub const fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still at `moment` until it is [set](Self::set).
    pub fn fixed(moment: Timestamp) -> Self {
        Self(Some(Arc::new(AtomicI64::new(moment.0))))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Some(moment) => Timestamp(moment.load(Ordering::Relaxed)),
            None => SystemTime::now().into(),
        }
    }

    /// Moves an overridden clock. The system's clock does not obey, and `false` is returned.
    pub fn set(&self, moment: Timestamp) -> bool {
        self.0.as_ref().map(|cell| cell.store(moment.0, Ordering::Relaxed)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAP: &str = "20240229T120000Z";

    #[test]
    fn both_wire_forms_name_the_same_moment() {
        let moment = Timestamp::from_basic_iso8601(LEAP).unwrap();
        assert_eq!(moment.unix(), 1_709_208_000);
        assert_eq!(Timestamp::from_http_date("Thu, 29 Feb 2024 12:00:00 GMT"), Some(moment));
        assert_eq!(moment.basic_iso8601().to_string(), LEAP);
        assert_eq!(moment.http_date().to_string(), "Thu, 29 Feb 2024 12:00:00 GMT");
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "20240229T120000",
            "20230229T120000Z",
            "20241301T000000Z",
            "20240229T240000Z",
            "20240229T126000Z",
            "2024-02-29T12:00",
            "2024022 T120000Z",
            "+0240229T120000Z",
            "20240229t120000z",
            "19691231T235959Z",
            "２０２４T",
        ] {
            assert_eq!(Timestamp::from_basic_iso8601(text), None, "{text:?}");
        }
        for text in ["", "2024-02-29T12:00:00Z", "Thu, 30 Feb 2024 12:00:00 GMT", "Fri, 29 Feb 2024 12:00:00 GMT"] {
            assert_eq!(Timestamp::from_http_date(text), None, "{text:?}");
        }
    }

    #[test]
    fn no_unix_time_is_too_far_to_write() {
        for seconds in [i64::MIN, -1, 0, LAST, LAST + 1, i64::MAX] {
            let moment = Timestamp::from_unix(seconds);
            assert_eq!(Timestamp::from_basic_iso8601(&moment.basic_iso8601().to_string()), Some(moment));
            assert_eq!(Timestamp::from_http_date(&moment.http_date().to_string()), Some(moment));
        }
    }

    #[test]
    fn clones_of_a_fixed_clock_move_together() {
        let clock = Clock::fixed(Timestamp::from_unix(10));
        let other = clock.clone();
        assert!(clock.set(Timestamp::from_unix(20)));
        assert_eq!(other.now().unix(), 20);
        assert!(!Clock::system().set(Timestamp::from_unix(0)));
    }
}
