//! What a node must look like, before and after, as expressions to confirm.

use super::change::{self, Context};
use super::parts::confirm;
use super::{dcb, policies, proof};
use crate::applied::{switches, today};
use crate::deploy::intents;
use crate::deploy::steps::{Change, HostSetting, Intent, Port, Switch, Values};
use crate::deploy::work::{ClusterWork, NodeWork};
use crate::inventory::{Cluster, Node, SwitchKind, VirtualSwitch};
use crate::powershell::{Command, quoted, quoted_list};
use crate::profiles::TeamKind;
use crate::roles::Role;
use crate::units::{host_name, same_name};

/// Ports that the node must have, with a link where the inventory says so.
pub fn ports(node: &NodeWork) -> Vec<String> {
    let used = |name: &str| {
        let after = node.after.nics.iter().find(|n| n.name == name);
        after.is_some_and(|n| !n.roles.is_empty() || n.switch.is_some())
    };
    let mut found = Vec::new();
    for nic in node.today.nics.iter().filter(|n| used(&n.name)) {
        let get = format!("(Get-NetAdapter -Name {} -ErrorAction Stop)", quoted(&nic.name));
        found.push(confirm(
            &format!("port {} has a link", nic.name),
            &format!("[string]{get}.Status -eq 'Up'"),
        ));
        let bits = nic.speed.saturating_mul(1_000_000);
        found.push(confirm(
            &format!("port {} runs at {}", nic.name, crate::units::show_mbps(nic.speed)),
            &format!("{get}.ReceiveLinkSpeed -ge {bits}"),
        ));
    }
    found
}

/// Switches, host vNICs and addresses of a state of the node.
pub fn wiring(cluster: &Cluster, node: &Node) -> Vec<String> {
    let mut found = Vec::new();
    for switch in node.switches.iter().filter(|s| s.kind == SwitchKind::External) {
        let adapters = bound_to(cluster, node, switch);
        found.push(if adapters.is_empty() {
            let get = Command::new("Get-VMSwitch").name("Name", &switch.name);
            confirm(
                &format!("virtual switch {} is there", switch.name),
                &format!("[bool]({})", get.value("ErrorAction", "SilentlyContinue").line()),
            )
        } else {
            let test = Command::new("Test-Switch")
                .name("Name", &switch.name)
                .names("Adapter", &adapters);
            confirm(
                &format!("virtual switch {} is bound to {}", switch.name, adapters.join(", ")),
                &test.line(),
            )
        });
    }
    for vnic in &node.host_vnics {
        let test = format!(
            "[bool]({})",
            Command::new("Get-HostVnic")
                .name("Name", &vnic.name)
                .name("Switch", &vnic.switch)
                .line()
        );
        found.push(confirm(
            &format!("host vNIC {} is on {}", vnic.name, vnic.switch),
            &test,
        ));
        if let Some(vlan) = vnic.vlan {
            let test = change::is_vlan(&vnic.name, Some(vlan));
            found.push(confirm(&format!("host vNIC {} has VLAN {vlan}", vnic.name), &test));
        }
    }
    found.extend(proof::teams(cluster, node));
    found.extend(addresses(node));
    found
}

/// The adapters that a switch is bound to: the one of its team, else its ports. A single port keeps what the inventory said of a team that it was in.
fn bound_to(cluster: &Cluster, node: &Node, switch: &VirtualSwitch) -> Vec<String> {
    let members = switches::members(node, &switch.name);
    let team = members.first().map(|nic| nic.team.clone()).unwrap_or_default();
    match today::base(cluster, node, switch) {
        today::Base::Team(TeamKind::Lbfo | TeamKind::Vendor) if !team.is_empty() => vec![team],
        _ => members.iter().map(|nic| nic.name.clone()).collect(),
    }
}

fn addresses(node: &Node) -> Vec<String> {
    let mut found = Vec::new();
    for carrier in today::carriers(node).into_iter().filter(|c| !c.addresses.is_empty()) {
        let alias = match &carrier.carrier {
            crate::applied::Carrier::Nic(position) => {
                node.nics.get(*position).map(|n| n.name.clone()).unwrap_or_default()
            }
            crate::applied::Carrier::Team(name, _) => name.clone(),
            crate::applied::Carrier::HostVnic { name, .. } => Port::HostVnic(name.clone()).alias(),
        };
        let test = Command::new("Test-Address")
            .name("Adapter", &alias)
            .names("Address", &carrier.addresses)
            .line();
        found.push(confirm(&format!("{alias} has {}", carrier.addresses.join(", ")), &test));
    }
    found
}

