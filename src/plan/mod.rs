//! WHAT WAS CHOSEN. In: decisions of the planner, or a file. Out: the plan, plain data.
//!
//! A plan says for every cluster which uplinks exist, which NICs each node gives to them, which external network each vNIC
//! uses, and the MAC plan. Numbers that follow from inventory and decisions (loads, utilisation, failures) are not stored as
//! truth: the checks recount them, and what the solver claimed must equal the recount.
//! Must not know: planner, checks, reports.

mod objective;

pub use objective::{LEVELS, Objective, PROVEN_LEVELS, Requirements};

use crate::profiles::{TeamKind, Transport};
use crate::roles::Role;
use crate::units::{Mac, MacRange, Permille};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Version of `plan.json`.
pub const SCHEMA_VERSION: u32 = 1;
/// Most external networks that a plan gets. Of plans with more it is proven that they are no better, or the plan is not called optimal.
pub const MAX_NETWORKS: usize = 8;

/// A plan file: one entry per cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of this format.
    pub schema_version: u32,
    /// SHA-256 of the inventory it was made from.
    pub input_sha256: String,
    /// Clusters by name.
    pub clusters: Vec<ClusterPlan>,
}

/// The shape of a design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// One role and one NIC per uplink (MPIO and Multichannel storage pairs excepted).
    Dedicated,
    /// One role per uplink, several NICs.
    Teamed,
    /// One uplink for everything but iSCSI.
    Converged,
    /// Any other allowed partition.
    Hybrid,
}

impl Style {
    /// All styles, in the order in which ties are broken.
    pub const ALL: [Style; 4] = [Style::Dedicated, Style::Teamed, Style::Converged, Style::Hybrid];

    /// Name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Style::Dedicated => "dedicated",
            Style::Teamed => "teamed",
            Style::Converged => "converged",
            Style::Hybrid => "hybrid",
        }
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How an uplink with several NICs holds together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mechanism {
    /// One NIC, or none.
    Single,
    /// A team of the profile's kind; members of one speed and model.
    Team,
    /// iSCSI paths; NICs of one speed.
    Mpio,
    /// SMB Multichannel over bare NICs of one speed.
    Multichannel,
    /// Each NIC a cluster network of its own (cluster and live-migration traffic).
    Networks,
}

/// The decisions for one cluster, with the solver's account of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterPlan {
    /// Cluster name.
    pub cluster: String,
    /// OS profile it was planned for.
    pub profile: String,
    /// Growth in percent that is in every demand of this plan; `None` in plans of versions that did not write it down.
    #[serde(default)]
    pub growth_percent: Option<u64>,
    /// Style of the chosen design.
    pub style: Style,
    /// What the solver did and proved.
    pub solver: Solver,
    /// The design: uplinks, the same on every node.
    pub uplinks: Vec<Uplink>,
    /// NICs of each node.
    pub nodes: Vec<NodePlan>,
    /// External network of each vNIC that needs one.
    pub vnics: Vec<VnicPlan>,
    /// Dynamic MAC pool of each node.
    pub mac_pools: Vec<PoolPlan>,
    /// VMs that need a static MAC or spoofing.
    pub static_macs: Vec<StaticMacPlan>,
    /// The styles side by side.
    pub styles: Vec<StyleRow>,
    /// Why each decision is as it is: next best alternative and the level at which it loses.
    pub reasons: Vec<Reason>,
    /// When requirements cannot be met: an irreducible set of requirements that exclude each other.
    pub conflict: Option<Conflict>,
}

/// One uplink of the design: a group of roles that share the same NICs on a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uplink {
    /// Name, unique in the cluster.
    pub name: String,
    /// Roles it carries, in table order; contains `vm` exactly if `network` is set.
    pub roles: Vec<Role>,
    /// The external network (virtual switch name) it serves.
    pub network: Option<String>,
}

/// The NICs of one node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodePlan {
    /// Node name.
    pub node: String,
    /// One entry per uplink of the design, in its order.
    pub uplinks: Vec<NodeUplink>,
}

/// One uplink on one node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeUplink {
    /// Uplink name.
    pub uplink: String,
    /// NIC names, in the node's order.
    pub nics: Vec<String>,
    /// How they hold together.
    pub mechanism: Mechanism,
    /// Kind of team, if it is one.
    pub team: Option<TeamKind>,
    /// Live-migration transport, where the uplink carries live migration.
    pub transport: Option<Transport>,
    /// Guaranteed share of each role under contention, in permille of the uplink; one entry per role. A dedicated uplink gives 1000.
    pub shares: Vec<Share>,
}

