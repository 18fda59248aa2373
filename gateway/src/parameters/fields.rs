//! Lists of fields as queries and forms write them: `name=value&name=value`.

use std::borrow::Cow;

/// Most fields of one list: where the parser that two of the vendors build on stops reading.
pub(crate) const MOST_FIELDS: usize = 100;

/// What a list cannot be read for: a broken escape, text that is not UTF-8, too many fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the fields cannot be read")]
pub(crate) struct Unreadable;

/// The fields of a list, in its order.
#[derive(Debug)]
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

/// How many fields a list has.
pub(crate) fn count(list: &[u8]) -> usize {
    pieces(list).count()
}

fn pieces(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty())
}

impl<'a> Fields<'a> {
    /// Reads a list.
    pub(crate) fn read(list: &'a [u8]) -> Result<Self, Unreadable> {
        if count(list) > MOST_FIELDS {
            return Err(Unreadable);
        }
        let field = |piece: &'a [u8]| {
            let equals = piece.iter().position(|byte| *byte == b'=').unwrap_or(piece.len());
            let (name, value) = piece.split_at_checked(equals).ok_or(Unreadable)?;
            Ok((spaced(name)?, spaced(value.strip_prefix(b"=").unwrap_or(value))?))
        };
        pieces(list).map(field).collect::<Result<_, _>>().map(Self)
    }

    /// The values of a name.
    pub(crate) fn values<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// All names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }
}

/// Takes `+` for a space and undoes escapes.
fn spaced(text: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    if !text.contains(&b'+') {
        return decoded(text);
    }
    let text: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    decoded(&text).map(|text| Cow::Owned(text.into_owned()))
}

/// Undoes escapes, every one of them.
pub(crate) fn decoded(text: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let escapes_are_whole = text
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'%')
        .all(|(at, _)| text.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)));
    if !escapes_are_whole {
        return Err(Unreadable);
    }
    percent_encoding::percent_decode(text).decode_utf8().map_err(|_| Unreadable)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_read() {
        for bad in ["a=%", "a=%2", "a=%zz", "%e4=1", "a=%C3%28"] {
            assert!(Fields::read(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(Fields::read(b"a=\xff").is_err());
        assert!(Fields::read("a&".repeat(MOST_FIELDS).as_bytes()).is_ok());
        assert!(Fields::read("a&".repeat(MOST_FIELDS + 1).as_bytes()).is_err());
    }

    #[test]
    fn empty_and_missing_values() {
        let fields = Fields::read(b"&a&b=&=c&a=1=2&").unwrap();
        assert_eq!(fields.values("a").collect::<Vec<_>>(), ["", "1=2"]);
        assert_eq!(fields.values("b").collect::<Vec<_>>(), [""]);
        assert_eq!(fields.names().collect::<Vec<_>>(), ["a", "b", "", "a"]);
    }

    proptest! {
        #[test]
        fn reading_undoes_writing(pairs in prop::collection::vec((".{1,4}", ".{0,8}"), 0..20)) {
            let escaped = |text: &str| {
                percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
            };
            let written: Vec<String> =
                pairs.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
            let list = written.join("&").replace("%20", "+");
            let read = Fields::read(list.as_bytes()).unwrap();
            let read: Vec<(String, String)> =
                read.0.into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
            prop_assert_eq!(read, pairs);
        }
    }
}
