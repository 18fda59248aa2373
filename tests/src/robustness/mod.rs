//! The running gateway under bad input, floods and broken peers: bytes in over real sockets, required outcome.
//!
//! `tests/robustness/<section>.yaml` says what; each file gets a gateway of its own, a backend that watches what
//! reaches it, and a bystander: a client with a kept connection that must get its 200 after every variant.
//!
//! # A file
//! ```yaml
//! gateway: |            # configuration; without it, tests/robustness/gateway.yaml. In braces: {watch} and the other
//!   listeners: …        # backends' addresses, {log}, {dir} (a folder that lasts as long as the gateway). If it has
//!                       # {certificate} and {key}, its second listener speaks TLS, and every row is run again over it
//! memory: 64            # most MiB by which the gateway may grow over the whole file; 64 without it
//! preamble: "PROXY …"   # what the bystander's connection begins with; nothing without it
//! backends:             # besides `watch`, which answers 200 `ok`: what else routes of the configuration can call
//!   broken: { answer: ["HTTP/1.1 abc\r\n\r\n", { do: close }] }
//!   early: { reads: head, answer: ["HTTP/1.1 413 …"] }       # reads: nothing, head, request (default)
//! rows:
//!   - row: wrong version                  # as the requirement calls it
//!     about: Why this outcome.            # optional
//!     dialects: [huawei]                  # all four without it; {host} is `<dialect>.test`
//!     fresh: true                         # the bystander connects anew: its connection may be closed meanwhile
//!     plain: true                         # not again over TLS
//!     together: 50                        # so many clients at once, each sending every variant; 1 without it
//!     variants:                           # each on a connection of its own, in every dialect
//!       - "GET /x HTTP/9.9\r\nHost: {host}\r\n\r\n"
//!       - ["GET /x HT", { pause: 20ms }, "TP/9.9\r\nHost: {host}\r\n\r\n"]
//!     expect: { status: [400, 505], condition: request.malformed }
//!     huawei: { body: APIG.0201 }         # what differs by dialect
//! ```
//! In a text, {host} is the host of the dialect, {dialect} its name and {scheme} `http`, or over TLS `https`.
//! Text is bytes: a character up to U+00FF is the byte of that number (`"\xff"`), no other is allowed.
//!
//! # Steps of a client (and of a backend's `answer`)
//! | step | does |
//! |---|---|
//! | `"text"` | sends it |
//! | `{ pause: 100ms }` | waits |
//! | `{ repeat: "text", times: 1000 }` | sends it so often, in large pieces |
//! | `{ endless: "text" }` | sends it until the other side ends the connection (64 MiB at most) |
//! | `{ drip: "text", every: 50ms }` | sends single bytes until the text or the connection is over |
//! | `{ read: 1 }` | waits until so many answers have come in all |
//! | `{ do: half_close }` | ends sending, goes on reading |
//! | `{ do: close }`, `{ do: reset }` | leaves; nothing is expected of the answer |
//! | `{ do: deaf }`, `{ do: listen }` | stops reading from the socket, and begins again |
//! | `{ do: wait }` | waits until the other side ends the connection |
//!
//! # Expectations
//! | member | holds if |
//! |---|---|
//! | `status: 400`, `status: [400, 505]` | there is one answer, with this or one of these statuses |
//! | `answers: [200, [400, 501]]` | there are these answers in this order; `[]`: none at all |
//! | `then: closed`, `kept`, `any` | the connection ends; or a further request on it is answered 200. `closed` without it |
//! | `body: text` | the last answer's body holds the text, or all texts of a list |
//! | `head: text` | the same of its head |
//! | `lacks: text` | the last answer's head holds it not, or none of a list |
//! | `reaches: nothing`, `part`, `2`, `any` | no request reached `watch`; none whole; so many whole ones of each client; all the same. Without it: as many whole ones as there are answers below 400 |
//! | `saw: text`, `saw_not: text` | what reached `watch` holds it, or all of a list; holds none |
//! | `condition: request.malformed` | the last line in the access log for this connection names it |
//! | `lines: 1` | so many lines. Without it: one for each final answer; not looked at where there is none |
//! | `logged: text` | the last line holds it, or all of a list |
//! | `truncated: true` | the last answer breaks off before its end |
//! | `reset: true` | the connection ends with a reset: nobody takes it for the end of an answer |
//! | `speaks: huawei` | refusals have this dialect's body, because the host cannot be read: the listener's |
//! | `relayed: true` | refusals may have bodies that are not the dialect's: they are the backend's |
//!
//! Refusals (400 and above) always have to have the dialect's body and request id, lines of the log always have to be
//! JSON and shorter than 8 KiB, and the bystander always has to be answered within ten seconds.

mod answer;
mod client;
mod dialect;
mod file;
mod judge;
mod run;
mod step;
mod stream;
mod watch;

pub use run::{run, suites};