/// The management address answers on the node itself, and other nodes answer.
pub fn management(node: &Node, others: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let ip = node.management_address();
    if !ip.is_empty() {
        let test = format!(
            "[bool](Get-NetIPAddress -IPAddress {} -ErrorAction SilentlyContinue)",
            quoted(ip)
        );
        found.push(confirm(&format!("the management address {ip} is on the node"), &test));
    }
    if !others.is_empty() {
        let test = format!(
            "@({} | Where-Object {{ Test-Connection -ComputerName $_ -Count 2 -Quiet }}).Count -gt 0",
            list(others)
        );
        found.push(confirm("another node of the cluster answers", &test));
    }
    found
}

/// A list as an expression.
fn list(names: &[String]) -> String {
    format!("@({})", quoted_list(names))
}

/// Switches that stay and get weights: Windows changes neither mode nor teaming of a switch that exists. What each must be, and the expression.
fn weighted(work: &ClusterWork, node: &NodeWork) -> Vec<(String, String)> {
    let steps = || node.steps.iter().flat_map(|s| &s.changes);
    let on = |vnic: &str, switch: &str| {
        let mut own = node.after.host_vnics.iter().filter(|v| same_name(&v.name, vnic));
        own.any(|v| same_name(&v.switch, switch))
    };
    let gets = |name: &str| {
        steps().any(|c| match c {
            Change::HostWeight { vnic, value } => value.after.is_some() && on(vnic, name),
            Change::DefaultFlow { switch, .. } => same_name(switch, name),
            _ => false,
        })
    };
    let made = |name: &str| steps().any(|c| matches!(c, Change::CreateSwitch(s) if same_name(&s.record.name, name)));
    let kept = node.after.switches.iter().filter(|s| s.kind == SwitchKind::External);
    let mut found = Vec::new();
    for switch in kept.filter(|s| gets(&s.name) && !made(&s.name)) {
        let name = &switch.name;
        let get = format!("(Get-VMSwitch -Name {})", quoted(name));
        found.push((
            format!(
                "virtual switch {name} counts minimum bandwidth by weight (else write its bandwidth_mode into switches.csv, run plan and deploy anew: they make it anew, since no switch changes its mode)"
            ),
            // what was made with the mode Default counts by weight unless it has SR-IOV
            format!("@('Weight', 'Default') -contains [string]{get}.BandwidthReservationMode -and -not {get}.IovEnabled"),
        ));
        let may_be_set = work.today.profile.team == TeamKind::Set && !work.today.policy.weights_on_set;
        if may_be_set && !switches::is_set(&work.after, &node.after, switch) {
            found.push((
                format!(
                    "virtual switch {name} has no SET, on which the policy wants no weights (else write embedded_teaming yes into switches.csv, or weights_on_set yes into policy.csv, run plan and deploy anew)"
                ),
                format!("-not {get}.EmbeddedTeamingEnabled"),
            ));
        }
    }
    found
}

/// The same for the pre-check.
pub fn modes(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let all = weighted(work, node).into_iter();
    all.map(|(what, test)| confirm(&what, &test)).collect()
}

/// The same for apply, before its first change: half of a plan's shares is worse than none.
pub fn mode_guards(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let all = weighted(work, node).into_iter();
    let guard = |(what, test): (String, String)| {
        format!("if (-not ({test})) {{ throw {} }}", quoted(&format!("not so: {what}")))
    };
    all.map(guard).collect()
}

/// VMs with a minimum in bits per second on a switch that is made anew to count in another way.
pub fn reservations(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let absolute = |s: &VirtualSwitch| s.facts.text("bandwidth_mode") == Some("absolute");
    let made = node.steps.iter().flat_map(|s| &s.changes).filter_map(|c| match c {
        Change::CreateSwitch(s) if !absolute(&s.record) => Some(s.record.name.as_str()),
        _ => None,
    });
    let vms = if work.nodes.len() > 1 {
        "Get-ClusterNode | ForEach-Object { Get-VM -ComputerName $_.Name | Get-VMNetworkAdapter }"
    } else {
        "Get-VM | Get-VMNetworkAdapter"
    };
    let line = |name: &str| {
        confirm(
            &format!(
                "no VM on {name} has a minimum bandwidth in bits per second, which the switch that is made anew does not give (else Set-VMNetworkAdapter \
                 -MinimumBandwidthAbsolute 0 at its adapter)"
            ),
            &format!(
                "@({vms} | Where-Object {{ $_.SwitchName -eq {} -and $_.BandwidthSetting.MinimumBandwidthAbsolute -gt 0 }}).Count -eq 0",
                quoted(name)
            ),
        )
    };
    made.filter(|name| switches::external(&node.today, name).is_some_and(absolute))
        .map(line)
        .collect()
}

