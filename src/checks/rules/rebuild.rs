//! How a virtual switch is taken down and made again, for settings that are fixed when it is created.
//!
//! In: a switch of a node. Out: the commands, what goes with the switch, and what has to be done first. Must not know: why.

use super::vswitch::bound;
use crate::checks::rules::teams::{self, Team};
use crate::checks::rules::{fixes, lookup};
use crate::inventory::{Cluster, HostVnic, Nic, Node, VirtualSwitch};
use crate::profiles::{WS2016, WS2022};
use crate::units::same_name;

/// Parameter of `New-VMSwitch`.
const MODE: &str = "-MinimumBandwidthMode";

/// How a switch gets a setting that is fixed when it is created (from 2012 on; 2008 R2 has none of them).
pub(super) fn recreate(cluster: &Cluster, nodes: &[(&Node, &VirtualSwitch)], option: &str) -> String {
    let Some((node, switch)) = nodes.first() else {
        return String::new();
    };
    let again = again(node, switch, &uplink(cluster, node, switch), option);
    let others = if nodes.len() > 1 {
        "; so on the other nodes, one after the other"
    } else {
        ""
    };
    format!(
        "the setting is fixed when the switch is created: {}, then {again}{others}",
        fixes::drain(cluster, &node.name)
    )
}

/// How a switch comes from an LBFO team onto a team of its own, SET.
pub(super) fn onto_set(cluster: &Cluster, node: &Node, switch: &VirtualSwitch, team: &Team<'_>) -> String {
    let uplink = (remove(node, team.name), with_set(&team.members));
    // What the switch promises in bits per second today SET must not promise: another rule asks for the same.
    let option = match switch.facts.text("bandwidth_mode") {
        Some("absolute") => "-MinimumBandwidthMode None",
        _ => "",
    };
    let first = fixes::drain(cluster, &node.name);
    format!("{first}, then {}", again(node, switch, &uplink, option))
}

/// SET over ports, as parameters of `New-VMSwitch`.
fn with_set(ports: &[&Nic]) -> String {
    let names = fixes::quoted_list(ports.iter().map(|nic| nic.name.as_str()));
    format!("-NetAdapterName {names} -EnableEmbeddedTeaming $true")
}

/// Whether the switch stands on SET once it is made again: it does today, or its LBFO team gives way to one.
pub(super) fn is_on_set(cluster: &Cluster, node: &Node, switch: &VirtualSwitch) -> bool {
    let ports: Vec<&Nic> = bound(node, &switch.name).collect();
    has_set(cluster, node, switch)
        || team_of(&ports).map_or(ports.len() > 1 && cluster.profile.generation >= WS2016, |_| {
            gives_way(cluster, &ports)
        })
}

/// Whether the switch stands on SET today.
fn has_set(cluster: &Cluster, node: &Node, switch: &VirtualSwitch) -> bool {
    let today = teams::set(cluster, node);
    today.iter().any(|team| same_name(team.name, &switch.name))
}

/// The commands; `uplink` is what has to be done first, and what the new switch is bound to.
fn again(node: &Node, switch: &VirtualSwitch, (before, uplink): &(String, String), option: &str) -> String {
    let (host, name) = (fixes::quoted(&node.name), fixes::quoted(&switch.name));
    let own = own_host_vnics(node, switch);
    let names: Vec<&str> = own.iter().map(|vnic| vnic.name.as_str()).collect();
    let console = match names.as_slice() {
        [] => String::new(),
        some => format!(
            "at its console, since its host vNICs go with the switch ({}): write down their addresses; ",
            lookup::list(some)
        ),
    };
    let set = uplink.contains("-EnableEmbeddedTeaming $true");
    let options = kept(switch, option, !before.is_empty())
        .into_iter()
        .filter(|option| !option.is_empty());
    let options: String = options.map(|option| format!(" {option}")).collect();
    format!(
        "{console}{}; Remove-VMSwitch -ComputerName {host} -Name {name} -Force; {before}New-VMSwitch -ComputerName {host} -Name {name} {uplink} \
         -AllowManagementOS {}{options}{}{}; {}",
        fixes::note_adapters(&host, &name),
        shared(switch, &own),
        afterwards(switch, (&host, &name), set, &options),
        host_vnics_again(switch, &own),
        fixes::connect_noted(&name),
    )
}

