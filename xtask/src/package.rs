//! `cargo xtask package`: the wasm modules and their JavaScript in `pkg/wasm`, the first as small as its budget.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::fingerprint::Fingerprint;
use crate::npm;
use crate::size::{self, Sizes, bytes};
use crate::step::Step;
use crate::tools::{self, WASM_TARGET};
use crate::workspace::Workspace;

/// The cargo profile of the root `Cargo.toml` that the module is built with.
const PROFILE: &str = "wasm";

/// One module of the package.
struct Module {
    /// Its files are `<name>.js` and `<name>_bg.wasm`, in a folder of `pkg/wasm`.
    name: &'static str,
    folder: &'static str,
    /// What it is, for the reader of the output.
    what: &'static str,
    features: &'static [&'static str],
    /// Flags beside [`FLAGS`].
    flags: &'static [&'static str],
    /// Settings of cargo beside those of the profile.
    settings: &'static [&'static str],
}

/// The one that everybody loads, and that has a budget.
const MAIN: Module = Module {
    name: "labelgate",
    folder: "",
    what: "the core",
    features: &[],
    flags: &[],
    settings: &[],
};
/// The same for engines without SIMD; it goes by the JavaScript of [`MAIN`].
const SCALAR: Module = Module {
    name: "labelgate",
    folder: "scalar",
    what: "the core without SIMD",
    features: &[],
    flags: &["-Ctarget-feature=-simd128"],
    settings: &[],
};
/// What reads a published list, loaded when there is one. Many load it, so it is built small as well.
const BOM: Module = Module {
    name: "bom",
    folder: "",
    what: "what reads a BOM",
    features: &["bom"],
    flags: &[],
    settings: &[],
};
/// The same for engines without SIMD; it goes by the JavaScript of [`BOM`].
const SCALAR_BOM: Module = Module {
    name: "bom",
    folder: "scalar",
    what: "what reads a BOM, without SIMD",
    features: &["bom"],
    flags: &["-Ctarget-feature=-simd128"],
    settings: &[],
};
/// What is rarely needed, loaded on demand. It has no budget, and what it hashes may be long: a higher level, with the
/// same limits of inlining.
const MORE: Module = Module {
    name: "more",
    folder: "",
    what: "what is loaded on demand",
    features: &["more"],
    flags: &[],
    settings: &["profile.wasm.opt-level=2"],
};
/// Agreement and consensus of whole crowds, loaded on demand: numbers of many answers, so speed counts.
const CROWD: Module = Module {
    name: "crowd",
    folder: "",
    what: "agreement and consensus",
    features: &["crowd"],
    flags: &[],
    settings: &["profile.wasm.opt-level=3"],
};
const MODULES: [Module; 6] = [MAIN, SCALAR, BOM, SCALAR_BOM, MORE, CROWD];
/// How the compiler weighs size against speed. Vector loops unroll, and none is hot. Inlining stops earlier than the
/// level alone would have it: at the first number, and at the second where the sources hint at it. What is hot and
/// larger says `#[inline(always)]`. docs/performance.md has what each number costs and brings.
/// Data begins where the stack ends. Below 2^20 an address takes three bytes in the code; a stack of 1 MiB, as is
/// usual, would put all of it beyond. Chosen: the largest frame is 6 KB, and what nests has small bounds.
const FLAGS: [&str; 5] = [
    "-Cno-vectorize-loops",
    "-Cno-vectorize-slp",
    "-Cllvm-args=-inline-threshold=35",
    "-Cllvm-args=-inlinehint-threshold=80",
    "-Clink-arg=-zstack-size=262144",
];
/// What wasm-opt does. Nothing is kept in the lowest 1024 bytes, the far end of the stack, so offsets can be folded
/// into addresses. Functions with like names are alike, and next to each other they compress better.
const OPTIMISATIONS: [&str; 3] = ["-O3", "--low-memory-unused", "--reorder-functions-by-name"];
/// Everything that the module is made from, besides the compiler that `rust-toolchain.toml` pins.
const INPUT_FILES: [&str; 7] = [
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo/config.toml",
    "pkg/build.mjs",
    "xtask/npm/package-lock.json",
    "xtask/src/package.rs",
];

