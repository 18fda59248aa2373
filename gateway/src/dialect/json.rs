//! JSON text, written straight into a buffer.

use std::fmt;

/// Has to be escaped.
const STOP: u8 = 1;

/// May be escaped.
const SLASH: u8 = 2;

/// What each byte is: text is looked at byte by byte, and nearly all of it is nothing of this.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < kinds.len() {
        #[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "below 256, at compile time")]
        {
            kinds[byte] = match byte as u8 {
                ..b' ' | b'"' | b'\\' | 0x7f => STOP,
                b'/' => SLASH,
                _ => 0,
            };
        }
        byte += 1;
    }
    kinds
};

/// Writes text as the inside of a JSON string: whoever writes here writes escaped.
#[derive(Debug)]
pub struct Json<'a> {
    out: &'a mut Vec<u8>,
    /// Lua's encoder writes `\/` for `/`; both mean the same.
    escape_slash: bool,
}

impl<'a> Json<'a> {
    /// Escapes what JSON demands.
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, escape_slash: false }
    }

    /// Escapes `/` as well.
    pub fn with_slashes(out: &'a mut Vec<u8>) -> Self {
        Self { out, escape_slash: true }
    }

    /// Writes a text, escaped.
    pub fn escaped(&mut self, text: &str) {
        // Writing to a vector cannot fail.
        let _ = fmt::Write::write_str(self, text);
    }

    /// Writes what `value` displays, escaped.
    pub fn text(&mut self, value: impl fmt::Display) {
        // Writing to a vector cannot fail, and a value's own failure ends its text early.
        let _ = fmt::Write::write_fmt(self, format_args!("{value}"));
    }
}

impl fmt::Write for Json<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut plain = text;
        let stops = if self.escape_slash { STOP | SLASH } else { STOP };
        while let Some(at) =
            plain.bytes().position(|byte| KINDS.get(usize::from(byte)).is_some_and(|kind| kind & stops != 0))
        {
            // The byte found is ASCII, so both cuts are at character borders.
            let (head, rest) = plain.split_at(at);
            self.out.extend_from_slice(head.as_bytes());
            let Some(byte) = rest.bytes().next() else { break };
            match byte {
                b'"' => self.out.extend_from_slice(b"\\\""),
                b'\\' => self.out.extend_from_slice(b"\\\\"),
                b'/' => self.out.extend_from_slice(b"\\/"),
                b'\n' => self.out.extend_from_slice(b"\\n"),
                b'\r' => self.out.extend_from_slice(b"\\r"),
                b'\t' => self.out.extend_from_slice(b"\\t"),
                control => {
                    let hex = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
                    self.out.extend_from_slice(b"\\u00");
                    self.out.extend_from_slice(&[hex(control >> 4), hex(control & 15)]);
                }
            }
            plain = rest.get(1..).unwrap_or_default();
        }
        self.out.extend_from_slice(plain.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_of_every_length_are_read_back(text in r#"([a-z ]|["/\\\x00-\x20\x7fé]){0,70}"#, slashes: bool) {
            let mut out = b"\"".to_vec();
            if slashes { Json::with_slashes(&mut out) } else { Json::new(&mut out) }.text(&text);
            out.push(b'"');
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text.clone());
            prop_assert!(out.iter().all(|byte| *byte >= b' ' && *byte != 0x7f));
            let strokes = text.matches('/').count();
            let escaped = out.windows(2).filter(|pair| pair == b"\\/").count();
            prop_assert!(!slashes || escaped >= strokes);
        }
    }

    #[test]
    fn nothing_breaks_out_of_the_string() {
        let hostile = "a\"b\\c/\n\r\t\0\u{1b}\u{7f}é中";
        let mut out = b"\"".to_vec();
        Json::new(&mut out).text(hostile);
        out.push(b'"');
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), hostile);
        assert!(out.iter().all(|byte| *byte >= b' ' && *byte != 0x7f));
        let mut slashed = Vec::new();
        Json::with_slashes(&mut slashed).text("/a/b");
        assert_eq!(slashed, br"\/a\/b");
    }
}
