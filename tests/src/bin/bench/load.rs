//! The load, and what came of it.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use crate::contender::{Contender, LOAD_CORE};
use crate::scenario::{HOST, Scenario, Sent};

/// Connections, all kept alive.
const CONNECTIONS: u32 = 64;

/// One measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Requests a second.
    pub(crate) rate: f64,
    /// The time that 99 of 100 answers took at most, in milliseconds.
    pub(crate) p99: f64,
}

/// Sends the request twice and looks at the second answer: a benchmark of wrong answers is none.
pub(crate) fn verify(sent: &Sent, scenario: Scenario, contender: Contender) -> io::Result<()> {
    let mut answer = Vec::new();
    for _ in 0..2 {
        if sent.is_tls {
            answer = ask_over_tls(sent)?;
            continue;
        }
        answer.clear();
        let mut head = format!("GET {} HTTP/1.1\r\nConnection: close\r\n", sent.path);
        for (name, value) in &sent.fields {
            head.extend([*name, ": ", value, "\r\n"]);
        }
        let mut stream = TcpStream::connect(sent.address)?;
        stream.write_all((head + "\r\n").as_bytes())?;
        stream.read_to_end(&mut answer)?;
    }
    let text = String::from_utf8_lossy(&answer);
    let status = text.get("HTTP/1.1 ".len()..).and_then(|rest| rest.get(..3));
    let body = text.split_once("\r\n\r\n").map_or(0, |(_, body)| body.len());
    if status == Some(contender.status(scenario).to_string().as_str()) && body >= scenario.body() {
        return Ok(());
    }
    let shown: String = text.chars().take(400).collect();
    Err(io::Error::other(format!("{} answered {} with\n{shown}", contender.name(), scenario.name())))
}

/// Asks with curl, which trusts whoever answers.
fn ask_over_tls(sent: &Sent) -> io::Result<Vec<u8>> {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--insecure", "--http1.1", "--include"]);
    for (name, value) in &sent.fields {
        curl.args(["--header", &format!("{name}: {value}")]);
    }
    Ok(curl.arg(url(sent)).output()?.stdout)
}

/// TLS needs the name, because the certificate is chosen by it.
fn url(sent: &Sent) -> String {
    if sent.is_tls {
        format!("https://{HOST}:{}{}", sent.address.port(), sent.path)
    } else {
        format!("http://{}{}", sent.address, sent.path)
    }
}

/// Runs wrk for a while.
pub(crate) fn sample(sent: &Sent, time: Duration) -> io::Result<Sample> {
    let mut wrk = Command::new("taskset");
    wrk.args(["--cpu-list", &LOAD_CORE.to_string(), "wrk", "--latency", "--threads", "1"]);
    wrk.args(["--connections", &CONNECTIONS.to_string(), "--duration", &format!("{}s", time.as_secs())]);
    for (name, value) in &sent.fields {
        wrk.args(["--header", &format!("{name}: {value}")]);
    }
    let output = wrk.arg(url(sent)).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let after = |mark: &str| text.lines().find_map(|line| line.trim().strip_prefix(mark)).map(str::trim);
    let rate = after("Requests/sec:").and_then(|rate| rate.parse().ok());
    let p99 = after("99%").and_then(milliseconds);
    match (rate, p99) {
        (Some(rate), Some(p99)) if !text.contains("Socket errors") => Ok(Sample { rate, p99 }),
        _ => Err(io::Error::other(format!("wrk said:\n{text}{}", String::from_utf8_lossy(&output.stderr)))),
    }
}

/// `1.25ms`, `820.00us`, `1.02s`.
fn milliseconds(text: &str) -> Option<f64> {
    let number = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let factor = match text.get(number.len()..)? {
        "us" => 0.001,
        "ms" => 1.0,
        "s" => 1000.0,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * factor)
}
