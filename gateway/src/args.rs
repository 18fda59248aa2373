//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Parser};

use crate::examples;

/// An API gateway that refuses calls as Tencent Cloud, JD Cloud and Huawei Cloud do: each error for its real reason,
/// in the vendor's own words.
///
/// Without --config it serves a demo on 127.0.0.1:8080: the hosts tencent.localhost, jdcloud.localhost,
/// huawei.localhost and problem.localhost (RFC 9457), each with the paths /open, /signed, /limited, /dead, /slow,
/// /unresolved, /denied and /nobackend. The reference of all errors is served beside it on 127.0.0.1:8081.
#[derive(Debug, Parser)]
#[command(
    name = "apigw-gateway",
    version,
    after_help = EXAMPLES,
    after_long_help = EXAMPLES,
)]
pub(crate) struct Args {
    /// Serve this configuration instead of the demo
    #[arg(short, long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Check the configuration, report all problems with their places, and exit: 0 if it is good, 1 if not
    #[arg(long, conflicts_with = "print_config")]
    pub(crate) check: bool,

    /// Print an example of a configuration, or the shell functions that sign calls to it, and exit
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(examples::names()))]
    pub(crate) example: Option<String>,

    /// Print the configuration in force, secrets redacted, and exit
    #[arg(long)]
    pub(crate) print_config: bool,

    /// Listen here instead of at the first listener's address; port 0 takes any free port
    #[arg(short, long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,

    /// Start without a good configuration: refuse calls at --listen in this dialect, saying that none is loaded yet,
    /// and take the file as soon as it is there and good
    #[arg(long, value_name = "DIALECT", requires_all = ["config", "listen"])]
    pub(crate) wait: Option<String>,

    /// Serve the admin listener here instead of where the configuration says
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) admin: Option<SocketAddr>,

    /// Serve the reference site here (demo only)
    #[arg(long, value_name = "ADDRESS", default_value_t = crate::demo::SITE)]
    pub(crate) site: SocketAddr,

    /// Say more on standard error: -v why backends failed, -vv everything
    #[arg(short, long, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// Lines of at most 80 characters: wrapped, a configuration is none any more.
const EXAMPLES: &str = "\
Examples:
  apigw-gateway                                     the demo
  curl -i http://huawei.localhost:8080/dead         Huawei: no backend answers
  curl -i http://tencent.localhost:8080/signed      Tencent: no signature
  apigw-gateway --example tencent.yaml > my.yaml    to start from
  apigw-gateway --config my.yaml --check            what is wrong, and where
  apigw-gateway --config my.yaml --listen 0.0.0.0:80

A configuration in a few lines:
  listeners: [{ address: 127.0.0.1:8080 }]
  hosts:
    - host: api.example.com
      dialect: huawei@v2
      routes:
        - id: users
          path: /users/{id}
          methods: [GET]
          backend: { url: http://10.0.0.7:8000, timeout: 2s }

With TLS, and HTTP/2 over it (see --example tls.yaml):
  listeners:
    - address: 0.0.0.0:443
      tls: { certificates: [{ certificate: api.pem, key: api.key }] }

The file is read again when it, or a file that it names, changes, on SIGHUP, and
on POST /reload of the admin listener (admin: { address: 127.0.0.1:9901 }). A
bad one is refused and the one in force stays.
SIGTERM or SIGINT stops accepting, finishes what was accepted, and exits 0; a
second one cuts what is left.
The access log goes to standard output, one JSON object a line.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configurations_in_the_help_are_good() {
        assert!(EXAMPLES.lines().all(|line| line.len() <= 80), "a terminal would wrap it");
        let sections: Vec<&str> = EXAMPLES.split("\n\n").filter(|section| section.contains("listeners:")).collect();
        assert_eq!(sections.len(), 2);
        for section in sections {
            let (_, text) = section.split_once('\n').unwrap();
            let Err(problems) = crate::Config::parse("help", text) else { continue };
            // The certificate's files are the reader's to make.
            assert!(problems.list.iter().all(|problem| problem.message.contains("`api.")), "{problems}");
        }
    }
}
