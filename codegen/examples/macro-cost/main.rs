//! What `catalog!` costs in `cargo build`: the library with the macro against the same library with the expansion
//! pasted in, for the real catalog and for a synthetic one of 5,000 codes.
//!
//! `cargo run -p apigw-errors-codegen --example macro-cost [-- ROUNDS]`; dependencies are built before the clock starts, incremental
//! compilation is off, and each figure is the median of the rounds. Times are processor time, which a busy machine does
//! not lengthen; a build of one crate is hardly parallel, so that on an idle machine it is also what one waits.

mod synthetic;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use apigw_errors_codegen::{Files, expand, read};

type Outcome<T> = Result<T, Box<dyn Error>>;

const ROUNDS: usize = 5;
const SYNTHETIC: usize = 5_000;
/// The first argument by which this program calls its optimised self.
const STAGES: &str = "--stages";

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [flag, root, vendors @ ..] if flag == STAGES => {
            let stages = Stages::measure(Path::new(root), vendors)?;
            println!("{} {} {}", stages.read.as_secs_f64(), stages.expand.as_secs_f64(), stages.expansion.len());
            Ok(())
        }
        [] => report(ROUNDS),
        [rounds] => report(rounds.parse()?),
        _ => Err("usage: macro-cost [ROUNDS]".into()),
    }
}

fn report(rounds: usize) -> Outcome<()> {
    let work = work_folder()?;
    let real = Catalog::real(&work.join("real"))?;
    let synthetic = Catalog::synthetic(&work.join("synthetic"))?;
    for catalog in [real, synthetic] {
        catalog.report(rounds)?;
    }
    Ok(())
}

/// Beside the build directory of this program, so that the next run finds the dependencies built.
fn work_folder() -> Outcome<PathBuf> {
    let program = env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or("no build directory")?;
    Ok(target.join("macro-cost"))
}

fn repository() -> Outcome<PathBuf> {
    Ok(fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?)
}

/// A catalog and two copies of the library for it: one calls the macro, one is what the macro makes of it.
struct Catalog {
    title: String,
    folder: PathBuf,
    vendors: Vec<String>,
    stages: Stages,
}

impl Catalog {
    fn real(folder: &Path) -> Outcome<Self> {
        copy(&repository()?.join("catalog"), &folder.join("macro/catalog"))?;
        let vendors = ["tencent", "jdcloud", "huawei"].map(|vendor| format!("vendors/{vendor}.yaml")).to_vec();
        Self::prepare("the catalog of three vendors".to_owned(), folder, vendors)
    }

    fn synthetic(folder: &Path) -> Outcome<Self> {
        let library = folder.join("macro/catalog");
        copy(&repository()?.join("catalog"), &library)?;
        let vendors = synthetic::write(&library, SYNTHETIC)?;
        let (before, after) = around_call(&fs::read_to_string(library.join("src/lib.rs"))?)?;
        let call = format!(
            "catalog! {{\nroot: \"..\", conditions: \"conditions.yaml\", relations: \"relations.yaml\", vendors: {vendors:?}\n}}\n"
        );
        fs::write(library.join("src/lib.rs"), before + &call + &after)?;
        Self::prepare(format!("a synthetic one of {SYNTHETIC} codes"), folder, vendors)
    }

    /// Writes the copy with the expansion, and a workspace manifest around each.
    fn prepare(title: String, folder: &Path, vendors: Vec<String>) -> Outcome<Self> {
        let stages = Stages::measure(&folder.join("macro/catalog"), &vendors)?;
        let pasted = folder.join("pasted/catalog");
        copy(&folder.join("macro/catalog"), &pasted)?;
        let (before, after) = around_call(&fs::read_to_string(pasted.join("src/lib.rs"))?)?;
        // As people paste: rustc spends minutes on counting the columns of megabytes in one line.
        let expansion = prettyplease::unparse(&syn::parse_str(&stages.expansion)?);
        fs::write(pasted.join("src/lib.rs"), before + &expansion + &after)?;
        for copy in ["macro", "pasted"] {
            let root = repository()?;
            let manifest = workspace_manifest(&fs::read_to_string(root.join("Cargo.toml"))?, &root);
            fs::write(folder.join(copy).join("Cargo.toml"), manifest)?;
            fs::copy(root.join("Cargo.lock"), folder.join(copy).join("Cargo.lock"))?;
        }
        Ok(Self { title, folder: folder.to_owned(), vendors, stages })
    }

