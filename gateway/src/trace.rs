//! W3C Trace Context: which trace a call belongs to, and what the backend is told of it.
//!
//! <https://www.w3.org/TR/trace-context/>. A `traceparent` is taken only as the recommendation writes it; anything else
//! begins a new trace, as if there had been none. The call is a span of its own, so the backend gets our id as its parent.

use http::{HeaderMap, HeaderName};

use crate::fields::Fields;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// Most members of a `tracestate`.
const MEMBERS: usize = 32;

/// Longest `tracestate` that is passed on, in bytes.
const LONGEST: usize = 512;

/// A call as part of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    id: u128,
    /// The caller's span; 0 if the trace begins here.
    parent: u64,
    span: u64,
    sampled: bool,
    /// Whether the caller's `tracestate` goes on.
    keeps_state: bool,
}

impl Trace {
    /// The call with these fields. `random` makes the ids that are new.
    pub fn of(headers: &HeaderMap, random: u128) -> Self {
        // Both are what is left of the same bits when a trace begins here, so they are taken from either end of them.
        let low = u64::try_from(random & u128::from(u64::MAX)).unwrap_or(1);
        let span = low.rotate_left(32) | 1;
        match parent(headers) {
            Some((id, parent, sampled)) => Self { id, parent, span, sampled, keeps_state: is_state(headers) },
            None => Self { id: random | 1, parent: 0, span, sampled: true, keeps_state: false },
        }
    }

    /// Whether whoever began the trace wants it recorded; true if it begins here.
    pub const fn is_sampled(&self) -> bool {
        self.sampled
    }

    /// The trace's id, as 32 digits.
    pub fn trace_id(&self) -> String {
        format!("{:032x}", self.id)
    }

    /// The call's own id, as 16 digits.
    pub fn span_id(&self) -> String {
        format!("{:016x}", self.span)
    }

    /// The id of the caller's span, if it sent one.
    pub fn parent_id(&self) -> Option<String> {
        (self.parent != 0).then(|| format!("{:016x}", self.parent))
    }

    /// Sets the fields for the backend in place of the caller's.
    pub fn write(&self, fields: &mut Fields) {
        let flags = u8::from(self.sampled);
        let text = format!("00-{:032x}-{:016x}-{flags:02x}", self.id, self.span);
        fields.set_text(TRACEPARENT, text.as_bytes());
        if !self.keeps_state {
            fields.leave_out(TRACESTATE);
        }
    }
}

/// Trace, span and flag of a `traceparent` that is there once and right.
fn parent(headers: &HeaderMap) -> Option<(u128, u64, bool)> {
    let mut fields = headers.get_all(TRACEPARENT).iter();
    let text = fields.next()?.to_str().ok()?;
    if fields.next().is_some() {
        return None;
    }
    let version = hex(text.get(..2)?)?;
    // Later versions may say more after what this one knows.
    let rest = text.get(55..)?;
    if version == 0xff || (version == 0 && !rest.is_empty()) || !(rest.is_empty() || rest.starts_with('-')) {
        return None;
    }
    if ![2, 35, 52].iter().all(|dash| text.as_bytes().get(*dash) == Some(&b'-')) {
        return None;
    }
    let trace_id = hex(text.get(3..35)?)?;
    let parent = u64::try_from(hex(text.get(36..52)?)?).ok()?;
    let flags = hex(text.get(53..55)?)?;
    (trace_id != 0 && parent != 0).then_some((trace_id, parent, flags & 1 == 1))
}

/// Lower-case digits alone, as the recommendation has it.
fn hex(text: &str) -> Option<u128> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if !text.bytes().all(is_digit) {
        return None;
    }
    u128::from_str_radix(text, 16).ok()
}

/// True if `tracestate` is a list of members with names that differ, of a size that is worth carrying.
fn is_state(headers: &HeaderMap) -> bool {
    let mut names: Vec<&str> = Vec::new();
    let mut bytes = 0;
    for field in headers.get_all(TRACESTATE) {
        let Ok(text) = field.to_str() else { return false };
        bytes += text.len();
        for member in text.split(',').map(|member| member.trim_matches([' ', '\t'])).filter(|member| !member.is_empty())
        {
            let Some((name, value)) = member.split_once('=') else { return false };
            if !is_name(name) || !is_value(value) || names.contains(&name) {
                return false;
            }
            names.push(name);
        }
    }
    names.len() <= MEMBERS && bytes <= LONGEST
}

fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-*/@".contains(&byte);
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    first
        && name.len() <= 256
        && name.bytes().all(fits)
        && name.bytes().filter(|byte| *byte == b'@').take(2).count() < 2
}

fn is_value(value: &str) -> bool {
    let fits = |byte: u8| (0x20..=0x7e).contains(&byte) && byte != b',' && byte != b'=';
    (1..=256).contains(&value.len()) && value.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::try_from(*value).unwrap())
        };
        fields.iter().map(pair).collect()
    }

    fn passed_on(fields: &[(&'static str, &str)]) -> HeaderMap {
        told(&headers(fields))
    }

    /// What a backend is told of a call with these fields.
    fn told(headers: &HeaderMap) -> HeaderMap {
        let mut fields = Fields::default();
        Trace::of(headers, 7 << 64 | 9).write(&mut fields);
        let text = String::from_utf8(fields.pass_on(headers)).unwrap();
        let lines = text.split("\r\n").filter_map(|line| line.split_once(": "));
        lines
            .map(|(name, value)| (HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap()))
            .collect()
    }

    #[test]
    fn a_trace_goes_on_with_a_span_of_our_own() {
        let out = passed_on(&[("traceparent", GOOD), ("tracestate", "a=1, b@c=x y")]);
        let parent = out["traceparent"].to_str().unwrap();
        assert!(parent.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && parent.ends_with("-01"), "{parent}");
        assert!(!parent.contains("00f067aa0ba902b7"), "{parent}");
        assert_eq!(out["tracestate"], "a=1, b@c=x y");
        let unsampled = passed_on(&[("traceparent", &GOOD.replace("-01", "-00"))]);
        assert!(unsampled["traceparent"].to_str().unwrap().ends_with("-00"), "the caller's decision is respected");
        let later = passed_on(&[("traceparent", &(GOOD.replacen("00", "cc", 1) + "-more"))]);
        assert!(later["traceparent"].to_str().unwrap().starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
    }

    #[test]
    fn what_is_not_as_written_begins_a_new_trace() {
        let long = format!("{GOOD}-more");
        for wrong in [
            "",
            "00",
            &GOOD.to_ascii_uppercase(),
            &GOOD.replacen("00", "ff", 1),
            &GOOD.replace('-', "_"),
            &GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", "00000000000000000000000000000000"),
            &GOOD.replace("00f067aa0ba902b7", "0000000000000000"),
            &GOOD.replace("4bf9", "+bf9"),
            &long,
            &format!("cc{}x", &GOOD[2..]),
        ] {
            let out = passed_on(&[("traceparent", wrong), ("tracestate", "a=1")]);
            let parent = out["traceparent"].to_str().unwrap();
            assert!(parent.len() == 55 && !parent.contains("4bf92f35"), "{wrong}: {parent}");
            assert!(!out.contains_key("tracestate"), "{wrong}: a state without its trace");
        }
        let mut twice = headers(&[("traceparent", GOOD)]);
        twice.append("traceparent", HeaderValue::from_static(GOOD));
        let out = told(&twice);
        assert_eq!(out.get_all("traceparent").iter().count(), 1);
        assert!(!out["traceparent"].to_str().unwrap().contains("4bf92f35"));
    }

    #[test]
    fn a_wrong_state_is_dropped_and_the_trace_kept() {
        let many = (0..33).map(|number| format!("k{number}=1")).collect::<Vec<_>>().join(",");
        for wrong in ["a", "A=1", "a=1,a=2", "a=", "a=1=2", "@a=1", "a@b@c=1", &many, &format!("a={}", "x".repeat(257))]
        {
            let out = passed_on(&[("traceparent", GOOD), ("tracestate", wrong)]);
            assert!(!out.contains_key("tracestate"), "{wrong}");
            assert!(out["traceparent"].to_str().unwrap().contains("4bf92f35"), "{wrong}");
        }
    }
}
