//! The admin listener: for operators and their machines, never for callers.
//!
//! Off unless the configuration has `admin`, and then on loopback unless it says otherwise. It runs in a thread of its
//! own, so that it answers however busy the others are. One file per endpoint, each a function from what can be asked
//! of the gateway to an answer.

mod config;
mod health;
mod live;
mod metrics;
mod ready;
mod reload;

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::LocalSet;

use crate::server::Control;

/// Connections served at a time.
const CONNECTIONS: usize = 64;

/// How long a head may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// What an endpoint answers.
struct Answer {
    status: StatusCode,
    content_type: &'static str,
    body: String,
}

impl Answer {
    fn text(status: StatusCode, body: impl Into<String>) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8", body: body.into() }
    }
}

/// The thread of the admin listener. Dropped, it ends.
#[derive(Debug)]
pub(crate) struct Admin {
    address: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Admin {
    /// Serves on `listener`.
    ///
    /// # Errors
    /// The runtime or the thread cannot be had.
    pub(crate) fn start(listener: TcpListener, control: Arc<Control>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        if !address.ip().to_canonical().is_loopback() {
            tracing::warn!(%address, "the admin listener can be reached from other machines, and asks nobody who they are");
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel::<Infallible>();
        let run = move || {
            LocalSet::new().block_on(&runtime, async move {
                tokio::select! {
                    () = accept(listener, control) => {}
                    _ = stopped => {}
                }
            });
        };
        let thread = std::thread::Builder::new().name("admin".to_owned()).spawn(run)?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, control: Arc<Control>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "the admin listener cannot be used");
            return;
        }
    };
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(turn) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors: closing some needs a moment.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let control = Arc::clone(&control);
        tokio::task::spawn_local(async move {
            let service = service_fn(|request: Request<hyper::body::Incoming>| {
                let control = Arc::clone(&control);
                async move { Ok::<_, Infallible>(answer(&control, &request).await) }
            });
            let mut builder = http1::Builder::new();
            builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
            // Its errors are the client's.
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            drop(turn);
        });
    }
}

async fn answer<B>(control: &Arc<Control>, request: &Request<B>) -> Response<Full<Bytes>> {
    if let Some(refusal) = stranger(request) {
        return made(Answer::text(StatusCode::FORBIDDEN, refusal), None);
    }
    let path = request.uri().path();
    let allowed = if path == "/reload" { "POST" } else { "GET, HEAD" };
    let fits = match *request.method() {
        Method::GET | Method::HEAD => path != "/reload",
        Method::POST => path == "/reload",
        _ => false,
    };
    let answer = match path {
        "/" | "/health" | "/ready" | "/metrics" | "/config" | "/reload" if !fits => {
            let refusal = format!("{path} answers {allowed}\n");
            return made(Answer::text(StatusCode::METHOD_NOT_ALLOWED, refusal), Some(allowed));
        }
        "/" => live::answer(control).await,
        "/health" => health::answer(),
        "/ready" => ready::answer(control),
        "/metrics" => metrics::answer(control).await,
        "/config" => config::answer(control),
        "/reload" => reload::answer(Arc::clone(control)).await,
        _ => {
            Answer::text(StatusCode::NOT_FOUND, "There is: /, /health, /ready, /metrics, /config, and POST /reload.\n")
        }
    };
    made(answer, None)
}

/// Why a request is none of an operator's, if it is none.
///
/// There are no passwords here, so a page in an operator's browser must not be able to speak for them: browsers say
/// from which page a `POST` comes, and a page that has its own name point at this address has to call it by that name.
fn stranger<B>(request: &Request<B>) -> Option<&'static str> {
    let name = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let origin = request.headers().get(ORIGIN);
    if origin.is_some_and(|origin| origin.as_bytes().strip_prefix(b"http://") != Some(name.as_bytes())) {
        return Some("Other sites may not call this.\n");
    }
    let name = match name.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => name,
    };
    let is_address = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    (!is_address && !name.eq_ignore_ascii_case("localhost")).then_some("Call this by its address or as localhost.\n")
}

fn made(answer: Answer, allow: Option<&'static str>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    if let Some(allow) = allow {
        headers.insert(ALLOW, HeaderValue::from_static(allow));
    }
    response
}

/// A moment as RFC 3339 has it, in whole seconds.
fn moment(time: std::time::SystemTime) -> String {
    let time = jiff::Timestamp::try_from(time).unwrap_or_default();
    format!("{time:.0}")
}
