//! What no script can do: numbered steps in the admin's words.

use super::bandwidth;
use super::steps::{Change, Manual, Port, When};
use super::work::{ClusterWork, NodeWork, by_powershell};
use super::{unenforced, words};
use crate::applied::{self, switches};
use crate::inventory::{Cluster, ClusterNetwork, Nic, NlbMode, Node};
use crate::mac::nlb;
use crate::powershell::quoted;
use crate::roles::Role;
use crate::units::{Subnet, same_name};
use std::collections::{BTreeMap, BTreeSet};

/// The manual steps of a cluster, by the moment at which they are due.
pub fn steps(work: &ClusterWork) -> Vec<Manual> {
    let mut found = Vec::new();
    strand(&work.stranded, by_powershell(&work.today), &mut found);
    features(work, &mut found);
    storage(&work.today, &mut found);
    unnamed_network(work, &mut found);
    for node in &work.nodes {
        switch_ports(work, node, &mut found);
        addresses(work, node, &mut found);
        mpio(&work.today, node, &mut found);
    }
    guests(work, &mut found);
    ended(work, &mut found);
    found.extend(unenforced::shares(work));
    nlb(&work.after, &mut found);
    found.sort_by_key(|manual| manual.when);
    found
}

fn manual(when: When, node: &str, text: String, serves: &str) -> Manual {
    Manual {
        when,
        node: node.to_owned(),
        text,
        serves: serves.to_owned(),
    }
}

fn strand(stranded: &[(String, String, String)], scripted: bool, found: &mut Vec<Manual>) {
    let mut by_network: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (vm, before, after) in stranded {
        by_network.entry((before, after)).or_default().push(vm);
    }
    for ((before, after), vms) in by_network {
        let how = if scripted {
            format!(
                "Announce a window. When the first node is rebuilt and resumed, and before the last node that has {before} is drained, run the script \
                 whose name ends in move-stranded.ps1 with -Node and a rebuilt node: it disconnects each VM, moves it live, and connects it to {after}; it is \
                 without network while it moves"
            )
        } else {
            format!(
                "Agree on a downtime: shut them down before the last node that has {before} is drained, connect them to {after} in Hyper-V Manager, then start them"
            )
        };
        let text = format!(
            "The network {before} does not exist on rebuilt nodes and {after} does not exist on the others, so these VMs cannot move between them: {}. {how}.",
            words::listed(&vms)
        );
        found.push(manual(
            When::Before,
            "",
            text,
            "live migration needs a virtual switch of the same name on the target",
        ));
    }
}

/// Features that Network ATC needs; the rest of the scripts asks for them.
fn features(work: &ClusterWork, found: &mut Vec<Manual>) {
    let needed = work.before.iter().flat_map(|s| &s.changes);
    if !needed.into_iter().any(|c| matches!(c, Change::HoldIntents(_))) {
        return;
    }
    let text = "On every node: Install-WindowsFeature -Name NetworkATC, Hyper-V, 'Failover-Clustering', 'Data-Center-Bridging' -IncludeManagementTools \
                (what is there stays). On Azure Local, do not run these scripts while an update or a deployment runs: it uses the same intents."
        .to_owned();
    let why = "Network ATC and Data Center Bridging are features of Windows (Microsoft, Deploy host networking with Network ATC)";
    found.push(manual(When::Before, "", text, why));
}

fn storage(today: &Cluster, found: &mut Vec<Manual>) {
    if today.storage == crate::inventory::StorageKind::S2d {
        let text = "Storage Spaces Direct: before each node, Get-StorageJob must show no running job and Get-VirtualDisk only healthy disks; \
                    after Resume-ClusterNode wait until both are so again before you drain the next node."
            .to_owned();
        found.push(manual(
            When::Before,
            "",
            text,
            "a second node must not leave while disks are being resynchronised",
        ));
    }
}

/// Live migration has ports of its own and the inventory does not name their network: no list can be written down for it.
fn unnamed_network(work: &ClusterWork, found: &mut Vec<Manual>) {
    let planned = work.plan.uplinks.iter().any(|u| u.roles.contains(&Role::LiveMigration));
    let alone = work.today.nodes.len() < 2 || !applied::migration_networks(&work.today, &work.plan).is_empty();
    if !planned || alone || work.by_intents {
        return;
    }
    let off = &work.after.migration.exclude_networks;
    let kept_off = if off.is_empty() {
        String::new()
    } else {
        format!(" They keep it off {}.", words::listed(off))
    };
    let text = format!(
        "cluster_networks.csv names no network for live migration, so the scripts set neither its place in the cluster's order nor the hosts' \
         subnets.{kept_off} When the last node is done, find it with Get-ClusterNetwork | Format-Table Name, Address, Role, write it into cluster_networks.csv \
         with the purpose live-migration, then run plan and deploy again: until then Windows may take another network."
    );
    found.push(manual(
        When::After,
        "",
        text,
        "live migration takes the plan's network only if cluster lists and host lists agree",
    ));
}

