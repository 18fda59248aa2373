//! Percent-encoding to one spelling: RFC 3986, unreserved characters plain, the rest as upper-case escapes.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

use super::mac::Sink;

/// What is escaped in a segment, a name or a value: all but RFC 3986's unreserved characters.
pub(super) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What is escaped in a path that was put together: `/` is a separator.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// What `+` stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plus {
    /// A space, as in forms.
    Space,
    /// Itself.
    Literal,
}

/// The bytes that `text` stands for; a `%` without two hexadecimal digits stands for itself.
pub(super) fn decode(text: &[u8], plus: Plus) -> Decoded<'_> {
    if plus == Plus::Space && text.contains(&b'+') {
        let spaced: Vec<u8> = text.iter().map(|&b| if b == b'+' { b' ' } else { b }).collect();
        return Cow::Owned(percent_decode(&spaced).collect());
    }
    percent_decode(text).into()
}

/// Writes `bytes` escaped.
pub(super) fn put_encoded(bytes: &[u8], out: &mut dyn Sink) {
    percent_encode(bytes, RESERVED).for_each(|run| out.put(run.as_bytes()));
}

/// Writes a path's `bytes` escaped, `/` plain.
pub(super) fn put_encoded_path(bytes: &[u8], out: &mut dyn Sink) {
    percent_encode(bytes, RESERVED_IN_PATH).for_each(|run| out.put(run.as_bytes()));
}

/// Bytes that were decoded, borrowed where nothing was escaped.
pub(super) type Decoded<'a> = Cow<'a, [u8]>;

/// A name and its value; `None` for a piece without `=`.
pub(super) type Pair<'a> = (Decoded<'a>, Option<Decoded<'a>>);

/// The pieces of a query or form between `&`, decoded, in the order sent; empty pieces are none.
pub(super) fn pairs(text: &[u8], plus: Plus) -> impl Iterator<Item = Pair<'_>> {
    text.split(|&b| b == b'&').filter(|piece| !piece.is_empty()).map(move |piece| {
        match piece.iter().position(|&b| b == b'=').and_then(|at| piece.split_at_checked(at)) {
            Some((name, value)) => (decode(name, plus), Some(decode(value.get(1..).unwrap_or_default(), plus))),
            None => (decode(piece, plus), None),
        }
    })
}

/// Writes `name=value` pairs escaped, joined by `&`, in the order given.
pub(super) fn put_pairs(pairs: &[(Decoded<'_>, Decoded<'_>)], out: &mut dyn Sink) {
    for (n, (name, value)) in pairs.iter().enumerate() {
        if n > 0 {
            out.put(b"&");
        }
        put_encoded(name, out);
        out.put(b"=");
        put_encoded(value, out);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoded(bytes: &[u8]) -> String {
        let mut out = Vec::new();
        put_encoded(bytes, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn unreserved_characters_stay_and_escapes_are_upper_case() {
        assert_eq!(encoded(b"aZ09-_.~"), "aZ09-_.~");
        assert_eq!(encoded("/ +*中".as_bytes()), "%2F%20%2B%2A%E4%B8%AD");
    }

    #[test]
    fn bad_escapes_stand_for_themselves() {
        assert_eq!(decode(b"%2", Plus::Literal), &b"%2"[..]);
        assert_eq!(decode(b"%zz%41%e4+", Plus::Literal), &b"%zzA\xe4+"[..]);
        assert_eq!(decode(b"a+b%2B", Plus::Space), &b"a b+"[..]);
    }

    #[test]
    fn pieces_with_and_without_value() {
        let read: Vec<_> = pairs(b"a=1=2&&b&c=&=d", Plus::Literal).collect();
        let pair = |name: &'static [u8], value: Option<&'static [u8]>| (name.into(), value.map(Cow::from));
        assert_eq!(read, [pair(b"a", Some(b"1=2")), pair(b"b", None), pair(b"c", Some(b"")), pair(b"", Some(b"d")),]);
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(bytes: Vec<u8>) {
            let text = encoded(&bytes);
            prop_assert_eq!(decode(text.as_bytes(), Plus::Space), &bytes[..]);
        }
    }
}
