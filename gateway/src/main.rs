//! The command `apigw-gateway`.

mod args;

use std::io::{self, Write};
use std::process::ExitCode;

use apigw_gateway::server::StartError;
use apigw_gateway::{Config, Gateway, Problems, demo, pages};
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::prelude::*;

use args::Args;

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

fn main() -> ExitCode {
    let args = Args::parse();
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_writer(io::stderr).with_target(false).with_filter(args.level()))
        .init();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Failure> {
    let config = match &args.config {
        Some(path) => {
            let shown = path.display().to_string();
            let text =
                std::fs::read_to_string(path).map_err(|source| Failure::Unreadable { path: shown.clone(), source })?;
            Config::parse(&shown, &text)?
        }
        None => demo_config(args)?,
    };
    let mut out = io::stdout().lock();
    if args.print_config {
        write!(out, "{}", config.to_yaml())?;
        return Ok(());
    }
    if args.check {
        let hosts = config.snapshot.hosts.len();
        let routes: usize = config.snapshot.hosts.iter().map(|host| host.routes.len()).sum();
        writeln!(out, "The configuration is good: {hosts} hosts, {routes} routes.")?;
        return Ok(());
    }
    let mut snapshot = config.snapshot;
    if let (Some(address), Some(listener)) = (args.listen, snapshot.listeners.first_mut()) {
        listener.address = address;
    }
    let clock = snapshot.clock.clone();
    let gateway = Gateway::start(snapshot)?;
    for address in gateway.addresses() {
        writeln!(out, "gateway  http://{address}")?;
    }
    if args.config.is_none() {
        let site = pages::serve(args.site, NoPages)?;
        writeln!(out, "site     http://{site}/\n\nTry:")?;
        if let Some(address) = gateway.addresses().first() {
            for line in demo::curl_lines(*address, clock.now()) {
                writeln!(out, "  {line}")?;
            }
        }
        writeln!(out)?;
    }
    out.flush()?;
    drop(out);
    wait(gateway)
}

/// The site is a package of its own; until it is linked in, every page is missing.
struct NoPages;

impl pages::Pages for NoPages {
    fn page(&self, _path: &str) -> Option<pages::Page> {
        None
    }
}

/// The embedded configuration. Its backend runs only if it is going to be called.
fn demo_config(args: &Args) -> Result<Config, Failure> {
    let backend = if args.check || args.print_config { demo::PLACEHOLDER_BACKEND } else { demo::start_backend()? };
    Ok(Config::parse("demo.yaml", &demo::config(backend))?)
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
