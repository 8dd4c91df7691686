//! Which virtual switches of today stay, and which must be made anew: Windows changes neither teaming nor bandwidth mode of a switch that exists.

use super::today::{self, Base};
use crate::inventory::{Cluster, Nic, Node, SwitchKind, VirtualSwitch};
use crate::profiles::TeamKind;
use crate::units::same_name;
use std::collections::BTreeSet;

/// The external switch of this name.
pub fn external<'n>(node: &'n Node, name: &str) -> Option<&'n VirtualSwitch> {
    let mut switches = node.switches.iter().filter(|s| s.kind == SwitchKind::External);
    switches.find(|s| same_name(&s.name, name))
}

/// Ports under a switch, in the order of the node.
pub fn members<'n>(node: &'n Node, switch: &str) -> Vec<&'n Nic> {
    let on_it = |nic: &&Nic| nic.switch.as_deref().is_some_and(|name| same_name(name, switch));
    node.nics.iter().filter(on_it).collect()
}

/// What a planned switch stands on. SET over one port is SET still: it takes further ports, and no weights.
pub fn planned_base(cluster: &Cluster, after: &Node, switch: &str) -> Base {
    let set = || external(after, switch).is_some_and(|s| is_set(cluster, after, s));
    match members(after, switch).len() {
        0 | 1 if !set() => Base::Port,
        0 | 1 => Base::Team(TeamKind::Set),
        _ => Base::Team(cluster.profile.team),
    }
}

/// Whether a switch has Switch Embedded Teaming.
pub fn is_set(cluster: &Cluster, node: &Node, switch: &VirtualSwitch) -> bool {
    cluster.profile.team == TeamKind::Set && today::base(cluster, node, switch) == Base::Team(TeamKind::Set)
}

/// Whether a virtual switch of today stays: the same name on the same kind of base, a team of Windows or of a vendor under the same name.
/// Its members may change if [`members_fit`]; one on a single port is bound to another port. One that counts minimum bandwidth in bits per second, or not at all, does not
/// stay where the plan needs weights.
pub fn stays(cluster: &Cluster, today: &Node, after: &Node, name: &str) -> bool {
    let Some(old) = external(today, name).filter(|old| !members(today, &old.name).is_empty()) else {
        return false;
    };
    let base = today::base(cluster, today, old);
    if external(after, name).is_none() || !mode_fits(cluster, old, after) || base != planned_base(cluster, after, name)
    {
        return false;
    }
    let fit = |set: bool| members_fit(&members(today, &old.name), &members(after, name), set);
    match base {
        Base::Port => return true,
        Base::Team(TeamKind::Set) => return fit(true),
        Base::Team(_) if !fit(false) => return false,
        Base::Team(_) => {}
    }
    let team = |node: &Node| {
        members(node, name)
            .first()
            .map(|nic| nic.team.clone())
            .unwrap_or_default()
    };
    same_name(&team(today), &team(after))
}

/// Whether ports may be in one team: they have one speed, and under SET one model and one driver. What is not known is taken as alike; a port
/// without link may show any speed (Microsoft, NIC Teaming; Switch Embedded Teaming).
pub fn alike(nics: &[&Nic], set: bool) -> bool {
    let one = |values: BTreeSet<String>| values.len() < 2;
    let of = |value: &dyn Fn(&Nic) -> Option<String>| one(nics.iter().filter_map(|nic| value(nic)).collect());
    let said = |text: &str| (!text.is_empty()).then(|| text.to_lowercase());
    of(&|nic| nic.up.then(|| nic.speed.to_string()))
        && (!set || of(&|nic| said(&nic.model)) && of(&|nic| nic.facts.text("driver_version").and_then(said)))
}

/// Whether a team can go from some ports to others without ever mixing such as Windows does not put into one team: a port stays meanwhile, or old
/// and new ones are alike. Where the new ones are not alike themselves nothing is to be kept.
pub fn members_fit(own: &[&Nic], wanted: &[&Nic], set: bool) -> bool {
    let stays = |nic: &&Nic| wanted.iter().any(|w| same_name(&w.name, &nic.name));
    let all: Vec<&Nic> = own.iter().chain(wanted).copied().collect();
    own.iter().any(stays) || alike(&all, set) || !alike(wanted, set)
}

/// Whether host vNICs of a switch get weights: the profile has them, and a SET only where the policy asks for it.
pub fn has_weights(cluster: &Cluster, after: &Node, switch: &str) -> bool {
    let set = planned_base(cluster, after, switch) == Base::Team(TeamKind::Set);
    let iov = external(after, switch).is_some_and(|s| s.facts.yes("iov") == Some(true));
    !iov && cluster.profile.weights && (!set || cluster.policy.weights_on_set)
}

/// Whether a switch counts minimum bandwidth in another way than by weight, as far as the inventory says. That is decided when a switch is made.
pub fn has_other_mode(switch: &VirtualSwitch) -> bool {
    matches!(switch.facts.text("bandwidth_mode"), Some("absolute" | "none"))
}

/// Whether a switch of today can carry the weights that the plan gives to host vNICs on it.
pub fn mode_fits(cluster: &Cluster, old: &VirtualSwitch, after: &Node) -> bool {
    let host = external(after, &old.name).is_some_and(|s| s.allow_management_os == Some(true));
    !(has_other_mode(old) && host && has_weights(cluster, after, &old.name))
}
