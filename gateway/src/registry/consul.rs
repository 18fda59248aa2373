//! Consul's HTTP API: `GET /v1/health/service/:name?passing`.

use bytes::Bytes;
use http::header::{HOST, HeaderName};
use http::{HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use tokio::net::TcpStream;

use super::Missing;
use crate::secret::Secret;

/// Largest answer, in bytes: some thousands of instances.
const LARGEST: usize = 4 << 20;

const TOKEN: HeaderName = HeaderName::from_static("x-consul-token");

/// A server that speaks Consul's HTTP API.
///
/// Its address is the operator's word, so it may be one that backends may not have: an agent runs on this machine.
/// The addresses that it tells are checked like any other backend's.
#[derive(Debug)]
pub struct Consul {
    /// Name or address.
    pub host: Box<str>,
    /// Port.
    pub port: u16,
    /// What it is asked with, if it wants a token.
    pub token: Option<Secret>,
}

/// What is read of an instance.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instance {
    node: Node,
    service: Service,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Node {
    #[serde(default)]
    address: Box<str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Service {
    /// Empty if the service runs at its node's address.
    #[serde(default)]
    address: Box<str>,
    port: u16,
}

impl Consul {
    /// Host and port of every instance that passes its health checks.
    pub(super) async fn instances(&self, namespace: &str, service: &str) -> Result<Vec<(Box<str>, u16)>, Missing> {
        let escaped = |name| utf8_percent_encode(name, NON_ALPHANUMERIC);
        let target = format!("/v1/health/service/{}?passing=true&ns={}", escaped(service), escaped(namespace));
        let (status, body) = self.get(&target).await.map_err(|error| {
            tracing::debug!(error = &*error, "asking the registry");
            Missing::Silent
        })?;
        if status.is_client_error() {
            return Err(Missing::Refused);
        }
        if status != StatusCode::OK {
            return Err(Missing::Silent);
        }
        let instances: Vec<Instance> = serde_json::from_slice(&body).map_err(|_| Missing::Refused)?;
        let at = |Instance { node, service }: Instance| {
            let host = if service.address.is_empty() { node.address } else { service.address };
            (host, service.port)
        };
        Ok(instances.into_iter().map(at).collect())
    }

    async fn get(&self, target: &str) -> Result<(StatusCode, Bytes), Box<dyn std::error::Error + Send + Sync>> {
        let stream = TcpStream::connect((&*self.host, self.port)).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::task::spawn_local(async move {
            // Its errors reach whoever waits for the answer.
            let _ = connection.await;
        });
        let mut request = Request::get(target).body(Empty::<Bytes>::new())?;
        request.headers_mut().insert(HOST, HeaderValue::try_from(format!("{}:{}", self.host, self.port))?);
        if let Some(token) = &self.token {
            let mut token = HeaderValue::from_bytes(token.expose())?;
            token.set_sensitive(true);
            request.headers_mut().insert(TOKEN, token);
        }
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), LARGEST).collect().await?;
        Ok((status, body.to_bytes()))
    }
}
