//! The vendors' own signatures, sent over a socket to a gateway that lives in their time.

#![allow(
    clippy::expect_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod harness;

use std::collections::BTreeMap;

use harness::{Backend, Client, at, gateway};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    id: String,
    vendor: String,
    scheme: String,
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    body: String,
    key: String,
    secret: String,
    date: String,
    expect_authorization: String,
}

impl Vector {
    fn scheme(&self) -> &'static str {
        match self.scheme.split('-').next() {
            Some("keypair") => "tencent-key-pair",
            Some("apiapp") => "tencent-application",
            Some("SDK") => "huawei-app",
            _ => "jdcloud",
        }
    }

    fn config(&self, backend: &Backend) -> String {
        let moment = apigw_gateway::clock::Timestamp::from_http_date(&self.date);
        let clock = moment.map_or_else(|| self.date.clone(), |moment| moment.basic_iso8601().to_string());
        format!(
            "access_log: off\ntest: {{ clock: {clock} }}\nbackends: {{ allow: [127.0.0.1] }}\nkeys:\n  \
             - {{ id: {:?}, secret: {{ value: {:?} }}, grants: [\"*\"] }}\nhosts:\n  - host: {:?}\n    dialect: {}\n    \
             environment: {{ mapping: [{{ path: /, environment: release }}, {{ path: /test, environment: test }}] }}\n    \
             routes: [{{ id: all, path: /, match: prefix, auth: {{ scheme: {} }}, backend: {{ url: \"http://{}\" }} }}]\n",
            self.key,
            self.secret,
            self.uri().host().unwrap(),
            self.vendor,
            self.scheme(),
            backend.address
        )
    }

    fn uri(&self) -> http::Uri {
        self.url.parse().unwrap()
    }

    fn request(&self, authorization: &str) -> String {
        let uri = self.uri();
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let mut request = format!("{} {target} HTTP/1.1\r\n", self.method);
        for (name, value) in &self.headers {
            request += &format!("{name}: {value}\r\n");
        }
        format!("{request}Authorization: {authorization}\r\nContent-Length: {}\r\n\r\n{}", self.body.len(), self.body)
    }
}

#[test]
fn every_vector_passes_and_no_altered_one_does() {
    let text = include_str!("../../tests/data/signing-vectors.json");
    let vectors: Vec<Vector> = serde_json::from_str(text).unwrap();
    assert_eq!(vectors.len(), 29);
    let backend = Backend::with(|peer| {
        while let Some(head) = peer.head() {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            peer.read(length.map_or(0, |length| length.parse().unwrap()));
            peer.send(b"HTTP/1.1 204 No Content\r\n\r\n");
        }
    });
    for vector in vectors {
        let gateway = gateway(&vector.config(&backend));
        let mut client = Client::connect(at(&gateway));
        let right = &vector.expect_authorization;
        // The last character of the signature proper, so that the text stays well-formed.
        let end = right.trim_end_matches(['"', '=']).len() - 2;
        let other = if right.as_bytes()[end] == b'a' { "b" } else { "a" };
        let wrong = format!("{}{other}{}", &right[..end], &right[end + 1..]);
        let refused = client.write(vector.request(&wrong)).read_to(&vector.method);
        assert_eq!(refused.status(), 401, "{}: {}", vector.id, refused.text());
        let passed = client.write(vector.request(right)).read_to(&vector.method);
        assert_eq!(passed.status(), 204, "{}: {}", vector.id, passed.text());
    }
}
