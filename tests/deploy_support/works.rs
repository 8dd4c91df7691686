//! Clusters with their work and their scripts.
#![allow(dead_code, unused_imports)] // each test file uses its part

#[path = "../support/committed.rs"]
mod committed;

pub use committed::sample;

use crate::hostile::hostile;
use crate::powershell::Script;
use crate::program::{self, project};
use crate::support;
use nicplan::applied;
use nicplan::assignment::{Options, plan};
use nicplan::checks;
use nicplan::deploy::{ClusterWork, File, work};
use nicplan::inventory::{Cluster, Fact, Inventory, LoadOptions, Rdma, StorageKind, load};
use nicplan::plan::{Plan, Style};
use std::fs;

/// The work that a plan means; a plan that does not hold or is refused fails the test.
pub fn of(inventory: &Inventory, plan: Plan) -> Vec<ClusterWork> {
    let verified = checks::verify(inventory, plan).unwrap_or_else(|f| panic!("{f:#?}"));
    work(inventory, &verified).unwrap_or_else(|refused| panic!("{refused:#?}"))
}

/// The work of every sample, and of clusters with all kinds of names and styles.
pub fn all() -> Vec<(String, Vec<ClusterWork>)> {
    let mut found = Vec::new();
    for (name, mut inventory, plan) in committed::samples() {
        // Hosts that run VMware are refused; their scripts are those of hosts with Hyper-V.
        inventory.clusters.iter_mut().for_each(Cluster::move_to_hyper_v);
        found.push((name, of(&inventory, plan)));
    }
    for profile in ["2008r2", "2012", "2012r2", "2016", "2022", "2025", "azurelocal"] {
        for style in Style::ALL {
            found.extend(hostile(profile, style).map(|work| (format!("{profile} {style}"), work)));
        }
    }
    found
}

/// The PowerShell scripts, read by the grammar.
pub fn scripts(files: &[File]) -> impl Iterator<Item = (&String, Script)> {
    let all = files.iter().filter(|(name, _)| name.ends_with(".ps1"));
    all.map(|(name, bytes)| (name, Script::read(name, bytes)))
}

/// The text of each script of a kind, by name.
pub fn texts<'f>(files: &'f [File], ending: &'f str) -> impl Iterator<Item = (&'f String, String)> {
    let all = files.iter().filter(move |(name, _)| name.ends_with(ending));
    all.map(|(name, bytes)| (name, String::from_utf8_lossy(bytes).into_owned()))
}

/// Two nodes of one style, with VMs on both.
pub fn wired(profile: &str, style: Style) -> Cluster {
    let mut cluster = support::cluster(profile, 2);
    support::ports(&mut cluster, 2, 25_000);
    cluster.storage = StorageKind::S2d;
    for node in &mut cluster.nodes {
        node.facts.insert("edition", Fact::Text("datacenter".to_owned()));
        node.nics.iter_mut().for_each(|nic| nic.rdma = Rdma::Roce);
    }
    for index in 0..4 {
        cluster.vms.push(support::vm(&format!("VM{index}"), index % 2, 2, 100));
    }
    let planned = planned(&cluster, style);
    applied::cluster(&cluster, &planned.clusters[0])
}

/// The plan of one style.
pub fn planned(cluster: &Cluster, style: Style) -> Plan {
    let options = Options {
        style: Some(style),
        deadline: None,
    };
    plan(&support::inventory(cluster.clone()), &options).expect("a plan")
}