/// Networks that end, because their roles share ports and so the networks of others.
fn ended(work: &ClusterWork, found: &mut Vec<Manual>) {
    let stay = |n: &&ClusterNetwork| work.after.networks.iter().any(|after| after.name == n.name);
    let (_, ended): (Vec<_>, Vec<_>) = work.today.networks.iter().partition(stay);
    if ended.is_empty() {
        return;
    }
    let names: Vec<&str> = ended.iter().map(|n| n.name.as_str()).collect();
    let roles: Vec<Role> = ended
        .iter()
        .filter_map(|n| n.purpose)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let text = format!(
        "Look in Failover Cluster Manager: {} must be gone, since no adapter has an address there any more. What went over them ({}) goes over \
         the networks of the ports that it shares. Take their VLANs and subnets out of your address plan and off the switch ports.",
        words::listed(&names),
        words::roles(&roles)
    );
    found.push(manual(
        When::After,
        "",
        text,
        "a port without a virtual switch has one VLAN, so the roles on it share one network",
    ));
}

/// Ports of physical switches whose VLANs must change with the NIC's roles.
fn switch_ports(work: &ClusterWork, node: &NodeWork, found: &mut Vec<Manual>) {
    let gates = gates(work, node);
    for (old, new) in node.today.nics.iter().zip(&node.after.nics) {
        if old.roles == new.roles && old.switch == new.switch || new.roles.is_empty() {
            continue;
        }
        let roles: Vec<Role> = new.roles.iter().copied().collect();
        let today = vlans(&work.today, &node.today, old);
        let vlans = vlans(&work.after, &node.after, new);
        if !vlans.is_empty() && vlans.is_subset(&today) && old.switch.is_some() == new.switch.is_some() {
            continue;
        }
        let tagged = if vlans.is_empty() {
            "the VLANs of these roles".to_owned()
        } else {
            format!(
                "VLAN {}",
                vlans.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
            )
        };
        let now = if gates
            .iter()
            .any(|(_, what)| what.contains(&place(&work.today, new)) && what.contains(&new.name))
        {
            "Change it only when the apply script asks for it."
        } else {
            "Leave today's VLANs on it until the node is verified."
        };
        let extra = at_the_port(&work.after, &node.after, new);
        let text = format!(
            "Switch port of {}{}: it will carry {}, so it must let {tagged} through{extra}. {now}",
            new.name,
            place(&work.today, new),
            words::roles(&roles)
        );
        found.push(manual(
            When::BeforeNode,
            &node.today.name,
            text,
            "the physical switch must carry what the plan puts on the port",
        ));
    }
}

/// What must be changed at a physical switch just before a step: a port that sends a VLAN untagged until its address is off it, and gets
/// the same VLAN tagged once it is under a virtual switch.
pub fn gates(work: &ClusterWork, node: &NodeWork) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for step in &node.steps {
        for name in step.changes.iter().flat_map(entering) {
            let old = node.today.nics.iter().find(|n| n.name == name);
            let new = node.after.nics.iter().find(|n| n.name == name);
            let (Some(old), Some(new)) = (old, new) else { continue };
            let now_tagged = new.switch.is_some() || set_vlan(old).is_none() && set_vlan(new).is_some();
            if old.switch.is_some() || !now_tagged {
                continue;
            }
            let tagged = vlans(&work.after, &node.after, new);
            if let Some(vlan) = vlans(&work.today, &node.today, old)
                .into_iter()
                .find(|vlan| tagged.contains(vlan))
            {
                let all: Vec<String> = tagged.iter().map(u16::to_string).collect();
                found.push((
                    step.number,
                    format!(
                        "make the switch port of {}{} a trunk with VLAN {} tagged; until now it has VLAN {vlan} untagged",
                        new.name,
                        place(&work.today, new),
                        all.join(", ")
                    ),
                ));
            }
        }
    }
    found
}

/// Ports that a change puts under a switch, into a team or into the VLAN of an intent.
fn entering(change: &Change) -> Vec<String> {
    match change {
        Change::CreateSwitch(switch) => switch.record.nics.clone(),
        Change::SetMembers { before, after, .. } => after.iter().filter(|n| !before.contains(n)).cloned().collect(),
        Change::Rebind { after, .. } => vec![after.clone()],
        Change::CreateTeam { nics, .. } => nics.clone(),
        Change::JoinTeam { nic, .. } => vec![nic.clone()],
        Change::AddIntent(intent) => intent.nics.clone(),
        _ => Vec::new(),
    }
}

