//! Where the reference site is.

use std::env;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::str::FromStr;
use std::time::Duration;

use apigw_errors::{CodeRow, Lang};

use crate::cli::failure::Failure;

/// The variable that names the site where no argument does.
pub(crate) const VARIABLE: &str = "APIGW_ERRORS_SITE";

/// Where `apigw-site serve` listens, and the demo of `apigw-gateway` serves the reference.
const LOCAL: &str = "http://127.0.0.1:8081";

/// How long a listener on this machine may take to answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// Where the pages are: an address of `http` or `https`, without a final `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site(String);

/// Not the address of a site.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("write it as `https://errors.example.com` or `http://127.0.0.1:8081`, without `?` and `#`")]
pub(crate) struct NoSite;

impl FromStr for Site {
    type Err = NoSite;

    fn from_str(text: &str) -> Result<Self, NoSite> {
        let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://")).ok_or(NoSite)?;
        let strange =
            |c: char| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#' | '"' | '\'' | '<' | '>' | '\\');
        if host.is_empty() || host.starts_with(['/', ':']) || host.contains(strange) {
            return Err(NoSite);
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl Site {
    /// The site named by the argument, else by [`VARIABLE`], else the one on this machine.
    pub(crate) fn named(argument: Option<&Self>) -> Result<Self, Failure> {
        if let Some(site) = argument {
            return Ok(site.clone());
        }
        // The same name at compile time is where `CodeRow::docs_url` of this build points.
        let built = || option_env!("APIGW_ERRORS_SITE").map(str::to_owned);
        let given = env::var(VARIABLE).ok().filter(|text| !text.is_empty());
        match given.or_else(built).filter(|text| !text.is_empty()) {
            Some(text) => text.parse().map_err(|why| Failure::SiteVariable { text, why }),
            None => Ok(Self(LOCAL.to_owned())),
        }
    }

    /// The address of a code's page.
    pub(crate) fn page(&self, code: &CodeRow, lang: Lang) -> String {
        format!("{}/{lang}{}", self.0, code.path())
    }

    /// Fails if the site should be on this machine and nobody listens there: a browser would show its own error, which
    /// does not say what to start.
    pub(crate) fn is_up(&self) -> Result<(), Failure> {
        let Some(address) = self.local() else { return Ok(()) };
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(_) => Ok(()),
            Err(source) => Err(Failure::SiteDown { site: self.0.clone(), source }),
        }
    }

    /// The socket of a site on this machine.
    fn local(&self) -> Option<SocketAddr> {
        let (rest, port) = match self.0.strip_prefix("http://") {
            Some(rest) => (rest, 80),
            None => (self.0.strip_prefix("https://")?, 443),
        };
        let authority = rest.split('/').next()?;
        // Looking up any other name would ask the network.
        if authority == "localhost" || authority.starts_with("localhost:") {
            let port = authority.split_once(':').map_or(Ok(port), |(_, port)| port.parse()).ok()?;
            return ("localhost", port).to_socket_addrs().ok()?.find(SocketAddr::is_ipv4);
        }
        let address: SocketAddr = authority
            .parse()
            .or_else(|_| Ok::<_, std::net::AddrParseError>(SocketAddr::new(authority.parse()?, port)))
            .ok()?;
        address.ip().is_loopback().then_some(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_of_http() {
        for (text, wanted) in [
            ("https://errors.example.com/", Ok("https://errors.example.com")),
            ("http://[::1]:8081/docs", Ok("http://[::1]:8081/docs")),
            ("errors.example.com", Err(NoSite)),
            ("file:///etc/passwd", Err(NoSite)),
            ("javascript:alert(1)", Err(NoSite)),
            ("https://", Err(NoSite)),
            ("https:///x", Err(NoSite)),
            ("https://a b", Err(NoSite)),
            ("https://a/?x=", Err(NoSite)),
        ] {
            assert_eq!(text.parse::<Site>().map(|site| site.0), wanted.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn only_sites_on_this_machine_are_asked() {
        let local = |text: &str| text.parse::<Site>().unwrap().local().map(|address| address.to_string());
        assert_eq!(local("http://127.0.0.1:8081/docs").as_deref(), Some("127.0.0.1:8081"));
        assert_eq!(local("http://127.0.0.1").as_deref(), Some("127.0.0.1:80"));
        assert_eq!(local("https://[::1]:8443").as_deref(), Some("[::1]:8443"));
        assert_eq!(local("http://192.0.2.1:8081"), None);
        assert_eq!(local("https://errors.example.com"), None);
    }
}
