//! The command `apigw-site`, for any catalog: writes the reference site, checks it, or serves it for a look.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use apigw_errors::Catalog;
use clap::{Args, Parser, Subcommand};

use crate::archive::archive;
use crate::check::check;
use crate::write::{WriteError, compare, render_all, write};
use crate::{Links, Options, Site, live, serve};

/// The reference of every API gateway error in the catalog, as a web site in English and Chinese.
#[derive(Debug, Parser)]
#[command(name = "apigw-site", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  Write the site, then open site-out/index.html from the folder; no server needed:
    apigw-site build --out site-out

  Write it for a host, under a path of its own:
    apigw-site build --out public --base-url https://example.org/gateway-errors

  See that markup and links are sound, and that a written copy is up to date:
    apigw-site build --out public --base-url https://example.org/gateway-errors --check

  Take it along in one file:
    apigw-site build --archive site.tar.gz

  Look at it while writing the catalog; every change is compiled, and open pages follow:
    cargo run -p apigw-site -- serve --watch catalog --watch site";

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the whole site to a folder.
    Build(Build),
    /// Serve the site over HTTP, each page made when it is asked for.
    Serve(Serve),
}

#[derive(Debug, Args)]
struct Build {
    /// Folder to write to; made if it does not exist. Files that are right already are left alone.
    #[arg(long, value_name = "DIR", required_unless_present_any = ["check", "archive"])]
    out: Option<PathBuf>,
    /// Where the site will live: canonical and language links become absolute, and links name folders instead of
    /// their `index.html`. Without it the site works from a folder on disk.
    #[arg(long, value_name = "URL", value_parser = base_url)]
    base_url: Option<String>,
    /// Address of the repository's files (`https://example.org/repo/blob/main`), for links to lines of the catalog and
    /// to checks of the gateway.
    #[arg(long, value_name = "URL", value_parser = base_url)]
    source_url: Option<String>,
    /// Pack the site into this `tar.gz`, for reading without a network. The same site gives the same bytes.
    #[arg(long, value_name = "FILE")]
    archive: Option<PathBuf>,
    /// Write nothing: check markup, links and anchors, and compare DIR, if given, with a fresh build.
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Args)]
struct Serve {
    /// Address to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// After a change below this folder, build anew and reload the open pages. May be given several times.
    #[arg(long, value_name = "DIR")]
    watch: Vec<PathBuf>,
    /// What builds it anew.
    #[arg(long, value_name = "COMMAND", default_value = "cargo build -p apigw-site", requires = "watch")]
    rebuild: String,
}

fn base_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !text.contains(['?', '#', '"', ' ']) => Ok(text.to_owned()),
        _ => Err("use an address such as `https://example.org/errors`, without query or fragment".to_owned()),
    }
}

/// Runs the command `apigw-site` over a catalog, with the arguments of the process.
///
/// ```no_run
/// # mod my { pub use apigw_errors::CATALOG; }
/// fn main() -> std::process::ExitCode {
///     apigw_site::run(&my::CATALOG)
/// }
/// ```
pub fn run(catalog: &'static Catalog) -> ExitCode {
    let done = match Cli::parse().command {
        Command::Build(args) => build(catalog, args),
        Command::Serve(args) => {
            let options = Options { live: !args.watch.is_empty(), ..Options::default() };
            if options.live {
                live::watch(args.watch, args.rebuild);
            }
            let served = serve::serve(Site::new(catalog, options), args.listen);
            served.map(|()| ExitCode::SUCCESS).map_err(|error| error.to_string())
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

fn build(catalog: &'static Catalog, args: Build) -> Result<ExitCode, String> {
    let start = Instant::now();
    let links = if args.base_url.is_some() { Links::Folders } else { Links::Files };
    let options = Options { base_url: args.base_url, source_url: args.source_url, links, ..Options::default() };
    let site = Site::new(catalog, options);
    let pages = render_all(&site);
    let said = |error: WriteError| error.to_string();
    if let Some(file) = args.archive.filter(|_| !args.check) {
        let bytes = archive(&pages);
        let failed = |source| WriteError { action: "write", path: file.clone(), source };
        std::fs::write(&file, &bytes).map_err(failed).map_err(said)?;
        println!("{} files in {} bytes, {} ms", pages.len(), bytes.len(), start.elapsed().as_millis());
        if args.out.is_none() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    if !args.check {
        let totals = write(&pages, &args.out.unwrap_or_default()).map_err(said)?;
        println!(
            "{} files, {} bytes, {} written, {} ms",
            totals.files,
            totals.bytes,
            totals.written,
            start.elapsed().as_millis()
        );
        return Ok(ExitCode::SUCCESS);
    }
    let report = check(&site, &pages);
    let mut problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    if let Some(folder) = args.out {
        problems.extend(compare(&pages, &folder).map_err(said)?.iter().map(ToString::to_string));
    }
    for problem in &problems {
        eprintln!("{problem}");
    }
    let took = start.elapsed().as_millis();
    println!("{} files, {} links, {} problems, {took} ms", report.pages, report.links, problems.len());
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
