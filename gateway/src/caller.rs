//! Who calls, and what of that the backend gets to see.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::fields::Fields;
use crate::scheme::Principal;
use crate::token::Location;

/// A caller whose credentials were found good.
#[derive(Debug)]
pub(crate) struct Caller {
    /// The id of the key that signed, or whom the token is about.
    pub(crate) id: Arc<str>,
    /// Where the credentials stand.
    pub(crate) credentials: Location,
    /// Fields that are the gateway's to set: what it knows of the caller, `None` where it knows nothing.
    pub(crate) fields: Vec<(HeaderName, Option<HeaderValue>)>,
}

impl Caller {
    /// Tells the backend what is known of the caller, in place of what the client says of itself in `headers`.
    ///
    /// The credentials end here: whoever sees them could use them again.
    pub(crate) fn introduce(self, headers: &mut HeaderMap, fields: &mut Fields) {
        self.credentials.remove(headers);
        for (name, value) in self.fields {
            match value {
                Some(value) => fields.set(name, &value),
                None => fields.leave_out(name),
            }
        }
    }
}

impl From<Principal> for Caller {
    fn from(principal: Principal) -> Self {
        Self { id: principal.key_id, credentials: Location::Header, fields: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_client_says_of_itself_is_replaced() {
        let pair = |(name, value): (&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let sent = [
            ("authorization", "secret"),
            ("x-user-id", "root"),
            ("x-user-id", "admin"),
            ("x_user_id", "root"),
            ("x-user_id", "root"),
            ("x-team", "root"),
            ("x-other", "stays"),
        ];
        let mut headers: HeaderMap = sent.into_iter().map(pair).collect();
        let fields = vec![
            (HeaderName::from_static("x-user-id"), Some(HeaderValue::from_static("ann"))),
            (HeaderName::from_static("x-team"), None),
        ];
        let mut told = Fields::default();
        Caller { id: "ann".into(), credentials: Location::Header, fields }.introduce(&mut headers, &mut told);
        assert_eq!(told.pass_on(&headers), b"\r\nx-user-id: ann\r\nx-other: stays");
    }
}
