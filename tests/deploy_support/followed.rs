//! Which nodes are followed line by line, and under which circumstances nobody applies a script: its pre-check says so.
#![allow(dead_code)] // each test file uses its part

use super::{Has, Script, decoded, list, truth};

use nicplan::deploy::{ClusterWork, File, NodeWork, State};
use nicplan::powershell::quoted;
use nicplan::units::Subnet;

/// Whether the pre-check says that the adapters do not have what the steps count on: nobody applies them then.
pub fn is_denied(work: &ClusterWork, node: &NodeWork, files: &[File], has: Has) -> bool {
    let (table, _) = truth(work, &State::today(&work.today, &node.today), has);
    let target = format!("$Target = {}", quoted(&node.today.name));
    let all = files.iter().filter(|(name, _)| name.ends_with("-1-pre-check.ps1"));
    let mut texts = all.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let text = texts.find(|text| text.lines().any(|line| line.trim_end() == target));
    let text = text.unwrap_or_default();
    let asked = text.lines().filter(|line| line.starts_with("Confirm-Fact "));
    let tests = asked.filter_map(|line| line.trim_end().split_once(" -Test { ")?.1.strip_suffix(" }"));
    let calls = tests.flat_map(|test| Script::parse(test).calls());
    let mut subnets = calls.filter(|call| call.name == "Test-Subnet");
    subnets.any(|call| {
        let (_, adapter) = call
            .parameters
            .iter()
            .find(|(own, _)| own == "Adapter")
            .expect("an adapter");
        let own = table.get(&decoded(adapter.trim()).expect("a literal"));
        let own = Subnet::of_addresses(own.map(Vec::as_slice).unwrap_or_default());
        !list(&call, "Subnet").iter().any(|s| Subnet::any_holds(s, &own))
    })
}

/// Nodes of a cluster that are not wired and rebuilt like one before them.
pub fn unlike(work: &ClusterWork) -> Vec<&NodeWork> {
    let mut seen: Vec<Vec<&str>> = Vec::new();
    let mut found = Vec::new();
    for node in &work.nodes {
        let steps = node.steps.iter().map(|s| s.title.as_str());
        let titles: Vec<&str> = steps.filter(|title| !title.contains("MAC pool")).collect();
        if !seen.contains(&titles) {
            seen.push(titles);
            found.push(node);
        }
    }
    found
}
