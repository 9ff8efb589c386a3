//! Keeps the direction of dependencies: what each crate may know of the others, and what it may never reach.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::collections::{BTreeMap, BTreeSet};

/// The crates of this workspace each crate may depend on. A new crate gets a line here.
const MAY_DEPEND_ON: [(&str, &[&str]); 13] = [
    ("conversation", &[]),
    ("media", &["conversation"]),
    ("capture", &["conversation", "media"]),
    ("video", &["conversation"]),
    ("gemini", &["conversation"]),
    ("engine", &[]),
    ("voices", &[]),
    ("local", &["conversation", "engine", "voices"]),
    ("history", &["conversation"]),
    ("secrets", &[]),
    ("ask", &["conversation", "media", "history", "secrets"]),
    ("test-support", &["conversation"]),
    // The shell wires everything; numbers and model files it reaches only through `local`.
    (
        "castor",
        &[
            "ask",
            "capture",
            "conversation",
            "gemini",
            "history",
            "local",
            "media",
            "secrets",
            "video",
            "voices",
        ],
    ),
];

/// Crates that open windows. Only the shell may know them.
const DESKTOP: [&str; 5] = ["tauri", "tao", "wry", "gtk", "webkit2gtk"];
/// Crates that reach a network, and the database.
const NETWORK: [&str; 4] = ["reqwest", "hyper", "ureq", "tungstenite"];
const DATABASE: [&str; 1] = ["rusqlite"];

fn workspace() -> Metadata {
    MetadataCommand::new().no_deps().other_options(["--offline".into()]).exec().unwrap()
}

fn own_dependencies(
    package: &Package,
    kinds: &[DependencyKind],
    members: &BTreeSet<&str>,
) -> BTreeSet<String> {
    package
        .dependencies
        .iter()
        .filter(|dependency| kinds.contains(&dependency.kind) && members.contains(dependency.name.as_str()))
        .map(|dependency| dependency.name.clone())
        .collect()
}

#[test]
fn every_crate_depends_only_on_what_it_may() {
    let metadata = workspace();
    let members: BTreeSet<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let may: BTreeMap<&str, &[&str]> = MAY_DEPEND_ON.into_iter().collect();
    assert_eq!(
        members,
        may.keys().copied().collect(),
        "every crate of the workspace has a line in this test"
    );

    for package in &metadata.packages {
        let kinds = [DependencyKind::Normal, DependencyKind::Build];
        for dependency in own_dependencies(package, &kinds, &members) {
            assert!(
                may[package.name.as_str()].contains(&dependency.as_str()),
                "{} must not depend on {dependency}",
                package.name
            );
        }
    }
}

#[test]
fn only_tests_use_test_support() {
    let metadata = workspace();
    for package in &metadata.packages {
        for dependency in package.dependencies.iter().filter(|dependency| dependency.name == "test-support") {
            assert_eq!(dependency.kind, DependencyKind::Development, "in {}", package.name);
        }
    }
}

#[test]
fn only_the_shell_knows_the_desktop() {
    let metadata = workspace();
    for package in metadata.packages.iter().filter(|package| package.name != "castor") {
        for dependency in &package.dependencies {
            let desktop =
                DESKTOP.contains(&dependency.name.as_str()) || dependency.name.starts_with("tauri-");
            assert!(!desktop, "{} must not depend on {}", package.name, dependency.name);
        }
    }
}

/// Everything `package` is built from, over all levels, tests left out.
fn reached_from(metadata: &Metadata, package: &str) -> BTreeSet<String> {
    let nodes: BTreeMap<_, _> =
        metadata.resolve.as_ref().unwrap().nodes.iter().map(|node| (&node.id, node)).collect();
    let names: BTreeMap<_, _> =
        metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let mut reached = BTreeSet::new();
    let mut left: Vec<_> = metadata
        .workspace_packages()
        .into_iter()
        .filter(|member| member.name.as_str() == package)
        .map(|member| &member.id)
        .collect();
    assert_eq!(left.len(), 1, "{package} is a crate of the workspace");
    while let Some(id) = left.pop() {
        for dependency in &nodes[id].deps {
            let linked = dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            if linked && reached.insert(names[&dependency.pkg].to_owned()) {
                left.push(&dependency.pkg);
            }
        }
    }
    reached
}

#[test]
fn pure_crates_reach_no_network_and_no_database() {
    let host = std::process::Command::new("rustc").arg("-vV").output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = MetadataCommand::new()
        .other_options(["--offline".into(), "--filter-platform".into(), host.into()])
        .exec()
        .unwrap();

    for pure in ["conversation", "media", "capture", "engine", "secrets"] {
        let reached = reached_from(&metadata, pure);
        for foreign in NETWORK.iter().chain(&DATABASE) {
            assert!(!reached.contains(*foreign), "{pure} must not reach {foreign}");
        }
    }
    let asking = reached_from(&metadata, "ask");
    for foreign in NETWORK {
        assert!(!asking.contains(foreign), "ask must not reach {foreign}");
    }
    // The test can fail: what it looks for is found where it belongs.
    assert!(reached_from(&metadata, "gemini").contains("reqwest"));
    assert!(reached_from(&metadata, "history").contains("rusqlite"));
}
