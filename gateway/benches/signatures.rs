//! What it costs to verify a signature, by scheme, beside a bare HMAC over as many bytes.
//!
//! `cargo bench -p apigw-gateway --bench signatures`

#![allow(clippy::unwrap_used, reason = "a benchmark may panic")]
#![allow(missing_docs, reason = "divan's entry points need no documentation")]

use apigw_gateway::clock::Timestamp;
use apigw_gateway::nonce::{MemoryNonces, NonceStore, Remembered};
use apigw_gateway::scheme::{Context, Key, KeyRing, MemoryFailures, Policy, Scheme, SignedRequest, Signing};
use apigw_gateway::secret::Secret;
use aws_lc_rs::hmac;
use divan::Bencher;
use http::{HeaderMap, HeaderValue, Method};

fn main() {
    divan::main();
}

const KEY: &str = "AKIDtestSecretId00000000000000000001";
const SECRET: &str = "testSecretKey000000000000000001";
const BODY: &[u8] = br#"{"name":"value","list":[1,2,3]}"#;

/// A store that forgets, so that one request can be verified again and again.
struct NoNonces;

impl NonceStore for NoNonces {
    fn remember(&self, _: &str, _: &str, _: Timestamp, _: Timestamp) -> Remembered {
        Remembered::Fresh
    }
}

fn headers() -> HeaderMap {
    let fields = [
        ("host", "service-abcd1234.gz.example.com"),
        ("source", "bench"),
        ("accept", "application/json"),
        ("content-type", "application/json"),
    ];
    fields.into_iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
}

fn verify(bencher: Bencher<'_, '_>, scheme: Scheme, algorithm: &str) {
    let now = Timestamp::from_basic_iso8601("20240229T120000Z").unwrap();
    let secret = Secret::from(SECRET);
    let mut keys = KeyRing::default();
    keys.insert(Key::new(KEY, secret.clone(), false)).unwrap();
    let (failures, policy) = (MemoryFailures::new(10), Policy::default());
    let context = Context { keys: &keys, now, nonces: &NoNonces, failures: &failures, policy: &policy };
    let unsigned = headers();
    let mut request = SignedRequest {
        method: &Method::POST,
        path: "/v1/items/42",
        signed_path: "/v1/items/42",
        query: Some("page=2&size=10"),
        headers: &unsigned,
        body: Some(BODY),
    };
    let signing = Signing { algorithm: Some(algorithm), ..Signing::new(KEY, &secret, now, "a-nonce") };
    let mut headers = unsigned.clone();
    headers.extend(scheme.sign(&request, &signing).unwrap());
    request.headers = &headers;
    assert!(scheme.verify(&request, &context).is_ok());
    bencher.bench_local(|| scheme.verify(&request, &context));
}

/// The bytes that the Huawei and JD schemes sign for the request above, about 280.
#[divan::bench]
fn bare_hmac_sha256_of_280_bytes(bencher: Bencher<'_, '_>) {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    bencher.bench(|| hmac::sign(&key, divan::black_box(&[b'a'; 280])));
}

/// The bytes that a Tencent key pair signs.
#[divan::bench]
fn bare_hmac_sha1_of_50_bytes(bencher: Bencher<'_, '_>) {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, SECRET.as_bytes());
    bencher.bench(|| hmac::sign(&key, divan::black_box(&[b'a'; 50])));
}

#[divan::bench]
fn tencent_key_pair_sha1(bencher: Bencher<'_, '_>) {
    verify(bencher, Scheme::TencentKeyPair, "hmac-sha1");
}

#[divan::bench]
fn tencent_key_pair_sha256(bencher: Bencher<'_, '_>) {
    verify(bencher, Scheme::TencentKeyPair, "hmac-sha256");
}

#[divan::bench]
fn tencent_application(bencher: Bencher<'_, '_>) {
    verify(bencher, Scheme::TencentApplication, "hmac-sha1");
}

#[divan::bench]
fn huawei_app(bencher: Bencher<'_, '_>) {
    verify(bencher, Scheme::HuaweiApp, "SDK-HMAC-SHA256");
}

#[divan::bench]
fn huawei_iam(bencher: Bencher<'_, '_>) {
    verify(bencher, Scheme::HuaweiIam, "SDK-HMAC-SHA256");
}

#[divan::bench]
fn jdcloud2(bencher: Bencher<'_, '_>) {
    verify(bencher, Scheme::Jdcloud, "JDCLOUD2-HMAC-SHA256");
}

#[divan::bench]
fn jdcloud3(bencher: Bencher<'_, '_>) {
    verify(bencher, Scheme::Jdcloud, "JDCLOUD3-HMAC-SHA256");
}

/// Test-and-set of a nonce never seen before, in a store that holds a hundred thousand.
#[divan::bench]
fn nonce_store(bencher: Bencher<'_, '_>) {
    let store = MemoryNonces::new(1_000_000);
    let (now, until) = (Timestamp::from_unix(1000), Timestamp::from_unix(1900));
    for n in 0..100_000 {
        store.remember(KEY, &n.to_string(), until, now);
    }
    let mut n = 100_000;
    bencher
        .with_inputs(|| {
            n += 1;
            n.to_string()
        })
        .bench_local_values(|nonce| store.remember(KEY, &nonce, until, now));
}
