//! Networks, and sets of them that are asked whether an address lies in one.

use std::net::IpAddr;

/// A network: an address and how many of its leading bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: u128,
    mask: u128,
}

impl Network {
    /// Reads `10.0.0.0/8`, `fe80::/10`, or a single address.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let own = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(own);
        if prefix > own {
            return None;
        }
        // IPv4 lives in its IPv6-mapped form, so that a mapped address equals the plain one.
        let shift = own - prefix;
        let mask = u128::MAX.checked_shl(shift).unwrap_or(0);
        Some(Self { address: bits(address) & mask, mask })
    }

    /// True if `address` lies in this network. A mapped IPv4 address is the IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        bits(address) & self.mask == self.address
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// A set of networks. Asking it costs a binary search, so that lists of thousands may be asked at every call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks {
    /// First and last address of each range; sorted, and apart from each other.
    ranges: Box<[(u128, u128)]>,
}

impl Networks {
    /// True if no address lies in it.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// True if `address` lies in one of the networks.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = bits(address);
        let before = self.ranges.partition_point(|(first, _)| *first <= address);
        let nearest = before.checked_sub(1).and_then(|index| self.ranges.get(index));
        nearest.is_some_and(|(_, last)| address <= *last)
    }
}

impl FromIterator<Network> for Networks {
    fn from_iter<I: IntoIterator<Item = Network>>(networks: I) -> Self {
        let range = |network: Network| (network.address, network.address | !network.mask);
        let mut all: Vec<(u128, u128)> = networks.into_iter().map(range).collect();
        all.sort_unstable();
        let mut ranges: Vec<(u128, u128)> = Vec::with_capacity(all.len());
        for (first, last) in all {
            match ranges.last_mut() {
                Some((_, end)) if first <= *end => *end = last.max(*end),
                _ => ranges.push((first, last)),
            }
        }
        Self { ranges: ranges.into() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn networks() {
        let loopback = Network::parse("127.0.0.0/8").unwrap();
        assert!(loopback.contains("127.9.9.9".parse().unwrap()));
        assert!(loopback.contains("::ffff:127.0.0.1".parse().unwrap()));
        assert!(!loopback.contains("128.0.0.1".parse().unwrap()));
        assert!(!loopback.contains("::1".parse().unwrap()));
        let link = Network::parse("fe80::/10").unwrap();
        assert!(link.contains("febf::1".parse().unwrap()) && !link.contains("fec0::1".parse().unwrap()));
        assert!(Network::parse("0.0.0.0/0").unwrap().contains("8.8.8.8".parse().unwrap()));
        assert!(!Network::parse("0.0.0.0/0").unwrap().contains("2001:db8::1".parse().unwrap()));
        assert!(Network::parse("::/0").unwrap().contains("8.8.8.8".parse().unwrap()));
        assert_eq!(Network::parse("10.0.0.0/33"), None);
        assert_eq!(Network::parse("010.0.0.1"), None);
    }

    /// Few networks near each other, so that they overlap, touch and contain one another.
    fn network() -> impl Strategy<Value = Network> {
        let v4 = (0_u32..64, 24_u32..=32).prop_map(|(host, prefix)| format!("192.0.2.{host}/{prefix}"));
        let v6 = (0_u32..64, 120_u32..=128).prop_map(|(host, prefix)| format!("2001:db8::{host:x}/{prefix}"));
        let whole = prop_oneof![Just("0.0.0.0/0".to_owned()), Just("::/0".to_owned())];
        prop_oneof![8 => v4, 8 => v6, 1 => whole].prop_filter_map("a network", |text| Network::parse(&text))
    }

    fn address() -> impl Strategy<Value = IpAddr> {
        let near = (0_u32..300).prop_map(|host| IpAddr::V4((0xc000_0200 + host).into()));
        let mapped =
            (0_u32..300).prop_map(|host| IpAddr::V6(std::net::Ipv4Addr::from(0xc000_0200 + host).to_ipv6_mapped()));
        let six = (0_u128..300).prop_map(|host| IpAddr::V6(((0x2001_0db8 << 96) + host).into()));
        prop_oneof![near, mapped, six, any::<IpAddr>()]
    }

    proptest! {
        #[test]
        fn a_set_is_what_its_members_are(networks in prop::collection::vec(network(), 0..12), address in address()) {
            let set: Networks = networks.iter().copied().collect();
            prop_assert_eq!(set.contains(address), networks.iter().any(|network| network.contains(address)));
            prop_assert_eq!(set.contains(address), set.contains(address.to_canonical()));
            prop_assert_eq!(set.is_empty(), networks.is_empty());
        }
    }
}
