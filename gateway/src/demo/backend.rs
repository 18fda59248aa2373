//! The demo's backend: says what it was sent, and can be slow.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};

use crate::dialect::Json;
use crate::server::StartError;

/// How long `/slow` takes: longer than anybody waits.
const SLOW: Duration = Duration::from_secs(30);

/// Starts the backend on a free port of the loopback address.
///
/// # Errors
/// No port, or no thread.
pub fn start() -> Result<SocketAddr, StartError> {
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let failed = |source| StartError::of_listen(wanted, source);
    let listener = TcpListener::bind(wanted).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    super::run("demo-backend", listener, |stream| async {
        let connection =
            http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service_fn(answer));
        // Its errors are the gateway's to report.
        let _ = connection.await;
    })?;
    Ok(address)
}

/// Echoes the request as JSON.
async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    if parts.uri.path() == "/slow" {
        tokio::time::sleep(SLOW).await;
    }
    let received = body.collect().await.map_or(0, |body| body.to_bytes().len());
    let mut out = Vec::with_capacity(1024);
    out.extend_from_slice(b"{\n  \"method\": \"");
    Json::new(&mut out).text(&parts.method);
    out.extend_from_slice(b"\",\n  \"target\": \"");
    Json::new(&mut out).text(&parts.uri);
    out.extend_from_slice(b"\",\n  \"body_bytes\": ");
    Json::new(&mut out).text(received);
    out.extend_from_slice(b",\n  \"headers\": [");
    for (index, (name, value)) in parts.headers.iter().enumerate() {
        out.extend_from_slice(if index == 0 { b"\n    \"" } else { b",\n    \"" });
        Json::new(&mut out).text(format_args!("{name}: {}", String::from_utf8_lossy(value.as_bytes())));
        out.push(b'"');
    }
    out.extend_from_slice(b"\n  ]\n}\n");
    let mut response = Response::new(Full::new(Bytes::from(out)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
