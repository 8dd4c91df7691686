//! Steps in words: what is done, and the decision that it serves.

use super::steps::{Base, Change, HostSetting, Port, Values};
use crate::applied::switches;
use crate::inventory::{Cluster, Node, TrafficClass};
use crate::mac::spoofing::why_spoofing;
use crate::plan::ClusterPlan;
use crate::roles::Role;
pub use crate::units::listed;
use crate::units::{same_name, show_mbps};

/// `management and cluster`.
pub fn roles(roles: &[Role]) -> String {
    listed(&roles.iter().map(|r| r.name()).collect::<Vec<_>>())
}

/// What changes do, one line.
pub fn title(changes: &[Change]) -> String {
    if let [
        Change::Release { port: from, .. },
        Change::Assume {
            port: to, roles: moved, ..
        },
    ] = changes
    {
        return format!("move {} from {} to {}", roles(moved), from.alias(), to.alias());
    }
    if let [
        Change::Release { port, .. },
        Change::Assume {
            port: to,
            from: Some(from),
            ..
        },
        rest @ ..,
    ] = changes
        && port == from
        && from != to
    {
        return format!("{}; {}", title(&changes[..2]), title(rest));
    }
    let mut all: Vec<(String, Vec<&str>)> = Vec::new();
    for change in changes {
        let words = one(change);
        let host = match change {
            Change::Member { node, .. } => Some(node.as_str()),
            _ => None,
        };
        match all.iter_mut().find(|(other, _)| host.is_some() && *other == words) {
            Some((_, hosts)) => hosts.extend(host),
            None => all.push((words, host.into_iter().collect())),
        }
    }
    let told = |(words, hosts): &(String, Vec<&str>)| match hosts.len() {
        0 => words.clone(),
        1..=4 => format!("{words} on {}", listed(hosts)),
        many => format!("{words} on {many} hosts"),
    };
    all.iter().map(told).collect::<Vec<_>>().join("; ")
}

fn one(change: &Change) -> String {
    match change {
        Change::AddHostVnic(v) => format!("add the host vNIC {} to {}", v.name, v.switch),
        Change::RemoveHostVnic(v) => format!("remove the host vNIC {} from {}", v.name, v.switch),
        Change::OwnHostVnic { switch, exists: false } => {
            format!("remove the host vNIC that Windows named like its switch {switch}")
        }
        Change::OwnHostVnic { switch, .. } => format!("let Windows make its own host vNIC on {switch}"),
        Change::CreateSwitch(s) => match &s.base {
            Base::Port => format!(
                "create the virtual switch {} on {}",
                s.record.name,
                listed(&s.record.nics)
            ),
            Base::Set(_) => format!(
                "create the virtual switch {} with SET over {}",
                s.record.name,
                listed(&s.record.nics)
            ),
            Base::Team(team) => format!("create the virtual switch {} on the team {team}", s.record.name),
        },
        Change::RemoveSwitch(s) => format!("remove the virtual switch {}", s.record.name),
        Change::SetMembers { switch, after, .. } => format!("make {} the ports of {switch}", listed(after)),
        Change::Rebind { switch, before, after } => {
            format!("bind the virtual switch {switch} to {after} instead of {before}")
        }
        Change::CreateTeam { name, nics } => format!("create the team {name} over {}", listed(nics)),
        Change::RemoveTeam { name, .. } => format!("remove the team {name}"),
        Change::JoinTeam { team, nic } => format!("add {nic} to the team {team}"),
        Change::LeaveTeam { team, nic } => format!("take {nic} out of the team {team}"),
        Change::Release { port, roles: gone, .. } => format!("take {} off {}", roles(gone), port.alias()),
        Change::Assume {
            port,
            roles: new,
            from: None,
            addresses,
        } if addresses.is_empty() && !new.contains(&Role::Management) => {
            format!(
                "make {} ready for {}, whose address comes by hand",
                port.alias(),
                roles(new)
            )
        }
        Change::Assume { port, roles: new, .. } => format!("give {} to {}", roles(new), port.alias()),
        Change::Ride { port, roles: new } => format!("let {} use the address of {}", roles(new), port.alias()),
        other => setting(other),
    }
}

