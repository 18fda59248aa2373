//! The reference site, beside the demo.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use apigw_site::{Answer, Page, Site};
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};

use crate::server::StartError;

/// Serves `site` at `address` in a thread of its own, which ends with the process. Returns the address listened on.
///
/// # Errors
/// The address or the thread cannot be had.
pub fn serve(address: SocketAddr, site: Site) -> Result<SocketAddr, StartError> {
    let failed = |source| StartError::of_listen(address, source);
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let site = Arc::new(site);
    super::run("site", listener, move |stream| {
        let site = Arc::clone(&site);
        async move {
            let service = service_fn(move |request: Request<Incoming>| {
                let response = answer(&site, &request);
                async move { Ok::<_, Infallible>(response) }
            });
            let io = TokioIo::new(stream);
            // Its errors are the client's.
            let _ = http1::Builder::new().timer(TokioTimer::new()).serve_connection(io, service).await;
        }
    })?;
    Ok(bound)
}

fn answer(site: &Site, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    match site.answer(request.uri().path()) {
        Answer::Page(found) => page(StatusCode::OK, found),
        Answer::NotFound(sorry) => page(StatusCode::NOT_FOUND, sorry),
        Answer::Redirect(path) => {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
            if let Ok(location) = HeaderValue::try_from(path) {
                response.headers_mut().insert(LOCATION, location);
            }
            response
        }
    }
}

fn page(status: StatusCode, page: Page) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(page.body.into_owned())));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    response
}
