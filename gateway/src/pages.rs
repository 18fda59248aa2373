//! Serving pages that are in memory: the reference site beside the demo.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};

use crate::server::StartError;

/// A page.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its media type.
    pub content_type: &'static str,
    /// Its text.
    pub body: Bytes,
}

/// Something that has pages.
pub trait Pages: Send + Sync + 'static {
    /// The page at `path`, which begins with `/`.
    fn page(&self, path: &str) -> Option<Page>;
}

/// Serves `pages` at `address` in a thread of its own, which ends with the process. Returns the address listened on.
///
/// # Errors
/// The address or the thread cannot be had.
pub fn serve(address: SocketAddr, pages: impl Pages) -> Result<SocketAddr, StartError> {
    let listener = TcpListener::bind(address).map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => StartError::InUse { address },
        _ => StartError::Listen { address, source },
    })?;
    listener.set_nonblocking(true).map_err(StartError::Thread)?;
    let bound = listener.local_addr().map_err(StartError::Thread)?;
    let pages: Arc<dyn Pages> = Arc::new(pages);
    crate::demo::run("pages", listener, move |stream| {
        let pages = Arc::clone(&pages);
        async move {
            let service = service_fn(move |request: Request<Incoming>| {
                let response = answer(&*pages, &request);
                async move { Ok::<_, Infallible>(response) }
            });
            let connection =
                http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
            // Its errors are the client's.
            let _ = connection.await;
        }
    })?;
    Ok(bound)
}

fn answer(pages: &dyn Pages, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "This site can only be read.\n");
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let path = request.uri().path();
    if let Some(page) = pages.page(path) {
        let mut response = Response::new(Full::new(page.body));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(page.content_type));
        return response;
    }
    // People type addresses without the final slash.
    let slashed = format!("{path}/");
    if !path.ends_with('/')
        && pages.page(&slashed).is_some()
        && let Ok(location) = HeaderValue::try_from(slashed)
    {
        let mut response = text(StatusCode::PERMANENT_REDIRECT, "");
        response.headers_mut().insert(LOCATION, location);
        return response;
    }
    text(StatusCode::NOT_FOUND, "There is no such page.\n")
}

fn text(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
