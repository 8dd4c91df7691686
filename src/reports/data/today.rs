//! Today's wiring, judged as a plan is: what each port carries now as a design, counted by the same recount.
//!
//! In: facts, and the plan beside which it is shown. Out: [`Today`]: the recount, or why nothing can be counted. A design has
//! one place for each role and external network on all nodes, and knows how its ports hold together; where today's wiring is
//! no such design, its numbers would be those of another wiring, and none is given. Must not know: where it is shown.

use crate::checks::recount::{Recount, mechanism, recount};
use crate::inventory::{Cluster, Nic, SwitchKind};
use crate::plan::{ClusterPlan, Mechanism, NodePlan, NodeUplink, Uplink, VnicPlan};
use crate::reports::show;
use crate::roles::Role;
use crate::units::show_mbps;
use std::collections::{BTreeMap, BTreeSet};

/// Today's wiring beside the plan.
pub(in crate::reports) enum Today {
    /// Counted as a plan is. `notes`: what its numbers leave out or take for granted, each a clause.
    Counted { recount: Box<Recount>, notes: Vec<String> },
    /// Not counted, and why, without full stop.
    NotCounted(String),
}

/// Ports that carry the same roles for the same switch.
struct Ports<'a> {
    roles: BTreeSet<Role>,
    switch: Option<&'a str>,
    /// Positions of its NICs, by node.
    nics: Vec<Vec<usize>>,
}

/// Judges what the ports carry today.
pub(super) fn judge(facts: &Cluster, plan: &ClusterPlan) -> Today {
    match design(facts) {
        Err(why) => Today::NotCounted(why),
        Ok((design, notes)) => Today::Counted {
            recount: Box::new(recount(facts, &as_plan(facts, plan, &design))),
            notes,
        },
    }
}

/// Today's wiring as a design, with what is to be said of its numbers; the error says why it is none.
fn design(facts: &Cluster) -> Result<(Vec<Ports<'_>>, Vec<String>), String> {
    known(facts)?;
    let ports = ports(facts)?;
    for (index, group) in ports.iter().enumerate() {
        for other in &ports[..index] {
            one_place(facts, other, group)?;
        }
    }
    let mut taken = Vec::new();
    for group in &ports {
        if held_together(facts, group)? {
            taken.push(group.carried());
        }
    }
    let mut notes = guests(facts, &ports)?;
    if !taken.is_empty() {
        notes.push(format!(
            "the ports of {} taken as a team, since the inventory names no team",
            taken.join(" and of ")
        ));
    }
    notes.extend(without_ports(facts, &ports));
    Ok((ports, notes))
}

/// Every node must say what its ports carry.
fn known(facts: &Cluster) -> Result<(), String> {
    let unknown = facts
        .nodes
        .iter()
        .filter(|n| !n.wiring_known() || n.wiring_unexported());
    let names: Vec<&str> = unknown.map(|n| n.name.as_str()).collect();
    match names.len() {
        0 => Ok(()),
        some if some == facts.nodes.len() => Err(
            "the inventory does not tell what the ports carry today (current_role in \
                                                  nics.csv, nics in switches.csv)"
                .to_owned(),
        ),
        _ => Err(format!(
            "the inventory does not tell what the ports of {} carry today (current_role in nics.csv, nics in switches.csv)",
            show::some_of(&names, 3)
        )),
    }
}

/// The ports in use, by what they carry, in the order in which the nodes name them.
fn ports(facts: &Cluster) -> Result<Vec<Ports<'_>>, String> {
    let mut found: Vec<Ports> = Vec::new();
    for (number, node) in facts.nodes.iter().enumerate() {
        for (position, nic) in node.nics.iter().enumerate() {
            let (mut roles, switch) = (nic.roles.clone(), nic.switch.as_deref());
            if switch.is_some() {
                roles.insert(Role::Vm);
            } else if roles.contains(&Role::Vm) {
                return Err(format!(
                    "{}/{} carries VM traffic, and the inventory does not name its virtual switch",
                    node.name, nic.name
                ));
            }
            if roles.is_empty() {
                continue;
            }
            let index = found
                .iter()
                .position(|p| p.roles == roles && p.switch == switch)
                .unwrap_or_else(|| {
                    let nics = vec![Vec::new(); facts.nodes.len()];
                    found.push(Ports { roles, switch, nics });
                    found.len() - 1
                });
            if let Some(group) = found.get_mut(index) {
                group.nics[number].push(position);
            }
        }
    }
    Ok(found)
}