    fn report(&self, rounds: usize) -> Outcome<()> {
        // In turn, so that a busy moment of the machine falls on all.
        let builds = [("pasted", "0"), ("macro", "0"), ("macro", "3")];
        let mut times = [const { Vec::new() }; 3];
        for round in 0..=rounds {
            for ((copy, optimised), times) in builds.iter().zip(&mut times) {
                let time = self.build(copy, optimised)?;
                // The first round builds the dependencies.
                if round > 0 {
                    times.push(time);
                }
            }
        }
        let [pasted, plain, optimised] = times.map(median);
        let ratio = |time: Duration| time.as_secs_f64() / pasted.as_secs_f64();
        println!("{}: {} codes, expansion {} bytes", self.title, self.stages.codes, self.stages.expansion.len());
        println!("  cargo build                    seconds  ratio");
        println!("    expansion pasted in          {:7.2}   1.00", pasted.as_secs_f64());
        println!("    macro, debug                 {:7.2}  {:5.2}", plain.as_secs_f64(), ratio(plain));
        println!("    macro, optimised             {:7.2}  {:5.2}", optimised.as_secs_f64(), ratio(optimised));
        let [read, expand, _] = self.optimised_stages()?;
        println!("  within the macro               seconds: debug  optimised");
        println!("    read and check                      {:7.3}    {read:7.3}", self.stages.read.as_secs_f64());
        println!("    expand                              {:7.3}    {expand:7.3}", self.stages.expand.as_secs_f64());
        Ok(())
    }

    fn build(&self, copy: &str, opt_level: &str) -> Outcome<Duration> {
        let root = self.folder.join(copy);
        let source = root.join("catalog/src/lib.rs");
        fs::write(&source, fs::read(&source)?)?;
        let start = processor_time()?;
        let status = cargo(&root)
            .args(["build", "--package", "apigw-errors", "--target-dir"])
            .arg(self.folder.with_file_name(format!("target-{opt_level}")))
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL", opt_level)
            .status()?;
        let time = processor_time()?.saturating_sub(start);
        if status.success() { Ok(time) } else { Err(format!("{} does not build", root.display()).into()) }
    }

    /// Seconds of the stages, from this program compiled with optimisation, and the size of the expansion.
    fn optimised_stages(&self) -> Outcome<[f64; 3]> {
        let output = cargo(&repository()?)
            .args(["run", "--release", "--package", "apigw-errors-codegen", "--example", "macro-cost", "--", STAGES])
            .arg(self.folder.join("macro/catalog"))
            .args(&self.vendors)
            .output()?;
        let numbers: Result<Vec<f64>, _> =
            String::from_utf8(output.stdout)?.split_whitespace().map(str::parse).collect();
        numbers?.try_into().map_err(|_| "the optimised build says nothing".into())
    }
}

/// What the macro does, step by step.
struct Stages {
    read: Duration,
    expand: Duration,
    codes: usize,
    expansion: String,
}

impl Stages {
    fn measure(root: &Path, vendors: &[String]) -> Outcome<Self> {
        let files = Files {
            base: None,
            conditions: Some("conditions.yaml".into()),
            relations: Some("relations.yaml".into()),
            vendors: vendors.to_vec(),
        };
        let start = processor_time()?;
        let catalog = read(root, &files).map_err(|report| apigw_errors_codegen::render_all(&report))?;
        let read = processor_time()?.saturating_sub(start);
        let start = processor_time()?;
        let tokens = expand::expand(&catalog);
        let expand = processor_time()?.saturating_sub(start);
        let codes = catalog.vendors.iter().map(|vendor| vendor.codes.len()).sum();
        Ok(Self { read, expand, codes, expansion: tokens.to_string() })
    }
}

/// The processor time of this program and of all programs that it has waited for, as Linux counts it.
fn processor_time() -> Outcome<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The second field is the program's name in parentheses; fields 14 to 17 are times in hundredths of a second.
    let (_, fields) = stat.rsplit_once(") ").ok_or("no name in /proc/self/stat")?;
    let mut hundredths = 0;
    for field in fields.split(' ').skip(11).take(4) {
        hundredths += field.parse::<u64>()?;
    }
    Ok(Duration::from_millis(hundredths * 10))
}

fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder).args(["--quiet", "--offline"]).stderr(Stdio::inherit());
    cargo
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The library's source before and after its call of the macro.
fn around_call(source: &str) -> Outcome<(String, String)> {
    let (before, call) = source.split_once("\ncatalog! {").ok_or("no call of the macro")?;
    let (_, after) = call.split_once("\n}\n").ok_or("the call of the macro has no end")?;
    Ok((format!("{before}\n"), format!("\n{after}")))
}

/// The workspace's manifest for a copy of the library alone: the other packages stay where they are.
fn workspace_manifest(manifest: &str, root: &Path) -> String {
    let mut lines = String::new();
    for line in manifest.lines().filter(|line| !line.starts_with("default-members")) {
        if line.starts_with("members") {
            lines.push_str("members = [\"catalog\"]");
        } else if line.contains("path = \"catalog\"") {
            lines.push_str(line);
        } else {
            lines.push_str(&line.replace("path = \"", &format!("path = \"{}/", root.display())));
        }
        lines.push('\n');
    }
    lines
}

/// Copies a folder over another.
fn copy(from: &Path, to: &Path) -> Outcome<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::write(&to, fs::read(&from)?)?;
        }
    }
    Ok(())
}
