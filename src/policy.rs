//! What the user wants: growth, targets, what must survive which failure, what must be kept apart.
//!
//! Defaults are chosen so that an inventory without a policy file already gives a useful plan.
//! The order of wishes is decided here, once, for planner and checks alike.

use crate::finding::Location;
use crate::roles::Role;
use crate::units::MiB;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Memory that a node keeps for itself, in drains and after the loss of another node alike: the least for a Hyper-V host in Microsoft's system
/// requirements is 4 GB.
pub const HOST_RESERVE_MIB: MiB = 4096;

/// What can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureKind {
    /// One physical port.
    Nic,
    /// One adapter with all its ports.
    Card,
    /// One physical switch.
    Tor,
    /// One cluster node.
    Node,
}

impl FailureKind {
    /// All kinds, smallest first.
    pub const ALL: [FailureKind; 4] = [FailureKind::Nic, FailureKind::Card, FailureKind::Tor, FailureKind::Node];

    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            FailureKind::Nic => "nic",
            FailureKind::Card => "card",
            FailureKind::Tor => "tor",
            FailureKind::Node => "node",
        }
    }

    /// Reads a name (`nic`, `port`, `card`, `tor`, `switch`, `node`, `host`).
    pub fn parse(text: &str) -> Option<FailureKind> {
        match text.trim().to_ascii_lowercase().as_str() {
            "nic" | "port" | "link" => Some(FailureKind::Nic),
            "card" | "adapter" | "slot" => Some(FailureKind::Card),
            "tor" | "switch" => Some(FailureKind::Tor),
            "node" | "host" => Some(FailureKind::Node),
            _ => None,
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How strongly something is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// Not wanted: as if never said.
    No,
    /// Wanted where it costs nothing more important.
    Wish,
    /// Must hold.
    Required,
}

impl Strength {
    /// Reads `no`, `wish`, `required`.
    pub fn parse(text: &str) -> Option<Strength> {
        match text.trim().to_ascii_lowercase().as_str() {
            "no" | "none" | "off" | "share" => Some(Strength::No),
            "wish" | "wanted" | "should" => Some(Strength::Wish),
            "required" | "require" | "yes" | "must" => Some(Strength::Required),
            _ => None,
        }
    }
}

/// A setting of the user's policy file that changes what a rule's finding does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleLevel {
    /// Rule name.
    pub rule: String,
    /// `allow`, `warn` or `deny`.
    pub level: String,
    /// Why, in the user's words.
    pub reason: String,
    /// Last day it holds, `YYYY-MM-DD`; empty = for ever.
    pub until: String,
    /// Where it stands.
    pub at: Location,
}

