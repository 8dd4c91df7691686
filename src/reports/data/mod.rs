//! Every number that a report shows, computed once.
//!
//! In: facts, a verified plan with its recount, findings. Out: joined rows that tables, drawings and page share, so that
//! they cannot disagree. Must not know: how anything is written or drawn.

mod divided;
mod failures;
mod groups;
mod growth;
mod ports;
mod today;

pub(super) use failures::{FailureCell, FailureLine, FailureMap};
pub(super) use groups::NodeGroup;
pub(super) use growth::{Growth, GrowthLimit};
pub(super) use ports::{PortRow, RoleOnPort};
pub(super) use today::Today;

use crate::applied;
use crate::applied::unenforced::{self, Unenforced};
use crate::checks::VerifiedPlan;
use crate::checks::recount::{Recount, RoleCapacity, UplinkLoad};
use crate::checks::rules::Outcome;
use crate::finding::{Finding, Severity};
use crate::inventory::{Assumption, Cluster, Inventory, Vm, Vnic};
use crate::migration::drain::{Forecast, NodeDrain, sketch};
use crate::plan::{ClusterPlan, NodeUplink, Objective, Plan, Style, VnicPlan};
use crate::reports::paths::ClusterPaths;
use crate::roles::Role;
use crate::units::Permille;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What the reports are made from.
pub struct ReportData<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) plan: &'a Plan,
    /// In the order in which they are to be shown.
    pub findings: &'a [Finding],
    pub(super) clusters: Vec<ClusterData<'a>>,
    /// What small changes of the hardware would bring, if somebody computed it; shown on the first page.
    pub what_if: Option<WhatIf>,
    /// What the rules say beside the findings about today.
    pub reviewed: Option<Reviewed>,
    /// The one style that was to be planned; nothing where the best of all was asked for.
    pub asked_style: Option<Style>,
}

/// What the rules say about the design once the plan is applied, and what came of each rule today.
pub struct Reviewed {
    /// Findings about the planned state, sorted.
    pub planned: Vec<Finding>,
    /// What came of each rule in each cluster today.
    pub outcomes: Vec<Outcome>,
    /// Entries of the policy with a last day were not counted, since no day to judge by was given.
    pub entries_passed_over: bool,
}

/// Answers to "what would change if …".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhatIf {
    /// One row per question.
    pub rows: Vec<WhatIfRow>,
}

/// One "what if" with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatIfRow {
    /// Cluster name.
    pub cluster: String,
    /// What would be different, e.g. "two more 10 GbE ports on every node".
    pub text: String,
    /// Which plans were looked at, behind "no plan": `of the hybrid style`.
    pub among: String,
    /// Objective of the plan as it is.
    pub before: Objective,
    /// Objective of the best plan with the change that was found; never worse than before.
    pub after: Objective,
    /// No plan among these can be better than this with the change, levels 1 to 7.
    pub bound: Objective,
}

/// One cluster: facts, plan and recount side by side.
pub(super) struct ClusterData<'a> {
    pub facts: &'a Cluster,
    pub plan: &'a ClusterPlan,
    pub recount: &'a Recount,
    /// One entry per NIC of every node, in the order of the inventory.
    pub ports: Vec<PortRow<'a>>,
    /// Nodes whose ports look the same and do the same.
    pub groups: Vec<NodeGroup>,
    /// Nodes that use their ports alike, wherever those are cabled.
    pub patterns: Vec<NodeGroup>,
    pub growth: Growth,
    pub failures: FailureMap<'a>,
    /// What the ports carry today, counted as the plan is.
    pub today: Today,
    /// Drains and patch night under the plan; `None` where a single node has nobody to give its VMs to.
    pub drains: Option<Forecast>,
    /// What divides the ports of each role, by node, role and external network; `""` where a role has them to itself.
    divided: divided::ByRole<'a>,
    /// Ports whose shares nothing enforces.
    pub unenforced: Vec<Unenforced>,
    /// The way of every live migration under the plan, judged when first asked for.
    paths: OnceLock<ClusterPaths<'a>>,
    /// VLANs of each external network of the design, by name.
    pub network_vlans: BTreeMap<&'a str, String>,
    /// Zones of the VMs on each external network, by name; no entry where no VM names one.
    pub network_zones: BTreeMap<&'a str, Vec<&'a str>>,
}

/// A vNIC with its place in the plan.
pub(super) struct GuestRow<'a> {
    pub vm: &'a Vm,
    pub vnic: &'a Vnic,
    pub plan: &'a VnicPlan,
    pub need: u64,
    pub changed: bool,
}