fn place(cluster: &Cluster, nic: &Nic) -> String {
    let tor = nic.tor.and_then(|t| cluster.tors.get(t)).map(|t| t.name.as_str());
    match (tor, nic.tor_port.as_str(), &nic.direct_to) {
        (Some(tor), "", _) => format!(" ({tor})"),
        (Some(tor), port, _) => format!(" ({tor}, {port})"),
        (None, _, Some((node, port))) => {
            let node = cluster.nodes.get(*node).map_or("", |n| n.name.as_str());
            format!(" (direct cable to {node} / {port})")
        }
        _ => String::new(),
    }
}

/// VLANs that must pass a port: on one with an address of its own that of its network, else those of its roles' networks.
fn vlans(after: &Cluster, node: &Node, nic: &Nic) -> BTreeSet<u16> {
    // a bare port of an intent has the VLAN that Network ATC sets at it
    let intent = nic.facts.list("intents").is_some_and(|names| !names.is_empty());
    if let Some(vlan) = set_vlan(nic).filter(|_| intent && nic.switch.is_none()) {
        return u16::try_from(vlan).into_iter().collect();
    }
    let of_roles = |n: &&ClusterNetwork| n.purpose.is_some_and(|role| nic.roles.contains(&role));
    let mut networks: Vec<&ClusterNetwork> = after.networks.iter().filter(of_roles).collect();
    let own = Subnet::of_addresses(&nic.addresses);
    if nic.switch.is_none() && networks.iter().any(|n| Subnet::any_holds(&n.subnet, &own)) {
        networks.retain(|n| Subnet::any_holds(&n.subnet, &own));
    }
    let mut found: BTreeSet<u16> = networks.iter().filter_map(|n| n.vlan).collect();
    if let Some(switch) = &nic.switch {
        let on_it = |v: &&crate::inventory::Vnic| same_name(&v.switch, switch);
        found.extend(
            after
                .vms
                .iter()
                .flat_map(|vm| &vm.vnics)
                .filter(on_it)
                .flat_map(|v| v.vlans.iter().copied()),
        );
        found.extend(
            node.host_vnics
                .iter()
                .filter(|v| same_name(&v.switch, switch))
                .filter_map(|v| v.vlan),
        );
    }
    found
}

/// The one VLAN of a bare port: Windows sends untagged there, unless the adapter itself is set to the VLAN.
fn untagged(after: &Cluster, node: &Node, nic: &Nic) -> Option<u16> {
    let mut vlans = vlans(after, node, nic).into_iter();
    match (&nic.switch, vlans.next(), vlans.next()) {
        (None, Some(only), None) if set_vlan(nic).is_none() => Some(only),
        _ => None,
    }
}

/// VLAN ID that is set at the port in Windows.
fn set_vlan(nic: &Nic) -> Option<u64> {
    nic.facts.number("nic_vlan").filter(|vlan| *vlan > 0)
}

/// What to say of the VLAN of a bare port beside its switch port.
fn at_the_port(after: &Cluster, node: &Node, nic: &Nic) -> String {
    if let Some(vlan) = untagged(after, node, nic) {
        return format!(" (VLAN {vlan} untagged: {} is no trunk in Windows)", nic.name);
    }
    let mut vlans = vlans(after, node, nic).into_iter();
    match (nic.switch.is_none(), set_vlan(nic), vlans.next(), vlans.next()) {
        (true, Some(today), Some(only), None) if today != u64::from(only) => format!(
            " (tagged; the port has VLAN {today} today, so set it once its address has changed: Set-NetAdapter -Name {} -VlanID {only})",
            quoted(&nic.name)
        ),
        (true, Some(_), Some(only), None) if nic.facts.list("intents").is_some_and(|names| !names.is_empty()) => {
            format!(" (VLAN {only} tagged, as Network ATC sets it at the port)")
        }
        (true, Some(_), Some(only), None) => format!(" (VLAN {only} tagged, as it is set at the port)"),
        _ => String::new(),
    }
}

