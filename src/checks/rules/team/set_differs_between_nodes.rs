//! A switch with SET over ports of other models, or of another speed, on some nodes.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup, network_atc, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::profiles::WS2016;
use crate::units::{Mbps, show_mbps};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "set-differs-between-nodes",
    severity: Severity::Warning,
    family: "team",
    summary: "a switch with SET has ports of other models or speeds on some nodes",
    risk: "it works, but offloads, queues and bandwidth of a VM change when it moves, and the validation of the cluster warns",
    source: "Test-Cluster, test Validate Switch Enabled Teaming Configurations (it compares the nodes as well)",
    page: include_str!("set_differs_between_nodes.md"),
    columns: &[
        "nics.current_role",
        "nics.intents",
        "nics.model",
        "nics.speed_mbps",
        "nics.status",
        "nodes.hardware",
        "switches.embedded_teaming",
        "switches.nics",
    ],
    subject: "switches with SET on several nodes",
    needs: &["nics.model"],
    versions: Versions::from(WS2016),
    leaves: Some("the models of ports"),
    check,
    ..Rule::BASE
};

/// What the ports of a SET are: model and speed, regardless of case.
type Kinds = BTreeSet<(String, Mbps)>;

/// A SET of one node.
struct Here<'a> {
    node: &'a Node,
    ports: Vec<&'a Nic>,
}

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut switches: BTreeMap<String, (&str, Vec<Here<'_>>)> = BTreeMap::new();
    for node in &cluster.nodes {
        for team in teams::set(cluster, node) {
            // A port without link may show any speed. Ports of one intent have to be alike: intent-ports-differ.
            let all = team.members.into_iter();
            let ports: Vec<&Nic> = all
                .filter(|nic| nic.up && network_atc::intents(nic).is_empty())
                .collect();
            if !ports.is_empty() {
                let found = switches.entry(team.name.to_lowercase());
                let (_, nodes) = found.or_insert((team.name, Vec::new()));
                nodes.push(Here { node, ports });
            }
        }
    }
    // Switches over the same ports differ in the same way: they are told once.
    let mut found: BTreeMap<String, (Vec<&str>, Differing<'_>)> = BTreeMap::new();
    for (name, nodes) in switches.into_values().filter(|(_, nodes)| nodes.len() > 1) {
        report.look_at(1);
        let (known, unknown): (Vec<Here<'_>>, Vec<Here<'_>>) = nodes.into_iter().partition(Here::is_known);
        if !unknown.is_empty() {
            report.lacks("nics.model");
        }
        if let Some(differing) = differing(known) {
            let (names, _) = found.entry(told(&differing)).or_insert((Vec::new(), differing));
            names.push(name);
        }
    }
    for (words, (names, groups)) in found {
        tell(cluster, (&names, &words), &groups, report);
    }
}

/// Nodes by what their ports are, those that are most first.
type Differing<'a> = Vec<Vec<Here<'a>>>;

impl Here<'_> {
    fn is_known(&self) -> bool {
        self.ports.iter().all(|nic| !nic.model.is_empty())
    }

    fn kinds(&self) -> Kinds {
        let ports = self.ports.iter();
        ports.map(|nic| (nic.model.to_lowercase(), nic.speed)).collect()
    }

    fn models(&self) -> BTreeSet<String> {
        self.ports.iter().map(|nic| nic.model.to_lowercase()).collect()
    }

    /// Traffic between the nodes over ports of unequal speed is the matter of role-speed-differs.
    fn goes_between_nodes(&self) -> bool {
        let mut roles = self.ports.iter().flat_map(|nic| &nic.roles);
        roles.any(|role| !role.info().outside)
    }

    /// `Intel X710 at 10 Gbit/s`.
    fn words(&self) -> String {
        let mut told: BTreeMap<(String, Mbps), String> = BTreeMap::new();
        for nic in &self.ports {
            let words = format!("{} at {}", nic.model, show_mbps(nic.speed));
            told.entry((nic.model.to_lowercase(), nic.speed)).or_insert(words);
        }
        told.into_values().collect::<Vec<_>>().join(" and ")
    }
}

