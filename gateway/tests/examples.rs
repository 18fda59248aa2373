//! The examples do what they say: every line behind `$` in their comments is run as it stands there, in one shell, against
//! the real program, and prints what stands below it. Only the ports are exchanged for free ones.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

#[path = "harness/command.rs"]
mod command;
#[path = "harness/lines.rs"]
mod lines;
#[path = "harness/port.rs"]
mod port;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use command::output;
use lines::Lines;

/// The ports that the examples listen on.
const PORTS: [&str; 3] = ["8080", "8443", "8444"];

/// Stands behind what a command prints.
const END: &str = "@end of output@";

#[test]
fn every_example_does_what_it_says() {
    let mut tried = 0;
    for file in std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|extension| extension == "yaml") {
            try_out(&file);
            tried += 1;
        }
    }
    assert!(tried > 1, "only {tried} examples");
}

#[test]
fn the_program_prints_them() {
    let print = |name: &str| {
        let printed = output(Command::new(env!("CARGO_BIN_EXE_apigw-gateway")).args(["--example", name])).unwrap();
        (printed.status.success(), String::from_utf8_lossy(&printed.stdout).into_owned())
    };
    for file in std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|extension| extension == "yaml" || extension == "sh") {
            let name = file.file_name().unwrap().to_string_lossy();
            assert_eq!(print(&name), (true, std::fs::read_to_string(&file).unwrap()), "{name}");
        }
    }
    assert!(!print("nothing.yaml").0);
}

/// A command, and what it is said to print.
struct Step {
    command: String,
    prints: Vec<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn try_out(example: &Path) {
    let name = example.file_name().unwrap().to_string_lossy().into_owned();
    let place = std::env::temp_dir().join(format!("apigw-example-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&place);
    std::fs::create_dir_all(&place).unwrap();
    let ports = PORTS.map(|port| (format!(":{port}"), format!(":{}", port::free())));
    let here = |text: String| ports.iter().fold(text, |text, (theirs, ours)| text.replace(theirs, ours));
    for file in std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        // A configuration names the port of a redirect alone.
        let text = here(std::fs::read_to_string(&file).unwrap());
        let text = text.replace("https_redirect: 8443", &format!("https_redirect{}", ports[1].1.replace(':', ": ")));
        std::fs::write(place.join(file.file_name().unwrap()), text).unwrap();
    }
    let steps = steps(&std::fs::read_to_string(place.join(&name)).unwrap());
    // What has to be there before the gateway starts ends with looking at the configuration.
    let made = 1 + steps.iter().position(|step| step.command.ends_with("--check")).unwrap();
    let (making, calls) = steps.split_at(made);
    assert!(calls.len() > 2, "{name} shows too little");
    let mut shell = Shell::in_folder(&place);
    let mut wrong = String::new();
    for step in making {
        shell.run(step, &mut wrong);
    }
    assert!(wrong.is_empty(), "{name}\n{wrong}");
    let _gateway = Gateway::start(&place, &name);
    for step in calls {
        shell.run(step, &mut wrong);
    }
    assert!(wrong.is_empty(), "{name}\n{wrong}");
    std::fs::remove_dir_all(&place).unwrap();
}

/// Reads the commands of a configuration's comments.
fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut printing = false;
    for line in text.lines() {
        let comment = line.trim_start().strip_prefix("# ");
        match (comment.map(|comment| (comment, comment.strip_prefix("$ "))), steps.last_mut()) {
            (Some((_, Some(command))), _) => {
                steps.push(Step { command: command.to_owned(), prints: Vec::new() });
                printing = true;
            }
            (Some((printed, None)), Some(step)) if printing => step.prints.push(printed.to_owned()),
            _ => printing = false,
        }
    }
    steps
}

/// A shell that keeps what is set in it from one command to the next.
struct Shell(Child, ChildStdin, Lines);

impl Shell {
    fn in_folder(place: &Path) -> Self {
        let binary = Path::new(env!("CARGO_BIN_EXE_apigw-gateway")).parent().unwrap();
        let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
        let mut shell = Command::new("bash")
            .current_dir(place)
            .env("PATH", path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (shell.stdin.take().unwrap(), shell.stdout.take().unwrap());
        Self(shell, input, Lines::of(output))
    }

    fn run(&mut self, step: &Step, wrong: &mut String) {
        writeln!(self.1, "{}\necho '{END}'", step.command).unwrap();
        let mut printed = Vec::new();
        loop {
            match self.2.next() {
                Some(line) if line == END => break,
                Some(line) => printed.push(line.trim_end().to_owned()),
                None => {
                    printed.push("…and does not end, or ends the shell".to_owned());
                    break;
                }
            }
        }
        if printed != step.prints {
            let (command, wanted, printed) = (&step.command, step.prints.join("\n"), printed.join("\n"));
            writeln!(wrong, "$ {command}\nshould print:\n{wanted}\nprints:\n{printed}\n").unwrap();
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program, serving an example.
struct Gateway(Child);

impl Gateway {
    fn start(place: &Path, config: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_apigw-gateway"))
            .args(["--config", config])
            .current_dir(place)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // It says where it listens once it does, and then writes its access log there.
        let mut said = Lines::of(process.stdout.take().unwrap());
        let gateway = Self(process);
        assert!(said.any(|line| line.starts_with("gateway ")), "{config} is not served");
        gateway
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
