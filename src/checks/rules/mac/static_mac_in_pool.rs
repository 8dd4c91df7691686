//! A static address inside some host's dynamic pool.

use super::{known_pool, pool_location};
use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node};
use crate::units::MacRange;

/// The rule.
pub static RULE: Rule = Rule {
    name: "static-mac-in-pool",
    severity: Severity::Warning,
    family: "mac",
    summary: "a static MAC address lies inside a host's dynamic pool",
    risk: "the host may give the same address to another VM: it only looks at the VMs it runs itself",
    source: "own derivation from Microsoft KB 2804678 (static addresses belong outside the range)",
    page: include_str!("static_mac_in_pool.md"),
    columns: &[
        "vnics.mac",
        "vnics.mac_type",
        "nodes.mac_pool_min",
        "nodes.mac_pool_max",
        "vms.vm",
    ],
    subject: "adapters of VMs",
    asks: &["vms.vm"],
    needs: &["vnics.mac", "vnics.mac_type", "nodes.mac_pool_min"],
    check,
    ..Rule::BASE
};

fn check(inventory: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut pools: Vec<(MacRange, Option<MacRange>, &Cluster, &Node)> = Vec::new();
    for (c, owner) in inventory.clusters.iter().enumerate() {
        for (n, node) in owner.nodes.iter().enumerate() {
            pools.extend(known_pool(node).map(|pool| (pool, report.planned_pool_in(c, n), owner, node)));
        }
    }
    report.look_at(lookup::vnics(cluster).count());
    for (vm, vnic) in lookup::vnics(cluster).filter(|(_, v)| !v.dynamic_mac) {
        let Some(mac) = vnic.mac else { continue };
        let Some((pool, after, owner, node)) = pools.iter().find(|(p, ..)| p.contains(mac)) else {
            continue;
        };
        let planned = report.planned_static(&vm.name, &vnic.name).and_then(|p| p.planned);
        let subject = lookup::vnic_name(vm, vnic);
        let free_later = pools
            .iter()
            .all(|(_, after, ..)| after.is_none_or(|pool| !pool.contains(mac)));
        let stays = planned.is_none_or(|planned| planned == mac);
        let (expected, fix) = match (stays, after) {
            // The pools move away or give way, so the address may stay.
            (true, Some(pool)) if free_later => (
                format!("a pool of {} without {mac}", node.name),
                format!("{}; {mac} may stay", fixes::set_pool(owner, node, *pool)),
            ),
            _ => (
                planned.map_or("an address outside every pool".to_owned(), |m| m.to_string()),
                fixes::set_static_mac(cluster, vm, vnic, planned),
            ),
        };
        report.add(Fault {
            message: format!(
                "the static address {mac} of {subject} lies in the dynamic pool of {}",
                node.name
            ),
            subject,
            current: format!("{mac}, pool {}", fixes::range(*pool)),
            expected,
            fix,
            at: vec![report.at(vnic.origin, "mac"), pool_location(report, node)],
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::checks::rules::review;
    use crate::checks::rules::tests::inventory;

    /// What to do about the static address of a VM in the pool of the first of three hosts; the third has an adapter that draws.
    fn fix(first: &str, second: &str) -> String {
        fix_of(first, second, "")
    }

    /// The same of a VM that is bound to its address by this.
    fn fix_of(first: &str, second: &str, bound: &str) -> String {
        let block = format!(
            "file: nodes\nnode,cluster,mac_pool_min,mac_pool_max\nHV1,C1,{first}\nHV2,C1,{second}\n\
             HV3,C1,00-15-5D-00-0A-F0,00-15-5D-00-0B-EF\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n\
             HV3,A,10000\nfile: vms\nvm,node,mac_bound\nW1,HV2,{bound}\nW2,HV3,\nfile: vnics\nvm,mac,mac_type\nW1,00-15-5D-00-0A-40,static\n\
             W2,00-15-5D-00-0A-F5,dynamic\n"
        );
        let findings = review(&inventory(&block));
        let found = findings.into_iter().find(|f| f.rule == "static-mac-in-pool");
        found.map(|f| f.fix).expect("the finding")
    }

    #[test]
    fn where_the_pools_have_to_change_anyway_the_address_may_stay() {
        let cloned = "00-15-5D-00-0A-00,00-15-5D-00-0A-FF";
        let fix = fix(cloned, cloned);
        assert!(
            fix.starts_with("Set-VMHost -ComputerName 'HV1' ") && fix.ends_with("00-15-5D-00-0A-40 may stay"),
            "{fix}"
        );
    }

    #[test]
    fn where_the_address_must_not_change_the_pool_is_cut() {
        let apart = "00-15-5D-02-00-00,00-15-5D-02-00-FF";
        let fix = fix_of("00-15-5D-00-0A-00,00-15-5D-00-0A-EF", apart, "licence");
        assert!(
            fix.starts_with(
                "Set-VMHost -ComputerName 'HV1' -MacAddressMinimum 00155D000A41 -MacAddressMaximum 00155D000AEF"
            ) && fix.ends_with("00-15-5D-00-0A-40 may stay"),
            "{fix}"
        );
    }

    #[test]
    fn where_the_pool_stays_the_address_has_to_change() {
        let fix = fix(
            "00-15-5D-00-0A-00,00-15-5D-00-0A-EF",
            "00-15-5D-02-00-00,00-15-5D-02-00-FF",
        );
        assert!(!fix.contains("Set-VMHost") && fix.contains("W1"), "{fix}");
    }
}
