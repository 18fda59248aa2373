//! What Huawei and JD share: a canonical request after the pattern of AWS Signature Version 4.
//!
//! ```text
//! METHOD \n URI \n QUERY \n (name:value\n)* \n SignedHeaders \n payload
//! ```
//! How URI, query and values are written differs by scheme: see [`Rules`].

use std::borrow::Cow;

use apigw_errors::Condition;
use http::HeaderMap;

use super::SignedRequest;
use super::header::{self, unsigned};
use super::mac::{Sink, hex, sha256_hex};

/// How one scheme spells the parts of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Writes the path.
    pub(super) uri: fn(&str, &mut dyn Sink),
    /// Writes the query, which is not empty.
    pub(super) query: fn(&str, &mut dyn Sink),
    /// What becomes of white space within a value; around it there is none.
    pub(super) spaces: Spaces,
    /// A signed field may be sent several times and counts with its values joined by `,`.
    pub(super) joins_repeated: bool,
}

/// White space within a header value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spaces {
    /// Stays.
    Kept,
    /// A run of spaces becomes one.
    Collapsed,
}

/// The signed fields' names: lower case, sorted, joined by `;`, each once.
#[derive(Debug)]
pub(super) struct SignedNames<'a>(Cow<'a, str>);

impl<'a> SignedNames<'a> {
    /// Reads a list of names. Case and order do not count; SDKs write the canonical form, which is then borrowed.
    ///
    /// # Errors
    /// `auth.signature.malformed` for an empty name or one that stands twice.
    pub(super) fn read(list: &'a str) -> Result<Self, Condition> {
        let is_lower = !list.bytes().any(|b| b.is_ascii_uppercase());
        if is_lower && list.split(';').is_sorted_by(|a, b| a < b) && !list.starts_with(';') && !list.is_empty() {
            return Ok(Self(Cow::Borrowed(list)));
        }
        let lower = list.to_ascii_lowercase();
        let mut names: Vec<&str> = lower.split(';').collect();
        names.sort_unstable();
        let is_set = names.is_sorted_by(|a, b| a < b) && !names.contains(&"");
        if is_set { Ok(Self(Cow::Owned(names.join(";")))) } else { Err(Condition::AuthSignatureMalformed) }
    }

    /// One name, in lower case.
    pub(super) const fn of(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The canonical list.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// True if `name`, in lower case, is signed.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.iter().any(|one| one == name)
    }

    /// True if collapsing runs of spaces would change the value of any signed field.
    pub(super) fn any_value_has_run_of_spaces(&self, headers: &HeaderMap) -> bool {
        let has_run = |value: &http::HeaderValue| header::trimmed(value).windows(2).any(|pair| pair == b"  ");
        self.iter().any(|name| headers.get_all(name).iter().any(has_run))
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(';')
    }

    /// Every signed field is there, and only once unless the scheme joins them.
    ///
    /// # Errors
    /// `auth.signature.incomplete.signed_header` and `auth.signature.repeated_header`, for the first that is not.
    pub(super) fn check(&self, headers: &HeaderMap, rules: &Rules) -> Result<(), Condition> {
        for name in self.iter() {
            let present = if rules.joins_repeated {
                headers.get(name).is_some()
            } else {
                header::single(headers, name)?.is_some()
            };
            if !present {
                return Err(unsigned(name));
            }
        }
        Ok(())
    }
}

/// Everything that is canonicalised.
#[derive(Debug, Clone, Copy)]
pub(super) struct Canonical<'a> {
    pub(super) request: &'a SignedRequest<'a>,
    pub(super) rules: Rules,
    pub(super) names: &'a SignedNames<'a>,
    /// The last line: the body's digest, or what stands for it.
    pub(super) payload: &'a [u8],
}

impl Canonical<'_> {
    /// Writes the canonical request.
    pub(super) fn put(&self, out: &mut dyn Sink) {
        out.put(self.request.method.as_str().as_bytes());
        out.put(b"\n");
        (self.rules.uri)(self.request.signed_path, out);
        out.put(b"\n");
        if let Some(query) = self.request.query.filter(|query| !query.is_empty()) {
            (self.rules.query)(query, out);
        }
        out.put(b"\n");
        for name in self.names.iter() {
            out.put(name.as_bytes());
            for (n, value) in self.request.headers.get_all(name).iter().enumerate() {
                out.put(if n == 0 { b":" } else { b"," });
                put_value(header::trimmed(value), self.rules.spaces, out);
            }
            out.put(b"\n");
        }
        out.put(b"\n");
        out.put(self.names.as_str().as_bytes());
        out.put(b"\n");
        out.put(self.payload);
    }

    /// SHA-256 of the canonical request, in hexadecimal digits.
    pub(super) fn digest(&self) -> [u8; 64] {
        sha256_hex(|out| self.put(out))
    }

    /// The canonical request as a refusal shows it: line ends as `|`.
    pub(super) fn shown(&self) -> String {
        let mut text = Vec::new();
        self.put(&mut text);
        String::from_utf8_lossy(&text).replace('\n', "|")
    }
}

fn put_value(value: &[u8], spaces: Spaces, out: &mut dyn Sink) {
    match spaces {
        Spaces::Kept => out.put(value),
        Spaces::Collapsed => {
            let words = value.split(|&b| b == b' ').filter(|word| !word.is_empty());
            for (n, word) in words.enumerate() {
                if n > 0 {
                    out.put(b" ");
                }
                out.put(word);
            }
        }
    }
}

/// SHA-256 of the body, in hexadecimal digits.
pub(super) fn body_digest(body: &[u8]) -> [u8; 64] {
    hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body).as_ref())
}

/// The payload line for a body with this digest, when the client announced a digest in a field of its own: what it
/// announced if that is true, to its letter case, else what is true.
pub(super) fn payload<'a>(announced: Option<&'a [u8]>, digest: &'a [u8; 64]) -> &'a [u8] {
    announced.filter(|announced| announced.eq_ignore_ascii_case(digest)).unwrap_or(digest)
}

/// The names that SDKs sign by default: every field but those that proxies and libraries rewrite, sorted, joined.
pub(super) fn default_names(headers: &HeaderMap, skipped: &[&str]) -> String {
    let mut names: Vec<&str> = headers
        .keys()
        .map(http::HeaderName::as_str)
        .filter(|name| !skipped.contains(name) && !name.contains('_'))
        .collect();
    names.sort_unstable();
    names.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_names_has_one_spelling() {
        for list in ["host;x-date", "x-date;host", "Host;X-Date"] {
            assert_eq!(SignedNames::read(list).unwrap().as_str(), "host;x-date", "{list}");
        }
        for list in ["", ";", "a;;b", "a;", ";a", "a;A", "b;a;b"] {
            assert!(matches!(SignedNames::read(list), Err(Condition::AuthSignatureMalformed)), "{list}");
        }
        assert!(matches!(SignedNames::read("a;b").unwrap().0, Cow::Borrowed(_)), "the usual form costs nothing");
    }

    #[test]
    fn only_a_true_digest_is_taken_over() {
        let digest = body_digest(b"body");
        let upper = digest.to_ascii_uppercase();
        assert_eq!(payload(None, &digest), digest);
        assert_eq!(payload(Some(&upper), &digest), upper);
        assert_eq!(payload(Some(&body_digest(b"other")), &digest), digest);
        assert_eq!(payload(Some(b""), &digest), digest);
    }
}