fn setting(change: &Change) -> String {
    match change {
        Change::HostVlan { vnic, value } => match value.after {
            Some(vlan) => format!("set VLAN {vlan} on the host vNIC {vnic}"),
            None => format!("set the host vNIC {vnic} to untagged"),
        },
        Change::HostWeight { vnic, value } => match value.after {
            Some(weight) => format!("set the weight of the host vNIC {vnic} to {weight}"),
            None => format!("take the weight off the host vNIC {vnic}"),
        },
        Change::HostRdma { vnic, value } => match value.after {
            Some(true) => format!("switch RDMA and the priority tag on at the host vNIC {vnic}"),
            _ => format!("switch RDMA off at the host vNIC {vnic}"),
        },
        Change::HostPort { vnic, value } => match &value.after {
            Some(port) => format!("bind the host vNIC {vnic} to the port {port}"),
            None => format!("let the host vNIC {vnic} use any port"),
        },
        Change::DefaultFlow { switch, weight, .. } => format!("give the guests on {switch} the weight {weight}"),
        Change::Rename { nic, to } => format!("rename the connection {nic} to {to}"),
        Change::Chimney(value) => match value.after.as_deref() {
            Some("disabled") => "switch TCP chimney offload off".to_owned(),
            state => format!("set TCP chimney offload to {}", state.unwrap_or("what it was")),
        },
        Change::PortVlan { nic, value } => match value.after {
            Some(vlan) if vlan > 0 => format!("set the VLAN ID {vlan} at the port {nic}"),
            _ => format!("clear the VLAN ID of the port {nic}"),
        },
        Change::Unbind { nics, .. } => format!("unbind TCP/IP and SMB from {}", listed(nics)),
        Change::Jumbo { port, .. } => format!("let {} send large packets", port.alias()),
        Change::Policies { nics, value } => policies(nics, value.after.as_deref().unwrap_or_default()),
        Change::Dcb(dcb, _) => format!("set Data Center Bridging on {}", listed(&dcb.nics)),
        Change::AsBefore(_) => "put back what was so before".to_owned(),
        Change::Host(setting) | Change::Member { setting, .. } => host(setting),
        other => of_cluster(other),
    }
}

/// `give live-migration the weight 40 and smb the weight 55 on LOM 1 and MEZZ 2`.
fn policies(nics: &[String], weights: &[TrafficClass]) -> String {
    let one = |class: &TrafficClass| format!("{} the weight {}", class.name, class.percent.unwrap_or(0));
    let all: Vec<String> = weights.iter().map(one).collect();
    match all.as_slice() {
        [] => "remove the QoS policies that give minimum bandwidth".to_owned(),
        all => format!("give {} on {}", listed(all), listed(nics)),
    }
}

fn host(setting: &HostSetting) -> String {
    match setting {
        HostSetting::Pool(Values { after: Some(pool), .. }) => {
            format!("set the MAC pool to {} - {}", pool.min, pool.max)
        }
        HostSetting::Pool(_) => "set the MAC pool".to_owned(),
        HostSetting::MigrationEnabled(Values { after: Some(false), .. }) => "disable live migration".to_owned(),
        HostSetting::MigrationEnabled(_) => "enable live migration".to_owned(),
        HostSetting::AnyNetwork(Values { after: Some(true), .. }) => "let live migration use any network".to_owned(),
        HostSetting::AnyNetwork(_) => "keep live migration to the listed networks".to_owned(),
        HostSetting::Subnets(value) => format!(
            "list {} for live migration",
            listed(value.after.as_deref().unwrap_or_default())
        ),
        HostSetting::MoreSubnets(value) => {
            let own = value.before.as_deref().unwrap_or_default();
            let after = value.after.iter().flatten();
            let more: Vec<&String> = after.filter(|subnet| !own.contains(subnet)).collect();
            format!(
                "until all hosts are rebuilt, list {} for live migration as well",
                listed(&more)
            )
        }
        HostSetting::Transport(value) => format!(
            "set the performance option of live migration to {}",
            value.after.map_or("that of Windows", |t| t.name())
        ),
        HostSetting::Concurrency(value) => format!(
            "set the live migrations at once to {}",
            value.after.map_or("that of Windows".to_owned(), |n| n.to_string())
        ),
        HostSetting::SmbLimit(value) => match value.after {
            Some(rate) => format!("limit live migration over SMB to {}", show_mbps(rate)),
            None => "take the limit off live migration over SMB".to_owned(),
        },
    }
}

