//! What runs without a configuration: three vendors and RFC 9457 on one listener, with a backend in this process.

mod backend;
mod curl;
mod site;

use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;

use tokio::net::TcpStream;
use tokio::task::LocalSet;

pub use backend::start as start_backend;
pub use curl::lines as curl_lines;
pub use site::serve as serve_site;

use crate::server::StartError;

/// The configuration, with `{demo-backend}` and `{demo-site}` where their addresses go.
pub const CONFIG: &str = include_str!("../../demo.yaml");

/// Where the reference site is served beside the demo.
pub const SITE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8081);

/// Stands for the demo's backend where nobody is going to call it: the discard port.
pub const PLACEHOLDER_BACKEND: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9);

/// The configuration's text with a backend and a reference site in it.
pub fn config(backend: SocketAddr, site: SocketAddr) -> String {
    CONFIG.replace("{demo-backend}", &backend.to_string()).replace("{demo-site}", &site.to_string())
}

/// Runs `serve` for every connection to `listener`, in a thread of its own.
pub(crate) fn run<F>(
    name: &str,
    listener: TcpListener,
    serve: impl Fn(TcpStream) -> F + Send + 'static,
) -> Result<(), StartError>
where
    F: Future<Output = ()> + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(StartError::Thread)?;
    let serve = move || {
        let serve = Rc::new(serve);
        LocalSet::new().block_on(&runtime, async move {
            let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
            loop {
                // Out of descriptors, or the client was faster: neither ends the service.
                let Ok((stream, _)) = listener.accept().await else { continue };
                let _ = stream.set_nodelay(true);
                tokio::task::spawn_local(serve(stream));
            }
        });
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(serve).map_err(StartError::Thread)?;
    Ok(())
}
