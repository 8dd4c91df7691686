//! Verify proves the work: for every step that changes something a line of it fails where the step was left out.
#![cfg(feature = "solver")]

mod program;
#[path = "deploy_support/replay.rs"]
mod replay;
mod support;

use nicplan::assignment::{Options, plan};
use nicplan::checks;
use nicplan::deploy::{ClusterWork, files, work};
use nicplan::inventory::{Cluster, Inventory, LoadOptions, load};
use nicplan::plan::Style;
use program::project;
use replay::follow::{proving::unproven, without_addresses};

/// The work of every style that can be planned.
fn works(inventory: &Inventory) -> Vec<(String, Vec<ClusterWork>)> {
    let mut found = Vec::new();
    for style in [None].into_iter().chain(Style::ALL.map(Some)) {
        let Some(planned) = plan(inventory, &Options { style, deadline: None }) else {
            continue;
        };
        let verified = checks::verify(inventory, planned).expect("our own plan holds");
        found.extend(work(inventory, &verified).ok().map(|all| (format!("{style:?}"), all)));
    }
    found
}

#[test]
fn every_step_that_changes_something_is_missed_by_verify() {
    let (mut asked, mut lost) = (Vec::new(), Vec::new());
    for sample in program::entries(&project().join("samples")) {
        let name = sample.file_name().expect("a name").to_string_lossy().into_owned();
        let Ok(known) = load(&[sample], &LoadOptions::default()) else {
            continue;
        };
        if !known.clusters.iter().all(Cluster::runs_hyper_v)
            || known.clusters.iter().map(|c| c.vms.len()).sum::<usize>() > 200
        {
            continue;
        }
        let mut unknown = known.clone();
        without_addresses(&mut unknown);
        let told = format!("{known:?}") != format!("{unknown:?}");
        for inventory in [unknown].into_iter().chain(told.then_some(known)) {
            for (style, all) in works(&inventory) {
                let files = files(&all);
                for work in all.iter().filter(|work| !work.by_intents) {
                    for node in work.nodes.iter().take(2) {
                        let (found, steps) = unproven(work, node, &files);
                        asked.extend(steps);
                        lost.extend(found.into_iter().map(|what| format!("{name} {style}: {what}")));
                    }
                }
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
    assert!(asked.len() > 200, "{}", asked.len());
    for part in [
        "send large packets",
        "give the guests on",
        "to the port",
        "take the weight off",
        "Data Center Bridging",
    ] {
        assert!(asked.iter().any(|title| title.contains(part)), "no step does {part}");
    }
}
