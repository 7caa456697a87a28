//! The house rules, as data.

/// Which of our crates a crate may use (normal dependencies; tests may use any). Arrows point down only, and a plugin
/// knows the contract and nothing of the machinery.
pub(super) const ARROWS: &[(&str, &[&str])] = &[
    ("dunlin-core", &[]),
    ("dunlin-sql", &["dunlin-core"]),
    ("dunlin-macros", &["dunlin-core", "dunlin-sql"]),
    ("dunlin-sea-orm", &["dunlin-core"]),
    ("dunlin-engine", &["dunlin-core", "dunlin-sql"]),
    ("dunlin", &["dunlin-core", "dunlin-engine"]),
    ("dunlin-cli", &["dunlin-core", "dunlin-engine", "dunlin"]),
    ("dunlin-testkit", &["dunlin-core", "dunlin-engine", "dunlin"]),
    ("airflow-plugin", &["dunlin-core"]),
    ("ticketing", &["dunlin-core", "dunlin-macros", "dunlin-sea-orm", "airflow-plugin"]),
    (
        "airflow",
        &[
            "dunlin-core",
            "dunlin-macros",
            "dunlin-sea-orm",
            "dunlin-engine",
            "dunlin",
            "dunlin-cli",
            "airflow-plugin",
            "ticketing",
        ],
    ),
    ("oracle-operations", &["dunlin"]),
    // It must build fast, before anything of ours.
    ("xtask", &[]),
];

/// The engine's modules, from low to high: a module may not use one that stands after it in its row.
pub(super) const LAYERS: &[&[&str]] = &[
    &["graph", "history"],
    &["sql", "dialect", "compare", "generate"],
    &["dialect", "replay", "plan"],
    &["ownership", "plan"],
];

pub(super) const ENGINE: &str = "crates/dunlin-engine/src/";

/// Directories below [`ENGINE`] that hold the same file names.
pub(super) const DIALECTS: [&str; 3] = ["dialect/postgres", "dialect/mysql", "dialect/sqlite"];

/// Files below [`ENGINE`] that not every dialect has: what the others have no like of.
pub(super) const OWN_FILES: &[&str] = &[
    "dialect/postgres/cast.rs",
    "dialect/postgres/default.rs",
    "dialect/postgres/options.rs",
    "dialect/postgres/sequence.rs",
    "dialect/postgres/server_name.rs",
    "dialect/mysql/collation.rs",
    "dialect/mysql/default.rs",
    "dialect/mysql/expression.rs",
    "dialect/mysql/implicit_index.rs",
    "dialect/mysql/normal/tests.rs",
    "dialect/mysql/options.rs",
    "dialect/mysql/own_table.rs",
    "dialect/mysql/partition.rs",
    "dialect/sqlite/foreign_keys.rs",
    "dialect/sqlite/normal/tests.rs",
    "dialect/sqlite/rebuild.rs",
];

/// More lines than this are an error; more than [`MANY_LINES`], a warning.
pub(super) const MOST_LINES: usize = 700;
pub(super) const MANY_LINES: usize = 600;

/// A file that a program wrote says so in its first lines.
pub(super) const GENERATED: &str = "@generated";

/// Code that only programs may have, with the paths where it may stand, and why not elsewhere.
pub(super) const PROGRAMS_ONLY: &[Forbidden] = &[
    Forbidden {
        words: &["println!", "eprintln!", "print!", "eprint!", "dbg!"],
        free: &["crates/dunlin-cli/", "apps/", "xtask/"],
        why: "only dunlin-cli, apps and xtask print",
    },
    Forbidden {
        words: &[
            "std::env",
            "env::var",
            "env::var_os",
            "env::vars",
            "env::args",
            "env::args_os",
            "env::current_dir",
        ],
        // A macro learns from the environment what it is compiled for.
        free: &["crates/dunlin-cli/", "apps/", "xtask/", "crates/dunlin-testkit/", "crates/dunlin-macros/"],
        why: "only dunlin-cli, apps and xtask (and the test kit) read the environment",
    },
    Forbidden {
        words: &["std::process::exit", "process::exit"],
        free: &["crates/dunlin-cli/", "apps/", "xtask/"],
        why: "only dunlin-cli, apps and xtask end the process",
    },
];

pub(super) struct Forbidden {
    pub(super) words: &'static [&'static str],
    /// Besides tests, build scripts and the examples' programs, which are always free.
    pub(super) free: &'static [&'static str],
    pub(super) why: &'static str,
}

/// Words that no tracked file may hold: package registries are reached through their ordinary clients, which know them.
/// (Written in two halves each: this file is checked too.)
pub(super) const HOSTS: &[&str] = &[
    concat!("crates", ".io"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("deb.debian", ".org"),
    concat!("ftp.debian", ".org"),
    concat!("security.debian", ".org"),
    concat!("snapshot.debian", ".org"),
    concat!("archive.ubuntu", ".com"),
    concat!("npmjs", ".org"),
    concat!("docker", ".io"),
    concat!("ghcr", ".io"),
    concat!("quay", ".io"),
];

/// Directories of one machine only. (Samples in `tests/data/` may hold any path: nothing opens it.)
pub(super) const PLACES: &[&str] = &[concat!("/wo", "rk"), concat!("/ro", "ot"), concat!("/tm", "p/")];

/// Files that hold such words because a tool writes them so.
pub(super) const WRITTEN_BY_TOOLS: &[&str] = &["Cargo.lock"];
