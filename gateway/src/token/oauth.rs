//! The part that an API plays in OAuth.
//!
//! Two kinds of API belong together: behind an *authorization API* stands the owner's own server, which issues tokens;
//! *business APIs* name it, and take what it issued. So the key, and where tokens travel, are the authorization API's.

use std::sync::Arc;

use super::{ClaimFields, Location, Verifier};

/// What an API does with tokens.
#[derive(Debug)]
pub enum Oauth {
    /// Nobody has said, though it is to do something.
    Unconfigured,
    /// It hands them out: calls pass without one.
    Authorization,
    /// It wants one.
    Business(Business),
}

/// An API that wants tokens.
#[derive(Debug)]
pub struct Business {
    /// How they are judged.
    pub trust: Result<Trust, OauthFault>,
    /// The environments in which its authorization API is published; `None` is all.
    pub environments: Option<Box<[Box<str>]>>,
    /// What of them the backend is told.
    pub fields: ClaimFields,
}

impl Business {
    /// How tokens are judged in this environment.
    ///
    /// # Errors
    /// Why none can be.
    pub fn trust_in(&self, environment: &str) -> Result<&Trust, OauthFault> {
        match &self.environments {
            Some(published) if !published.iter().any(|one| **one == *environment) => Err(OauthFault::RelatedApiMissing),
            _ => self.trust.as_ref().map_err(|fault| *fault),
        }
    }
}

/// Where tokens are, and what makes them good.
#[derive(Debug)]
pub struct Trust {
    /// Where a request carries its token.
    pub location: Location,
    /// How it is judged.
    pub verifier: Arc<Verifier>,
}

/// Why no token can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OauthFault {
    /// The API that the business API names is no authorization API, or there is none.
    RelatedApiMissing,
    /// Tokens are to be taken from where none is taken.
    TokenLocation,
    /// There is no key.
    PublicKeyMissing,
    /// The key is none.
    PublicKeyUnusable,
}
