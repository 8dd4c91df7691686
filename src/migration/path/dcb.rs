//! What traffic classes (DCB) promise on a node's ports: the class of SMB Direct, SMB, or live migration by itself.
//!
//! A class of Enhanced Transmission Selection gets its share of a port while all classes send (Microsoft Learn,
//! "New-NetQosTrafficClass"). A QoS policy gives traffic its priority, and the priority belongs to a class; traffic without a policy is in
//! the default class. Classes act only on ports where DCB is switched on; where the inventory does not say, they are taken to act.
//!
//! In: a node's facts. Out: the class and its share. Must not know: paths.

use super::Carrier;
use crate::inventory::catalogue::plain;
use crate::inventory::{Node, TrafficClass};
use crate::units::{Mbps, Permille, show_mbps, show_permille};

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
    let found = of_policies(node, classes, names)?;
    Some(MigrationClass {
        name: found.name.clone(),
        permille: u64::from(found.percent?) * 10,
        with_storage: carrier.is_smb(),
    })
}

/// Share of the ports of the class in which SMB travels: that of the priority which its policy gives, without such a policy the
/// class of that name; `None` = not known.
pub(super) fn smb_permille(node: &Node) -> Option<Permille> {
    let classes = node.facts.classes("traffic_classes")?;
    let policies = node.facts.classes("qos_policies").unwrap_or_default();
    let priorities = TrafficClass::priorities(policies, &SMB);
    let class = match priorities.first() {
        Some(_) => of_policies(node, classes, &SMB),
        None => classes.iter().find(|class| SMB.contains(&plain(&class.name).as_str())),
    };
    class?.percent.map(|percent| u64::from(percent) * 10)
}

/// Names of the policies and classes in which SMB travels.
const SMB: [&str; 2] = ["smbdirect", "smb"];
/// The SMB class that Microsoft recommends, where none is known.
const HALF: Permille = 500;
/// Most of the SMB class that live migration may take (Microsoft, Validate-DCB).
const MOST_PERCENT: u64 = 60;

/// How much live migration over SMB may take of ports that storage uses, too: 60 % of the SMB class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SmbShare {
    /// Summed speed of the ports.
    pub ports: Mbps,
    /// Share of SMB's traffic class; half where none is known.
    pub class: Permille,
    /// The class is known.
    pub known: bool,
}

impl SmbShare {
    /// Of ports of a node with this summed speed.
    pub fn new(node: &Node, ports: Mbps) -> SmbShare {
        let known = smb_permille(node);
        SmbShare {
            ports,
            class: known.unwrap_or(HALF),
            known: known.is_some(),
        }
    }

    /// The most that migrations may take together.
    pub fn most(self) -> Mbps {
        self.ports * self.class / 1000 * MOST_PERCENT / 100
    }

    /// `60 % of the SMB class (half of 50 Gbit/s), which is 15 Gbit/s`: every number that the limit follows from.
    pub fn words(self) -> String {
        let ports = show_mbps(self.ports);
        let class = match self.known {
            true => format!("{} of {ports}", show_permille(self.class)),
            false => format!("half of {ports}, as Microsoft recommends, for no class is known"),
        };
        format!(
            "{MOST_PERCENT} % of the SMB class ({class}), which is {}",
            show_mbps(self.most())
        )
    }
}

/// The class to which a policy with one of these names leads.
fn of_policies<'c>(node: &Node, classes: &'c [TrafficClass], names: &[&str]) -> Option<&'c TrafficClass> {
    let policies = node.facts.classes("qos_policies")?;
    let mut priorities = TrafficClass::priorities(policies, names).into_iter();
    priorities.find_map(|priority| TrafficClass::of_priority(classes, priority))
}
