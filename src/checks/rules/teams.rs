//! The teams of a node as they are today.
//!
//! A team of Windows NIC Teaming (LBFO) or of a vendor is a fact of its ports: `nics.team` names it and `nics.team_kind` says who
//! made it (`Get-NetLbfoTeam` lists its members). SET has no object of its own, it is a property of the virtual switch
//! (`Get-VMSwitch`, `Get-VMSwitchTeam`). Must not know: rules.

use super::{fixes, lookup};
use crate::inventory::{Cluster, Fact, Nic, Node, Origin, VirtualSwitch};
use crate::profiles::WS2016;
use std::collections::{BTreeMap, BTreeSet};

/// A team.
pub struct Team<'a> {
    /// Name of the team; of the switch for SET.
    pub name: &'a str,
    /// Its ports; none where a switch with SET does not say which it is bound to.
    pub members: Vec<&'a Nic>,
    /// The virtual switch on it.
    pub switch: Option<&'a VirtualSwitch>,
}

impl<'a> Team<'a> {
    /// What a column says about the team: the first port that says it, and its record.
    pub fn fact(&self, column: &str) -> Option<(&'a Fact, Origin)> {
        self.members
            .iter()
            .find_map(|nic| nic.facts.get(column).map(|fact| (fact, nic.origin)))
    }

    /// The same for a word.
    pub fn word(&self, column: &str) -> Option<(&'a str, Origin)> {
        match self.fact(column)? {
            (Fact::Text(word), origin) => Some((word, origin)),
            _ => None,
        }
    }

    /// Record of the first port.
    pub fn origin(&self) -> Origin {
        self.members.first().map(|nic| nic.origin).unwrap_or_default()
    }
}

/// Teams of Windows NIC Teaming, by name.
pub fn lbfo(node: &Node) -> Vec<Team<'_>> {
    let mut teams: BTreeMap<String, Team<'_>> = BTreeMap::new();
    for nic in node.nics.iter().filter(|nic| is_lbfo(nic)) {
        let team = teams.entry(nic.team.to_lowercase()).or_insert_with(|| Team {
            name: &nic.team,
            members: Vec::new(),
            switch: None,
        });
        team.members.push(nic);
        let switch = node
            .switches
            .iter()
            .find(|switch| nic.switch.as_ref() == Some(&switch.name));
        team.switch = team.switch.or(switch);
    }
    teams.into_values().collect()
}

/// Whether the port is in a team of Windows NIC Teaming.
pub fn is_lbfo(nic: &Nic) -> bool {
    !nic.team.is_empty() && nic.facts.text("team_kind") == Some("lbfo")
}

/// Whether nobody says who made the team of the port: it may be of Windows NIC Teaming.
pub fn has_unknown_kind(node: &Node, nic: &Nic) -> bool {
    let under = node
        .switches
        .iter()
        .find(|switch| nic.switch.as_ref() == Some(&switch.name));
    let in_set = under.is_some_and(|switch| switch.facts.yes("embedded_teaming") == Some(true));
    !nic.team.is_empty() && !in_set && nic.facts.text("team_kind").is_none()
}

/// Switches with SET. `embedded_teaming` says so; where it is blank, from 2016 on a switch that is bound to several ports
/// without a team has it, since `New-VMSwitch` takes several adapters for nothing else.
pub fn set<'a>(cluster: &Cluster, node: &'a Node) -> Vec<Team<'a>> {
    let teams = node.switches.iter().map(|switch| Team {
        name: &switch.name,
        members: node
            .nics
            .iter()
            .filter(|nic| nic.switch.as_ref() == Some(&switch.name))
            .collect(),
        switch: Some(switch),
    });
    teams
        .filter(|team| {
            let said = team.switch.and_then(|switch| switch.facts.yes("embedded_teaming"));
            let implied = cluster.profile.generation >= WS2016
                && team.members.len() > 1
                && team.members.iter().all(|nic| nic.team.is_empty());
            said.unwrap_or(implied)
        })
        .collect()
}

/// A free port of the same speed and model as another one, on another card if there is one.
pub fn free_like<'a>(node: &'a Node, port: &Nic) -> Option<&'a Nic> {
    let like = |nic: &&Nic| nic.speed == port.speed && nic.model == port.model;
    let found = node.nics.iter().filter(|nic| lookup::is_idle(nic)).filter(like);
    found.min_by_key(|nic| (nic.card == port.card, !nic.up))
}

/// How a SET or a team comes to hold ports of one kind: `keep` of its members stay, `odd` ones go. Of a single port that would stay it takes a second one
/// like it first, and where none is free nothing is taken out: what runs over it would hang on one port.
pub fn keep_alike(
    cluster: &Cluster,
    node: &Node,
    team: &Team<'_>,
    is_set: bool,
    keep: &[&Nic],
    odd: &[&Nic],
) -> String {
    let (host, name) = (fixes::quoted(&node.name), fixes::quoted(team.name));
    let names = |ports: &[&Nic]| fixes::quoted_list(ports.iter().map(|nic| nic.name.as_str()));
    let odd_names: Vec<&str> = odd.iter().map(|nic| nic.name.as_str()).collect();
    let mut stay = keep.to_vec();
    if let [only] = keep {
        let Some(second) = free_like(node, only) else {
            return format!(
                "put a port like {} in the place of {} ({} first); no such port is free, and taken out without one in its place it leaves {} on \
                 {} alone",
                only.name,
                lookup::list(&odd_names),
                fixes::drain(cluster, &node.name),
                team.name,
                only.name
            );
        };
        stay.push(second);
    }
    let first = fixes::drain(cluster, &node.name);
    if is_set {
        return format!(
            "{first}, then Set-VMSwitchTeam -ComputerName {host} -Name {name} -NetAdapterName {}, which replaces the whole list",
            names(&stay)
        );
    }
    let added = stay.iter().skip(keep.len()).copied().collect::<Vec<_>>();
    let add = match added.as_slice() {
        [] => String::new(),
        new => format!(
            "Add-NetLbfoTeamMember -CimSession {host} -Name {} -Team {name}; ",
            names(new)
        ),
    };
    format!(
        "{first}, then {add}Remove-NetLbfoTeamMember -CimSession {host} -Name {} -Team {name}",
        names(odd)
    )
}

/// How ports leave an LBFO team so that something of it stays. The last port cannot leave a team, and what runs over the team (a virtual switch, management) is off
/// the network without it: then the team goes as a whole, after its traffic has another way.
pub fn take_out(node: &Node, team: &Team<'_>, ports: &[&Nic]) -> Result<String, String> {
    let names = fixes::quoted_list(ports.iter().map(|nic| nic.name.as_str()));
    let (host, name) = (fixes::quoted(&node.name), fixes::quoted(team.name));
    if ports.len() < team.members.len() {
        return Ok(format!(
            "Remove-NetLbfoTeamMember -CimSession {host} -Name {names} -Team {name}"
        ));
    }
    let carried = match team.switch {
        Some(switch) => format!("virtual switch {}", switch.name),
        None => {
            let roles: BTreeSet<&str> = ports
                .iter()
                .flat_map(|nic| &nic.roles)
                .map(|role| role.info().title)
                .collect();
            let roles: Vec<&str> = roles.into_iter().collect();
            lookup::list(&roles)
        }
    };
    let carried = if carried.is_empty() {
        "what runs over it".to_owned()
    } else {
        carried
    };
    Err(format!(
        "all ports of {} on {} are such ports: taking them out ends the team and cuts off {carried}; give that other ports first",
        team.name, node.name
    ))
}
