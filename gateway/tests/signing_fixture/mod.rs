//! A request as text, and a world with one of everything to verify it in.
#![allow(dead_code, unreachable_pub, reason = "each test binary compiles it as a module and uses its part")]

use apigw_errors::{Condition, Occurrence};
use apigw_gateway::clock::Timestamp;
use apigw_gateway::nonce::MemoryNonces;
use apigw_gateway::scheme::{Context, Key, KeyRing, MemoryFailures, Policy, Principal, Scheme, SignedRequest, Signing};
use apigw_gateway::secret::Secret;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Sent {
    pub method: Method,
    pub path: String,
    pub signed_path: String,
    pub query: Option<String>,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Sent {
    /// Reads `METHOD target`, then header lines, then an empty line and the body.
    pub fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let (method, target) = lines.next().and_then(|line| line.split_once(' ')).expect("a request line");
        let mut sent = Self::new(method, target, body.as_bytes());
        for line in lines {
            let (name, value) = line.split_once(':').expect("a header line");
            sent.headers.append(
                HeaderName::try_from(name).expect("a name"),
                HeaderValue::from_str(value.trim()).expect("a value"),
            );
        }
        sent
    }

    pub fn new(method: &str, target: &str, body: &[u8]) -> Self {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        Self {
            method: method.parse().expect("a method"),
            path: path.to_owned(),
            signed_path: path.to_owned(),
            query,
            headers: HeaderMap::new(),
            body: body.to_vec(),
        }
    }

    pub fn request(&self) -> SignedRequest<'_> {
        SignedRequest {
            method: &self.method,
            path: &self.path,
            signed_path: &self.signed_path,
            query: self.query.as_deref(),
            headers: &self.headers,
            body: Some(&self.body),
        }
    }

    /// Signs and carries the fields that signing yields.
    pub fn signed(mut self, scheme: Scheme, signing: &Signing<'_>) -> Self {
        let fields = scheme.sign(&self.request(), signing).expect("values for header fields");
        self.headers.extend(fields);
        self
    }

    pub fn set(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, HeaderValue::from_str(value).expect("a value"));
    }

    pub fn authorization(&self) -> &str {
        self.headers["authorization"].to_str().expect("text")
    }
}

/// Everything that a verification is made against.
pub struct World {
    pub keys: KeyRing,
    pub nonces: MemoryNonces,
    pub failures: MemoryFailures,
    pub policy: Policy,
    pub now: Timestamp,
}

pub const KEY: &str = "AKIDkey";
pub const OFF: &str = "AKIDstopped";
pub const SECRET: &str = "correct horse battery staple";
pub const NOW: &str = "20240229T120000Z";
pub const HTTP_NOW: &str = "Thu, 29 Feb 2024 12:00:00 GMT";

impl Default for World {
    fn default() -> Self {
        let mut keys = KeyRing::default();
        for (id, disabled) in [(KEY, false), (OFF, true)] {
            keys.insert(Key::new(id, Secret::from(SECRET), disabled)).expect("ids differ");
        }
        Self {
            keys,
            nonces: MemoryNonces::new(1000),
            failures: MemoryFailures::new(10),
            policy: Policy::default(),
            now: Timestamp::from_basic_iso8601(NOW).expect("a moment"),
        }
    }
}

impl World {
    pub fn context(&self) -> Context<'_> {
        Context {
            keys: &self.keys,
            now: self.now,
            nonces: &self.nonces,
            failures: &self.failures,
            policy: &self.policy,
        }
    }

    pub fn verify(&self, scheme: Scheme, sent: &Sent) -> Result<Principal, Condition> {
        scheme.verify(&sent.request(), &self.context())
    }

    /// The id of the condition that refuses the request, or `accepted`.
    pub fn outcome(&self, scheme: Scheme, sent: &Sent) -> &'static str {
        self.verify(scheme, sent).map_or_else(|refusal| refusal.row().id, |_| "accepted")
    }
}
