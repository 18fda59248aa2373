//! Which addresses may call: of the gateway, a host, an API, or a key.

use std::net::IpAddr;

use crate::network::Networks;

/// A rule. Whatever it allows, it denies what it says it denies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IpAccess {
    /// These and no others; `None` for all.
    pub allow: Option<Networks>,
    /// Not these, even if they are allowed.
    pub deny: Networks,
}

impl IpAccess {
    /// True if `address` may call.
    pub fn permits(&self, address: IpAddr) -> bool {
        !self.deny.contains(address) && self.allow.as_ref().is_none_or(|allowed| allowed.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Network;

    #[test]
    fn deny_wins() {
        let list = |text: &str| text.split(' ').filter_map(Network::parse).collect();
        let rule = IpAccess { allow: Some(list("192.0.2.0/24 2001:db8::/32")), deny: list("192.0.2.66") };
        let permits = |ip: &str| rule.permits(ip.parse().unwrap());
        assert!(permits("192.0.2.1") && permits("::ffff:192.0.2.1") && permits("2001:db8::1"));
        assert!(!permits("192.0.2.66") && !permits("::ffff:192.0.2.66") && !permits("198.51.100.1"));
        let only_deny = IpAccess { allow: None, deny: list("192.0.2.66") };
        assert!(only_deny.permits("198.51.100.1".parse().unwrap()));
        assert!(!only_deny.permits("192.0.2.66".parse().unwrap()));
    }
}