fn differing(nodes: Vec<Here<'_>>) -> Option<Differing<'_>> {
    let models: BTreeSet<BTreeSet<String>> = nodes.iter().map(Here::models).collect();
    let told_elsewhere = models.len() == 1 && nodes.iter().any(Here::goes_between_nodes);
    let mut groups: Vec<(Kinds, Vec<Here<'_>>)> = Vec::new();
    for here in nodes {
        let kinds = here.kinds();
        match groups.iter_mut().find(|(known, _)| *known == kinds) {
            Some((_, group)) => group.push(here),
            None => groups.push((kinds, vec![here])),
        }
    }
    groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.len()));
    (groups.len() > 1 && !told_elsewhere).then(|| groups.into_iter().map(|(_, group)| group).collect())
}

fn tell(cluster: &Cluster, (names, words): (&[&str], &str), groups: &Differing<'_>, report: &mut Report<'_>) {
    let first = |place: usize| groups.get(place).and_then(|group| group.first());
    let (Some(common), Some(odd), Some(name)) = (first(0), first(1), names.first()) else {
        return;
    };
    let meant = are_generations(groups);
    let others = groups.iter().skip(1).flatten();
    let all = others.chain(&groups[0]).flat_map(|here| &here.ports);
    let kinds: Vec<String> = groups
        .iter()
        .filter_map(|group| group.first())
        .map(Here::words)
        .collect();
    let fault = Fault {
        subject: lookup::list(names),
        message: format!("SET {} has other ports on some nodes: {words}", lookup::list(names)),
        current: lookup::list(&kinds),
        expected: "ports of one model and speed on every node".to_owned(),
        fix: if meant {
            MEANT.to_owned()
        } else {
            fix(cluster, name, common, odd)
        },
        at: all.map(|nic| report.at(nic.origin, "model")).collect(),
    };
    report.add_as(if meant { Severity::Info } else { Severity::Warning }, fault);
}

/// What to do where nodes.hardware says that the servers differ.
const MEANT: &str = "nothing while both generations are there (nodes.hardware says that the servers differ): Test-Cluster warns all the same; check that what VMs use \
                     of a port, such as SR-IOV or RDMA, is there on every node that may hold them";

fn told(groups: &Differing<'_>) -> String {
    let one = |group: &Vec<Here<'_>>| {
        let names: Vec<&str> = group.iter().map(|here| here.node.name.as_str()).collect();
        let words = group.first().map(Here::words).unwrap_or_default();
        format!("{words} on {}", lookup::list(&names))
    };
    groups.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Whether the inventory says that the nodes which differ are other servers: then other ports are meant.
fn are_generations(groups: &Differing<'_>) -> bool {
    let hardware: Vec<BTreeSet<&str>> = groups
        .iter()
        .map(|group| group.iter().map(|here| here.node.hardware.as_str()).collect())
        .collect();
    let said = hardware.iter().flatten().all(|name| !name.is_empty());
    let apart = |(index, one): (usize, &BTreeSet<&str>)| hardware[index + 1..].iter().all(|two| one.is_disjoint(two));
    said && hardware.iter().enumerate().all(apart)
}

