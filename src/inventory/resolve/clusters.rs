//! Clusters and nodes: profile, storage, migration settings, memory, MAC pools.

use super::Resolver;
use super::book::Groups;
use super::problems::Problems;
use crate::inventory::cells;
use crate::inventory::doubts;
use crate::inventory::raw::Record;
use crate::inventory::{Cluster, ClusterMigration, Facts, Node, NodeMigration, StorageKind};
use crate::policy::Policy;
use crate::profiles::{self, Profile, Transport};
use crate::units::{Mac, MacRange, MiB};

/// Windows version taken when nothing is said.
pub(super) const DEFAULT_PROFILE: &str = "2022";

/// What roles and networks say about storage in passing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StorageHints {
    iscsi: bool,
    smb: bool,
    any: bool,
    /// The clusters table says it.
    pub(super) told: bool,
}

impl StorageHints {
    /// Notes the word with which a row calls the storage role.
    pub(super) fn hear(&mut self, text: &str) {
        let text = text.to_ascii_lowercase();
        self.iscsi |= text.contains("iscsi");
        self.smb |= text.contains("smb");
        self.any |= text.contains("storage") || text.contains("san");
    }
}

/// Builds clusters and nodes without their NICs.
pub(super) fn build(r: &mut Resolver<'_>) {
    let mut groups = Groups::default();
    for line in r.lines("clusters") {
        let cell = line.cell("cluster");
        if let Some(cluster) = r.owners.of(line, &mut r.problems) {
            groups.add(cluster, &r.owners.names[cluster], cell, &mut r.problems);
        }
    }
    let said = groups.sorted(&mut r.problems);
    for index in 0..r.owners.names.len() {
        let record = said.iter().find(|g| g.owner == index).map(|g| &g.record);
        let mut cluster = empty(&r.owners.names[index]);
        if let Some(record) = record {
            describe(&mut cluster, record, &mut r.problems);
            r.storage_hints[index].told = !record.text("storage").is_empty();
        }
        let nodes = r.nodes.list.iter().filter(|n| n.owner == index);
        cluster.nodes = nodes.map(|n| node(&n.name, &n.record, &mut r.problems)).collect();
        match (record, cluster.nodes.first()) {
            (None, Some(first)) => {
                cluster.origin = first.origin;
                let merging = &mut r.problems.merging;
                merging
                    .unsaid
                    .extend([(first.origin, "profile"), (first.origin, "storage")]);
            }
            (Some(record), None) if !r.problems.is_unread("nodes") => {
                let what = format!("the cluster '{}' has no node", cluster.name);
                r.problems.at(
                    record.cell("cluster"),
                    what,
                    "Name it in the column cluster of its nodes, or remove the row.",
                );
            }
            _ => {}
        }
        r.clusters.push(cluster);
    }
}

fn empty(name: &str) -> Cluster {
    Cluster {
        name: name.to_owned(),
        origin: Default::default(),
        facts: Facts::default(),
        profile: default_profile(),
        storage: StorageKind::None,
        transport: None,
        concurrency: None,
        migration: ClusterMigration::default(),
        anti_affinity_enforced: None,
        policy: Policy::default(),
        nodes: Vec::new(),
        tors: Vec::new(),
        links: Vec::new(),
        networks: Vec::new(),
        demands: Vec::new(),
        vms: Vec::new(),
    }
}

fn default_profile() -> &'static Profile {
    profiles::find(DEFAULT_PROFILE).unwrap_or(&profiles::PROFILES[0])
}

fn describe(cluster: &mut Cluster, record: &Record<'_>, problems: &mut Problems<'_>) {
    cluster.origin = record.origin();
    cluster.facts = problems.facts(record);
    cluster.profile = problems.read(record, "profile", profile).unwrap_or(cluster.profile);
    cluster.storage = problems.read(record, "storage", storage).unwrap_or(StorageKind::None);
    cluster.transport = problems.read(record, "live_migration_transport", transport);
    cluster.concurrency = problems.read(record, "concurrent_migrations", at_least_one);
    cluster.migration = ClusterMigration {
        exclude_networks: cells::names(record.text("migration_exclude_networks")),
        network_order: cells::names(record.text("migration_network_order")),
        maximum_parallel: problems.read(record, "maximum_parallel_migrations", at_least_one),
        smb_limit_on: problems.read(record, "smb_limit", cells::yes_no),
        smb_limit_factor: problems.read(record, "smb_limit_factor", factor),
    };
    cluster.anti_affinity_enforced = problems.read(record, "anti_affinity_enforced", cells::yes_no);
}

