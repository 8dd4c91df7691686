//! A cluster whose ports, VMs and networks have names that would be something else in a script.

use crate::support;
use nicplan::assignment::{Options, plan};
use nicplan::checks;
use nicplan::deploy::{ClusterWork, work};
use nicplan::inventory::{Rdma, StorageKind};
use nicplan::plan::Style;
use nicplan::profiles::Transport;

/// Names that would be something else in a script if they were not literals.
const HOSTILE: [&str; 12] = [
    "O'Neill",
    "a\u{2019}b\u{2018}c",
    "$(Remove-Item C)",
    "`tick`",
    "x; Stop-Computer #",
    "@{a=1}",
    "\u{421}\u{435}\u{442}\u{44c} 1",
    "line\nfeed",
    "\"double\" \u{201c}smart\u{201d}",
    "%PATH% ^& | more",
    "--% {x}",
    "\r\nRemove-VMSwitch x",
];

/// A cluster whose ports, VMs and networks have hostile names.
pub fn hostile(profile: &str, style: Style) -> Option<Vec<ClusterWork>> {
    let mut cluster = support::cluster(profile, 3);
    support::ports(&mut cluster, 6, 10_000);
    let smb = profile != "2008r2" && profile != "2012";
    cluster.storage = if smb { StorageKind::S2d } else { StorageKind::Iscsi };
    cluster.transport = smb.then_some(Transport::Smb);
    cluster.concurrency = smb.then_some(4);
    for node in &mut cluster.nodes {
        node.management_ip = "10.0.0.11".to_owned();
        for (nic, name) in node.nics.iter_mut().zip(HOSTILE) {
            nic.name = name.to_owned();
            nic.rdma = if smb { Rdma::Roce } else { Rdma::No };
        }
    }
    for (index, name) in HOSTILE.iter().enumerate() {
        let mut vm = support::vm(name, index % 3, 3, 100);
        vm.mac_bound = "licence".to_owned();
        cluster.vms.push(vm);
    }
    let inventory = support::inventory(cluster);
    let options = Options {
        style: Some(style),
        deadline: None,
    };
    let mut planned = plan(&inventory, &options)?;
    for cluster in &mut planned.clusters {
        for uplink in cluster
            .uplinks
            .iter_mut()
            .filter(|u| u.network.as_deref() == Some("External-1"))
        {
            uplink.network = Some("net 'work' $x".to_owned());
        }
        for vnic in cluster.vnics.iter_mut().filter(|v| v.network == "External-1") {
            vnic.network = "net 'work' $x".to_owned();
        }
    }
    let verified = checks::verify(&inventory, planned).ok()?;
    work(&inventory, &verified).ok()
}
