//! Text that must not be seen.

use std::fmt;
use std::hint::black_box;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde::{Deserialize, Serialize, Serializer};

/// What stands in place of a secret wherever values are printed.
const REDACTED: &str = "[redacted]";

/// A secret key. Printing, debugging or serialising it yields `[redacted]`; it is overwritten when dropped.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct Secret(Vec<u8>);

impl Secret {
    /// The secret itself. Each call is a place to look at in review.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl PartialEq for Secret {
    /// Takes the same time wherever the two differ.
    fn eq(&self, other: &Self) -> bool {
        verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REDACTED)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.fill(0);
        // Without a reader the compiler may drop the stores above.
        black_box(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_way_of_printing_shows_it() {
        let secret = Secret::from("hunter2");
        for shown in [
            format!("{secret}"),
            format!("{secret:?}"),
            format!("{secret:#?}"),
            serde_json::to_string(&secret).unwrap(),
            format!("{:?}", Some(&secret)),
        ] {
            assert!(!shown.contains("hunter2") && shown.contains(REDACTED), "{shown}");
        }
    }

    #[test]
    fn equal_only_in_full_length() {
        assert_eq!(Secret::from("abc"), Secret::from("abc".to_owned()));
        assert_ne!(Secret::from("abc"), Secret::from("ab"));
        assert_ne!(Secret::from("abc"), Secret::from(""));
    }
}