/// Settings of host vNICs and of the host that a plan gives, whether or not a step sets them.
pub fn settings(context: &Context, work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let steps = node.steps.iter().flat_map(|s| &s.changes);
    let set = steps.filter(|c| {
        let wiring = matches!(
            c,
            Change::HostWeight { .. } | Change::HostRdma { .. } | Change::HostPort { .. } | Change::DefaultFlow { .. }
        );
        wiring
            || matches!(
                c,
                Change::Unbind { .. }
                    | Change::Jumbo { .. }
                    | Change::Dcb(..)
                    | Change::Policies { .. }
                    | Change::Host(_)
            )
    });
    let mut found: Vec<String> = set
        .map(|c| {
            (
                crate::deploy::words::title(std::slice::from_ref(c)),
                change::written(context, c),
            )
        })
        .filter(|(_, written)| !written.test.is_empty())
        .map(|(title, written)| confirm(&format!("done: {title}"), &written.test))
        .collect();
    let pool = Change::Host(HostSetting::Pool(Values::new(None, node.after.mac_pool)));
    if node.today.mac_pool == node.after.mac_pool && node.after.mac_pool.is_some() && !work.plan.mac_pools.is_empty() {
        found.push(confirm(
            "the MAC pool is that of the plan",
            &change::written(context, &pool).test,
        ));
    }
    found
}

/// Features of Windows that the steps need, and VMs that would lose their network.
pub fn ready(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let steps = || node.steps.iter().flat_map(|s| &s.changes);
    let mut found = Vec::new();
    let mut command = |needed: bool, what: &str, cmdlet: &str| {
        if needed {
            found.push(confirm(
                what,
                &format!("[bool](Get-Command {cmdlet} -ErrorAction SilentlyContinue)"),
            ));
        }
    };
    command(
        steps().any(|c| matches!(c, Change::Dcb(..))),
        "the feature for Data Center Bridging is there: Install-WindowsFeature Data-Center-Bridging",
        "New-NetQosTrafficClass",
    );
    command(
        steps().any(|c| matches!(c, Change::Host(HostSetting::SmbLimit(_)))),
        "the feature for SMB limits is there: Install-WindowsFeature FS-SMBBW",
        "Set-SmbBandwidthLimit",
    );
    if steps().any(|c| matches!(c, Change::RemoveSwitch(_))) {
        found.push(confirm(
            "no VM is left on the node: one that stays, even off, loses its network with the virtual switch that is made anew",
            "@(Get-VM).Count -eq 0",
        ));
    }
    found.extend(strangers(node));
    found.extend(policies::ready(&node.steps));
    for change in steps() {
        if let Change::Dcb(planned, _) = change {
            let (what, test) = dcb::room(planned);
            found.push(confirm(&what, &test));
        }
    }
    found.extend(properties(work));
    found
}

/// A switch that is removed takes its host vNICs along: there must be none that the inventory does not name, since nobody would give it back.
fn strangers(node: &NodeWork) -> Vec<String> {
    let steps = || node.steps.iter().flat_map(|s| &s.changes);
    let removed = steps().filter_map(|c| match c {
        Change::RemoveSwitch(switch) => Some(switch),
        _ => None,
    });
    let confirmed = |switch: &Switch| {
        let name = &switch.record.name;
        let own = node
            .today
            .host_vnics
            .iter()
            .filter(|v| v.switch == *name)
            .map(|v| v.name.clone());
        // what Windows made itself, it named like the switch
        let own: Vec<String> = own.chain([name.clone()]).collect();
        confirm(
            &format!(
                "virtual switch {name} has no host vNIC that the inventory does not name (else write it into host_vnics.csv, run plan and deploy anew)"
            ),
            &format!(
                "@(Get-VMNetworkAdapter -ManagementOS -ErrorAction SilentlyContinue | Where-Object {{ $_.SwitchName -eq {} -and @({}) -notcontains $_.Name }}).Count -eq 0",
                quoted(name),
                quoted_list(&own)
            ),
        )
    };
    removed.map(|switch| confirmed(switch)).collect()
}

