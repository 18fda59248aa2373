//! A gateway that raises every catalogued error from a real check.

pub mod clock;
pub mod nonce;
pub mod scheme;
pub mod secret;
