//! How much of ports that storage uses, too, live migration over SMB may take: 60 % of the SMB class.
//!
//! In: a node's facts. Out: the share and what it follows from. Must not know: paths, plans.

use super::{Node, TrafficClass};
use crate::inventory::catalogue::plain;
use crate::units::{Mbps, Permille, show_mbps, show_permille};

/// Share of the ports of the class in which SMB travels: that of the priority which its policy gives, without such a policy the
/// class of that name; `None` = not known.
pub fn smb_permille(node: &Node) -> Option<Permille> {
    let classes = node.facts.classes("traffic_classes")?;
    let policies = node.facts.classes("qos_policies").unwrap_or_default();
    let priorities = TrafficClass::priorities(policies, &SMB);
    let class = match priorities.first() {
        Some(_) => class_of_policies(node, classes, &SMB),
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

/// The traffic class to which a policy with one of these names leads.
pub fn class_of_policies<'c>(node: &Node, classes: &'c [TrafficClass], names: &[&str]) -> Option<&'c TrafficClass> {
    let policies = node.facts.classes("qos_policies")?;
    let mut priorities = TrafficClass::priorities(policies, names).into_iter();
    priorities.find_map(|priority| TrafficClass::of_priority(classes, priority))
}
