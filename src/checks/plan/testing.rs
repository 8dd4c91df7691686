//! Builds small plans for tests: the design is written as text, claims are filled in from the recount, so that the plan verifies.

use crate::checks::recount::mechanism::{mechanism, team_kind, transport};
use crate::checks::recount::recount;
use crate::inventory::{Cluster, Inventory};
use crate::plan::{
    ClusterPlan, NodePlan, NodeUplink, Objective, Plan, SCHEMA_VERSION, Share, Solver, Status, Style, Uplink, VnicPlan,
};
use crate::roles::Role;

/// A plan with the same NICs on every node, every vNIC on the first network, and claims that equal the recount.
///
/// The design reads `management=P1 | cluster+live-migration=P2,P3 | vm:External-1=P4`; an uplink without NICs ends in `=`.
pub(crate) fn plan(cluster: &Cluster, style: Style, design: &str) -> ClusterPlan {
    let parts: Vec<(&str, &str)> = design
        .split('|')
        .filter_map(|part| part.trim().split_once('='))
        .collect();
    let uplinks: Vec<Uplink> = parts.iter().map(|(name, _)| uplink(name)).collect();
    let nodes = cluster.nodes.iter().map(|node| NodePlan {
        node: node.name.clone(),
        uplinks: uplinks.iter().map(empty).collect(),
    });
    let network = uplinks.iter().find_map(|u| u.network.clone()).unwrap_or_default();
    let mut plan = ClusterPlan {
        cluster: cluster.name.clone(),
        profile: cluster.profile.name.to_owned(),
        growth_percent: Some(cluster.policy.growth_percent),
        style,
        solver: solver(),
        nodes: nodes.collect(),
        uplinks,
        vnics: vnics(cluster, &network),
        mac_pools: Vec::new(),
        static_macs: Vec::new(),
        styles: Vec::new(),
        reasons: Vec::new(),
        conflict: None,
    };
    for node in 0..cluster.nodes.len() {
        for (at, (_, nics)) in parts.iter().enumerate() {
            let nics: Vec<&str> = nics.split(',').map(str::trim).filter(|n| !n.is_empty()).collect();
            set_nics(cluster, &mut plan, node, at, &nics);
        }
    }
    claim(cluster, &mut plan);
    plan
}

fn uplink(name: &str) -> Uplink {
    let name = name.trim();
    let network = name
        .split('+')
        .find_map(|part| part.strip_prefix("vm:"))
        .map(str::to_owned);
    let role = |part: &str| Role::parse(part.split(':').next().unwrap_or(part)).expect("a role name");
    Uplink {
        name: name.to_owned(),
        roles: name.split('+').map(role).collect(),
        network,
    }
}

fn empty(uplink: &Uplink) -> NodeUplink {
    let permille = 1000 / uplink.roles.len() as u64;
    NodeUplink {
        uplink: uplink.name.clone(),
        nics: Vec::new(),
        mechanism: crate::plan::Mechanism::Single,
        team: None,
        transport: None,
        shares: uplink
            .roles
            .iter()
            .map(|role| Share { role: *role, permille })
            .collect(),
    }
}

fn vnics(cluster: &Cluster, network: &str) -> Vec<VnicPlan> {
    let wanted = cluster
        .vms
        .iter()
        .flat_map(|vm| vm.vnics.iter().filter(|v| !v.isolated).map(move |v| (vm, v)));
    wanted
        .map(|(vm, vnic)| VnicPlan {
            vm: vm.name.clone(),
            vnic: vnic.name.clone(),
            network: network.to_owned(),
            group: String::new(),
            why: String::new(),
        })
        .collect()
}

fn solver() -> Solver {
    Solver {
        status: Status::Optimal,
        objective: Objective::default(),
        bound: 0,
        gap: 0,
        unproven_level: String::new(),
        shortfall: Vec::new(),
        limited_by: String::new(),
    }
}

/// Gives an uplink of one node these NICs, with the mechanism and transport that follow.
pub(crate) fn set_nics(cluster: &Cluster, plan: &mut ClusterPlan, node: usize, uplink: usize, nics: &[&str]) {
    let design = &plan.uplinks[uplink];
    let facts = &cluster.nodes[node];
    let known = nics.iter().filter_map(|name| facts.nic(name)).map(|at| &facts.nics[at]);
    let entry = &mut plan.nodes[node].uplinks[uplink];
    entry.nics = nics.iter().map(|n| (*n).to_owned()).collect();
    entry.mechanism = mechanism(cluster, design, nics.len());
    entry.team = team_kind(cluster, entry.mechanism);
    entry.transport = design
        .roles
        .contains(&Role::LiveMigration)
        .then(|| transport(cluster, design, known));
}

/// Makes the plan claim what the recount finds.
pub(crate) fn claim(cluster: &Cluster, plan: &mut ClusterPlan) {
    let found = recount(cluster, plan);
    plan.solver.objective = found.objective;
    plan.solver.shortfall = found.shortfall;
}

/// A plan file and an inventory around one cluster.
pub(crate) fn files(cluster: Cluster, plan: ClusterPlan) -> (Inventory, Plan) {
    let sha256 = "00".to_owned();
    let plan = Plan {
        schema_version: SCHEMA_VERSION,
        input_sha256: sha256.clone(),
        clusters: vec![plan],
    };
    (
        Inventory {
            clusters: vec![cluster],
            sha256,
            ..Inventory::default()
        },
        plan,
    )
}
