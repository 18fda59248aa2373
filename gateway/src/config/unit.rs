//! Sizes, times and networks as people write them.

use std::net::IpAddr;
use std::time::Duration;

/// Reads `32768`, `32 KiB`, `12MiB`, `1 GB`; bytes.
pub(super) fn size(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let scale = match unit {
        "" | "B" => 1,
        "KiB" | "K" => 1 << 10,
        "MiB" | "M" => 1 << 20,
        "GiB" | "G" => 1 << 30,
        "KB" | "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return None,
    };
    number.checked_mul(scale)
}

/// Reads `500ms`, `10s`, `2m`, `1h`. A number alone has no unit and is refused: seconds or milliseconds?
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let scale = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(scale).map(Duration::from_millis)
}

fn split(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, unit.trim()))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times() {
        assert_eq!(size("32 KiB"), Some(32768));
        assert_eq!(size("12MiB"), Some(12 << 20));
        assert_eq!(size("7"), Some(7));
        assert_eq!(size("KiB"), None);
        assert_eq!(size("-1"), None);
        assert_eq!(size("99999999999 GiB"), None);
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("2 m"), Some(Duration::from_secs(120)));
        assert_eq!(duration("5"), None);
        assert_eq!(duration("1.5s"), None);
    }

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
}