fn transport(text: &str) -> Result<Transport, String> {
    Transport::parse(text).ok_or_else(|| format!("'{text}' is no transport of live migration"))
}

fn at_least_one(text: &str) -> Result<u32, String> {
    match cells::whole_u32(text)? {
        0 => Err("0 would forbid live migration".to_owned()),
        number => Ok(number),
    }
}

fn factor(text: &str) -> Result<u32, String> {
    match cells::whole_u32(text)? {
        number @ 1..=10_000 => Ok(number),
        number => Err(format!("{number} is no share in ten-thousandths (1 to 10000)")),
    }
}

fn profile(text: &str) -> Result<&'static Profile, String> {
    profiles::find(text).ok_or_else(|| {
        let names: Vec<&str> = profiles::PROFILES.iter().map(|p| p.name).collect();
        format!(
            "'{text}' is no Windows version that is known here ({})",
            names.join(", ")
        )
    })
}

fn storage(text: &str) -> Result<StorageKind, String> {
    let word: String = text
        .to_ascii_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    match word.as_str() {
        "none" | "local" | "no" | "das" => Ok(StorageKind::None),
        "iscsi" => Ok(StorageKind::Iscsi),
        "smb" | "smb3" | "sofs" | "fileserver" => Ok(StorageKind::Smb),
        "s2d" | "storagespacesdirect" => Ok(StorageKind::S2d),
        "fc" | "fibrechannel" | "fiberchannel" => Ok(StorageKind::FibreChannel),
        _ => Err(format!("'{text}' is no kind of storage")),
    }
}

fn node(name: &str, record: &Record<'_>, problems: &mut Problems<'_>) -> Node {
    Node {
        name: name.to_owned(),
        origin: record.origin(),
        facts: problems.facts(record),
        management_ip: problems.read(record, "management_ip", cells::host).unwrap_or_default(),
        memory_mib: problems.read_plausible(record, "memory_mib", some_memory, doubts::node_memory),
        hardware: record.text("hardware").to_owned(),
        mac_pool: mac_pool(record, problems),
        migration: NodeMigration {
            enabled: problems.read(record, "live_migration", cells::yes_no),
            any_network: problems.read(record, "any_migration_network", cells::yes_no),
            subnets: problems.read(record, "migration_subnets", cells::hosts),
            transport: problems.read(record, "live_migration_transport", transport),
            concurrency: problems.read(record, "concurrent_migrations", at_least_one),
            smb_limit: problems.read(record, "smb_limit_mbps", cells::speed),
        },
        nics: Vec::new(),
        switches: Vec::new(),
        host_vnics: Vec::new(),
    }
}

fn some_memory(text: &str) -> Result<MiB, String> {
    match cells::memory(text)? {
        0 => Err("a node has more than 0 MiB of memory".to_owned()),
        memory => Ok(memory),
    }
}

/// Both ends or none; an inverted pool is a design fault, not a reading problem.
fn mac_pool(record: &Record<'_>, problems: &mut Problems<'_>) -> Option<MacRange> {
    for (given, blank) in [("mac_pool_min", "mac_pool_max"), ("mac_pool_max", "mac_pool_min")] {
        if !record.text(given).is_empty() && record.text(blank).is_empty() {
            let advice = "Get-VMHost shows both: MacAddressMinimum and MacAddressMaximum.";
            problems.at(
                record.cell(blank),
                format!("{given} is given, {blank} is blank"),
                advice,
            );
        }
    }
    let min = problems.read(record, "mac_pool_min", Mac::parse);
    let max = problems.read(record, "mac_pool_max", Mac::parse);
    Some(MacRange { min: min?, max: max? })
}

/// Where the clusters table is silent, roles and networks that name storage decide.
pub(super) fn settle_storage(r: &mut Resolver<'_>) {
    for (cluster, hints) in r.clusters.iter_mut().zip(&r.storage_hints) {
        if hints.told {
            continue;
        }
        let old = cluster.profile.generation < profiles::WS2016;
        cluster.storage = match hints {
            StorageHints { iscsi: true, .. } => StorageKind::Iscsi,
            StorageHints { smb: true, .. } => StorageKind::Smb,
            StorageHints { any: true, .. } if old => StorageKind::Iscsi,
            StorageHints { any: true, .. } => StorageKind::Smb,
            _ => StorageKind::None,
        };
    }
}
