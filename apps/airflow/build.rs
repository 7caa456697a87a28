//! Makes cargo notice new revision files.

#![allow(clippy::print_stdout, reason = "cargo reads what a build script prints")]

fn main() {
    println!("cargo:rerun-if-changed=fab-migrations/versions");
    println!("cargo:rerun-if-changed=migrations/versions");
}