/// Parameters of the new switch: the one that is wanted, and what is known of the old one and does not contradict it, since nothing of it comes back by itself.
/// Only weights are not taken along where a team gives way to SET, `from_team`: no page promises anything for them there.
fn kept(switch: &VirtualSwitch, wanted: &str, from_team: bool) -> [String; 4] {
    let known = |column: &str, parameter: &str| {
        let on = switch.facts.yes(column) == Some(true) && !wanted.contains(parameter);
        if on {
            format!("{parameter} $true")
        } else {
            String::new()
        }
    };
    let mode = match switch.facts.text("bandwidth_mode") {
        _ if wanted.contains(MODE) => String::new(),
        Some("weight") if from_team => String::new(),
        Some("weight") => format!("{MODE} Weight"),
        Some("absolute") => format!("{MODE} Absolute"),
        Some("none") => format!("{MODE} None"),
        _ => String::new(),
    };
    let direct = known("packet_direct", "-EnablePacketDirect");
    [wanted.to_owned(), known("iov", "-EnableIov"), mode, direct]
}

/// What `New-VMSwitch` has no parameter for: how SET spreads traffic, and the weight of adapters without one.
fn afterwards(switch: &VirtualSwitch, (host, name): (&str, &str), set: bool, options: &str) -> String {
    let balance = match switch.facts.text("load_balancing") {
        Some("hyper-v-port") if set => Some("HyperVPort"),
        Some("dynamic") if set => Some("Dynamic"),
        _ => None,
    };
    let flow = switch
        .facts
        .number("default_flow_weight")
        .filter(|_| options.contains("Mode Weight"));
    let balance = balance
        .map(|way| format!("; Set-VMSwitchTeam -ComputerName {host} -Name {name} -LoadBalancingAlgorithm {way}"));
    let flow = flow.map(|weight| {
        format!("; Set-VMSwitch -ComputerName {host} -Name {name} -DefaultFlowMinimumBandwidthWeight {weight}")
    });
    [balance, flow].into_iter().flatten().collect()
}

/// The host vNICs of a switch, which go with it.
fn own_host_vnics<'a>(node: &'a Node, switch: &VirtualSwitch) -> Vec<&'a HostVnic> {
    let all = node.host_vnics.iter();
    all.filter(|vnic| same_name(&vnic.switch, &switch.name)).collect()
}

/// Whether `New-VMSwitch` is to share the switch with the host, which makes a host vNIC of the switch's name: where others are known and that one is not among
/// them it would be one too many.
fn shared(switch: &VirtualSwitch, own: &[&HostVnic]) -> &'static str {
    let is_named_so = own.is_empty() || own.iter().any(|vnic| same_name(&vnic.name, &switch.name));
    match switch.allow_management_os {
        Some(false) => "$false",
        _ if !is_named_so => "$false",
        _ => "$true",
    }
}

/// How the host vNICs come back; the one that is named like the switch comes with it.
fn host_vnics_again(switch: &VirtualSwitch, own: &[&HostVnic]) -> String {
    if own.is_empty() {
        return String::new();
    }
    let one = |vnic: &&HostVnic| {
        let name = fixes::quoted(&vnic.name);
        let add = (!same_name(&vnic.name, &switch.name)).then(|| {
            let switch = fixes::quoted(&switch.name);
            format!("; Add-VMNetworkAdapter -ManagementOS -Name {name} -SwitchName {switch}")
        });
        let tag = vnic.vlan.map(|vlan| {
            format!("; Set-VMNetworkAdapterVlan -ManagementOS -VMNetworkAdapterName {name} -Access -VlanId {vlan}")
        });
        [add, tag].into_iter().flatten().collect::<String>()
    };
    let commands: String = own.iter().map(one).collect();
    format!("{commands}; then the addresses, routes, weights and RDMA that the host vNICs had")
}

fn remove(node: &Node, team: &str) -> String {
    let (host, team) = (fixes::quoted(&node.name), fixes::quoted(team));
    format!("Remove-NetLbfoTeam -CimSession {host} -Name {team}; ")
}