fn of_cluster(change: &Change) -> String {
    match change {
        Change::NetworkUse { network, value } => format!(
            "set the cluster use of {network} to {}",
            value.after.map_or("that of Windows".to_owned(), |n| n.to_string())
        ),
        Change::MigrationOrder(value) => format!(
            "set the order of live-migration networks: {}",
            listed(value.after.as_deref().unwrap_or_default())
        ),
        Change::MigrationExcluded(value) => format!(
            "keep live migration off {}",
            listed(value.after.as_deref().unwrap_or_default())
        ),
        Change::Parallel(value) => format!(
            "set MaximumParallelMigrations to {}",
            value.after.map_or("that of Windows".to_owned(), |n| n.to_string())
        ),
        Change::ClusterSmbLimit { on, factor } => cluster_limit(on.after, factor.after),
        Change::Connect { vm, vnic, value } => format!(
            "connect {vm} / {vnic} to {}",
            value.after.as_deref().unwrap_or("no network")
        ),
        Change::StaticMac { vm, vnic, value, .. } => match value.after {
            Some(mac) => format!("give {vm} / {vnic} the static address {mac}"),
            None => format!("give {vm} / {vnic} an address of the pool"),
        },
        Change::Spoofing { vm, vnic, value } => format!(
            "switch MAC address spoofing {} at {vm} / {vnic}",
            if value.after == Some(true) { "on" } else { "off" }
        ),
        Change::AntiAffinity { vm, value } => match &value.after {
            Some(class) => format!("keep {vm} on another node than others of {class}"),
            None => format!("let {vm} run on any node again"),
        },
        other => of_intents(other),
    }
}

fn of_intents(change: &Change) -> String {
    match change {
        Change::Land { nic, .. } => format!("put the management address on {nic} until Network ATC takes it over"),
        Change::Unland { nic, .. } => format!("take the management address off {nic}"),
        Change::AddIntent(intent) => format!(
            "let Network ATC make the intent {} over {}",
            intent.name,
            listed(&intent.nics)
        ),
        Change::RemoveIntent(intent) => format!("remove what Network ATC made of the intent {}", intent.name),
        Change::HoldIntents(hold) if hold.ended.is_empty() => {
            format!("hold Network ATC on {} until each has its turn", listed(&hold.nodes))
        }
        Change::HoldIntents(hold) => {
            let ended: Vec<&str> = hold.ended.iter().map(|i| i.name.as_str()).collect();
            format!(
                "hold Network ATC on {} until each has its turn, and remove the intents {} from it; what they made stays",
                listed(&hold.nodes),
                listed(&ended)
            )
        }
        Change::LeaveIntents(hold) => format!(
            "remove the intents {} and let Network ATC run as before",
            listed(&hold.added)
        ),
        Change::Overrides(set) => {
            let values: Vec<String> = set
                .values()
                .into_iter()
                .map(|v| format!("{} = {}", v.name, v.value))
                .collect();
            format!(
                "tell Network ATC what it leaves alone or sets otherwise: {}",
                listed(&values)
            )
        }
        Change::NoOverrides(_) => "tell Network ATC what it was told before".to_owned(),
        _ => String::new(),
    }
}

/// The limit of live migration over SMB that a cluster writes over those of its hosts.
fn cluster_limit(on: Option<bool>, factor: Option<u32>) -> String {
    let factor = factor.map(|factor| format!("SetSMBBandwidthLimitFactor to {factor}"));
    let on = on.map(|on| format!("SetSMBBandwidthLimit to {}", u8::from(on)));
    let set: Vec<String> = on.clone().into_iter().chain(factor).collect();
    match on.as_deref() {
        Some("SetSMBBandwidthLimit to 0") => format!("set {}: the hosts' own limits count", listed(&set)),
        _ => format!("set {}", listed(&set)),
    }
}

/// The decision or rule that changes of a node serve.
pub fn serves(plan: &ClusterPlan, node: &str, changes: &[Change]) -> String {
    let of = changes
        .iter()
        .rev()
        .find_map(|c| rule(c).map(str::to_owned).or_else(|| uplink(plan, node, c)));
    of.unwrap_or_else(|| "the plan gives these ports to something else".to_owned())
}

