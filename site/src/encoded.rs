//! A page as it goes over HTTP: with a tag by which a reader's own copy is known, and compressed.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;

use flate2::{Compression, GzBuilder};

use crate::Page;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// Value for the `Content-Type` header.
    pub content_type: &'static str,
    /// Value for the `ETag` header: a weak one, because both forms of the page share it.
    pub etag: String,
    /// The bytes.
    pub plain: Vec<u8>,
    /// The same in gzip.
    pub gzip: Vec<u8>,
}

impl Encoded {
    /// Compresses a page.
    pub fn of(page: Page) -> Self {
        let mut hasher = DefaultHasher::new();
        page.body.hash(&mut hasher);
        let etag = format!("W/\"{:016x}\"", hasher.finish());
        let gzip = gzip(&page.body);
        Self { content_type: page.content_type, etag, plain: page.body.into_owned(), gzip }
    }

    /// True if a request with this `If-None-Match` has the page already.
    pub fn is_known(&self, if_none_match: &str) -> bool {
        let opaque = self.etag.trim_start_matches("W/");
        if_none_match.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == opaque)
    }
}

/// True if an `Accept-Encoding` of this value wants gzip.
pub fn accepts_gzip(accept_encoding: &str) -> bool {
    accept_encoding.split(',').any(|one| {
        let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
        let refused = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).is_some_and(|q| q <= 0.0);
        ["gzip", "*"].contains(&coding.trim()) && !refused
    })
}

/// Compresses; the same bytes give the same bytes.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_known_by_its_tag() {
        let page = || Page::html("<!doctype html>".repeat(100));
        let encoded = Encoded::of(page());
        assert_eq!(encoded, Encoded::of(page()));
        assert!(encoded.gzip.len() < encoded.plain.len());
        assert!(encoded.is_known(&encoded.etag) && encoded.is_known("*"));
        assert!(encoded.is_known(&format!("\"x\", {}", encoded.etag.trim_start_matches("W/"))));
        assert!(!encoded.is_known("\"x\"") && !encoded.is_known(""));
    }

    #[test]
    fn compression_is_asked_for() {
        for yes in ["gzip", "br, gzip;q=0.8", "*"] {
            assert!(accepts_gzip(yes), "{yes}");
        }
        for no in ["", "br", "gzip;q=0", "identity"] {
            assert!(!accepts_gzip(no), "{no}");
        }
    }
}
