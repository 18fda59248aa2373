//! `explain --open`, with a browser that writes down what it is asked to show.
#![cfg(unix)]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use crate::run::{Ran, run_with};

/// A browser of one's own.
struct Browser {
    folder: TempDir,
}

impl Browser {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("browser");
        let log = folder.path().join("log");
        fs::write(&program, format!("#!/bin/sh\nprintf '%s|' \"$@\" >> '{}'\n", log.display())).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn program(&self) -> String {
        self.folder.path().join("browser").display().to_string()
    }

    fn shown(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

fn explain(line: &str, env: &[(&str, &str)]) -> Ran {
    run_with(["explain"].into_iter().chain(line.split_whitespace()), env, None)
}

#[test]
fn the_page_of_the_code_is_opened_in_the_readers_language() {
    let browser = Browser::new();
    let program = browser.program();
    let ran = explain("APIG.0308 --open --lang zh --site https://errors.example.com/docs/", &[("BROWSER", &program)]);
    let address = "https://errors.example.com/docs/zh/huawei/throttling-threshold-reached/";
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (0, format!("{address}\n").as_str(), ""));
    assert_eq!(browser.shown(), format!("{address}|"));
}

#[test]
fn the_environment_names_site_and_browser() {
    let browser = Browser::new();
    let list = format!("/no/such/browser:{} --new %s --last", browser.program());
    let site = ("APIGW_ERRORS_SITE", "https://errors.example.com");
    let ran = explain("tencent.HeaderRequired --open", &[("BROWSER", &list), site]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(browser.shown(), "--new|https://errors.example.com/en/tencent/header-required/|--last|");
}

#[test]
fn without_a_browser_the_address_is_printed() {
    for browser in ["/no/such/browser", "false"] {
        let env = [("BROWSER", browser), ("PATH", "/usr/bin:/bin")];
        let ran = explain("APIG.0308 --open --site https://errors.example.com", &env);
        assert_eq!(ran.status, 0, "{ran:?}");
        assert_eq!(ran.out, "https://errors.example.com/en/huawei/throttling-threshold-reached/\n");
        assert!(ran.err.contains("BROWSER") && ran.err.contains(browser), "{ran:?}");
    }
    // Nor one of the system's.
    let ran = explain("APIG.0308 --open --site https://errors.example.com", &[("PATH", "/no/such/folder")]);
    assert!(ran.status == 0 && ran.err.contains("xdg-open") == cfg!(target_os = "linux"), "{ran:?}");
}

#[test]
fn a_site_on_this_machine_has_to_be_there() {
    let browser = Browser::new();
    let program = browser.program();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let site = format!("http://{}", listener.local_addr().unwrap());
    let line = format!("APIG.0308 --open --site {site}");
    assert_eq!(explain(&line, &[("BROWSER", &program)]).status, 0);
    assert_eq!(browser.shown(), format!("{site}/en/huawei/throttling-threshold-reached/|"));
    drop(listener);
    let ran = explain(&line, &[("BROWSER", &program)]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains(&site) && ran.err.contains("apigw-site serve"), "{ran:?}");
    assert_eq!(browser.shown().matches('|').count(), 1, "it was asked although nobody is there");
}

#[test]
fn one_code_is_opened_or_none() {
    let browser = Browser::new();
    let program = browser.program();
    let ran = explain("APIG.0101 --open --site https://errors.example.com", &[("BROWSER", &program)]);
    assert_eq!((ran.status, browser.shown().as_str()), (1, ""));
    assert!(ran.out.contains("APIG.0101") && ran.err.contains("--vendor"), "{ran:?}");
}

#[test]
fn what_is_no_address_is_refused_with_its_place() {
    let ran = explain("APIG.0308 --open --site errors.example.com", &[]);
    assert!(ran.status == 2 && ran.err.contains("--site") && ran.err.contains("https://"), "{ran:?}");
    let ran = explain("APIG.0308 --open", &[("APIGW_ERRORS_SITE", "javascript:1")]);
    assert!(ran.status == 2 && ran.err.contains("APIGW_ERRORS_SITE") && ran.err.contains("https://"), "{ran:?}");
}
