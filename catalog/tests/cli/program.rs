//! The program as a whole: help, version, completions, manual.

use crate::run::run;

const COMMANDS: [&str; 10] =
    ["explain", "decode", "translate", "list", "search", "check", "export", "diff", "completions", "man"];

#[test]
fn every_command_has_help_with_examples() {
    let help = run("--help");
    assert_eq!(help.status, 0);
    assert!(help.out.contains("Examples:") && help.out.contains("Exit status:"), "{help:?}");
    for command in COMMANDS {
        assert!(help.out.contains(&format!("  {command} ")), "{command}");
        let own = run(&format!("{command} --help"));
        assert_eq!(own.status, 0, "{command}");
        assert!(own.out.contains("Examples:") && own.out.contains(&format!("apigw-errors {command}")), "{command}");
    }
}

/// An example in a help text must work.
#[test]
fn examples_in_help_run() {
    let mut ran = 0;
    for command in ["explain", "translate", "list", "search"] {
        let help = run(&format!("{command} --help")).out;
        let examples = help.lines().filter_map(|line| line.trim().strip_prefix("apigw-errors "));
        for example in examples.filter(|line| line.starts_with(command)) {
            let line = example.replace('\'', "");
            let result = run(&line);
            assert_eq!(result.status, 0, "{example}: {result:?}");
            ran += 1;
        }
    }
    assert!(ran > 12, "{ran}");
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(run("--version").out, format!("apigw-errors {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn without_arguments_the_help_is_shown() {
    let ran = run("");
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("Usage: apigw-errors"), "{ran:?}");
}

#[test]
fn completions_know_commands_and_words() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = run(&format!("completions {shell}"));
        assert_eq!(ran.status, 0, "{shell}");
        assert!(COMMANDS.iter().all(|command| ran.out.contains(command)), "{shell}");
    }
    assert!(run("completions zsh").out.contains("tencent"));
}

#[test]
fn the_manual_has_a_page_per_command() {
    assert!(run("man").out.contains(".TH apigw-errors 1"));
    let folder = tempfile::tempdir().unwrap();
    let written = run(&format!("man --out {}/man1", folder.path().display()));
    assert_eq!(written.status, 0, "{written:?}");
    for command in COMMANDS {
        let page = folder.path().join(format!("man1/apigw-errors-{command}.1"));
        assert!(page.exists(), "{written:?}");
    }
    assert!(folder.path().join("man1/apigw-errors.1").exists());
}