/// Why a host vNIC has no weight any more.
pub fn weight_off(cluster: &Cluster, after: &Node, vnic: &str) -> &'static str {
    let switch = after.host_vnics.iter().find(|v| same_name(&v.name, vnic));
    let switch = switch.and_then(|v| switches::external(after, &v.switch));
    match switch {
        Some(switch) if switch.facts.yes("iov") == Some(true) => {
            "a virtual switch that is made for SR-IOV takes no weights (rule weights-on-sriov-switch)"
        }
        Some(switch) if switches::is_set(cluster, after, switch) && !cluster.policy.weights_on_set => {
            "a virtual switch with SET gets no weights unless policy.csv asks for them with weights_on_set (rule weights-on-set)"
        }
        _ => "the plan divides the ports of this host vNIC by no weight",
    }
}

/// The rule that a setting serves.
fn rule(change: &Change) -> Option<&'static str> {
    Some(match change {
        Change::HostVlan { .. } => "VLAN of the role's cluster network",
        Change::HostWeight { .. } | Change::DefaultFlow { .. } => {
            "shares of the plan as minimum-bandwidth weights (Microsoft, Network QoS and bandwidth limits for Hyper-V)"
        }
        Change::Policies { .. } => {
            "shares of the plan as QoS policies of the host: no virtual switch is on these ports (Microsoft, QoS Common Configurations)"
        }
        Change::HostRdma { .. } => {
            "SMB over RDMA: the plan counts on SMB Direct (Microsoft, RDMA and Switch Embedded Teaming)"
        }
        Change::HostPort { .. } => {
            "one SMB adapter per port, so that Multichannel uses them all (Microsoft, RDMA and Switch Embedded Teaming)"
        }
        Change::Unbind { .. } => "a port under a virtual switch has no TCP/IP of its own (rule address-on-bound-nic)",
        Change::Rename { .. } => "the port in this place has this name on the other nodes",
        Change::Chimney(_) => {
            "a team carries no offloaded connections (rule chimney-with-team): off here, and alike in the guests"
        }
        Change::Jumbo { .. } => "the role uses large packets on all its ports today",
        Change::Dcb(..) => {
            "shares of the plan as Data Center Bridging: weights do not reach SMB over RDMA; priorities as in Microsoft, Host network requirements"
        }
        Change::Host(HostSetting::Pool(_)) => "MAC plan: every host has a pool of its own (rule mac-pool-overlap)",
        Change::Host(HostSetting::SmbLimit(_)) | Change::ClusterSmbLimit { .. } => {
            "share of live migration beside SMB storage, which are one class and split by this limit"
        }
        Change::Host(HostSetting::Concurrency(_)) | Change::Parallel(_) => {
            "concurrent_migrations of the inventory, the same in both places"
        }
        Change::Member {
            setting: HostSetting::MoreSubnets(_) | HostSetting::MigrationEnabled(_),
            ..
        } => "drains and fail-backs go between rebuilt hosts and others: they need a network that both of them list",
        Change::Host(_) | Change::Member { .. } | Change::MigrationOrder(_) | Change::MigrationExcluded(_) => {
            "live migration takes the plan's network only if cluster lists and host lists agree"
        }
        Change::AntiAffinity { .. } => {
            "members of one NLB cluster on one node are one failure, and on one virtual switch their shared MAC address collides (rule nlb-members-without-anti-affinity)"
        }
        Change::HoldIntents(_) => {
            "Network ATC applies an intent to every node of a cluster as soon as it can, also to nodes with running VMs (Microsoft, Install and enable Network ATC)"
        }
        Change::Overrides(_) => {
            "what the plan sets for live migration and cluster networks, which Network ATC would set again about every 15 minutes (Microsoft, Manage Network ATC)"
        }
        Change::NetworkUse { .. } => {
            "cluster use by purpose (Microsoft, Network Recommendations for a Hyper-V Cluster)"
        }
        _ => return None,
    })
}

