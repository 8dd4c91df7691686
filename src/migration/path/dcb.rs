//! What traffic classes (DCB) promise on a node's ports: the class of SMB Direct, SMB, or live migration by itself.
//!
//! A class of Enhanced Transmission Selection gets its share of a port while all classes send (Microsoft Learn,
//! "New-NetQosTrafficClass"). A QoS policy gives traffic its priority, and the priority belongs to a class; traffic without a policy is in
//! the default class. Classes act only on ports where DCB is switched on; where the inventory does not say, they are taken to act.
//!
//! In: a node's facts. Out: the class and its share. Must not know: paths.

use super::Carrier;
use crate::inventory::{Node, class_of_policies};
use crate::units::Permille;

/// The class of its own in which migrations travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MigrationClass {
    /// Name.
    pub name: String,
    /// Its share of a port.
    pub permille: Permille,
    /// SMB storage is in it, too: one policy for port 445 covers both.
    pub with_storage: bool,
}

/// The class of migrations over a transport; `None` = the default class, or none are known or act on these ports.
pub(super) fn class(node: &Node, ports: &[usize], carrier: Carrier) -> Option<MigrationClass> {
    let classes = node.facts.classes("traffic_classes")?;
    let off = |port: &usize| {
        node.nics
            .get(*port)
            .is_some_and(|nic| nic.facts.yes("qos") == Some(false))
    };
    if ports.iter().any(off) {
        return None;
    }
    let names: &[&str] = match carrier {
        Carrier::Tcp | Carrier::Compression => &["livemigration"],
        Carrier::Smb => &["smb"],
        Carrier::SmbDirect => &["smbdirect"],
    };
    let found = class_of_policies(node, classes, names)?;
    Some(MigrationClass {
        name: found.name.clone(),
        permille: u64::from(found.percent?) * 10,
        with_storage: carrier.is_smb(),
    })
}
