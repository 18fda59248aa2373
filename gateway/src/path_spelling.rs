//! The one spelling in which paths are compared and forwarded.
//!
//! `/%61dmin` and `/admin` are the same path (RFC 3986, section 6.2.2), and backends take them for the same. Compared as
//! they come, the first would pass by the route of the second and all its checks, into whatever route takes the rest.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Escapes of characters that need none are undone, and digits of the others are upper case. What an escape keeps apart
/// stays apart: `%2F` is no separator.
pub(crate) fn normal(path: &str) -> Cow<'_, str> {
    // Nearly every path ends here.
    if !path.bytes().any(|byte| byte == b'%') {
        return Cow::Borrowed(path);
    }
    let mut spelt = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        spelt.push_str(before);
        let digits = after.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            // Writing to a string cannot fail.
            let _ = if is_unreserved(byte) { spelt.write_char(byte.into()) } else { write!(spelt, "%{byte:02X}") };
            rest = after.get(2..).unwrap_or_default();
        } else {
            spelt.push('%');
            rest = after;
        }
    }
    spelt.push_str(rest);
    Cow::Owned(spelt)
}

/// RFC 3986, section 2.3.
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equivalent_paths_have_one_spelling() {
        for (path, spelt) in [
            ("/admin", "/admin"),
            ("/%61dmin", "/admin"),
            ("/%61%64%6d%69%6E/%7e%2d%2E%5f", "/admin/~-._"),
            ("/a%2fb", "/a%2Fb"),
            ("/%2561dmin", "/%2561dmin"),
            ("/%e4%b8%ad%20%3b%00", "/%E4%B8%AD%20%3B%00"),
            ("/%zz%4", "/%zz%4"),
            ("/%", "/%"),
        ] {
            assert_eq!(normal(path), spelt, "{path}");
        }
    }

    proptest! {
        /// It means the same, has no other spelling, and escapes no more than the path did.
        #[test]
        fn a_spelling_keeps_its_meaning(path in "/([a-z~;/]|%[0-9a-fA-F]{2}){0,20}") {
            let spelt = normal(&path);
            let meaning = |path: &str| percent_decode_str(path).collect::<Vec<u8>>();
            prop_assert_eq!(meaning(&spelt), meaning(&path));
            prop_assert_eq!(normal(&spelt), &*spelt);
            let count = |path: &str, text: &str| path.to_ascii_lowercase().matches(text).count();
            for kept in ["%2f", "%3b", "%25"] {
                prop_assert_eq!(count(&spelt, kept), count(&path, kept));
            }
        }
    }
}
