//! The command `apigw-gateway`, for any catalog.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use apigw_errors::Catalog;
use apigw_site::Site;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::prelude::*;

use crate::args::Args;
use crate::server::StartError;
use crate::{Config, Gateway, Problems, demo};

/// Why the command ended without success.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The configuration file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The configuration is wrong.
    #[error("{0}")]
    Config(#[from] Problems),
    /// The gateway cannot start.
    #[error("error: {0}")]
    Start(#[from] StartError),
    /// Signals cannot be received, or nothing can be written.
    #[error("error: {0}")]
    Io(#[from] io::Error),
}

/// Runs the command `apigw-gateway` over a catalog: its arguments are those of the process, its dialects and its reference
/// site those of the catalog. A vendor of one's own needs this `main` and nothing else:
///
/// ```no_run
/// # mod my { pub use apigw_errors::CATALOG; }
/// fn main() -> std::process::ExitCode {
///     apigw_gateway::run(&my::CATALOG)
/// }
/// ```
pub fn run(catalog: &'static Catalog) -> ExitCode {
    let args = Args::parse();
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_writer(io::stderr).with_target(false).with_filter(args.level()))
        .init();
    match serve(catalog, &args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn serve(catalog: &'static Catalog, args: &Args) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if args.check || args.print_config {
        let config = match &args.config {
            Some(path) => read(catalog, path)?,
            None => embedded(catalog, demo::PLACEHOLDER_BACKEND, args.site)?,
        };
        if args.print_config {
            write!(out, "{}", config.to_yaml())?;
        } else {
            let hosts = config.snapshot.hosts.len();
            let routes: usize = config.snapshot.hosts.iter().map(|host| host.routes.len()).sum();
            writeln!(out, "The configuration is good: {hosts} hosts, {routes} routes.")?;
        }
        return Ok(());
    }
    let (config, site) = if let Some(path) = &args.config {
        (read(catalog, path)?, None)
    } else {
        let site = demo::serve_site(args.site, Site::new(catalog, apigw_site::Options::default()))?;
        (embedded(catalog, demo::start_backend()?, site)?, Some(site))
    };
    let mut snapshot = config.snapshot;
    if let (Some(address), Some(listener)) = (args.listen, snapshot.listeners.first_mut()) {
        listener.address = address;
    }
    let now = snapshot.clock.now();
    let gateway = Gateway::start(snapshot)?;
    for address in gateway.addresses() {
        writeln!(out, "gateway  http://{address}")?;
    }
    if let (Some(site), Some(address)) = (site, gateway.addresses().first()) {
        writeln!(out, "site     http://{site}/\n\nTry:")?;
        for line in demo::curl_lines(*address, now) {
            writeln!(out, "  {line}")?;
        }
        writeln!(out)?;
    }
    out.flush()?;
    drop(out);
    wait(gateway)
}

fn read(catalog: &Catalog, path: &Path) -> Result<Config, Failure> {
    let shown = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Config::parse_over(catalog, &shown, &text)?),
        Err(source) => Err(Failure::Unreadable { path: shown, source }),
    }
}

/// The demo's configuration.
fn embedded(catalog: &Catalog, backend: SocketAddr, site: SocketAddr) -> Result<Config, Failure> {
    Ok(Config::parse_over(catalog, "demo.yaml", &demo::config(backend, site))?)
}

/// Serves until SIGTERM or SIGINT, then drains; a second signal cuts what is left.
fn wait(gateway: Gateway) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let cutter = gateway.cutter();
    runtime.block_on(async {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let mut next = async || tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} };
        next().await;
        tracing::info!("stopping: no new connections; a second signal cuts what is still open");
        let drained = tokio::task::spawn_blocking(|| gateway.stop());
        tokio::select! {
            _ = drained => {}
            () = async { next().await; cutter.cut(); std::future::pending::<()>().await } => {}
        }
        Ok(())
    })
}

impl Args {
    fn level(&self) -> LevelFilter {
        match self.verbose {
            0 => LevelFilter::INFO,
            1 => LevelFilter::DEBUG,
            _ => LevelFilter::TRACE,
        }
    }
}