/// Builds the package, and fails when it is over its budget.
pub fn run(workspace: &Workspace) -> Result<()> {
    let sizes = make(workspace)?;
    println!("  {}", size::check(workspace, sizes)?);
    Ok(())
}

/// Builds `pkg/wasm` and `pkg/dist` unless they are up to date, prints the sizes of the modules and returns those of
/// the main one.
pub fn make(workspace: &Workspace) -> Result<Sizes> {
    let lock = workspace.lock()?;
    tools::node()?;
    let inputs = inputs(workspace)?;
    let sizes = match up_to_date(workspace, &inputs) {
        Some(sizes) => {
            println!("  ✓ pkg/wasm is up to date");
            sizes
        }
        None => build(workspace, &inputs)?,
    };
    drop(lock);
    for (module, sizes) in MODULES.iter().zip(&sizes) {
        println!(
            "  {}: {} raw, {} gzip -9, {} brotli 11",
            module.file().display(),
            bytes(sizes.raw),
            bytes(sizes.gzip),
            bytes(sizes.brotli)
        );
    }
    let [main, ..] = sizes;
    Ok(main)
}

impl Module {
    /// Its path in `pkg/wasm`.
    fn file(&self) -> PathBuf {
        Path::new(self.folder).join(format!("{}_bg.wasm", self.name))
    }
}

fn build(workspace: &Workspace, inputs: &str) -> Result<AllSizes> {
    tools::wasm_target(workspace)?;
    let programs = tools::wasm_bindgen(workspace)?;
    let binaryen = npm::binaryen(workspace)?;
    // Everything is made beside `pkg/wasm` and moved there at the end: never half a package.
    let draft = workspace.scratch().join("wasm");
    let _ = fs::remove_dir_all(&draft);
    let mut sizes = AllSizes::default();
    for (module, sizes) in MODULES.iter().zip(&mut sizes) {
        *sizes = build_module(workspace, module, &programs, &binaryen, &draft)?;
    }
    one_glue(&draft, MAIN.name)?;
    one_glue(&draft, BOM.name)?;
    let folder = workspace.join("pkg/wasm");
    let _ = fs::remove_dir_all(&folder);
    fs::rename(&draft, &folder)
        .with_context(|| format!("cannot move the package to `{}`", folder.display()))?;

    let mut inline = Command::new("node");
    inline.arg(workspace.join("pkg/build.mjs"));
    let title = "put the module into JavaScript for pages";
    Step::new(workspace, "pkg-build", title, inline).run_or_fail()?;

    let all: Vec<Value> = sizes.iter().map(|sizes| sizes.to_json()).collect();
    let stamp = json!({ "inputs": inputs, "outputs": outputs(workspace)?, "sizes": all });
    fs::write(stamp_path(workspace), stamp.to_string())?;
    Ok(sizes)
}

fn build_module(
    workspace: &Workspace,
    module: &Module,
    programs: &Path,
    binaryen: &Path,
    draft: &Path,
) -> Result<Sizes> {
    let log = |step: &str| format!("{step}-{}{}", module.name, module.folder);
    let title = format!("compile {} to WebAssembly", module.what);
    Step::new(workspace, &log("wasm-build"), &title, compiler(workspace, module)?).run_or_fail()?;

    let mut bindgen = Command::new(programs.join("wasm-bindgen"));
    bindgen
        .arg(workspace.cargo_target().join(WASM_TARGET).join(PROFILE).join("labelgate.wasm"))
        .args(["--target", "web", "--out-name", module.name, "--remove-producers-section"])
        // Every entry hands the module over; a name in the glue makes bundlers ship it twice.
        .arg("--omit-default-module-path")
        .arg("--out-dir")
        .arg(draft.join(module.folder));
    let title = "write the JavaScript around it with wasm-bindgen";
    Step::new(workspace, &log("wasm-bindgen"), title, bindgen).run_or_fail()?;

    let path = draft.join(module.file());
    let optimised = draft.join("optimised.wasm");
    let mut optimiser = Command::new("node");
    // No `--all-features`: the module's own `target_features` section says what may be used (SIMD among it), and
    // engines refuse what binaryen knows beyond that.
    optimiser.arg(binaryen.join("wasm-opt")).arg(&path).args(OPTIMISATIONS);
    optimiser.arg("-o").arg(&optimised);
    Step::new(workspace, &log("wasm-opt"), "optimise it with wasm-opt", optimiser).run_or_fail()?;
    fs::rename(&optimised, &path)?;
    Sizes::measure(workspace, &path)
}