/// Network ATC is there, no other intent holds the ports, and no other node is in the middle of its change.
pub fn intents_ready(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let intents: Vec<&Intent> = added(node).collect();
    if intents.is_empty() {
        return Vec::new();
    }
    let mut found = vec![confirm(
        "the feature for Network ATC is there: Install-WindowsFeature NetworkATC",
        "[bool](Get-Command Add-NetIntent -ErrorAction SilentlyContinue)",
    )];
    for intent in &intents {
        let test = Command::new("Test-IntentPorts")
            .name("Name", &intent.name)
            .names("Adapter", &intent.nics);
        found.push(confirm(
            &format!("no other intent holds {}", intent.nics.join(", ")),
            &test.line(),
        ));
    }
    let (mut done, mut to_come): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let place = work
        .nodes
        .iter()
        .position(|n| n.today.name == node.today.name)
        .unwrap_or(0);
    for (at, other) in work.nodes.iter().enumerate().filter(|(_, n)| added(n).next().is_some()) {
        if at < place {
            done.push(host_name(&other.today.name).to_owned());
        } else if at > place {
            to_come.push(other.today.name.clone());
        }
    }
    for one in &done {
        for intent in &intents {
            let test = Command::new("Test-Intent").name("Name", &intent.name).name("Node", one);
            found.push(confirm(
                &format!("Network ATC has finished {} on {one}", intent.name),
                &test.line(),
            ));
        }
    }
    let held = work
        .before
        .iter()
        .flat_map(|s| &s.changes)
        .any(|c| matches!(c, Change::HoldIntents(_)));
    if held && !to_come.is_empty() {
        let test = Command::new("Test-AtcHeld").names("Node", &to_come);
        found.push(confirm(
            "Network ATC is held on the nodes whose turn comes",
            &test.line(),
        ));
    }
    found
}

fn added(node: &NodeWork) -> impl Iterator<Item = &Intent> {
    let changes = node.steps.iter().flat_map(|s| &s.changes);
    changes.filter_map(|c| match c {
        Change::AddIntent(intent) => Some(intent.as_ref()),
        _ => None,
    })
}

/// Intents that the node must have, and the VLANs of bare storage ports. What an intent over bare ports is called is known only where the
/// script adds it.
pub fn intents_done(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let mut found = Vec::new();
    if !work.by_intents {
        return found;
    }
    for intent in intents::intents(&work.today, &work.plan) {
        let own = added(node).any(|i| i.name == intent.name);
        if own || intent.switch().is_some() {
            let test = Command::new("Test-Intent")
                .name("Name", &intent.name)
                .value("Node", "$env:COMPUTERNAME");
            found.push(confirm(
                &format!("Network ATC has applied {}", intent.name),
                &test.line(),
            ));
        }
        if !own || intent.switch().is_some() {
            continue;
        }
        for (at, port) in intent.nics.iter().enumerate() {
            let vlan = intent.storage_vlan(at);
            let test = change::is_port_vlan(port, u64::from(vlan));
            found.push(confirm(&format!("port {port} has VLAN {vlan}"), &test));
        }
    }
    found
}

/// Properties of the cluster that came with an update.
fn properties(work: &ClusterWork) -> Vec<String> {
    let mut found = Vec::new();
    for change in work.before.iter().chain(&work.last).flat_map(|s| &s.changes) {
        match change {
            Change::Parallel(Values { after: Some(number), .. }) => found.push(format!(
                "if (-not (Get-Cluster).PSObject.Properties['MaximumParallelMigrations']) {{ Write-Output {} }}",
                quoted(&super::cluster_change::no_parallel(*number))
            )),
            Change::ClusterSmbLimit { .. } => found.push(confirm(
                "the cluster has SetSMBBandwidthLimitFactor (else install the updates of September 2022 or later, or look for its name: Get-Cluster | Format-List *SMB*)",
                "[bool](Get-Cluster).PSObject.Properties['SetSMBBandwidthLimitFactor']",
            )),
            _ => {}
        }
    }
    found
}

/// Whether a node has storage ports of its own.
pub fn has_storage(node: &Node) -> bool {
    node.nics.iter().any(|n| n.roles.contains(&Role::Storage))
}