/// What a new switch is bound to, as parameters of `New-VMSwitch`, and what has to be done first: one port; the interface of a
/// team, which Windows names like the team; or with SET several ports, or one where the switch has SET today. From 2016 on an LBFO team of like ports gives way to SET,
/// which Microsoft wants there, from 2022 on every one.
fn uplink(cluster: &Cluster, node: &Node, switch: &VirtualSwitch) -> (String, String) {
    let ports: Vec<&Nic> = bound(node, &switch.name).collect();
    let names = fixes::quoted_list(ports.iter().map(|nic| nic.name.as_str()));
    let bind = |names: &str| (String::new(), format!("-NetAdapterName {names}"));
    let takes_set =
        |ports: usize| cluster.profile.generation >= WS2016 && (ports > 1 || has_set(cluster, node, switch));
    match (ports.len(), team_of(&ports)) {
        (0, _) => bind("<its port>"),
        (_, Some(team)) if gives_way(cluster, &ports) => (remove(node, team), with_set(&ports)),
        (_, Some(team)) => bind(&fixes::quoted(team)),
        (several, None) if takes_set(several) => (String::new(), with_set(&ports)),
        (1, None) => bind(&names),
        (_, None) => bind(&format!("<the team of {}>", names.replace('\'', ""))),
    }
}

/// The team that the ports of a switch are in.
fn team_of<'a>(ports: &[&'a Nic]) -> Option<&'a str> {
    let team = ports.first().map(|nic| nic.team.as_str());
    team.filter(|team| !team.is_empty())
}

