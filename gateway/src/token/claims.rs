//! Claims that are passed on to the backend in header fields.

use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::{Claims, JwtError};

/// Which claim goes into which field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimFields(pub Vec<(Box<str>, HeaderName)>);

impl ClaimFields {
    /// The fields with what `claims` say. `None` for a claim that is not there: the client's own field of that name
    /// has to go all the same.
    ///
    /// # Errors
    /// [`JwtError::Claim`] if a claim holds a line end or another control character. Escaping it would hand the backend
    /// a text that the issuer never wrote.
    pub fn of(&self, claims: &Claims) -> Result<Vec<(HeaderName, Option<HeaderValue>)>, JwtError> {
        let field = |(claim, name): &(Box<str>, HeaderName)| {
            let value = match claims.get(claim) {
                None | Some(Value::Null) => None,
                Some(Value::String(text)) => Some(value(text)?),
                Some(other) => Some(value(&other.to_string())?),
            };
            Ok((name.clone(), value))
        };
        self.0.iter().map(field).collect()
    }
}

fn value(text: &str) -> Result<HeaderValue, JwtError> {
    HeaderValue::from_bytes(text.as_bytes()).map_err(|_| JwtError::Claim)
}