impl<'a> ReportData<'a> {
    /// Joins facts, plan, recount and findings.
    pub fn new(inventory: &'a Inventory, verified: &'a VerifiedPlan, findings: &'a [Finding]) -> ReportData<'a> {
        let plan = verified.plan();
        let joined = plan
            .clusters
            .par_iter()
            .zip(verified.recounts())
            .filter_map(|(plan, recount)| {
                let facts = inventory.clusters.iter().find(|c| c.name == plan.cluster)?;
                Some(ClusterData::new(facts, plan, recount))
            });
        ReportData {
            inventory,
            plan,
            findings,
            clusters: joined.collect(),
            what_if: None,
            reviewed: None,
            asked_style: None,
        }
    }

    /// Judges the way of every live migration now, rather than when the first report asks for it.
    pub fn judge_paths(&self) {
        self.clusters.par_iter().for_each(|cluster| {
            cluster.paths();
        });
    }

    /// What was taken where the input says nothing: by the inventory, by the forecast of drains and patch night, and of ports whose shares nothing enforces.
    pub(super) fn assumptions(&self) -> Vec<Assumption> {
        let mut all = self.inventory.assumptions.clone();
        for cluster in &self.clusters {
            let of_night = cluster.drains.iter().flat_map(|forecast| &forecast.assumptions);
            all.extend(of_night.map(|one| Assumption {
                cluster: cluster.facts.name.clone(),
                missing: format!("{} (for drains and patch night)", one.instead),
                taken: one.taken.clone(),
            }));
        }
        for cluster in &self.clusters {
            all.extend(cluster.unenforced.iter().map(|one| Assumption {
                cluster: cluster.facts.name.clone(),
                missing: "what makes ports keep the shares of their roles".to_owned(),
                taken: one.text(),
            }));
        }
        all
    }

    /// Findings about the planned state.
    pub(super) fn planned_findings(&self) -> &[Finding] {
        self.reviewed.as_ref().map_or(&[], |reviewed| &reviewed.planned)
    }

    /// Errors that are still, or newly, there once the plan is applied.
    pub(super) fn staying_errors(&self) -> Vec<&Finding> {
        let planned = self.planned_findings().iter();
        let open = planned.filter(|f| f.suppressed_by.is_empty() && f.counts_as == Severity::Error);
        open.collect()
    }

    /// Findings that no policy entry silences.
    pub(super) fn open_findings(&self) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(|f| f.suppressed_by.is_empty())
    }

    /// Open findings that count as this severity.
    pub(super) fn count(&self, severity: Severity) -> usize {
        self.open_findings().filter(|f| f.counts_as == severity).count()
    }

    /// What the other open findings of the same rule are about, each once, in their order.
    pub(super) fn other_subjects(&self, first: &Finding) -> Vec<&'a str> {
        let same = self.open_findings().filter(|finding| finding.rule == first.rule);
        let mut subjects: Vec<&str> = Vec::new();
        for finding in same.filter(|finding| finding.subject != first.subject) {
            if !subjects.contains(&finding.subject.as_str()) {
                subjects.push(&finding.subject);
            }
        }
        subjects
    }

    /// Open findings by rule, in their order: the first of each rule and how many there are.
    pub(super) fn findings_by_rule(&self) -> Vec<(&'a Finding, usize)> {
        let mut rules: Vec<(&Finding, usize)> = Vec::new();
        let mut place: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in self.open_findings() {
            match place.get(finding.rule) {
                Some(index) => rules[*index].1 += 1,
                None => {
                    place.insert(finding.rule, rules.len());
                    rules.push((finding, 1));
                }
            }
        }
        rules
    }
}

impl<'a> ClusterData<'a> {
    fn new(facts: &'a Cluster, plan: &'a ClusterPlan, recount: &'a Recount) -> ClusterData<'a> {
        let network_vlans = network_vlans(facts, plan);
        let ports = ports::rows(facts, plan, recount, &network_vlans);
        let groups = groups::alike(facts, plan, &ports);
        let patterns = groups::same_use(facts, plan);
        let failures = failures::summarise(facts, recount, &patterns);
        let growth = growth::forecast(facts, plan, recount);
        let drains = || (facts.nodes.len() > 1).then(|| sketch(facts, plan, &crate::demand::needs(facts, Some(plan))));
        let after = applied::cluster(facts, plan);
        let (today, drains) = rayon::join(|| today::judge(facts, plan), drains);
        ClusterData {
            facts,
            plan,
            recount,
            ports,
            groups,
            patterns,
            growth,
            failures,
            today,
            drains,
            divided: divided::by_role(facts, plan, &after, recount),
            unenforced: unenforced::of_cluster(facts, plan, &after),
            network_vlans,
            network_zones: network_zones(facts, plan),
            paths: OnceLock::new(),
        }
    }

    /// The way of every live migration once the plan is applied.
    pub fn paths(&self) -> &ClusterPaths<'a> {
        self.paths
            .get_or_init(|| ClusterPaths::planned(self.facts, self.plan, |_, _| true))
    }