impl Ports<'_> {
    /// First node that has such ports.
    fn first(&self) -> usize {
        self.nics.iter().position(|nics| !nics.is_empty()).unwrap_or(0)
    }

    /// `Management + VM network Guests`.
    fn carried(&self) -> String {
        let title = |role: &Role| match (role, self.switch) {
            (Role::Vm, Some(switch)) => format!("{} {switch}", role.info().title),
            _ => role.info().title.to_owned(),
        };
        self.roles.iter().map(title).collect::<Vec<_>>().join(" + ")
    }

    fn of<'a>(&'a self, facts: &'a Cluster, node: usize) -> impl Iterator<Item = &'a Nic> {
        let nics = facts.nodes.get(node).map_or(&[][..], |n| &n.nics);
        self.nics[node].iter().filter_map(move |position| nics.get(*position))
    }

    /// The uplink that they are.
    fn uplink(&self) -> Uplink {
        let name = |role: &Role| match (role, self.switch) {
            (Role::Vm, Some(switch)) => format!("{role}:{switch}"),
            _ => role.to_string(),
        };
        Uplink {
            name: self.roles.iter().map(name).collect::<Vec<_>>().join("+"),
            roles: self.roles.iter().copied().collect(),
            network: self.switch.map(str::to_owned),
        }
    }
}

/// Two sets of ports may share no role and no switch: a design has one place for each.
fn one_place(facts: &Cluster, one: &Ports, other: &Ports) -> Result<(), String> {
    let mut shared = one.roles.intersection(&other.roles).filter(|role| **role != Role::Vm);
    let what = match (shared.next(), one.switch, other.switch) {
        (Some(role), ..) => role.info().title.to_owned(),
        (None, Some(a), Some(b)) if a == b => format!("VM network {a}"),
        _ => return Ok(()),
    };
    // on one node if it can be shown there
    let both = (0..facts.nodes.len()).find(|n| !one.nics[*n].is_empty() && !other.nics[*n].is_empty());
    let place = |ports: &Ports, node: usize| {
        let names: Vec<&str> = ports.of(facts, node).map(|nic| nic.name.as_str()).collect();
        let node = facts.nodes.get(node).map_or("", |n| n.name.as_str());
        format!("on {node} over {} ({})", show::some_of(&names, 2), ports.carried())
    };
    Err(format!(
        "{what} runs {} and {}; a design has one place for it, the same on all nodes",
        place(one, both.unwrap_or(one.first())),
        place(other, both.unwrap_or(other.first()))
    ))
}

/// Several ports must hold together in the way that is counted: as a team where that is counted, else without one. Whether a
/// team is only taken for granted: where no port of the cluster names one, the column was not filled.
fn held_together(facts: &Cluster, group: &Ports) -> Result<bool, String> {
    let uplink = group.uplink();
    let unfilled = facts
        .nodes
        .iter()
        .flat_map(|node| &node.nics)
        .all(|nic| nic.team.is_empty());
    let mut taken = false;
    for (number, node) in facts.nodes.iter().enumerate() {
        let nics: Vec<&Nic> = group.of(facts, number).collect();
        let Some(first) = nics.first().filter(|_| nics.len() > 1) else {
            continue;
        };
        let speeds: BTreeSet<u64> = nics.iter().map(|nic| nic.speed).collect();
        let teamed = nics.iter().all(|nic| !nic.team.is_empty() && nic.team == first.team);
        let any = nics.iter().any(|nic| !nic.team.is_empty());
        let (what, ports) = (group.carried(), nics.len());
        let counted = mechanism(facts, &uplink, ports);
        match counted {
            Mechanism::Team if group.switch.is_none() && !teamed && unfilled && speeds.len() == 1 => taken = true,
            Mechanism::Team if group.switch.is_none() && !teamed => {
                return Err(format!("{what} has {ports} ports on {} that are no team", node.name));
            }
            Mechanism::Mpio | Mechanism::Multichannel | Mechanism::Networks if any => {
                return Err(format!(
                    "{what} has ports in a team on {}, where a plan counts each port for itself",
                    node.name
                ));
            }
            Mechanism::Networks => {}
            _ if speeds.len() > 1 => {
                let speeds: Vec<String> = speeds.into_iter().map(show_mbps).collect();
                return Err(format!(
                    "{what} joins ports of {} on {}, whose bandwidth does not add up",
                    speeds.join(" and "),
                    node.name
                ));
            }
            _ => {}
        }
    }
    Ok(taken)
}

