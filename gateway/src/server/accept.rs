//! Accepting connections on one socket.

use std::net::TcpListener;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::watch;

use super::worker::Worker;
use super::{Stop, connection};

/// How long accepting pauses when the process is out of descriptors: closing connections needs the time.
const PAUSE: Duration = Duration::from_millis(50);

/// Accepts until the task is aborted.
pub(super) async fn accept(worker: Rc<Worker>, listener: TcpListener, number: usize, stop: watch::Receiver<Stop>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "a listening socket cannot be used");
            return;
        }
    };
    loop {
        // Over the limit, connections wait in the kernel's queue.
        worker.below(worker.shared.per_thread).await;
        match listener.accept().await {
            Ok((stream, peer)) => {
                let open = worker.open();
                let task = connection::serve(Rc::clone(&worker), stream, peer, number, stop.clone());
                tokio::task::spawn_local(async move {
                    task.await;
                    drop(open);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "accepting failed");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