/// Free ports like those of most nodes take the place of the odd ones; else it stays until there are such ports.
fn fix(cluster: &Cluster, name: &str, common: &Here<'_>, odd: &Here<'_>) -> String {
    let mut free: Vec<&Nic> = odd
        .node
        .nics
        .iter()
        .filter(|nic| nic.up && lookup::is_idle(nic))
        .collect();
    let mut instead = Vec::new();
    for port in &common.ports {
        let like = |nic: &&Nic| nic.speed == port.speed && nic.model.to_lowercase() == port.model.to_lowercase();
        if let Some(place) = free.iter().position(like) {
            instead.push(free.remove(place));
        }
    }
    let host = &odd.node.name;
    if instead.len() < common.ports.len() {
        return format!(
            "plan for ports of one kind when {host} or its cards are replaced (no port like those of {} is free there); until then check that what the VMs on \
             {name} use, such as SR-IOV or RDMA, is there on every node. Where different servers are meant, allow the rule with that reason",
            common.node.name
        );
    }
    let ports = fixes::quoted_list(instead.iter().map(|nic| nic.name.as_str()));
    format!(
        "{}, then Set-VMSwitchTeam -ComputerName {} -Name {} -NetAdapterName {ports}, which replaces the whole list: cable them like the ports before",
        fixes::drain(cluster, host),
        fixes::quoted(host),
        fixes::quoted(name)
    )
}

#[cfg(test)]
mod tests {
    use crate::checks::rules::tests::inventory;
    use crate::checks::rules::{Question, Verdict, review_all};
    use crate::finding::{Finding, Severity};

    /// Three nodes with a SET over A and B; the third one has other ports there, and these further ones.
    fn block(hardware: [&str; 3], more: &str) -> String {
        let [one, two, three] = hardware;
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster,hardware\nHV1,C1,{one}\nHV2,C1,{two}\nHV3,C1,{three}\n\
             file: nics\nnode,nic,speed_mbps,model\nHV1,A,10000,X710\nHV1,B,10000,X710\nHV2,A,10000,X710\nHV2,B,10000,X710\n\
             HV3,A,25000,E810\nHV3,B,25000,E810\n{more}file: switches\nnode,switch,nics\nHV1,S1,A;B\nHV2,S1,A;B\nHV3,S1,A;B\n"
        )
    }

    fn finding(block: &str) -> Finding {
        let review = review_all(&inventory(block), Question::default());
        let mut found = review.findings.into_iter();
        found.find(|f| f.rule == super::RULE.name).expect("it trips")
    }

    #[test]
    fn other_servers_that_the_inventory_names_are_meant() {
        for (hardware, severity) in [
            (["", "", ""], Severity::Warning),
            (["R740", "R740", "R740"], Severity::Warning),
            (["R740", "R740", ""], Severity::Warning),
            (["R740", "R750", "R750"], Severity::Warning),
            (["R740", "R740", "R750"], Severity::Info),
            (["R740", "R640", "R750"], Severity::Info),
        ] {
            assert_eq!(finding(&block(hardware, "")).severity, severity, "{hardware:?}");
        }
    }

    #[test]
    fn free_ports_like_the_others_are_named_and_without_them_nothing_is_to_be_taken_apart() {
        let none = finding(&block(["", "", ""], "HV3,C,10000,X710\n"));
        assert_eq!(
            none.message,
            "SET S1 has other ports on some nodes: X710 at 10 Gbit/s on HV1 and HV2; E810 at 25 Gbit/s on HV3"
        );
        assert!(!none.fix.contains("Set-VMSwitchTeam"), "{}", none.fix);
        let free = finding(&block(["", "", ""], "HV3,C,10000,x710\nHV3,D,10000,X710\n"));
        assert!(
            free.fix
                .starts_with("drain HV3, then Set-VMSwitchTeam -ComputerName 'HV3' -Name 'S1' -NetAdapterName 'C','D'"),
            "{}",
            free.fix
        );
    }

    #[test]
    fn a_node_whose_models_nobody_knows_leaves_the_others_to_be_judged() {
        let unknown = block(["", "", ""], "").replace("HV3,A,25000,E810", "HV3,A,25000,");
        let outcomes = review_all(&inventory(&unknown), Question::default()).outcomes;
        let found = outcomes.iter().find(|o| o.rule.name == super::RULE.name);
        assert_eq!(
            found.map(|o| &o.verdict),
            Some(&Verdict::NotChecked(vec!["nics.model"]))
        );
        let other = unknown.replace("HV2,B,10000,X710", "HV2,B,10000,E810");
        assert_eq!(finding(&other).at.len(), 4);
    }
}
