//! The work of every sample in every style, planned once for all tests of a binary: with the addresses of the sample, with none, and with one for each
//! adapter that has a role. A plan does not depend on addresses; where one does, it is made anew.
#![allow(dead_code)] // each test file uses its part

use crate::program::{self, project};
use crate::replay::follow::without_addresses;
use crate::replay::number;
use nicplan::assignment::{Options, plan};
use nicplan::checks;
use nicplan::deploy::{ClusterWork, work};
use nicplan::inventory::{Cluster, Inventory, LoadOptions, load};
use nicplan::plan::{Plan, Style};
use rayon::prelude::*;
use std::sync::OnceLock;

/// What the inventory knows of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// What the sample says.
    Sample,
    /// Nothing.
    None,
    /// One for each adapter that has a role.
    All,
}

/// A sample in one style.
pub struct Planned {
    /// Sample, what it knows, style.
    pub name: String,
    /// What it knows.
    pub known: Known,
    /// Its hosts run Hyper-V as they are.
    pub runs_hyper_v: bool,
    /// The work of its clusters.
    pub works: Vec<ClusterWork>,
}

/// Every sample in every style that can be carried out, for each kind of knowledge.
pub fn all() -> &'static [Planned] {
    static ALL: OnceLock<Vec<Planned>> = OnceLock::new();
    ALL.get_or_init(|| {
        let samples = program::entries(&project().join("samples"));
        let all = samples.par_iter().flat_map_iter(|sample| of_sample(sample));
        all.collect()
    })
}

fn of_sample(sample: &std::path::Path) -> Vec<Planned> {
    let name = sample.file_name().expect("a name").to_string_lossy().into_owned();
    let Ok(mut said) = load(&[sample.to_owned()], &LoadOptions::default()) else {
        return Vec::new();
    };
    let runs_hyper_v = said.clusters.iter().all(Cluster::runs_hyper_v);
    for cluster in &mut said.clusters {
        // Hosts that run VMware are refused; their steps are those of hosts with Hyper-V.
        cluster.move_to_hyper_v();
        // Addresses of hosts do not depend on how many guests there are.
        cluster.vms.truncate(40);
    }
    let mut none = said.clone();
    without_addresses(&mut none);
    let mut all = said.clone();
    all.clusters.iter_mut().for_each(number);
    let told = format!("{said:?}") != format!("{none:?}");
    let kinds = [(Known::None, none), (Known::All, all)];
    let kinds: Vec<(Known, Inventory)> = kinds.into_iter().chain(told.then_some((Known::Sample, said))).collect();
    let mut found = Vec::new();
    for style in [None].into_iter().chain(Style::ALL.map(Some)) {
        let mut made: Option<Plan> = None;
        for (known, inventory) in &kinds {
            let verified = match made.clone().map(|plan| checks::verify(inventory, plan)) {
                Some(Ok(verified)) => verified,
                _ => {
                    let Some(planned) = plan(inventory, &Options { style, deadline: None }) else {
                        continue;
                    };
                    made = Some(planned.clone());
                    checks::verify(inventory, planned).expect("our own plan holds")
                }
            };
            if let Ok(works) = work(inventory, &verified) {
                let name = format!("{name} {known:?} {style:?}");
                found.push(Planned {
                    name,
                    known: *known,
                    runs_hyper_v,
                    works,
                });
            }
        }
    }
    found
}