/// Whether the team under a switch gives way to SET: every one from 2022 on, from 2016 on one of Windows NIC Teaming whose ports SET can take, alike
/// in speed and model.
fn gives_way(cluster: &Cluster, ports: &[&Nic]) -> bool {
    let alike = ports
        .windows(2)
        .all(|pair| pair[0].speed == pair[1].speed && pair[0].model == pair[1].model);
    let fits = alike && ports.len() > 1 && ports.iter().all(|nic| teams::is_lbfo(nic));
    match cluster.profile.generation {
        WS2022.. => true,
        WS2016.. => fits,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::rules::tests::inventory;
    use crate::profiles;

    /// How the switch of a node is made again, on a Windows version: port rows (node, nic, team) and host vNIC rows.
    fn made_again(profile: &str, nics: &str, host_vnics: &str) -> String {
        let block = format!(
            "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,team\n{nics}file: switches\nnode,switch,type,nics\n\
             HV1,S1,external,A;B\nHV1,S2,internal,\nfile: host_vnics\nnode,host_vnic,switch,vlan\n{host_vnics}"
        );
        let block = block.replace("A;B", if nics.contains(",B,") { "A;B" } else { "A" });
        let mut cluster = inventory(&block).clusters.remove(0);
        cluster.profile = profiles::find(profile).expect("the profile");
        let node = &cluster.nodes[0];
        recreate(&cluster, &[(node, &node.switches[0])], "-MinimumBandwidthMode Weight")
    }

    #[test]
    fn a_switch_is_bound_again_to_what_it_was_bound_to() {
        let bare = "HV1,A,10000,\nHV1,B,10000,\n";
        let teamed = "HV1,A,10000,LAN\nHV1,B,10000,LAN\n";
        for (profile, nics, uplink) in [
            ("2012", "HV1,A,10000,\n", "-NetAdapterName 'A' -AllowManagementOS"),
            (
                "2016",
                bare,
                "-NetAdapterName 'A','B' -EnableEmbeddedTeaming $true -AllowManagementOS",
            ),
            ("2012r2", bare, "-NetAdapterName <the team of A,B> -AllowManagementOS"),
            ("2019", teamed, "-NetAdapterName 'LAN' -AllowManagementOS"),
            (
                "2022",
                teamed,
                "-NetAdapterName 'A','B' -EnableEmbeddedTeaming $true -AllowManagementOS",
            ),
        ] {
            let fix = made_again(profile, nics, "");
            assert!(fix.contains(uplink), "{profile}: {fix}");
            assert_eq!(
                fix.contains("Remove-NetLbfoTeam -CimSession 'HV1' -Name 'LAN'; New-VMSwitch"),
                profile == "2022",
                "{fix}"
            );
        }
    }

    #[test]
    fn a_switch_that_is_made_again_keeps_what_is_known_of_it() {
        let block = |facts: &str| {
            format!(
                "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV1,B,10000\n\
                 file: switches\nnode,switch,nics,allow_management_os,iov,bandwidth_mode,packet_direct,load_balancing,default_flow_weight\nHV1,S1,A;B,{facts}\n"
            )
        };
        let made = |facts: &str, option: &str| {
            let cluster = inventory(&block(facts)).clusters.remove(0);
            let node = &cluster.nodes[0];
            recreate(&cluster, &[(node, &node.switches[0])], option)
        };
        let weights = made("no,yes,none,,dynamic,", "-MinimumBandwidthMode Weight");
        assert!(
            weights
                .contains("-AllowManagementOS $false -MinimumBandwidthMode Weight -EnableIov $true; Set-VMSwitchTeam"),
            "{weights}"
        );
        assert!(weights.contains("-LoadBalancingAlgorithm Dynamic"), "{weights}");
        let iov = made("no,no,weight,yes,hyper-v-port,20", "-EnableIov $true");
        assert!(
            iov.contains("-EnableIov $true -MinimumBandwidthMode Weight -EnablePacketDirect $true; Set-VMSwitchTeam"),
            "{iov}"
        );
        assert!(
            iov.contains(
                "HyperVPort; Set-VMSwitch -ComputerName 'HV1' -Name 'S1' -DefaultFlowMinimumBandwidthWeight 20"
            ),
            "{iov}"
        );
        // What is to change is not carried over, and what is off or unknown needs no parameter.
        let direct = made("yes,no,default,yes,,20", "-EnablePacketDirect $false");
        assert!(
            direct.contains("-AllowManagementOS $true -EnablePacketDirect $false; $vnics |"),
            "{direct}"
        );
    }

    #[test]
    fn vms_that_stay_on_the_host_are_connected_to_the_new_switch() {
        let fix = made_again("2019", "HV1,A,10000,\n", "");
        let order = [
            "shut down the VMs of HV1 in a maintenance window (no other node can take them), then $vnics = Get-VMNetworkAdapter -ComputerName 'HV1' -VMName * | \
             Where-Object SwitchName -eq 'S1'; Remove-VMSwitch",
            "; New-VMSwitch",
            "; $vnics | Connect-VMNetworkAdapter -SwitchName 'S1'",
        ];
        let at: Vec<Option<usize>> = order.iter().map(|part| fix.find(part)).collect();
        assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{at:?} {fix}");
    }

    #[test]
    fn who_removes_a_switch_is_told_which_host_vnics_go_with_it() {
        let nics = "HV1,A,10000,\n";
        let fix = made_again("2019", nics, "HV1,Mgmt,S1,20\nHV1,LM,S1,\nHV1,Other,S2,\n");
        for part in [
            "at its console, since its host vNICs go with the switch (LM and Mgmt)",
            "-AllowManagementOS $false",
            "; Add-VMNetworkAdapter -ManagementOS -Name 'LM' -SwitchName 'S1'; Add-VMNetworkAdapter -ManagementOS -Name 'Mgmt' -SwitchName 'S1'; \
             Set-VMNetworkAdapterVlan -ManagementOS -VMNetworkAdapterName 'Mgmt' -Access -VlanId 20; then the addresses",
        ] {
            assert!(fix.contains(part), "{part}: {fix}");
        }
        // The host vNIC of the switch's own name comes with a shared switch.
        let own = made_again("2019", nics, "HV1,S1,S1,20\n");
        assert!(
            own.contains("-AllowManagementOS $true") && !own.contains("Add-VMNetworkAdapter"),
            "{own}"
        );
        assert!(own.contains("-VMNetworkAdapterName 'S1' -Access -VlanId 20"), "{own}");
        assert!(!made_again("2019", nics, "HV1,Other,S2,\n").contains("host vNICs"));
    }

    #[test]
    fn from_2016_on_a_team_of_windows_gives_way_to_set_where_its_ports_are_alike() {
        let block = |second: &str| {
            format!(
                "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\n\
                 file: nics\nnode,nic,speed_mbps,model,team,team_kind\nHV1,A,10000,X710,LAN,lbfo\nHV1,B,{second}\n\
                 file: switches\nnode,switch,type,nics\nHV1,S1,external,A;B\n"
            )
        };
        let on_set = |second: &str, profile: &str| {
            let mut cluster = inventory(&block(second)).clusters.remove(0);
            cluster.profile = profiles::find(profile).expect("the profile");
            let node = &cluster.nodes[0];
            is_on_set(&cluster, node, &node.switches[0])
        };
        assert!(on_set("10000,X710,LAN,lbfo", "2019"));
        assert!(!on_set("10000,X710,LAN,lbfo", "2012r2"));
        for unfit in ["25000,X710,LAN,lbfo", "10000,E810,LAN,lbfo", "10000,X710,LAN,vendor"] {
            assert!(!on_set(unfit, "2019"), "{unfit}");
            assert!(on_set(unfit, "2022"), "{unfit}: LBFO under a switch is refused");
        }
    }
}
