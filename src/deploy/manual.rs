//! What no script can do: numbered steps in the admin's words.

use super::bandwidth;
use super::steps::{Change, Manual, Port, When};
use super::work::{ClusterWork, NodeWork, by_powershell};
use super::{own_address_words, switch_ports, unenforced, words};
use crate::applied::{self, switches};
use crate::inventory::{Cluster, ClusterNetwork, NlbMode, Node};
use crate::mac::nlb;
use crate::powershell::quoted_list;
use crate::roles::Role;
use crate::units::same_name;
use std::collections::{BTreeMap, BTreeSet};

/// The manual steps of a cluster, by the moment at which they are due.
pub fn steps(work: &ClusterWork) -> Vec<Manual> {
    let mut found = Vec::new();
    strand(&work.stranded, by_powershell(&work.today), &mut found);
    features(work, &mut found);
    storage(&work.today, &mut found);
    unnamed_network(work, &mut found);
    unused(work, &mut found);
    for node in &work.nodes {
        found.extend(switch_ports::steps(work, node));
        found.extend(own_address_words::steps(work, node));
        mpio(&work.today, node, &mut found);
        freed(work, node, &mut found);
    }
    guests(work, &mut found);
    ended(work, &mut found);
    found.extend(unenforced::shares(work));
    nlb(&work.after, &mut found);
    found.sort_by_key(|manual| manual.when);
    found
}

pub(super) fn manual(when: When, node: &str, text: String, serves: &str) -> Manual {
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

/// Virtual switches that the scripts make and to which the plan connects no VM.
fn unused(work: &ClusterWork, found: &mut Vec<Manual>) {
    for design in &work.plan.uplinks {
        let Some(name) = design.network.as_ref() else { continue };
        let made = work.nodes.iter().flat_map(NodeWork::changes);
        let mut made = made.filter(|c| matches!(c, Change::CreateSwitch(s) if same_name(&s.record.name, name)));
        let today = work.today.nodes.iter().flat_map(|n| &n.switches);
        let new = !today.into_iter().any(|s| same_name(&s.name, name));
        let used = work.plan.vnics.iter().any(|v| same_name(&v.network, name));
        if !new || used || made.next().is_none() {
            continue;
        }
        let text = format!(
            "The scripts make the virtual switch {name}, and the plan connects no VM to it: it stands ready for VMs to come. If there are VMs already, write them into \
             vms.csv and vnics.csv and plan anew: else neither their bandwidth nor their VLANs are counted, and nothing lets these VLANs through to its ports."
        );
        let why = "an external network without VMs is built only because the plan keeps ports for VM traffic";
        found.push(manual(When::Before, "", text, why));
    }
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
         its other networks, or those of the ports that it shares. Take their VLANs and subnets out of your address plan and off the switch ports.",
        words::listed(&names),
        words::roles(&roles)
    );
    found.push(manual(
        When::After,
        "",
        text,
        "a port without a virtual switch has one VLAN, so the roles on it share one network, and each adapter of a role is on one of its networks",
    ));
}

/// iSCSI: portals, sessions and MPIO belong to the SAN.
fn mpio(today: &Cluster, node: &NodeWork, found: &mut Vec<Manual>) {
    let moved = node.changes().any(|c| {
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

/// Ports that leave a team or virtual switch and carry nothing: Windows binds TCP/IP to them, as they had it before.
fn freed(work: &ClusterWork, node: &NodeWork, found: &mut Vec<Manual>) {
    if work.by_intents || !by_powershell(&work.today) {
        return;
    }
    let pairs = node.today.nics.iter().zip(&node.after.nics);
    let freed = pairs.filter(|(old, new)| !old.is_bare() && new.is_bare() && new.roles.is_empty());
    let names: Vec<&str> = freed.map(|(_, new)| new.name.as_str()).collect();
    if names.is_empty() {
        return;
    }
    let text = format!(
        "Nothing is on {} any more, and Windows gives a port that leaves a team or virtual switch its TCP/IP of before: one that asks for a lease gets an \
         address, and perhaps a gateway, beside those of the plan. Once the node is verified: Disable-NetAdapter -Name {}, or shut the port at the physical \
         switch; before a rollback the other way round.",
        words::listed(&names),
        quoted_list(&names)
    );
    let why = "a host has one default gateway, and one address in each network";
    found.push(manual(When::AfterNode, &node.today.name, text, why));
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
