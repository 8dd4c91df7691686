//! Who belongs together: anti-affinity groups, NLB clusters, guests that may run on some nodes only, replicas.
//!
//! In: guests. Out: the same with groups. Members of a group run on different nodes, as they should.

use super::estates::Estate;
use super::guests::Guest;
use super::random::Random;
use super::wiring::Host;

/// Fills in all groups.
pub(super) fn form(guests: &mut [Guest], hosts: &[Host], estate: &Estate, random: &mut Random) {
    limit_owners(guests, hosts, random);
    keep_apart(guests, hosts.len(), random);
    balance(guests, hosts.len(), random);
    replicate(guests, estate, random);
}

/// One guest in twenty may run only on the nodes of its host's model (licences, CPU features), on larger clusters.
fn limit_owners(guests: &mut [Guest], hosts: &[Host], random: &mut Random) {
    if hosts.len() < 6 {
        return;
    }
    for guest in guests.iter_mut() {
        if random.chance(5) {
            let class = hosts[guest.host].class;
            let alike: Vec<usize> = (0..hosts.len()).filter(|node| hosts[*node].class == class).collect();
            if alike.len() >= 3 {
                guest.owners = alike;
            }
        }
    }
}

/// Pairs and triples that must not share a node: databases, domain controllers.
fn keep_apart(guests: &mut [Guest], nodes: usize, random: &mut Random) {
    if nodes < 2 {
        return;
    }
    for prefix in ["SQL", "DC"] {
        let members: Vec<usize> = positions(guests, |guest| guest.name.starts_with(prefix));
        for (number, group) in spread_over_nodes(guests, &members, nodes, random)
            .into_iter()
            .enumerate()
        {
            for member in group {
                guests[member].anti_affinity = format!("{prefix}-AG{:02}", number + 1);
            }
        }
    }
}

/// NLB clusters of web servers: static addresses, and spoofing where the mode replaces the MAC.
fn balance(guests: &mut [Guest], nodes: usize, random: &mut Random) {
    if nodes < 2 {
        return;
    }
    let members = positions(guests, |guest| guest.name.starts_with("WEB"));
    let groups = spread_over_nodes(guests, &members, nodes, random);
    for (number, group) in groups.into_iter().take(2 + guests.len() / 400).enumerate() {
        let mode = ["unicast", "multicast", "igmp"][random.index(3)];
        let (zone, vlan) = (guests[group[0]].adapters[0].zone, guests[group[0]].adapters[0].vlan);
        for member in group {
            let guest = &mut guests[member];
            guest.nlb = Some((
                format!("NLB-WEB{}", number + 1),
                mode,
                format!("10.30.{}.{}", vlan % 256, 200 + number),
            ));
            guest.anti_affinity = format!("NLB-WEB{}", number + 1);
            let adapter = &mut guest.adapters[0];
            (adapter.zone, adapter.vlan, adapter.fixed) = (zone, vlan, true);
            adapter.spoofing = mode == "unicast";
        }
    }
}

/// Half of the databases are replicated where Hyper-V Replica is in use.
fn replicate(guests: &mut [Guest], estate: &Estate, random: &mut Random) {
    for guest in guests
        .iter_mut()
        .filter(|g| estate.replica_mbps > 0 && g.name.starts_with("SQL"))
    {
        guest.replica = random.chance(50);
    }
}

fn positions(guests: &[Guest], wanted: impl Fn(&Guest) -> bool) -> Vec<usize> {
    (0..guests.len()).filter(|index| wanted(&guests[*index])).collect()
}

/// Groups of two or three members on different nodes; who finds no partner stays alone.
fn spread_over_nodes(guests: &[Guest], members: &[usize], nodes: usize, random: &mut Random) -> Vec<Vec<usize>> {
    let mut groups = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut size = 2;
    let stride = (members.len() / 2).max(1);
    for step in 0..members.len() {
        // one from the front half, one from the back half: the list is in order of nodes
        let candidate = members[(step / 2 + (step % 2) * stride).min(members.len() - 1)];
        if open.contains(&candidate) || open.iter().any(|other| guests[*other].host == guests[candidate].host) {
            continue;
        }
        open.push(candidate);
        if open.len() >= size {
            groups.push(std::mem::take(&mut open));
            size = if nodes > 3 { 2 + random.index(2) } else { 2 };
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::super::{estates, guests, wiring};
    use super::*;

    #[test]
    fn members_of_a_group_run_on_different_nodes() {
        let mut random = Random::new(11, 0);
        let estate = estates::choose(16, 800, &mut random);
        let hosts = wiring::hosts(16, &estate, &mut random);
        let mut all = guests::make(800, &hosts, &estate, &mut random);

        form(&mut all, &hosts, &estate, &mut random);

        let mut seen: Vec<(&str, usize)> = all.iter().map(|g| (g.anti_affinity.as_str(), g.host)).collect();
        seen.retain(|(group, _)| !group.is_empty());
        let members = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), members);
        assert!(members > 20, "{members}");
        assert!(all.iter().any(|g| g.nlb.is_some()));
        assert!(all.iter().any(|g| !g.owners.is_empty()));
    }
}