/// Leaves of a module without SIMD the wasm alone: its JavaScript must be that of the one with.
fn one_glue(draft: &Path, name: &str) -> Result<()> {
    let glue = format!("{name}.js");
    let (quick, scalar) = (draft.join(&glue), draft.join(SCALAR.folder).join(&glue));
    let same = fs::read(&quick)? == fs::read(&scalar)?;
    ensure!(
        same,
        "`{}` and `{}` differ: both modules go by one",
        quick.display(),
        scalar.display()
    );
    for file in [glue, format!("{name}.d.ts"), format!("{name}_bg.wasm.d.ts")] {
        fs::remove_file(draft.join(SCALAR.folder).join(file))?;
    }
    Ok(())
}

/// Cargo, told to leave no path of this machine in the module: the same sources give the same bytes everywhere.
fn compiler(workspace: &Workspace, module: &Module) -> Result<Command> {
    let flags = FLAGS.iter().chain(module.flags);
    let mut flags: Vec<String> = flags.map(|flag| (*flag).to_owned()).collect();
    flags.push(format!("--remap-path-prefix={}/=", workspace.root().display()));
    for registry in registries()? {
        flags.push(format!("--remap-path-prefix={}/=", registry.display()));
    }
    let mut command = Command::new("cargo");
    command
        // The rlib beside it, which `Cargo.toml` also asks for, would make cargo skip link-time optimisation.
        .args(["rustc", "--lib", "--crate-type", "cdylib", "--target", WASM_TARGET])
        .args(["--profile", PROFILE, "--no-default-features"])
        .args(["--features", &module.features.join(",")])
        .arg("--config")
        // Joined with the flags of `.cargo/config.toml`, which turn SIMD on.
        .arg(format!("target.{WASM_TARGET}.rustflags={}", Value::from(flags)));
    for setting in module.settings {
        command.args(["--config", setting]);
    }
    // Any of these would replace the flags of `.cargo/config.toml`.
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS"] {
        command.env_remove(name);
    }
    Ok(command)
}

/// The folders that cargo unpacks the sources of dependencies into.
fn registries() -> Result<Vec<PathBuf>> {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))
        .context("neither CARGO_HOME nor HOME is set")?;
    let Ok(entries) = fs::read_dir(home.join("registry/src")) else {
        return Ok(Vec::new());
    };
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    folders.sort();
    Ok(folders)
}

fn inputs(workspace: &Workspace) -> Result<String> {
    let mut fingerprint = Fingerprint::default();
    for file in INPUT_FILES {
        fingerprint.add_file(&workspace.join(file))?;
    }
    fingerprint.add_folder(&workspace.join("src"))?;
    Ok(fingerprint.finish())
}

fn outputs(workspace: &Workspace) -> Result<String> {
    let mut fingerprint = Fingerprint::default();
    for folder in ["pkg/wasm", "pkg/dist"] {
        fingerprint.add_folder(&workspace.join(folder))?;
    }
    Ok(fingerprint.finish())
}

/// The sizes of the modules, in their order.
type AllSizes = [Sizes; MODULES.len()];

/// The sizes of the package when it is the one that these inputs gave, untouched since.
fn up_to_date(workspace: &Workspace, inputs: &str) -> Option<AllSizes> {
    let stamp: Value =
        serde_json::from_str(&fs::read_to_string(stamp_path(workspace)).ok()?).ok()?;
    let same = stamp.get("inputs")?.as_str()? == inputs
        && stamp.get("outputs")?.as_str()? == outputs(workspace).ok()?;
    let mut sizes = AllSizes::default();
    for (sizes, n) in sizes.iter_mut().zip(0..) {
        *sizes = Sizes::from_json(stamp.get("sizes")?.get::<usize>(n)?)?;
    }
    same.then_some(sizes)
}

fn stamp_path(workspace: &Workspace) -> PathBuf {
    workspace.scratch().join("package.json")
}