/// The uplink of the plan that a change of the wiring serves.
fn uplink(plan: &ClusterPlan, node: &str, change: &Change) -> Option<String> {
    let planned = plan.nodes.iter().find(|n| same_name(&n.node, node))?;
    let of_nics = |nics: &[String]| {
        let has = |u: &&crate::plan::NodeUplink| u.nics.iter().any(|own| nics.iter().any(|n| same_name(n, own)));
        planned.uplinks.iter().find(has).map(|u| u.uplink.clone())
    };
    let of_roles = |roles: &[Role]| {
        let found = plan.uplinks.iter().find(|u| roles.iter().any(|r| u.roles.contains(r)));
        found.map(|u| u.name.clone())
    };
    let name = match change {
        Change::AddHostVnic(v) => of_roles(&v.role.into_iter().collect::<Vec<_>>()),
        Change::CreateSwitch(s) => of_nics(&s.record.nics),
        Change::SetMembers { after, .. } => of_nics(after),
        Change::Rebind { after, .. } => of_nics(std::slice::from_ref(after)),
        Change::CreateTeam { nics, .. } => of_nics(nics),
        Change::JoinTeam { nic, .. } | Change::LeaveTeam { nic, .. } => of_nics(std::slice::from_ref(nic)),
        Change::RemoveSwitch(s) => of_nics(&s.record.nics),
        Change::OwnHostVnic { switch, .. } => plan
            .uplinks
            .iter()
            .find(|u| u.network.as_ref() == Some(switch))
            .map(|u| u.name.clone()),
        Change::RemoveTeam { nics, .. } => of_nics(nics),
        Change::Assume { roles, .. } | Change::Ride { roles, .. } => of_roles(roles),
        Change::Release {
            port: Port::Nic(nic), ..
        } => of_nics(std::slice::from_ref(nic)),
        Change::Release { roles, .. } => of_roles(roles),
        Change::RemoveHostVnic(v) => of_roles(&v.role.into_iter().collect::<Vec<_>>()),
        _ => None,
    }?;
    Some(format!("uplink {name} of the plan: {}", reason(plan, node, &name)))
}

/// Why the plan has the uplink on this node: its network's reason, else that of the node's ports.
fn reason(plan: &ClusterPlan, node: &str, uplink: &str) -> String {
    let design = plan.uplinks.iter().find(|u| u.name == uplink);
    let network = design.and_then(|u| u.network.as_deref());
    let of_network = plan
        .reasons
        .iter()
        .find(|r| r.kind == "network" && Some(r.subject.as_str()) == network);
    let of_ports = plan
        .reasons
        .iter()
        .find(|r| r.kind == "pattern" && r.subject.split(' ').any(|n| same_name(n, node)));
    let of_design = plan.reasons.iter().find(|r| r.kind == "design");
    let found = of_network.or(of_ports).or(of_design).map(|r| r.text.clone());
    found.unwrap_or_else(|| "as decided in plan.json".to_owned())
}

/// The decision that a change of a VM serves.
pub fn serves_vm(today: &Cluster, plan: &ClusterPlan, change: &Change) -> String {
    match change {
        Change::Connect { vm, vnic, .. } => {
            let planned = plan
                .vnics
                .iter()
                .find(|v| same_name(&v.vm, vm) && same_name(&v.vnic, vnic));
            planned.map_or_else(
                || "external network of the plan".to_owned(),
                |v| format!("external network of the plan: {}", v.why),
            )
        }
        Change::Spoofing { vm, vnic, value } => {
            let vms = today.vms.iter().filter(|own| same_name(&own.name, vm));
            let mut vnics = vms.flat_map(|own| own.vnics.iter().map(move |v| (own, v)));
            let found = vnics.find(|(_, own)| same_name(&own.name, vnic));
            let why = found.and_then(|(vm, vnic)| why_spoofing(vm, vnic, value.after == Some(true)));
            why.map_or_else(|| "MAC plan".to_owned(), |why| format!("MAC plan: {why}"))
        }
        Change::StaticMac { vm, vnic, .. } => {
            let planned = plan
                .static_macs
                .iter()
                .find(|s| same_name(&s.vm, vm) && same_name(&s.vnic, vnic));
            planned.map_or_else(|| "MAC plan".to_owned(), |s| format!("MAC plan: {}", s.reason))
        }
        other => serves(plan, "", std::slice::from_ref(other)),
    }
}
