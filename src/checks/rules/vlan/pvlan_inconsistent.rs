//! Private VLANs that contradict each other.

use crate::checks::rules::{Fault, Hosts, Report, Rule, Versions, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, Vnic};
use crate::profiles::WS2012;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "pvlan-inconsistent",
    severity: Severity::Error,
    family: "vlan",
    hosts: Hosts::Any,
    summary: "a secondary VLAN is used in two ways: under two primary VLANs, as isolated and as community, or as \
        its own primary",
    risk: "VMs that should be apart see each other, or do not reach their gateway",
    source: "Hyper-V Best Practices Analyzer, \"PVLAN configuration on a virtual switch must be consistent\"",
    page: include_str!("pvlan_inconsistent.md"),
    columns: &[
        "vnics.pvlan_mode",
        "vnics.primary_vlan",
        "vnics.secondary_vlans",
        "vnics.switch",
        "clusters.profile",
    ],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

/// One adapter's use of a secondary VLAN.
struct Use<'a> {
    vm: &'a Vm,
    vnic: &'a Vnic,
    primary: u64,
    mode: &'a str,
}

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for ((_, secondary), uses) in uses(cluster) {
        let Some((odd, why)) = contradiction(secondary, &uses) else {
            continue;
        };
        let names: Vec<String> = uses.iter().map(|u| lookup::vnic_name(u.vm, u.vnic)).collect();
        report.add(Fault {
            subject: format!("{}/VLAN {secondary}", odd.vnic.switch),
            message: format!("secondary VLAN {secondary} {why}: {}", lookup::list(&names)),
            current: format!(
                "{}: primary {}, secondary {secondary}, {}",
                lookup::vnic_name(odd.vm, odd.vnic),
                odd.primary,
                odd.mode
            ),
            expected: "one primary VLAN and one mode for each secondary VLAN, apart from promiscuous adapters"
                .to_owned(),
            fix: fix(cluster, odd, &uses, secondary),
            at: uses
                .iter()
                .map(|u| report.at(u.vnic.origin, "secondary_vlans"))
                .collect(),
        });
    }
}

/// Uses of every secondary VLAN by switch; a promiscuous adapter hears both sorts and decides no mode.
fn uses(cluster: &Cluster) -> BTreeMap<(String, u16), Vec<Use<'_>>> {
    let mut uses: BTreeMap<(String, u16), Vec<Use<'_>>> = BTreeMap::new();
    for (vm, vnic) in lookup::vnics(cluster) {
        let (mode, primary) = (vnic.facts.text("pvlan_mode"), vnic.facts.number("primary_vlan"));
        let (Some(mode), Some(primary), Some(secondary)) = (mode, primary, vnic.facts.vlans("secondary_vlans")) else {
            continue;
        };
        for id in secondary {
            let found = uses.entry((vnic.switch.to_lowercase(), *id)).or_default();
            found.push(Use {
                vm,
                vnic,
                primary,
                mode,
            });
        }
    }
    uses
}

/// The first adapter that contradicts the others, and how.
fn contradiction<'a>(secondary: u16, uses: &'a [Use<'a>]) -> Option<(&'a Use<'a>, &'static str)> {
    let first = uses.first()?;
    if let Some(odd) = uses.iter().find(|u| u.primary == u64::from(secondary)) {
        return Some((odd, "is its own primary VLAN"));
    }
    if let Some(odd) = uses.iter().find(|u| u.primary != first.primary) {
        return Some((odd, "belongs to two primary VLANs"));
    }
    let mut modes = uses.iter().filter(|u| u.mode != "promiscuous");
    let mode = modes.next()?.mode;
    let odd = modes.find(|u| u.mode != mode)?;
    Some((odd, "is isolated for one adapter and a community for another"))
}

/// The odd one like the others: their primary VLAN and mode, where one of them says it.
fn fix(cluster: &Cluster, odd: &Use<'_>, uses: &[Use<'_>], secondary: u16) -> String {
    let others = || uses.iter().filter(|u| !std::ptr::eq(*u, odd));
    let primary = others().map(|u| u.primary).find(|vlan| *vlan != u64::from(secondary));
    let primary = primary.map_or("<primary VLAN>".to_owned(), |vlan| vlan.to_string());
    let community = others()
        .find(|u| u.mode != "promiscuous")
        .is_some_and(|u| u.mode == "community");
    let (mode, other) = if community {
        ("-Community", "-Isolated")
    } else {
        ("-Isolated", "-Community")
    };
    format!(
        "Set-VMNetworkAdapterVlan{} -VMName {} -VMNetworkAdapterName {} {mode} -PrimaryVlanId {primary} \
         -SecondaryVlanId {secondary} (or Set-VMNetworkAdapterVlan {other}), as the physical switches have it",
        fixes::on_host(cluster, odd.vm),
        fixes::quoted(&odd.vm.name),
        fixes::quoted(&odd.vnic.name)
    )
}
