//! Nodes of a cluster with different DCB settings.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Fact, Inventory};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "qos-differs-between-nodes",
    severity: Severity::Error,
    family: "qos",
    summary: "traffic classes, policies, flow control or DCBX differ between the nodes",
    risk: "validation of the cluster warns, and storage runs lossless in one direction only",
    source: "Microsoft, Test-Cluster, test Validate QoS Settings Configuration",
    page: include_str!("qos_differs_between_nodes.md"),
    columns: &[
        "nodes.traffic_classes",
        "nodes.qos_policies",
        "nodes.pfc_priorities",
        "nodes.dcbx_willing",
    ],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

/// What must be alike, with its name for people.
const ALIKE: &[(&str, &str)] = &[
    ("traffic_classes", "traffic classes"),
    ("qos_policies", "QoS policies"),
    ("pfc_priorities", "priorities with flow control"),
    ("dcbx_willing", "DCBX settings (willing)"),
];

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for (column, title) in ALIKE.iter() {
        let mut values = Alike::new();
        for node in &cluster.nodes {
            if let Some(fact) = node.facts.get(column) {
                values.add(comparable(fact), node, report.at(node.origin, column));
            }
        }
        let mut values: Vec<_> = values.into_iter().collect();
        // The value of most nodes is taken for the one that is meant; of several, the first.
        values.sort_by_key(|(_, places)| std::cmp::Reverse(places.at.len()));
        let mut values = values.into_iter();
        let Some((meant, _)) = values.next() else { continue };
        for (value, places) in values {
            report.add(Fault {
                subject: places.nodes(),
                message: format!("the {title} of {} differ from those of the other nodes", places.nodes()),
                current: value,
                expected: meant.clone(),
                fix: format!(
                    "on {}: set the {title} as on the others, with Set-NetQosTrafficClass, New-NetQosPolicy, \
                     Enable-NetQosFlowControl and Set-NetQosDcbxSetting",
                    places.nodes()
                ),
                at: places.at,
            });
        }
    }
}

/// A value as text in which the order of a list and upper or lower case make no difference.
fn comparable(fact: &Fact) -> String {
    let mut parts: Vec<String> = match fact {
        Fact::Classes(classes) => classes.iter().map(|c| c.to_string().to_lowercase()).collect(),
        Fact::List(list) => list.clone(),
        Fact::Yes(yes) => vec![if *yes { "yes" } else { "no" }.to_owned()],
        Fact::Text(_) | Fact::Number(_) | Fact::Mac(_) | Fact::Vlans(_) => Vec::new(),
    };
    parts.sort();
    if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join("; ")
    }
}