    /// On what the forecasts of live migration depend beside the ports; `""` where its settings stay as they are.
    pub fn once_set(&self) -> &'static str {
        match crate::applied::sets_migration(self.facts, &self.paths().cluster) {
            true => ", once live migration is set as `nicplan deploy` writes it",
            false => "",
        }
    }

    /// Ports of a node.
    pub fn ports_of(&self, node: usize) -> impl Iterator<Item = &PortRow<'a>> {
        self.ports.iter().filter(move |p| p.node_index == node)
    }

    /// Name of a node of the inventory.
    pub fn node_name(&self, node: usize) -> &'a str {
        self.facts.nodes.get(node).map_or("", |n| n.name.as_str())
    }

    /// Name of an uplink of the design.
    pub fn uplink_name(&self, uplink: usize) -> &'a str {
        self.plan.uplinks.get(uplink).map_or("", |u| u.name.as_str())
    }

    /// What an uplink is on a node of the inventory.
    pub fn node_uplink(&self, node: usize, uplink: usize) -> Option<&'a NodeUplink> {
        let name = self.node_name(node);
        self.plan.nodes.iter().find(|n| n.node == name)?.uplinks.get(uplink)
    }

    /// Position of the uplink that carries a role; of the first external network for VM traffic.
    pub fn uplink_of(&self, role: Role) -> Option<usize> {
        self.plan.uplinks.iter().position(|u| u.roles.contains(&role))
    }

    /// External networks of the design, in plan order.
    pub fn networks(&self) -> Vec<&'a str> {
        self.plan.uplinks.iter().filter_map(|u| u.network.as_deref()).collect()
    }

    /// Position of an external network in the design; 0 for an unknown one.
    pub fn network_position(&self, network: &str) -> usize {
        self.networks().iter().position(|n| *n == network).unwrap_or(0)
    }

    /// Short code of an external network in drawings: `V` for the only one, else `V1`, `V2` …
    pub fn network_code(&self, network: &str) -> String {
        let networks = self.networks();
        match networks.iter().position(|n| *n == network) {
            Some(index) if networks.len() > 1 => format!("V{}", index + 1),
            _ => "V".to_owned(),
        }
    }

    /// Loads of uplinks that have NICs; one without is an unmet requirement, not a full one.
    fn served(&self) -> impl Iterator<Item = &'a UplinkLoad> {
        self.recount.uplinks.iter().filter(|u| u.capacity > 0)
    }

    /// The uplink that is fullest after the failures that count; the first of equals.
    pub fn fullest(&self) -> Option<&'a UplinkLoad> {
        self.served().reduce(|best, load| {
            if load.worst_utilisation > best.worst_utilisation {
                load
            } else {
                best
            }
        })
    }

    /// The highest utilisation with everything working.
    pub fn worst_normal(&self) -> Permille {
        self.served().map(|u| u.utilisation).max().unwrap_or(0)
    }

    /// Whether every requirement is met.
    pub fn met(&self) -> bool {
        self.recount.shortfall.is_empty()
    }

    /// NICs that the plan uses, and all there are.
    pub fn nic_counts(&self) -> (usize, usize) {
        (
            self.ports.iter().filter(|p| p.uplink.is_some()).count(),
            self.ports.len(),
        )
    }

    /// Seconds of the slowest drain and its node; `None` when nothing moves live.
    pub fn slowest_drain(&self) -> Option<(u64, &'a str)> {
        let drains = self.recount.drains.iter().filter(|d| d.vms > 0);
        let slowest = drains.reduce(|a, b| if b.bound_s > a.bound_s { b } else { a })?;
        Some((slowest.bound_s, self.node_name(slowest.node)))
    }

    /// vNICs with their network, in the order network, VM, vNIC of the plan and the inventory.
    pub fn guests(&self) -> Vec<GuestRow<'a>> {
        let changed: std::collections::BTreeSet<(usize, usize)> = self.recount.changed_vnics.iter().copied().collect();
        let mut planned: BTreeMap<(&str, &str), &VnicPlan> = BTreeMap::new();
        for vnic in &self.plan.vnics {
            planned.insert((&vnic.vm, &vnic.vnic), vnic);
        }
        let mut rows = Vec::with_capacity(self.plan.vnics.len());
        for (v, vm) in self.facts.vms.iter().enumerate() {
            for (a, vnic) in vm.vnics.iter().enumerate() {
                let Some(plan) = planned.get(&(vm.name.as_str(), vnic.name.as_str())) else {
                    continue;
                };
                let need = crate::demand::vnic_need(self.facts, vnic);
                rows.push(GuestRow {
                    vm,
                    vnic,
                    plan,
                    need,
                    changed: changed.contains(&(v, a)),
                });
            }
        }
        let networks = self.networks();
        rows.sort_by_key(|r| {
            networks
                .iter()
                .position(|n| *n == r.plan.network)
                .unwrap_or(networks.len())
        });
        rows
    }

    /// The forecast drains in the order of the nodes.
    pub fn drains_by_node(&self) -> Vec<&NodeDrain> {
        let mut drains: Vec<&NodeDrain> = self.drains.iter().flat_map(|all| &all.drains).collect();
        drains.sort_by_key(|drain| drain.node);
        drains
    }

    /// What divides the ports of a role on a node among what they carry; empty = the role has them to itself.
    pub fn divided_by(&self, row: &RoleCapacity) -> &'static str {
        let place = (row.node, row.role, row.network.as_str());
        self.divided.get(&place).copied().unwrap_or_default()
    }

    /// Capacity of a role on a node.
    pub fn role_capacity(&self, node: usize, role: Role) -> Option<&'a RoleCapacity> {
        self.recount.roles.iter().find(|r| r.node == node && r.role == role)
    }
}

