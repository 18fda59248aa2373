//! What is asked of a contender.

use std::net::SocketAddr;
use std::time::SystemTime;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The name that the gateway serves; one that resolves, because over TLS the load asks for it.
pub(crate) const HOST: &str = "localhost";
/// The key that callers sign with.
pub(crate) const KEY: (&str, &str) = ("bench", "benchsecret");

/// A scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scenario {
    /// A kilobyte through the proxy.
    Plain,
    /// The same request as for `Hmac`, on a route that looks at no signature: what the longer head costs by itself.
    Signed,
    /// As `Plain`, behind a signature that is checked.
    Hmac,
    /// No signature where one is needed.
    Unauthorized,
    /// No such path.
    NotFound,
    /// Over the limit.
    TooMany,
    /// As `Plain`, the last of ten routes.
    TenRoutes,
    /// As `Plain`, the last of a thousand routes.
    ThousandRoutes,
    /// As `Plain`, the last of a hundred thousand routes.
    HundredThousandRoutes,
    /// A mebibyte through the proxy.
    Large,
    /// As `Plain`, with TLS between client and proxy.
    Tls,
}

/// A request, as it is sent.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) address: SocketAddr,
    pub(crate) is_tls: bool,
    pub(crate) path: String,
    pub(crate) fields: Vec<(&'static str, String)>,
}

impl Scenario {
    pub(crate) const ALL: [Self; 11] = [
        Self::Plain,
        Self::Signed,
        Self::Hmac,
        Self::Unauthorized,
        Self::NotFound,
        Self::TooMany,
        Self::TenRoutes,
        Self::ThousandRoutes,
        Self::HundredThousandRoutes,
        Self::Large,
        Self::Tls,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain, 1 KB",
            Self::Signed => "signed, not checked",
            Self::Hmac => "hmac, 1 KB",
            Self::Unauthorized => "401",
            Self::NotFound => "404",
            Self::TooMany => "429",
            Self::TenRoutes => "routes, 10",
            Self::ThousandRoutes => "routes, 1,000",
            Self::HundredThousandRoutes => "routes, 100,000",
            Self::Large => "large, 1 MiB",
            Self::Tls => "tls, 1 KB",
        }
    }

    /// The status that each answer has.
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::Unauthorized => 401,
            Self::NotFound => 404,
            Self::TooMany => 429,
            _ => 200,
        }
    }

    /// The least that a body holds, in bytes.
    pub(crate) const fn body(self) -> usize {
        match self {
            Self::Unauthorized | Self::NotFound | Self::TooMany => 16,
            Self::Large => 1 << 20,
            _ => 1024,
        }
    }

    /// How many routes the gateway has beside those of the other scenarios.
    pub(crate) const fn routes(self) -> u32 {
        match self {
            Self::TenRoutes => 10,
            Self::ThousandRoutes => 1_000,
            Self::HundredThousandRoutes => 100_000,
            _ => 0,
        }
    }

    /// True if clients speak TLS.
    pub(crate) const fn is_tls(self) -> bool {
        matches!(self, Self::Tls)
    }

    /// The request, signed now where it is to be signed.
    pub(crate) fn request(self, address: SocketAddr) -> Sent {
        let mut fields = vec![("Host", HOST.to_owned())];
        let path = match self {
            Self::Plain | Self::Signed | Self::Tls => "/open".to_owned(),
            Self::Hmac | Self::Unauthorized => "/signed".to_owned(),
            Self::NotFound => "/missing".to_owned(),
            Self::TooMany => "/limited".to_owned(),
            Self::Large => "/large".to_owned(),
            _ => format!("/open/{}", self.routes() - 1),
        };
        if matches!(self, Self::Signed | Self::Hmac) {
            let date = httpdate::fmt_http_date(SystemTime::now());
            let key = hmac::Key::new(hmac::HMAC_SHA256, KEY.1.as_bytes());
            let signature = STANDARD.encode(hmac::sign(&key, format!("x-date: {date}\nsource: bench").as_bytes()));
            let id = KEY.0;
            fields.push(("X-Date", date));
            fields.push(("Source", "bench".to_owned()));
            let algorithm = "hmac-sha256";
            fields.push((
                "Authorization",
                format!(
                    "hmac id=\"{id}\", algorithm=\"{algorithm}\", headers=\"x-date source\", signature=\"{signature}\""
                ),
            ));
        }
        Sent { address, is_tls: self.is_tls(), path, fields }
    }
}
