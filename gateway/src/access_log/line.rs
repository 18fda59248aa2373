//! Writing a line, without the formatter of the standard library: it is asked for every member of every call's line.

use std::cell::RefCell;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::client_address::Peer;
use crate::decimal::decimal;
use crate::dialect::Json;

/// Writes members of an object, each behind a comma but the first.
#[derive(Debug)]
pub(super) struct Line<'a>(&'a mut Vec<u8>);

impl<'a> Line<'a> {
    /// Begins an object.
    pub(super) fn begin(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self(out)
    }

    /// Ends it, and the line.
    pub(super) fn end(self) {
        self.0.extend_from_slice(b"}\n");
    }

    fn name(&mut self, name: &str) {
        if self.0.last() != Some(&b'{') {
            self.0.push(b',');
        }
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    /// A text, escaped; `null` without one.
    pub(super) fn text(&mut self, name: &str, value: Option<&str>) {
        self.name(name);
        match value {
            Some(value) => {
                self.0.push(b'"');
                Json::new(self.0).escaped(value);
                self.0.push(b'"');
            }
            None => self.0.extend_from_slice(b"null"),
        }
    }

    /// What displays as a text.
    pub(super) fn displayed(&mut self, name: &str, value: impl std::fmt::Display) {
        self.name(name);
        self.0.push(b'"');
        Json::new(self.0).text(value);
        self.0.push(b'"');
    }

    /// A whole number; `null` without one.
    pub(super) fn number(&mut self, name: &str, value: Option<u64>) {
        self.name(name);
        match value {
            Some(value) => decimal(value, self.0),
            None => self.0.extend_from_slice(b"null"),
        }
    }

    /// `true` or `false`.
    pub(super) fn truth(&mut self, name: &str, value: bool) {
        self.name(name);
        self.0.extend_from_slice(if value { b"true" } else { b"false" });
    }

    /// A duration in milliseconds, to the microsecond; `null` without one.
    pub(super) fn milliseconds(&mut self, name: &str, value: Option<Duration>) {
        self.name(name);
        let Some(value) = value else { return self.0.extend_from_slice(b"null") };
        let micros = u64::try_from((value + Duration::from_nanos(500)).as_micros()).unwrap_or(u64::MAX);
        decimal(micros / 1000, self.0);
        self.0.push(b'.');
        thousandths(micros % 1000, self.0);
    }

    /// An end of a connection, with its port.
    pub(super) fn peer(&mut self, name: &str, value: Peer) {
        let Peer::Address(SocketAddr::V4(address)) = value else { return self.displayed(name, value) };
        self.name(name);
        self.0.push(b'"');
        dotted(*address.ip(), self.0);
        self.0.push(b':');
        decimal(address.port().into(), self.0);
        self.0.push(b'"');
    }

    /// The time.
    pub(super) fn time(&mut self, name: &str, calendar: &Calendar) {
        self.name(name);
        self.0.push(b'"');
        calendar.write(SystemTime::now(), self.0);
        self.0.push(b'"');
    }
}

fn dotted(ip: Ipv4Addr, out: &mut Vec<u8>) {
    for (place, octet) in ip.octets().into_iter().enumerate() {
        if place > 0 {
            out.push(b'.');
        }
        decimal(octet.into(), out);
    }
}

/// Three digits.
fn thousandths(value: u64, out: &mut Vec<u8>) {
    for place in [100, 10, 1] {
        out.push(b'0' + u8::try_from(value / place % 10).unwrap_or(0));
    }
}

/// Writes times, and remembers the text of the last second.
#[derive(Debug, Default)]
pub(super) struct Calendar(RefCell<(u64, String)>);

impl Calendar {
    /// Writes a time to the millisecond, in UTC: `2024-02-29T12:00:00.000Z`.
    fn write(&self, time: SystemTime, out: &mut Vec<u8>) {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut last = self.0.borrow_mut();
        let (second, text) = &mut *last;
        if text.is_empty() || *second != since.as_secs() {
            let start =
                i64::try_from(since.as_secs()).ok().and_then(|second| jiff::Timestamp::from_second(second).ok());
            let whole = start.unwrap_or_default().to_string();
            whole.trim_end_matches('Z').clone_into(text);
            *second = since.as_secs();
        }
        out.extend_from_slice(text.as_bytes());
        out.push(b'.');
        thousandths(since.subsec_millis().into(), out);
        out.push(b'Z');
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use proptest::prelude::*;

    use super::*;

    fn written(write: impl FnOnce(&mut Line<'_>)) -> String {
        let mut out = Vec::new();
        let mut line = Line::begin(&mut out);
        write(&mut line);
        line.end();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn members_are_those_of_a_json_object() {
        let line = written(|line| {
            line.text("a", Some("x\"y\n"));
            line.text("b", None);
            line.number("c", Some(0));
            line.truth("d", true);
            line.milliseconds("e", Some(Duration::from_nanos(12_345_678)));
            line.milliseconds("f", None);
            line.displayed("g", format_args!("<{}>", '"'));
        });
        assert_eq!(
            line,
            "{\"a\":\"x\\\"y\\n\",\"b\":null,\"c\":0,\"d\":true,\"e\":12.346,\"f\":null,\"g\":\"<\\\">\"}\n"
        );
        assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok());
    }

    proptest! {
        #[test]
        fn times_and_addresses_are_written_as_the_libraries_write_them(
            seconds in 0_u64..253_402_207_200, nanos in 0_u32..1_000_000_000, ip: IpAddr, port: u16, took: u64,
        ) {
            let calendar = Calendar::default();
            for seconds in [seconds, seconds, seconds / 2] {
                let mut out = Vec::new();
                calendar.write(UNIX_EPOCH + Duration::new(seconds, nanos), &mut out);
                let stamp = jiff::Timestamp::new(i64::try_from(seconds).unwrap(), i32::try_from(nanos).unwrap()).unwrap();
                prop_assert_eq!(String::from_utf8(out).unwrap(), format!("{stamp:.3}"));
            }
            let peer = Peer::from(SocketAddr::new(ip, port));
            prop_assert_eq!(written(|line| line.peer("a", peer)), format!("{{\"a\":\"{peer}\"}}\n"));
            let took = Duration::from_micros(took >> 20);
            let line = written(|line| line.milliseconds("a", Some(took)));
            let number: f64 = line.trim_start_matches("{\"a\":").trim_end_matches("}\n").parse().unwrap();
            prop_assert!((number - took.as_secs_f64() * 1e3).abs() < 1e-2 * (1.0 + number * 1e-9));
        }
    }
}