/// VLANs that the ports of each external network must carry: those of its vNICs, `untagged` first where one has none.
fn network_vlans<'a>(facts: &'a Cluster, plan: &'a ClusterPlan) -> BTreeMap<&'a str, String> {
    let mut network_of: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for vnic in &plan.vnics {
        network_of.insert((&vnic.vm, &vnic.vnic), &vnic.network);
    }
    let mut found: BTreeMap<&str, (bool, std::collections::BTreeSet<u16>)> = BTreeMap::new();
    for vm in &facts.vms {
        for vnic in &vm.vnics {
            let Some(network) = network_of.get(&(vm.name.as_str(), vnic.name.as_str())) else {
                continue;
            };
            let entry = found.entry(network).or_default();
            entry.0 |= vnic.vlans.is_empty();
            entry.1.extend(&vnic.vlans);
        }
    }
    found
        .into_iter()
        .map(|(network, (untagged, vlans))| (network, vlan_list(untagged, vlans.into_iter())))
        .collect()
}

/// Zones of the vNICs of each external network, sorted by name.
fn network_zones<'a>(facts: &'a Cluster, plan: &'a ClusterPlan) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut zone_of: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for vm in &facts.vms {
        for vnic in vm.vnics.iter().filter(|vnic| !vnic.zone.is_empty()) {
            zone_of.insert((&vm.name, &vnic.name), &vnic.zone);
        }
    }
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for vnic in &plan.vnics {
        if let Some(zone) = zone_of.get(&(vnic.vm.as_str(), vnic.vnic.as_str())) {
            found.entry(&vnic.network).or_default().push(zone);
        }
    }
    for zones in found.values_mut() {
        zones.sort_unstable();
        zones.dedup();
    }
    found
}

/// `untagged;10;20`, or nothing when only untagged traffic is there.
pub(super) fn vlan_list(untagged: bool, vlans: impl Iterator<Item = u16>) -> String {
    let mut names: Vec<String> = vlans.map(|v| v.to_string()).collect();
    if untagged && !names.is_empty() {
        names.insert(0, "untagged".to_owned());
    }
    names.join(";")
}

/// Share of the demand or capacity, whichever is larger, that is left over after the worst failure, in permille rounded
/// against us: 1000 = idle, 0 = exactly full, -1000 = cut off.
pub(super) fn margin_permille(capacity: &RoleCapacity) -> i64 {
    let (have, need) = (i128::from(capacity.worst_capacity), i128::from(capacity.demand));
    match have.max(need) {
        0 => 0,
        larger => i64::try_from(((have - need) * 1000).div_euclid(larger)).unwrap_or(-1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margin_is_what_is_left_and_negative_when_short() {
        let row = |demand, worst_capacity| RoleCapacity {
            node: 0,
            uplink: 0,
            role: Role::Management,
            network: String::new(),
            demand,
            capacity: 1000,
            worst_capacity,
            worst_failure: String::new(),
            guaranteed_mbps: 0,
        };
        assert_eq!(margin_permille(&row(0, 1000)), 1000);
        assert_eq!(margin_permille(&row(999, 1000)), 1);
        assert_eq!(margin_permille(&row(1000, 1000)), 0);
        assert_eq!(margin_permille(&row(3, 2)), -334);
        assert_eq!(margin_permille(&row(100, 0)), -1000);
        assert_eq!(margin_permille(&row(0, 0)), 0);
    }

    #[test]
    fn vlans_of_a_network_are_those_of_its_vnics() {
        assert_eq!(vlan_list(true, [10, 20].into_iter()), "untagged;10;20");
        assert_eq!(vlan_list(true, std::iter::empty()), "");
        assert_eq!(vlan_list(false, [7].into_iter()), "7");
    }
}