/// Adapters that carry a new role and whose address nobody knows.
fn addresses(work: &ClusterWork, node: &NodeWork, found: &mut Vec<Manual>) {
    for change in node.steps.iter().flat_map(|s| &s.changes) {
        let Change::Assume {
            port,
            roles,
            from: None,
            addresses,
        } = change
        else {
            continue;
        };
        if !addresses.is_empty() || roles.contains(&Role::Management) {
            continue;
        }
        let subnets: Vec<String> = work
            .after
            .networks
            .iter()
            .filter(|n| n.purpose.is_some_and(|role| roles.contains(&role)) && !n.subnet.is_empty())
            .map(|n| format!("{} ({})", n.name, n.subnet))
            .collect();
        let text = format!(
            "Give {} an address of {}, without gateway, and clear \"Register this connection's addresses in DNS\": the inventory knows no \
             address for {} there.",
            port.alias(),
            if subnets.is_empty() {
                "its network".to_owned()
            } else {
                subnets.join(" or ")
            },
            words::roles(roles)
        );
        found.push(manual(
            When::AfterNode,
            &node.today.name,
            text,
            "each role needs an address on its network",
        ));
    }
}

/// iSCSI: portals, sessions and MPIO belong to the SAN.
fn mpio(today: &Cluster, node: &NodeWork, found: &mut Vec<Manual>) {
    let moved = node.steps.iter().flat_map(|s| &s.changes).any(|c| {
        matches!(c, Change::Assume { port: Port::Nic(_) | Port::Team(_), roles, .. } if roles.contains(&Role::Storage))
    });
    if today.iscsi() && moved {
        let text = "Storage ports changed: in the iSCSI initiator connect every portal over the new ports (one session per port), and \
                    check with mpclaim -s -d that each disk has as many paths as before."
            .to_owned();
        found.push(manual(
            When::AfterNode,
            &node.today.name,
            text,
            "iSCSI sessions are bound to addresses, MPIO needs two of them",
        ));
    }
}

fn guests(work: &ClusterWork, found: &mut Vec<Manual>) {
    if !by_powershell(&work.today) {
        return;
    }
    let changes = || work.last.iter().flat_map(|s| &s.changes);
    let vms: BTreeSet<&str> = changes()
        .filter_map(|c| match c {
            Change::StaticMac { vm, .. } => Some(vm.as_str()),
            _ => None,
        })
        .collect();
    if !vms.is_empty() {
        let text = format!(
            "These VMs get a static MAC address and must be off for it: {}. Shut them down in their own window, run the last cluster script \
             (it passes over those that run), start them, and tell DHCP reservations, licences and firewalls the new address.",
            words::listed(&vms.into_iter().collect::<Vec<_>>())
        );
        found.push(manual(
            When::After,
            "",
            text,
            "Hyper-V changes a MAC address only while the VM is off",
        ));
    }
}

fn nlb(today: &Cluster, found: &mut Vec<Manual>) {
    let mut clusters: BTreeMap<&str, (NlbMode, Option<std::net::Ipv4Addr>, Vec<&str>)> = BTreeMap::new();
    let mut classes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for vm in &today.vms {
        if let Some(nlb) = &vm.nlb {
            let entry = clusters.entry(&nlb.name).or_insert((nlb.mode, nlb.vip, Vec::new()));
            entry.2.push(&vm.name);
            classes.entry(&nlb.name).or_default().insert(&vm.anti_affinity);
        }
    }
    for (name, (mode, vip, members)) in clusters {
        let mac = vip
            .map(|vip| format!(" (cluster address {})", nlb::cluster_mac(mode, vip)))
            .unwrap_or_default();
        let network = match mode {
            NlbMode::Unicast => "its frames are flooded: give the members a VLAN of their own",
            NlbMode::Multicast => {
                "write a static ARP entry on the routers and static MAC-table entries for every switch port with a node"
            }
            NlbMode::Igmp => "switch IGMP snooping and a querier on, and write a static ARP entry on the routers",
        };
        let several = classes.get(name).is_some_and(|own| own.len() > 1);
        let apart = if several {
            "Its members have different classes of anti-affinity: give them one in common (AntiAffinityClassNames)"
        } else {
            "The cluster keeps its members on different nodes where it can (AntiAffinityClassNames)"
        };
        let text = format!(
            "NLB cluster {name}, {}{mac}, members {}: {network}. {apart}; never move two at once.",
            nlb::mode_name(mode),
            words::listed(&members)
        );
        found.push(manual(
            When::After,
            "",
            text,
            "NLB works only if hosts and physical switches let its cluster address through",
        ));
    }
}

/// Names of external switches after the plan, for people.
pub fn switch_names(node: &Node) -> Vec<String> {
    bandwidth::external_switches(node)
        .map(|s| {
            let ports: Vec<&str> = switches::members(node, &s.name)
                .iter()
                .map(|n| n.name.as_str())
                .collect();
            format!("{} ({})", s.name, words::listed(&ports))
        })
        .collect()
}
