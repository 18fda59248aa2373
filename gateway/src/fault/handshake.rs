//! TLS handshakes that are to fail. They are over before a route is known, so a listener has them, for all names that its
//! clients ask for or for some.

use std::time::Duration;

use super::Odds;
use crate::tls::covers;

/// A fault of handshakes. It meets those alone that would have gone on: with a version and a name that are served.
#[derive(Debug)]
pub struct Fault {
    /// The names (SNI) that it is for, in lower case, `*.example.com` among them; with none, every name and no name.
    pub names: Box<[Box<str>]>,
    /// Which handshakes of theirs it strikes.
    pub odds: Odds,
    /// Before the handshake ends, or goes on.
    pub delay: Duration,
    /// How it ends; without it, it is late and goes on.
    pub cut: Option<Cut>,
}

/// How a handshake ends early: what the client sees in the place of a server's hello.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The alert `handshake_failure`.
    Alert,
    /// The end of the connection.
    Close,
    /// A reset of the connection.
    Reset,
}

impl Cut {
    /// All of them by their name.
    pub const NAMES: &'static [(&'static str, Self)] =
        &[("alert", Self::Alert), ("close", Self::Close), ("reset", Self::Reset)];
}

impl Fault {
    /// Whether it strikes the next handshake of a client that asks for `name`, or for none.
    pub fn strikes(&self, name: Option<&str>) -> bool {
        self.is_for(name) && self.odds.strike()
    }

    fn is_for(&self, name: Option<&str>) -> bool {
        self.names.is_empty() || name.is_some_and(|name| self.names.iter().any(|own| covers(own, name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let fault = |names: &[&str]| Fault {
            names: names.iter().map(|name| (*name).into()).collect(),
            odds: Odds::default(),
            delay: Duration::ZERO,
            cut: Some(Cut::Alert),
        };
        let some = fault(&["a.test", "*.b.test"]);
        for name in ["a.test", "A.Test", "x.b.test"] {
            assert!(some.strikes(Some(name)), "{name}");
        }
        for name in ["x.a.test", "b.test", "x.y.b.test", "test", ""] {
            assert!(!some.strikes(Some(name)), "{name}");
        }
        assert!(!some.strikes(None));
        assert!(fault(&[]).strikes(None) && fault(&[]).strikes(Some("any")));
    }
}
