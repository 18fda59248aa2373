//! The steps on a code's page provoke that code: each recording's configuration, backend and command are run as they are
//! printed there, in a shell, against the real binary. Only the two ports are exchanged for free ones.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

#[path = "../../gateway/tests/harness/command.rs"]
mod command;
#[path = "../../gateway/tests/harness/lines.rs"]
mod lines;
#[path = "../../gateway/tests/harness/port.rs"]
mod port;

use std::fmt::Write as _;
use std::io::Read as _;
use std::net::TcpStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use apigw_site::recording::{self, Recording};
use apigw_site::reproduce::{self, Steps};
use apigw_tests::conformance::binary;
use command::output;
use lines::Lines;

/// So many are tried at a time; most of the time each waits.
const AT_A_TIME: usize = 4;

#[test]
fn the_steps_of_every_page_lead_to_its_code() {
    let recordings = recording::read(recording::BUNDLED).unwrap();
    let gateway = binary().unwrap();
    let all: Vec<(&String, &Recording)> = recordings.iter().collect();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(String::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some((code, recording)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let steps = reproduce::steps(recording).unwrap_or_else(|| panic!("{code} has no steps"));
                    if let Err(why) = replay(&gateway, &steps, code, recording) {
                        writeln!(failures.lock().unwrap(), "== {code}\n{}\n{why}\n", steps.command).unwrap();
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    let count = failures.matches("== ").count();
    assert!(failures.is_empty(), "{failures}\n{count} of {} pages claim what does not happen", all.len());
    assert!(all.len() > 90, "only {}", all.len());
}

/// Does as the page says; what differs from the recording is the error.
fn replay(gateway: &Path, steps: &Steps, code: &str, recording: &Recording) -> Result<(), String> {
    let (port, backend_port) = (port::free(), port::free());
    let here = |text: &str| {
        let text = text.replace(":8080", &format!(":{port}"));
        let text = text.replace("127.0.0.1/8080", &format!("127.0.0.1/{port}"));
        text.replace("127.0.0.1:9000", &format!("127.0.0.1:{backend_port}"))
            .replace("\"127.0.0.1\",9000", &format!("\"127.0.0.1\",{backend_port}"))
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("gateway.yaml"), here(&steps.config)).unwrap();
    // What has to be made first stands in the comments at the head of the configuration.
    let comments = steps.config.lines().take_while(|line| line.starts_with('#'));
    let making: Vec<&str> = comments.skip(1).map(|line| line.trim_start_matches('#')).collect();
    if !making.is_empty() {
        let made = output(Command::new("bash").args(["-c", &making.join("\n")]).current_dir(folder.path())).unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    let _backend = steps.backend.map(|command| {
        let backend = Running::start(Command::new("bash").args(["-c", &here(command)]));
        wait_for(backend_port);
        backend
    });
    let mut running = Command::new(gateway);
    running.args(["--config", "gateway.yaml"]).current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running::start(&mut running);
    let mut said = Lines::of(running.0.stdout.take().unwrap());
    if !said.any(|line| line.contains("://")) {
        let (mut why, mut told) = (String::new(), running.0.stderr.take().unwrap());
        drop(running);
        told.read_to_string(&mut why).unwrap();
        return Err(format!("the gateway does not start: {why}"));
    }
    let mut shell = Command::new("bash");
    let sent = output(shell.args(["-c", &here(&steps.command)]).current_dir(folder.path())).unwrap();
    let answer = String::from_utf8_lossy(&sent.stdout).into_owned();
    match (&recording.response, &recording.log) {
        (Some(wanted), _) => compare(wanted, &answer),
        (None, Some(_)) => {
            // The line is written when the server has noticed; its access log goes where it says all else.
            let told = said.any(|line| line.contains(&format!("\"code\":\"{code}\"")));
            told.then_some(()).ok_or_else(|| "not in the access log".to_owned())
        }
        (None, None) => Err("the recording has neither answer nor log".to_owned()),
    }
}

/// Status and body of the last answer, placeholders such as `{request-id}` standing for anything.
fn compare(wanted: &str, answers: &str) -> Result<(), String> {
    let starts = answers.match_indices("HTTP/1.").map(|(at, _)| at);
    // `Upgrade: TLS/1.2, HTTP/1.1` begins no answer.
    let last = starts.filter(|at| !answers[..*at].ends_with([' ', '/'])).last();
    let at = last.ok_or_else(|| format!("no answer: {answers}"))?;
    let answer = answers[at..].replace("\r\n", "\n");
    let parts = |text: &str| {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        (head.lines().next().unwrap_or_default().to_owned(), body.trim().to_owned())
    };
    let ((status, body), (wanted_status, wanted_body)) = (parts(&answer), parts(wanted));
    // A HEAD's answer has no body, whatever the recording shows.
    let same = status == wanted_status && fits(&wanted_body, &body);
    same.then_some(()).ok_or_else(|| format!("wanted {wanted_status}\n{wanted_body}\nfound  {status}\n{body}"))
}

fn fits(wanted: &str, found: &str) -> bool {
    let mut pieces = Vec::new();
    let mut rest = wanted;
    for mark in ["{request-id}", "{date}", "{ms}"] {
        if let Some((before, after)) = rest.split_once(mark) {
            pieces.push(before);
            rest = after;
        }
    }
    let Some(mut found) = pieces.iter().try_fold(found, |found, piece| found.split_once(piece).map(|(_, rest)| rest))
    else {
        return false;
    };
    if pieces.is_empty() {
        return found == rest;
    }
    found = found.trim_end();
    found.ends_with(rest)
}

fn wait_for(port: u16) {
    let until = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < until, "no backend listens");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A process and those that it starts; ends with this value.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Self {
        Self(command.process_group(0).stdin(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both may have ended by themselves.
        let _ = Command::new("kill").args(["-9", "--", &format!("-{}", self.0.id())]).stderr(Stdio::null()).status();
        let _ = self.0.wait();
    }
}
