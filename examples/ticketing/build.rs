//! Makes cargo notice new revision files.

fn main() {
    println!("cargo:rerun-if-changed=migrations/versions");
}