/// A role's guaranteed share of an uplink.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Role.
    pub role: Role,
    /// Permille of the uplink.
    pub permille: Permille,
}

/// The external network of one vNIC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VnicPlan {
    /// VM name.
    pub vm: String,
    /// vNIC name.
    pub vnic: String,
    /// External network; empty when none could be given.
    pub network: String,
    /// Group it was placed with (`heavy`, or zone and VLANs).
    pub group: String,
    /// Why there.
    pub why: String,
}

/// The dynamic MAC pool of one node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolPlan {
    /// Node name.
    pub node: String,
    /// Pool today; `None` = unknown.
    pub today: Option<MacRange>,
    /// Pool planned.
    pub planned: MacRange,
    /// Addresses in use: dynamic vNICs of the node's VMs and pool-drawn host vNICs.
    pub in_use: u64,
    /// Addresses in use if the worst other node fails and its VMs may start here.
    pub worst_in_use: u64,
}

/// Static MAC and spoofing of one vNIC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaticMacPlan {
    /// VM name.
    pub vm: String,
    /// vNIC name.
    pub vnic: String,
    /// Address today.
    pub current: Option<Mac>,
    /// Dynamic today.
    pub dynamic: bool,
    /// Address to set; `None` = keep dynamic.
    pub planned: Option<Mac>,
    /// Spoofing must be on.
    pub spoofing: bool,
    /// Why.
    pub reason: String,
}

/// One row of the comparison of styles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StyleRow {
    /// Style.
    pub style: Style,
    /// Objective of its best plan; `None` = the style has no plan here.
    pub objective: Option<Objective>,
    /// What it cannot do, in words; empty if nothing.
    pub cannot: String,
    /// Whether it was chosen.
    pub chosen: bool,
}

/// Why a decision is as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// What was decided: `pattern`, `network`, `vm`, `style`.
    pub kind: String,
    /// About what: node names, network, VM.
    pub subject: String,
    /// The decision.
    pub chosen: String,
    /// The next best alternative; empty if there is none.
    pub alternative: String,
    /// Level (1 to 11) at which the alternative loses; 0 = no alternative.
    pub level: u8,
    /// The sentence.
    pub text: String,
}

/// Requirements that exclude each other: without any one of them the rest can be met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// Names of the requirements, e.g. `survive:vm:tor`.
    pub requirements: Vec<String>,
    /// What an administrator can do about it.
    pub text: String,
}

/// How far the solver got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Levels 1 to 7 of the recount equal the proven bound.
    Optimal,
    /// Some level is not proven; `bound` and `gap` say how far.
    Gap,
    /// Stopped by `--time-limit`; the same input may give another plan.
    TimeLimit,
}

/// The solver block of `plan.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Solver {
    /// How far it got.
    pub status: Status,
    /// One named value per level.
    pub objective: Objective,
    /// Proven bound of the first level of 1 to 7 that is not proven; 0 when all are.
    pub bound: u64,
    /// Value minus bound at that level; 0 when all are proven.
    pub gap: u64,
    /// Name of that level; empty when all are proven.
    pub unproven_level: String,
    /// Unmet requirements; empty when every requirement is met.
    pub shortfall: Vec<Shortfall>,
    /// What limits the plan: the sentence for the meeting.
    pub limited_by: String,
}

/// One unmet requirement, as declared by the plan and recounted by the checks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shortfall {
    /// Requirement: `reach:ROLE`, `apart:A|B`, `survive:ROLE:KIND`, `capacity`, `vlan`, `dedicated`, `survive:vm:node`.
    pub requirement: String,
    /// Node, uplink, vNIC … that misses it.
    pub subject: String,
    /// Mbit/s missing, for capacity; else 0.
    pub missing_mbps: u64,
}

impl Plan {
    /// The plan of a cluster.
    pub fn cluster(&self, name: &str) -> Option<&ClusterPlan> {
        self.clusters.iter().find(|c| c.cluster == name)
    }
}

impl ClusterPlan {
    /// NICs of a node's uplink.
    pub fn nics(&self, node: usize, uplink: usize) -> &[String] {
        self.nodes
            .get(node)
            .and_then(|n| n.uplinks.get(uplink))
            .map_or(&[], |u| &u.nics)
    }
}
