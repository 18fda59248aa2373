//! Editing with the site open: when a file changes, the command is built again and takes this one's place, and open pages
//! load themselves anew.
//!
//! The catalog is compiled in, so that a mistake in it shows in the terminal as the compiler's own diagnostics, and the
//! site goes on as it was.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};
use std::{env, fs, thread};

/// Where open pages ask which process serves them.
pub(crate) const PATH: &str = "/-/live";

/// How often files are looked at.
const PACE: Duration = Duration::from_millis(400);

/// Watches `folders`, and after a change runs `build`. Once that succeeds, this process becomes the new program.
pub(crate) fn watch(folders: Vec<PathBuf>, build: String) {
    thread::spawn(move || {
        let mut seen = newest(&folders);
        loop {
            thread::sleep(PACE);
            let now = newest(&folders);
            if now == seen {
                continue;
            }
            seen = now;
            eprintln!("changed: {build}");
            let done = Command::new("sh").args(["-c", &build]).status();
            match done {
                Ok(status) if status.success() => {
                    let error = replace();
                    eprintln!("cannot start anew: {error:?}");
                }
                Ok(status) => eprintln!("{status}; the site stays as it was"),
                Err(error) => eprintln!("cannot run `{build}`: {error}"),
            }
        }
    });
}

/// Becomes the program that now lies where this one lay; returns only if that fails.
#[cfg(unix)]
fn replace() -> std::io::Error {
    use std::os::unix::process::CommandExt;

    // A program that was replaced on disk is called "… (deleted)" by the system.
    let program = match env::current_exe() {
        Ok(path) => PathBuf::from(path.to_string_lossy().trim_end_matches(" (deleted)")),
        Err(error) => return error,
    };
    Command::new(program).args(env::args_os().skip(1)).exec()
}

#[cfg(not(unix))]
fn replace() -> &'static str {
    "start the command again"
}

/// The latest change of any file below these folders, and how many there are, so that a removed one counts, too.
fn newest(folders: &[PathBuf]) -> (Option<SystemTime>, usize) {
    fn look(path: &Path, latest: &mut Option<SystemTime>, count: &mut usize) {
        let Ok(entries) = fs::read_dir(path) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if path.is_dir() && !hidden && !path.ends_with("target") {
                look(&path, latest, count);
            } else if let Ok(changed) = entry.metadata().and_then(|meta| meta.modified()) {
                *count += 1;
                *latest = (*latest).max(Some(changed));
            }
        }
    }
    let (mut latest, mut count) = (None, 0);
    for folder in folders {
        look(folder, &mut latest, &mut count);
    }
    (latest, count)
}
