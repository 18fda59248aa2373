//! The reference site, beside the demo.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

use apigw_site::{Answer, Encoded, Site, accepts_gzip};
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, VARY,
};
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
    let site = Arc::new(Shelf { site, ready: Mutex::default() });
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

/// The site with the pages that were asked for already: each is made and compressed once.
struct Shelf {
    site: Site,
    ready: Mutex<HashMap<String, Arc<Encoded>>>,
}

/// What a path leads to.
enum Found {
    Page(Arc<Encoded>),
    Nothing(Encoded),
    Redirect(String),
}

impl Shelf {
    fn find(&self, path: &str) -> Found {
        let ready = || self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(page) = ready().get(path) {
            return Found::Page(Arc::clone(page));
        }
        match self.site.answer(path) {
            // There are as many of them as the site has pages.
            Answer::Page(page) => {
                let page = Arc::new(Encoded::of(page));
                ready().insert(path.to_owned(), Arc::clone(&page));
                Found::Page(page)
            }
            Answer::NotFound(page) => Found::Nothing(Encoded::of(page)),
            Answer::Redirect(path) => Found::Redirect(path),
        }
    }
}

fn answer(shelf: &Shelf, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    match shelf.find(request.uri().path()) {
        Found::Page(found) => page(StatusCode::OK, &found, request),
        Found::Nothing(sorry) => page(StatusCode::NOT_FOUND, &sorry, request),
        Found::Redirect(path) => {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
            if let Ok(location) = HeaderValue::try_from(path) {
                response.headers_mut().insert(LOCATION, location);
            }
            response
        }
    }
}

fn page(status: StatusCode, page: &Encoded, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let asked = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut response = Response::new(Full::default());
    let headers = response.headers_mut();
    // A reader asks each time, and is told in a few bytes that nothing changed.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::try_from(page.etag.as_str()) {
        headers.insert(ETAG, tag);
    }
    if status == StatusCode::OK && page.is_known(asked(IF_NONE_MATCH)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    let gzip = accepts_gzip(asked(ACCEPT_ENCODING));
    if gzip {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    *response.status_mut() = status;
    *response.body_mut() = Full::new(Bytes::copy_from_slice(if gzip { &page.gzip } else { &page.plain }));
    response
}
