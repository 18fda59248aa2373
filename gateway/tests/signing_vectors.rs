//! Every published or recorded signature of the vendors' own clients: made again by `sign`, and accepted by `verify`.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod signing_fixture;

use std::fmt::Write;

use apigw_errors::Occurrence;
use apigw_gateway::clock::Timestamp;
use apigw_gateway::scheme::{Key, Scheme, Signing};
use apigw_gateway::secret::Secret;
use http::{HeaderName, HeaderValue, Uri};
use serde::Deserialize;
use signing_fixture::{Sent, World};

#[derive(Deserialize)]
struct Vector {
    id: String,
    scheme: String,
    method: String,
    url: String,
    headers: std::collections::BTreeMap<String, String>,
    body: String,
    key: String,
    secret: String,
    date: String,
    nonce: Option<String>,
    #[serde(default)]
    region: String,
    #[serde(default)]
    service: String,
    expect_authorization: String,
    canonical_request: Option<String>,
    string_to_sign: String,
}

impl Vector {
    fn scheme(&self) -> (Scheme, &str) {
        match self.scheme.as_str() {
            name if name.starts_with("keypair-") => (Scheme::TencentKeyPair, &name["keypair-".len()..]),
            name if name.starts_with("apiapp-") => (Scheme::TencentApplication, &name["apiapp-".len()..]),
            name if name.starts_with("JDCLOUD") => (Scheme::Jdcloud, name),
            name => (Scheme::HuaweiApp, name),
        }
    }

    /// The names that the client signed, as its `Authorization` lists them.
    fn signed_headers(&self) -> Vec<&str> {
        let (_, list) = self.expect_authorization.split_once("eaders=").expect("a list of signed fields");
        let list = list.trim_start_matches('"');
        let list = list.split(['"', ',']).next().expect("a list");
        list.split([' ', ';']).collect()
    }

    fn sent(&self) -> Sent {
        let uri: Uri = self.url.parse().expect("a URL");
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let mut sent = Sent::new(&self.method, target, self.body.as_bytes());
        for (name, value) in &self.headers {
            sent.headers.insert(HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        if self.scheme().0 == Scheme::TencentApplication
            && let Some(rest) = sent.path.strip_prefix("/test/")
        {
            sent.signed_path = format!("/{rest}");
        }
        sent
    }

    fn check(&self) -> Result<(), String> {
        let (scheme, algorithm) = self.scheme();
        let now = Timestamp::from_basic_iso8601(&self.date).or_else(|| Timestamp::from_http_date(&self.date)).unwrap();
        let mut world = World { now, ..World::default() };
        let secret = Secret::from(self.secret.as_str());
        world.keys.insert(Key::new(self.key.as_str(), secret.clone(), false)).unwrap();

        let nonce = self.nonce.as_deref().unwrap_or_default();
        let names = self.signed_headers();
        let signing = Signing {
            algorithm: Some(algorithm),
            signed_headers: Some(&names),
            region: &self.region,
            service: &self.service,
            ..Signing::new(&self.key, &secret, now, nonce)
        };
        let mut sent = self.sent();
        let added = scheme.sign(&sent.request(), &signing).unwrap();
        let made = added.last().unwrap().1.to_str().unwrap().to_owned();
        if made != self.expect_authorization {
            return Err(format!("sign made {made}"));
        }
        if added.len() != 1 {
            return Err(format!("sign added fields that the client did not: {added:?}"));
        }

        sent.set("authorization", &self.expect_authorization);
        let principal = world.verify(scheme, &sent).map_err(|refusal| format!("verify: {refusal:?}"))?;
        if *principal.key_id != *self.key {
            return Err(format!("verify named {principal:?}"));
        }

        self.check_shown(scheme, &world, sent)
    }

    /// A refusal shows what we signed; that must be what the client signed.
    fn check_shown(&self, scheme: Scheme, world: &World, mut sent: Sent) -> Result<(), String> {
        let (expected, line_end) = match (scheme, &self.canonical_request) {
            (Scheme::TencentApplication, _) => (&self.string_to_sign, "#"),
            (Scheme::HuaweiApp, Some(canonical)) => (canonical, "|"),
            _ => return Ok(()),
        };
        let (before, signature) = self.expect_authorization.rsplit_once("ignature=").unwrap();
        let (first, rest) = signature.split_at(if signature.starts_with('"') { 2 } else { 1 });
        let other =
            if first.ends_with('b') { first.replace('b', "c") } else { first.replace(|c| c != '"', "b") } + rest;
        sent.set("authorization", &format!("{before}ignature={other}"));
        let refusal = world.verify(scheme, &sent).expect_err("a changed signature");
        let shown = apigw_errors::Params::param(&refusal, "canonical").map(|text| text.to_string()).unwrap_or_default();
        if refusal.row().id == "auth.signature.mismatch.canonical" && shown == expected.replace('\n', line_end) {
            Ok(())
        } else {
            Err(format!("refusal {} shows {shown}", refusal.row().id))
        }
    }
}

#[test]
fn every_vector_is_made_and_accepted() {
    let text = include_str!("../../tests/data/signing-vectors.json");
    let vectors: Vec<Vector> = serde_json::from_str(text).expect("the vectors");
    assert_eq!(vectors.len(), 29, "a vector was lost");
    let mut failures = String::new();
    for vector in &vectors {
        if let Err(why) = vector.check() {
            writeln!(failures, "{}: {why}", vector.id).unwrap();
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}
