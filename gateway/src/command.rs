//! The command `apigw-gateway`, for any catalog.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use apigw_errors::Catalog;
use apigw_site::Site;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

use crate::args::Args;
use crate::config::LoadError;
use crate::reload::{Source, Trigger};
use crate::server::StartError;
use crate::snapshot::Listener;
use crate::{Config, Gateway, Problems, demo, descriptors, examples};

/// The crates that speak of the gateway's own doings.
const OURS: [&str; 2] = ["apigw_gateway", "apigw_site"];

/// Why the command ended without success.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The configuration file cannot be read.
    #[error("error: {0}\nhelp: apigw-gateway --example tencent.yaml > FILE makes one to start from")]
    Unreadable(LoadError),
    /// The configuration is wrong, or the dialect that was asked for.
    #[error(transparent)]
    Config(#[from] Problems),
    /// Somebody else listens there.
    #[error("error: {0}\nhelp: --listen, --admin and --site take others; port 0 is any free port")]
    InUse(StartError),
    /// The gateway cannot start for another reason.
    #[error("error: {0}")]
    Start(StartError),
    /// Signals cannot be received, or nothing can be written.
    #[error("error: {0}")]
    Io(#[from] io::Error),
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Unreadable { .. } => Self::Unreadable(error),
            LoadError::Problems(problems) => Self::Config(problems),
        }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::InUse { .. } => Self::InUse(error),
            _ => Self::Start(error),
        }
    }
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
        .with(tracing_subscriber::fmt::layer().with_writer(io::stderr).with_target(false).with_filter(args.said()))
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
    if let Some(example) = &args.example {
        return Ok(out.write_all(examples::text(example).as_bytes())?);
    }
    if args.check || args.print_config {
        let config = match &args.config {
            Some(path) => Config::load(catalog, path)?,
            None => embedded(catalog, demo::PLACEHOLDER_BACKEND, args.site)?,
        };
        if args.print_config {
            write!(out, "{}", config.to_yaml())?;
        } else {
            let hosts = config.snapshot.hosts.len();
            // Several hosts may serve the same.
            let ids = config.snapshot.hosts.iter().flat_map(|host| &host.routes).map(|route| &route.id);
            let routes = ids.collect::<std::collections::HashSet<_>>().len();
            writeln!(out, "The configuration is good: {}, {}.", counted(hosts, "host"), counted(routes, "route"))?;
        }
        return Ok(());
    }
    let source = args.config.clone().map(|path| Source { path, catalog, listen: args.listen, admin: args.admin });
    let (config, site) = if let Some(source) = &source {
        (first(source, args)?, None)
    } else {
        let site = demo::serve_site(args.site, Site::new(catalog, apigw_site::Options::default()))?;
        let mut config = embedded(catalog, demo::start_backend()?, site)?;
        config.listen_at(args.listen, args.admin);
        (config, Some(site))
    };
    if source.is_some() {
        descriptors::warn_if_few(config.snapshot.limits.connections);
    }
    let now = config.snapshot.clock.now();
    let schemes: Vec<&str> = config.snapshot.listeners.iter().map(Listener::scheme).collect();
    let gateway = Gateway::serve(config, source)?;
    for (address, scheme) in gateway.addresses().iter().zip(schemes) {
        writeln!(out, "gateway  {scheme}://{address}")?;
    }
    for path in gateway.unix_sockets() {
        writeln!(out, "gateway  unix:{}", path.display())?;
    }
    if let Some(address) = gateway.admin() {
        writeln!(out, "admin    http://{address}/")?;
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

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The configuration to start with: the file's, or one that waits for it, if that is wanted.
fn first(source: &Source, args: &Args) -> Result<Config, Failure> {
    match (source.load(), &args.wait, args.listen) {
        (Err(error), Some(dialect), Some(listen)) => {
            tracing::warn!("waiting for a configuration:\n{error}");
            Ok(Config::waiting(source.catalog, listen, args.admin, dialect)?)
        }
        (outcome, _, _) => Ok(outcome?),
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
        let mut hangup = signal(SignalKind::hangup())?;
        let mut next = async || tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} };
        loop {
            tokio::select! {
                () = next() => break,
                // What came of it is logged, and shown by the admin listener.
                _ = hangup.recv() => drop(gateway.reload_file(Trigger::Signal)),
            }
        }
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
    /// What is said on standard error. Of the libraries below, which tell of each frame, only what is amiss until
    /// everything is wanted.
    fn said(&self) -> Targets {
        let said = Targets::new().with_default(LevelFilter::WARN);
        match self.verbose {
            0 => said.with_targets(OURS.map(|name| (name, LevelFilter::INFO))),
            1 => said.with_targets(OURS.map(|name| (name, LevelFilter::DEBUG))),
            _ => Targets::new().with_default(LevelFilter::TRACE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    #[test]
    fn verbosity_tells_of_the_gateway_before_it_tells_of_libraries() {
        for (flags, ours, theirs) in [
            (&[][..], Level::INFO, Level::WARN),
            (&["-v"], Level::DEBUG, Level::WARN),
            (&["-vv"], Level::TRACE, Level::TRACE),
        ] {
            let said = Args::parse_from(["apigw-gateway"].iter().chain(flags)).said();
            for (target, most) in [("apigw_gateway::upstream", ours), ("h2::codec", theirs)] {
                for level in [Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE] {
                    assert_eq!(said.would_enable(target, &level), level <= most, "{flags:?} {target} {level}");
                }
            }
        }
    }
}
