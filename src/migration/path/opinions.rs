//! How fast live migration over SMB should be: four published rules that disagree, beside the limit that holds.
//!
//! None of them is a mandate; people copy the defaults. Each is applied to the same ports and turned into the time in which the node's
//! memory would be moved. In: facts and the node's paths. Out: [`Opinion`]s. Must not know: who shows them.

use super::limits::{DEFAULT_FACTOR, all_nics};
use super::{Path, smb_limit};
use crate::inventory::Cluster;
use crate::migration::assumptions::SMB_OLD_LIMIT_MBPS;
use crate::migration::{Moved, Rate, drain_bound_s, moves_live};
use crate::units::Mbps;
use serde::Serialize;

/// One rule for the limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Opinion {
    /// Who says it.
    pub name: &'static str,
    /// The rule in words.
    pub rule: String,
    /// Where it is written.
    pub source: &'static str,
    /// What live migration may use together, Mbit/s; 0 = the rule advises against SMB here.
    pub cap_mbps: Mbps,
    /// Seconds in which the node's live-moved VMs would leave at that rate, at best.
    pub drain_s: u64,
    /// It is the limit that holds.
    pub holds: bool,
}

/// Share of the storage class in the ports, and of live migration in it: 50 % and 29 %.
const TABLE_PERMILLE: u64 = 145;
/// Below this share the table advises compression.
const LEAST_SMB_MBPS: Mbps = 5_000;
/// MSLab's share of the ports.
const MSLAB_PERMILLE: u64 = 400;
/// Validate-DCB: share of the SMB class (half of the ports) for NICs of up to 10 Gbit/s.
const DCB_PERMILLE: u64 = 300;

/// Name, rule, source and rate of one opinion.
type Row = (&'static str, &'static str, &'static str, Mbps);

/// The limit that holds for what a node sends, then the four rules. `path` is one of the node's paths. Empty without a network.
pub fn opinions(cluster: &Cluster, path: &Path) -> Vec<Opinion> {
    let nics = cluster.nodes.get(path.source).map_or(&[][..], |n| &n.nics);
    let speeds: Vec<Mbps> = path
        .source_ports
        .iter()
        .filter_map(|p| nics.get(*p))
        .map(|n| n.speed)
        .collect();
    let (ports, fastest) = (speeds.iter().sum::<Mbps>(), speeds.iter().copied().max().unwrap_or(0));
    if ports == 0 {
        return Vec::new();
    }
    let limit = smb_limit(cluster, path.source).map_or(ports, |(rate, _)| rate.min(ports));
    let holds = if path.transport.is_smb() {
        path.left.egress
    } else {
        limit
    };
    let own: Row = (
        "this cluster",
        "what holds here, all layers together, beside other traffic's need",
        "the inventory",
        holds,
    );
    let all = [own]
        .into_iter()
        .chain(rules(ports, fastest, all_nics(cluster, path.source)));
    all.enumerate()
        .map(|(index, (name, rule, source, cap))| Opinion {
            name,
            rule: rule.to_owned(),
            source,
            cap_mbps: cap,
            drain_s: drain_s(cluster, path, cap),
            holds: index == 0,
        })
        .collect()
}

/// The four published rules, for the summed speed of the ports, the fastest of them and the sum of all NICs.
fn rules(ports: Mbps, fastest: Mbps, all: Mbps) -> [Row; 4] {
    let table = ports * TABLE_PERMILLE / 1000;
    let (dcb, dcb_rule) = if fastest <= 10_000 {
        let rule = "below 60 % of the SMB class, half of the ports, with NICs of up to 10 Gbit/s";
        (ports * DCB_PERMILLE / 1000, rule)
    } else {
        (SMB_OLD_LIMIT_MBPS, "750 MB/s with NICs above 10 Gbit/s")
    };
    [
        (
            "Microsoft table",
            "29 % of the SMB class, half of the ports; below 5 Gbit/s compression",
            "Microsoft Learn, Host network requirements for Azure Local",
            if table < LEAST_SMB_MBPS { 0 } else { table },
        ),
        (
            "cluster default",
            "25 % of the speed of all NICs, from 2022",
            "Microsoft Learn, Manage SMB bandwidth limits for live migration",
            all * u64::from(DEFAULT_FACTOR) / 10_000,
        ),
        ("Validate-DCB", dcb_rule, "github.com/microsoft/Validate-DCB", dcb),
        (
            "MSLab",
            "40 % of the ports",
            "github.com/microsoft/MSLab",
            ports * MSLAB_PERMILLE / 1000,
        ),
    ]
}

/// At best, at this rate for all migrations together.
fn drain_s(cluster: &Cluster, path: &Path, cap: Mbps) -> u64 {
    let moved = cluster
        .vms
        .iter()
        .filter(|vm| vm.host == Some(path.source) && moves_live(vm));
    let vms: Vec<Moved> = moved.map(Moved::of).collect();
    drain_bound_s(
        &vms,
        Rate {
            per_vm: cap,
            total: cap,
        },
        path.concurrency,
    )
}
