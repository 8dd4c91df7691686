//! Windows NIC Teaming (LBFO): teams, their members and interfaces.

use super::{Cmdlet, Item};
use crate::inventory::importers::exports::estate::{Estate, key};

pub(super) const CMDLETS: &[&Cmdlet] = &[
    &Cmdlet {
        name: "Get-NetLbfoTeam",
        types: &["MSFT_NetLbfoTeam"],
        signature: &["TeamNics", "TeamingMode"],
        reads: &["Name", "Members", "TeamNics", "TeamingMode", "LoadBalancingAlgorithm"],
        per_node: true,
        collect: "Get-NetLbfoTeam -CimSession $Node",
        flatten: &[
            ("TeamingMode", "[string]$_.TeamingMode"),
            ("LoadBalancingAlgorithm", "[string]$_.LoadBalancingAlgorithm"),
        ],
        read: team,
    },
    &Cmdlet {
        name: "Get-NetLbfoTeamMember",
        types: &["MSFT_NetLbfoTeamMember"],
        signature: &["Team", "AdministrativeMode|OperationalMode"],
        reads: &["Name", "Team"],
        per_node: true,
        collect: "Get-NetLbfoTeamMember -CimSession $Node",
        flatten: &[],
        read: member,
    },
    &Cmdlet {
        name: "Get-NetLbfoTeamNic",
        types: &["MSFT_NetLbfoTeamNic"],
        signature: &["Team", "Primary", "VlanID|Default"],
        reads: &["Name", "Team", "VlanID"],
        per_node: true,
        collect: "Get-NetLbfoTeamNic -CimSession $Node",
        flatten: &[],
        read: interface,
    },
];

fn team(item: &Item<'_>, estate: &mut Estate) {
    let name = item.text("Name");
    let texts = |name: &str| {
        let found = item.get(&[name]);
        found.map(|f| f.value.texts().into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let (members, interfaces) = (
        texts("Members").unwrap_or_default(),
        texts("TeamNics").unwrap_or_default(),
    );
    for member in &members {
        describe(item, estate, name, member);
    }
    let team = estate.teams.entry((key(&[item.node]), name.to_owned())).or_default();
    for member in members {
        if !team.members.contains(&member) {
            team.members.push(member);
        }
    }
    for interface in interfaces {
        team.interfaces.entry(interface).or_insert(None);
    }
    // The rows of members that only Get-NetLbfoTeamMember names are described when it is read.
    let facts = format!("{}\u{0}{name}", key(&[item.node]));
    let kept: Vec<(String, crate::inventory::Origin)> =
        [("TeamingMode", MODES), ("LoadBalancingAlgorithm", ALGORITHMS)]
            .into_iter()
            .map(|(property, words)| word(item, property, words))
            .collect();
    estate.lists.entry((facts, "team")).or_insert(kept);
}

/// MSFT_NetLbfoTeam.TeamingMode.
const MODES: super::Words<'_> = &[
    (0, "Static", "static"),
    (1, "SwitchIndependent", "switch-independent"),
    (2, "Lacp", "lacp"),
];
/// MSFT_NetLbfoTeam.LoadBalancingAlgorithm.
const ALGORITHMS: super::Words<'_> = &[
    (0, "TransportPorts", "transport-ports"),
    (2, "IPAddresses", "ip-addresses"),
    (3, "MacAddresses", "mac-addresses"),
    (4, "HyperVPort", "hyper-v-port"),
    (5, "Dynamic", "dynamic"),
];

fn word(item: &Item<'_>, property: &str, words: super::Words<'_>) -> (String, crate::inventory::Origin) {
    let Some(found) = item.get(&[property]) else {
        return (String::new(), item.place());
    };
    let numbers: Vec<(i64, &str)> = words.iter().map(|(n, word, _)| (*n, *word)).collect();
    let said = found.value.word(&numbers).unwrap_or_default();
    let ours = words.iter().find(|(_, word, _)| word.eq_ignore_ascii_case(said));
    (
        ours.map_or(String::new(), |(_, _, ours)| (*ours).to_owned()),
        found.place,
    )
}

fn describe(item: &Item<'_>, estate: &mut Estate, team: &str, member: &str) {
    let Some(row) = estate.find("nics", &[item.node, member]) else {
        return;
    };
    estate.put(row, "team", team, item.place());
    estate.put(row, "team_kind", "lbfo", item.place());
    item.word(estate, row, "team_mode", "TeamingMode", MODES);
    item.word(estate, row, "team_load_balancing", "LoadBalancingAlgorithm", ALGORITHMS);
    if let Some(found) = item.get(&["TeamNics"]) {
        estate.put(row, "team_interfaces", &found.value.texts().join(";"), found.place);
    }
}

fn member(item: &Item<'_>, estate: &mut Estate) {
    let (name, team) = (item.text("Name"), item.text("Team"));
    let Some(row) = estate.find("nics", &[item.node, name]) else {
        return;
    };
    estate.put(row, "team", team, item.place());
    estate.put(row, "team_kind", "lbfo", item.place());
    let facts = estate
        .lists
        .get(&(format!("{}\u{0}{team}", key(&[item.node])), "team"))
        .cloned();
    for (column, (text, place)) in ["team_mode", "team_load_balancing"]
        .into_iter()
        .zip(facts.unwrap_or_default())
    {
        estate.put(row, column, &text, place);
    }
    let known = estate.teams.entry((key(&[item.node]), team.to_owned())).or_default();
    if !known.members.iter().any(|m| m.eq_ignore_ascii_case(name)) {
        known.members.push(name.to_owned());
    }
}

fn interface(item: &Item<'_>, estate: &mut Estate) {
    let (name, team) = (item.text("Name"), item.text("Team"));
    if name.is_empty() || team.is_empty() {
        return;
    }
    let vlan = item.get(&["VlanID"]).and_then(|f| f.value.number());
    let known = estate.teams.entry((key(&[item.node]), team.to_owned())).or_default();
    known.interfaces.insert(name.to_owned(), Some(vlan.unwrap_or(0)));
}