/// The policy of one cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Growth in percent, applied once to every demand. Default 0.
    pub growth_percent: u64,
    /// Utilisation that should not be passed, in permille. Default 800.
    pub target_permille: u64,
    /// Need of a vNIC of which nothing is known, in Mbit/s. Default 20.
    pub default_vnic_mbps: u64,
    /// Drain time that should not be passed, in seconds. Default: none.
    pub drain_goal_s: Option<u64>,
    /// Drain minutes T that live migration must be able to keep; gives it a demand. Default: none.
    pub drain_minutes: Option<u64>,
    /// Time in which all nodes must be drained, patched and restarted, in minutes. Default: none.
    pub maintenance_window_minutes: Option<u64>,
    /// Time that one node takes to install updates and restart, in minutes. Default 15 (an assumption; servers differ widely).
    pub reboot_minutes: u64,
    /// Longest pause of a VM at the end of its live migration, in ms. Default 10,000: the heartbeat tolerance of a guest
    /// cluster from 2016 on (10 beats of 1 s), half of the 20 s after which TCP connections break.
    pub blackout_limit_ms: u64,
    /// Failures that each role must survive (hard requirements), by role.
    pub survive: Vec<(Role, FailureKind)>,
    /// Failures that each role should survive. `None` = the default: NIC, card and ToR for every role.
    pub survive_wish: Option<Vec<(Role, FailureKind)>>,
    /// Pairs of roles with what the user said about sharing an uplink; pairs not named take the default.
    pub isolate: Vec<(Role, Role, Strength)>,
    /// Whether VM zones must, should or need not have networks of their own. Default no (VLANs separate them).
    pub separate_zones: Strength,
    /// VM zones with what the user said about sharing physical ports with host roles or other zones; default no.
    pub isolate_zones: Vec<(String, Strength)>,
    /// Survival wishes before isolation wishes? `None` = by speed (survival first from 10 GbE).
    pub survival_first: Option<bool>,
    /// Whether NIC vendor teaming may be used on 2008 R2. Default no.
    pub vendor_teaming: bool,
    /// Whether minimum-bandwidth weights may be used on SET. Default no (Microsoft warns).
    pub weights_on_set: bool,
    /// Share of a VM port above which a vNIC is heavy, in permille. Default 250.
    pub heavy_permille: u64,
    /// Levels of rules.
    pub rules: Vec<RuleLevel>,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            growth_percent: 0,
            target_permille: 800,
            default_vnic_mbps: 20,
            drain_goal_s: None,
            drain_minutes: None,
            maintenance_window_minutes: None,
            reboot_minutes: 15,
            blackout_limit_ms: 10_000,
            survive: Vec::new(),
            survive_wish: None,
            isolate: Vec::new(),
            separate_zones: Strength::No,
            isolate_zones: Vec::new(),
            survival_first: None,
            vendor_teaming: false,
            weights_on_set: false,
            heavy_permille: 250,
            rules: Vec::new(),
        }
    }
}

/// Something wanted but not demanded; level 2 of the objective counts the unmet ones in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// The role's NICs all have RDMA. Counted in nodes.
    Rdma(Role),
    /// The two roles share no uplink. Counted 0 or 1.
    Apart(Role, Role),
    /// Zones share no external network. Counted in pairs of zones that do.
    ZonesApart,
    /// This zone shares its ports with no host role and no other zone. Counted 0 or 1.
    ZoneAlone(String),
    /// Heavy vNICs share no network with small ones. Counted in heavy vNICs that do.
    HeavyApart,
    /// The role survives this failure. Counted in node and uplink pairs that do not.
    Survive(Role, FailureKind),
    /// A role that could fall back keeps its own uplink after a NIC failure. Counted in nodes.
    OwnPath(Role),
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wish::Rdma(role) => write!(f, "rdma:{role}"),
            Wish::Apart(a, b) => write!(f, "apart:{a}|{b}"),
            Wish::ZonesApart => f.write_str("apart:zones"),
            Wish::ZoneAlone(zone) => write!(f, "apart:zone:{zone}"),
            Wish::HeavyApart => f.write_str("apart:heavy"),
            Wish::Survive(role, kind) => write!(f, "survive:{role}:{kind}"),
            Wish::OwnPath(role) => write!(f, "own-path:{role}"),
        }
    }
}

use Role::{Cluster, LiveMigration, Management, Replica, Storage, Vm};

/// Default order of the pairs to keep apart, most important first. The order reproduces the layouts that
/// practice gives for 2 to 8 ports: guests and management away from storage and private traffic first,
/// the private networks from each other last.
const APART: [(Role, Role); 15] = [
    (Storage, Vm),
    (Management, Storage),
    (LiveMigration, Vm),
    (Cluster, Vm),
    (Management, LiveMigration),
    (Management, Cluster),
    (Management, Vm),
    (Replica, Vm),
    (LiveMigration, Replica),
    (Storage, Replica),
    (Cluster, Replica),
    (Cluster, LiveMigration),
    (LiveMigration, Storage),
    (Cluster, Storage),
    (Management, Replica),
];

/// Order in which roles get a second path.
const SURVIVE: [Role; 6] = [Vm, Management, Storage, Cluster, LiveMigration, Replica];

