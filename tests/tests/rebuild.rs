//! Editing a catalog rebuilds the crate that uses it, and nothing else does.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MANIFEST: &str = r#"
[package]
name = "rebuild"
edition = "2024"

[workspace]

[dependencies]
apigw-errors = { path = "REPOSITORY/catalog" }
phf = "0.14"
strum = { version = "0.28", features = ["derive"] }
thiserror = "2"

[profile.dev]
debug = "line-tables-only"
"#;

const MAIN: &str = r#"
apigw_errors::catalog! {
    root: "../catalog",
    conditions: "conditions.yaml",
    relations: "relations.yaml",
    vendors: ["vendors/acme.yaml", "vendors/bolt.yaml"],
}

fn main() {
    println!("{}", Condition::Outcome.to_error(Vendor::Bolt));
}
"#;

/// As the compiler prints it: paths are relative to where it runs.
const REPORTED: &str = "\
error: [unknown-word]: this word is not in the vocabulary of its field
        --> catalog/conditions.yaml:4:11
         |
       4 |     grpc: UNKNWN
         |           ^^^^^^ `UNKNWN` is none of the words known here
";

/// A crate beside the build directory of the tests, which it shares: only what differs is built.
struct Crate {
    folder: PathBuf,
}

impl Crate {
    fn new() -> Self {
        let repository = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rebuild");
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::create_dir_all(folder.join("catalog/vendors")).unwrap();
        let manifest = MANIFEST.replace("REPOSITORY", repository.to_str().unwrap());
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        fs::copy(repository.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        fs::write(folder.join("src/main.rs"), MAIN).unwrap();
        for file in ["conditions.yaml", "relations.yaml", "vendors/acme.yaml", "vendors/bolt.yaml"] {
            let text = fs::read(repository.join("codegen/tests/fixture").join(file)).unwrap();
            fs::write(folder.join("catalog").join(file), text).unwrap();
        }
        Self { folder }
    }

    fn cargo(&self, command: &str) -> Output {
        Command::new(env!("CARGO"))
            .args([command, "--offline", "--target-dir"])
            .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap())
            .current_dir(&self.folder)
            .output()
            .unwrap()
    }

    /// What `cargo build` says that it compiled.
    fn build(&self) -> String {
        let output = self.cargo("build");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        said
    }

    fn run(&self) -> String {
        let output = self.cargo("run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn edit(&self, file: &str, old: &str, new: &str) {
        let path = self.folder.join("catalog").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file} has no {old:?}");
        fs::write(path, text.replace(old, new)).unwrap();
    }
}

#[test]
fn editing_a_catalog_rebuilds() {
    let krate = Crate::new();
    krate.build();
    assert_eq!(krate.run(), "internal error\n");
    assert!(!krate.build().contains("Compiling"), "nothing was edited");

    krate.edit("vendors/bolt.yaml", "\"internal error\"", "\"internal fault\"");
    assert_eq!(krate.run(), "internal fault\n");

    // Into an error and out of it again.
    krate.edit("conditions.yaml", "UNKNOWN", "UNKNWN");
    let output = krate.cargo("build");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains(REPORTED), "{said}");
    krate.edit("conditions.yaml", "UNKNWN", "UNKNOWN");
    assert_eq!(krate.run(), "internal fault\n");
}