/// The switch of every vNIC must be known, and its ports on every node that has it.
fn guests(facts: &Cluster, ports: &[Ports]) -> Result<Vec<String>, String> {
    let networks: Vec<&str> = ports.iter().filter_map(|p| p.switch).collect();
    let mut elsewhere: BTreeMap<&str, usize> = BTreeMap::new();
    for vnic in facts.vms.iter().flat_map(|vm| &vm.vnics).filter(|vnic| !vnic.isolated) {
        if !networks.contains(&vnic.switch.as_str()) {
            *elsewhere.entry(&vnic.switch).or_insert(0) += 1;
        }
    }
    for node in &facts.nodes {
        let bare = node.switches.iter().find(|switch| {
            let bound = || node.nics.iter().any(|nic| nic.switch.as_ref() == Some(&switch.name));
            switch.kind == SwitchKind::External && !bound()
        });
        if let Some(switch) = bare {
            return Err(format!(
                "the inventory names no port of switch {} on {}",
                switch.name, node.name
            ));
        }
    }
    let unnamed = elsewhere.remove("").unwrap_or(0);
    if let Some((switch, number)) = elsewhere.first_key_value() {
        let vnics = show::count(*number, "vNIC is", "vNICs are");
        return Err(format!(
            "{vnics} on switch {switch}, of which the inventory names no port"
        ));
    }
    match (unnamed, networks.as_slice()) {
        (0, _) => Ok(Vec::new()),
        (_, [one]) => {
            let vnics = show::count(unnamed, "vNIC", "vNICs");
            Ok(vec![format!(
                "{vnics} without a named switch taken as on {one}, the only external one"
            )])
        }
        _ => Err(format!(
            "the inventory does not name the switch of {}",
            show::count(unnamed, "vNIC", "vNICs")
        )),
    }
}

/// Roles of the host that no port carries, as far as the inventory tells.
fn without_ports(facts: &Cluster, ports: &[Ports]) -> Option<String> {
    let carried = |role: &Role| *role == Role::Vm || ports.iter().any(|p| p.roles.contains(role));
    let missing: Vec<&str> = facts
        .roles()
        .iter()
        .filter(|role| !carried(role))
        .map(|role| role.info().title)
        .collect();
    let text = || {
        format!(
            "without {}, for which the inventory names no port",
            missing.join(" and ")
        )
    };
    (!missing.is_empty()).then(text)
}

/// The design with the decisions of today, in the form that the recount reads.
fn as_plan(facts: &Cluster, plan: &ClusterPlan, design: &[Ports]) -> ClusterPlan {
    let uplinks: Vec<Uplink> = design.iter().map(Ports::uplink).collect();
    let node = |number: usize| NodePlan {
        node: facts.nodes[number].name.clone(),
        uplinks: design
            .iter()
            .zip(&uplinks)
            .map(|(group, uplink)| NodeUplink {
                uplink: uplink.name.clone(),
                nics: group.of(facts, number).map(|nic| nic.name.clone()).collect(),
                mechanism: mechanism(facts, uplink, group.nics[number].len()),
                team: None,
                transport: None,
                shares: Vec::new(),
            })
            .collect(),
    };
    let only = design.iter().find_map(|p| p.switch).unwrap_or_default();
    let vnics = facts
        .vms
        .iter()
        .flat_map(|vm| vm.vnics.iter().map(move |vnic| (vm, vnic)));
    ClusterPlan {
        cluster: plan.cluster.clone(),
        profile: plan.profile.clone(),
        growth_percent: plan.growth_percent,
        style: plan.style,
        solver: plan.solver.clone(),
        nodes: (0..facts.nodes.len()).map(node).collect(),
        vnics: vnics
            .map(|(vm, vnic)| VnicPlan {
                vm: vm.name.clone(),
                vnic: vnic.name.clone(),
                network: if vnic.switch.is_empty() { only } else { &vnic.switch }.to_owned(),
                group: String::new(),
                why: String::new(),
            })
            .collect(),
        uplinks,
        mac_pools: Vec::new(),
        static_macs: Vec::new(),
        styles: Vec::new(),
        reasons: Vec::new(),
        conflict: None,
    }
}

#[cfg(test)]
mod tests;
