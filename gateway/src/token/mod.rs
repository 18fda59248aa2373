//! Tokens: what somebody else says about a caller, and signed (RFC 7515, RFC 7517, RFC 7519).
//!
//! A token is judged by what the operator configured and by nothing that it says of itself: algorithm and key come
//! from the configuration; `jwk`, `jku`, `x5u`, `x5c` in its header are not looked at, so no token makes the gateway
//! open a file or a connection. One file per step: [`Location`] finds it, [`Verifier`] judges it with a [`PublicKey`],
//! [`ClaimFields`] passes on what it says; [`Oauth`] is which API trusts whose tokens.

mod claims;
mod json;
mod jwk;
mod jwt;
mod location;
mod oauth;

pub use claims::ClaimFields;
pub use jwk::{Algorithm, KeyError, PublicKey};
pub use jwt::{Claims, JwtError, LONGEST, MOST_LEEWAY, Verifier};
pub use location::Location;
pub use oauth::{Business, Oauth, OauthFault, Trust};