impl Policy {
    /// What was said, or the default, about two roles on one uplink. `iscsi`: storage is iSCSI, which shares with nothing.
    pub fn isolation(&self, a: Role, b: Role, iscsi: bool) -> Strength {
        let said = self
            .isolate
            .iter()
            .rev()
            .find(|(x, y, _)| (*x, *y) == (a, b) || (*x, *y) == (b, a));
        match said {
            Some((_, _, strength)) => *strength,
            None if iscsi && a != b && (a == Storage || b == Storage) => Strength::Required,
            None => Strength::Wish,
        }
    }

    /// What was said about a zone alone on its ports.
    pub fn zone_isolation(&self, zone: &str) -> Strength {
        let said = self.isolate_zones.iter().find(|(name, _)| name == zone);
        said.map_or(Strength::No, |(_, strength)| *strength)
    }

    /// Pairs of present roles that must not share an uplink, in table order.
    pub fn required_apart(&self, present: &[Role], iscsi: bool) -> Vec<(Role, Role)> {
        self.pairs(present, iscsi, Strength::Required)
    }

    fn pairs(&self, present: &[Role], iscsi: bool, strength: Strength) -> Vec<(Role, Role)> {
        let here = |role: &Role| present.contains(role);
        APART
            .iter()
            .filter(|(a, b)| here(a) && here(b) && self.isolation(*a, *b, iscsi) == strength)
            .copied()
            .collect()
    }

    /// Whether the role must survive this kind of failure.
    pub fn must_survive(&self, role: Role, kind: FailureKind) -> bool {
        self.survive.contains(&(role, kind))
    }

    /// Whether survival of this kind is wished (and not already required).
    pub fn wishes_survival(&self, role: Role, kind: FailureKind) -> bool {
        !self.must_survive(role, kind)
            && match &self.survive_wish {
                Some(list) => list.contains(&(role, kind)),
                None => kind != FailureKind::Node,
            }
    }

    /// Whether survival of this kind was asked at all.
    pub fn asks_survival(&self, role: Role, kind: FailureKind) -> bool {
        self.must_survive(role, kind) || self.wishes_survival(role, kind)
    }

    /// The wishes in their order of importance. `fast`: the cluster's NICs reach 10 GbE; `rdma`: roles that profit from RDMA.
    pub fn wishes(&self, present: &[Role], iscsi: bool, fast: bool, rdma: &[Role]) -> Vec<Wish> {
        let mut apart: Vec<Wish> = self
            .pairs(present, iscsi, Strength::Wish)
            .into_iter()
            .map(|(a, b)| Wish::Apart(a, b))
            .collect();
        if present.contains(&Vm) {
            let alone = self
                .isolate_zones
                .iter()
                .filter(|(_, strength)| *strength == Strength::Wish);
            apart.extend(alone.map(|(zone, _)| Wish::ZoneAlone(zone.clone())));
            if self.separate_zones == Strength::Wish {
                apart.push(Wish::ZonesApart);
            }
            apart.push(Wish::HeavyApart);
        }
        let mut survive = Vec::new();
        for kind in [FailureKind::Nic, FailureKind::Card, FailureKind::Tor] {
            for role in SURVIVE
                .into_iter()
                .filter(|r| present.contains(r) && self.wishes_survival(*r, kind))
            {
                survive.push(Wish::Survive(role, kind));
            }
            if kind == FailureKind::Nic {
                let own = SURVIVE
                    .into_iter()
                    .filter(|r| present.contains(r) && r.info().falls_back);
                survive.extend(own.filter(|r| self.asks_survival(*r, kind)).map(Wish::OwnPath));
            }
        }
        let mut wishes: Vec<Wish> = rdma
            .iter()
            .filter(|r| present.contains(r))
            .map(|r| Wish::Rdma(*r))
            .collect();
        if self.survival_first.unwrap_or(fast) {
            wishes.extend(survive);
            wishes.extend(apart);
        } else {
            wishes.extend(apart);
            wishes.extend(survive);
        }
        wishes
    }
}
