//! SR-IOV for a guest that has no driver for it.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "sriov-guest-too-old",
    severity: Severity::Warning,
    family: "vnic",
    summary: "an adapter asks for SR-IOV, but the guest is a Windows without support for it",
    risk: "the guest runs over the virtual switch, and the virtual function is lost to the others",
    source: "Microsoft, Plan for Hyper-V networking; Hyper-V Best Practices Analyzer, rules about SR-IOV",
    page: include_str!("sriov_guest_too_old.md"),
    columns: &["vnics.iov_weight", "vms.os", "clusters.profile"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

/// Words in the names of Windows versions before Windows 8 and Windows Server 2012, and of 32-bit ones.
const WITHOUT_SRIOV: [&str; 9] = [
    "server 2000",
    "server 2003",
    "server 2008",
    "windows 2000",
    "windows xp",
    "windows vista",
    "windows 7",
    "32-bit",
    "x86",
];

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for (vm, vnic) in lookup::vnics(cluster) {
        if vnic.facts.number("iov_weight").is_none_or(|weight| weight == 0) {
            continue;
        }
        if vm.os.is_empty() {
            report.lacks("vms.os");
        }
        if !is_too_old(&vm.os) {
            continue;
        }
        let subject = lookup::vnic_name(vm, vnic);
        report.add(Fault {
            message: format!("{subject} asks for SR-IOV, but its guest is {}", vm.os),
            subject,
            current: vm.os.clone(),
            expected: "64-bit Windows Server 2012, Windows 8 or later, or iov_weight 0".to_owned(),
            fix: fixes::set_vnic(cluster, vm, vnic, "-IovWeight 0"),
            at: vec![report.at(vnic.origin, "iov_weight"), report.at(vm.origin, "os")],
        });
    }
}

/// Linux and BSD decide by kernel and driver, which the name does not tell; "x86" must not be part of "x86_64".
fn is_too_old(os: &str) -> bool {
    let os = os.to_lowercase().replace("x86_64", "x64").replace("x86-64", "x64");
    os.contains("windows") && WITHOUT_SRIOV.iter().any(|word| os.contains(word))
}

#[cfg(test)]
mod tests {
    use super::is_too_old;

    #[test]
    fn only_windows_that_certainly_lacks_support_is_too_old() {
        for old in [
            "Windows Server 2008 R2",
            "Microsoft Windows 7 Enterprise",
            "Windows 10 32-bit",
            "Windows 8 (x86)",
        ] {
            assert!(is_too_old(old), "{old}");
        }
        for fine in [
            "Windows Server 2012",
            "Windows 10 x86_64",
            "Windows 8 (x86-64)",
            "Ubuntu 12.04 32-bit",
            "",
        ] {
            assert!(!is_too_old(fine), "{fine}");
        }
    }
}
