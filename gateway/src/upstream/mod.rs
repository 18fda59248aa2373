//! Calling backends: resolve, check the address, connect, send, and tell every failure apart by type.
//!
//! One of these lives in each thread; nothing is shared, nothing is locked.

mod connect;
mod failure;
mod pool;
mod resolve;

use std::rc::Rc;
use std::time::Duration;

use http::{HeaderMap, Method, Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::http1::SendRequest;
use tokio::time::{Instant, timeout_at};

pub(crate) use failure::Failure;
pub(crate) use pool::Lease;

use crate::body::Inbound;
use crate::snapshot::{Dialable, Target};
use pool::Pool;
use resolve::Resolver;

/// A connection to a backend.
pub(crate) type Sender = SendRequest<Inbound>;

/// A thread's connections to backends.
#[derive(Debug, Default)]
pub(crate) struct Upstream {
    pool: Rc<Pool>,
    resolver: Resolver,
}

/// A backend's answer, and the connection it came over.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The head, and the body still to come.
    pub(crate) response: Response<Incoming>,
    /// To be given back once the body is over.
    pub(crate) lease: Lease,
    /// From the call's start here to the head.
    pub(crate) elapsed: Duration,
}

impl Upstream {
    /// Sends `request` to `target` and waits for the head of the answer.
    ///
    /// A connection that turns out stale is replaced unseen, if the request can be sent again: it never left, or it is
    /// idempotent and has no body.
    ///
    /// # Errors
    /// What went wrong, by type.
    pub(crate) async fn send(
        &self,
        target: &Target,
        dialable: &Dialable,
        request: Request<Inbound>,
    ) -> Result<Answer, Failure> {
        let started = Instant::now();
        let deadline = started + target.timeout;
        let mut request = request;
        if let Some(mut sender) = self.pool.take(target.authority.as_str()).await {
            let spare = Spare::of(&request);
            match timeout_at(deadline, sender.try_send_request(request)).await {
                Err(_) => return Err(Failure::Timeout),
                Ok(Ok(response)) => return self.answer(target, response, sender, started),
                Ok(Err(mut error)) => {
                    let unsent = error.take_message();
                    let failure = Failure::of(error.into_error());
                    let again = unsent.or_else(|| match failure {
                        Failure::Reset => spare.map(Spare::into_request),
                        _ => None,
                    });
                    request = again.ok_or(failure)?;
                }
            }
        }
        let mut sender = connect::connect(target, dialable, &self.resolver).await?;
        match timeout_at(deadline.max(Instant::now()), sender.send_request(request)).await {
            Err(_) => Err(Failure::Timeout),
            Ok(Err(error)) => Err(Failure::of(error)),
            Ok(Ok(response)) => self.answer(target, response, sender, started),
        }
    }

    fn answer(
        &self,
        target: &Target,
        response: Response<Incoming>,
        sender: Sender,
        started: Instant,
    ) -> Result<Answer, Failure> {
        failure::check_head(&response)?;
        let lease = Lease::new(Rc::clone(&self.pool), target.authority.as_str(), sender);
        Ok(Answer { response, lease, elapsed: started.elapsed() })
    }

    /// Closes connections that have been idle for too long. To be called every now and then.
    pub(crate) fn sweep(&self) {
        self.pool.sweep();
    }

    /// Closes all idle connections: what may be dialled has changed.
    pub(crate) fn forget(&self) {
        self.pool.clear();
        self.resolver.clear();
    }
}

/// What is needed to send a request once more.
#[derive(Debug)]
struct Spare {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Inbound,
}

impl Spare {
    /// `None` if sending it twice could do something twice, or its body will be gone.
    fn of(request: &Request<Inbound>) -> Option<Self> {
        (request.method().is_idempotent() && request.body().is_empty()).then(|| Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: request.headers().clone(),
            body: request.body().empty(),
        })
    }

    fn into_request(self) -> Request<Inbound> {
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.uri;
        *request.headers_mut() = self.headers;
        request
    }
}
