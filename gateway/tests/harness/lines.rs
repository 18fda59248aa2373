//! What a child process prints, waited for with a bound.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// A line that takes longer will not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// The lines of an output. It is read to its end whether or not anybody asks, so the child never waits for a reader.
#[derive(Debug)]
pub(crate) struct Lines(Receiver<String>);

impl Lines {
    /// Begins to read.
    pub(crate) fn of(output: impl Read + Send + 'static) -> Self {
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // Nobody may be there any more who wants to know.
                let _ = sender.send(line);
            }
        });
        Self(lines)
    }
}

impl Iterator for Lines {
    type Item = String;

    /// The next line; none at the end, or when none comes for too long.
    fn next(&mut self) -> Option<String> {
        self.0.recv_timeout(PATIENCE).ok()
    }
}
