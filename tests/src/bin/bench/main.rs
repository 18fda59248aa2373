//! Measures the gateway beside other proxies, and prints a table of ratios.

mod contender;
mod load;
mod process;
mod report;
mod scenario;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use contender::Contender;
use load::Sample;
use scenario::Scenario;

/// Measures what the gateway costs beside other proxies, on this machine, as ratios to nginx's plain proxying of 1 KB.
///
/// Each contender has core 0 to itself and one thread; the load (wrk, 64 kept-alive connections) and the backend (nginx,
/// from memory) share core 1. Every answer is verified once before anything is timed. Samples of all contenders are taken
/// in turn, so that a slow minute of the machine hurts all of them; the table shows medians.
///
/// Needs nginx, libnginx-mod-http-lua, haproxy, wrk, curl and openssl (Debian's packages of these names), and the gateway
/// built with the profile `dist`. A contender that is not there is left out, and the table says so.
#[derive(Debug, Parser)]
#[command(name = "bench", after_help = EXAMPLES)]
struct Args {
    /// Seconds that one sample takes
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Samples of each contender in each scenario
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only scenarios whose names begin so; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// The gateway's binary
    #[arg(long, value_name = "FILE", default_value = "target/dist/apigw-gateway")]
    gateway: PathBuf,
    /// The binary of gateway/examples/bare-hyper.rs
    #[arg(long, value_name = "FILE", default_value = "target/dist/examples/bare-hyper")]
    bare_hyper: PathBuf,
    /// The binary of tests/bench/pingora
    #[arg(long, value_name = "FILE", default_value = "tests/bench/pingora/target/release/bench-pingora")]
    pingora: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  tests/bench/run                        builds everything, then measures
  tests/bench/run --only plain           one scenario
  tests/bench/run --seconds 10 --rounds 9";

/// What came out: per scenario and contender, the samples.
type Results = BTreeMap<(Scenario, Contender), Vec<Sample>>;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let backend = contender::backend(folder.path())?;
    let mut results = Results::new();
    let mut facts = report::Facts::default();
    let wanted =
        |scenario: &Scenario| args.only.is_empty() || args.only.iter().any(|name| scenario.name().starts_with(name));
    for scenario in Scenario::ALL.into_iter().filter(wanted) {
        let mut running = Vec::new();
        for contender in Contender::ALL {
            if !contender.takes_part(scenario) {
                continue;
            }
            let Some(program) = contender.program(args) else {
                facts.absent.insert(contender.name());
                continue;
            };
            let started = contender.start(&program, scenario, folder.path(), backend.address)?;
            let sent = scenario.request(started.address);
            load::verify(&sent, scenario, contender)?;
            running.push((contender, started, sent));
        }
        for round in 0..args.rounds {
            for (contender, started, sent) in &running {
                eprintln!("{} {} {}/{}", scenario.name(), contender.name(), round + 1, args.rounds);
                started.resume()?;
                let sample = load::sample(sent, Duration::from_secs(args.seconds))?;
                facts.memory.insert((scenario, *contender), started.resident());
                started.pause()?;
                results.entry((scenario, *contender)).or_default().push(sample);
            }
        }
        for (contender, started, _) in &running {
            facts.start.entry(*contender).or_insert(started.start_time);
        }
    }
    report::print(&results, &facts);
    drop(backend);
    Ok(())
}
