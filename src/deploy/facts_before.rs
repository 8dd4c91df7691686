//! Facts of the inventory that a change sets, as they were: the way back gives them back to the model of the node.

use crate::applied::bindings;
use crate::applied::dcb::{self, Dcb};
use crate::inventory::{Fact, Facts, Node};
use crate::units::same_name;

/// Facts of a node and of its ports; `None` = the inventory does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactsBefore {
    node: Vec<(&'static str, Option<Fact>)>,
    ports: Vec<(String, &'static str, Option<Fact>)>,
}

impl FactsBefore {
    /// Those that Data Center Bridging sets.
    pub fn of_dcb(today: &Node, dcb: &Dcb) -> FactsBefore {
        let own = |column: &'static str| (column, today.facts.get(column).cloned());
        FactsBefore {
            node: dcb::COLUMNS.into_iter().map(own).collect(),
            ports: of_ports(today, &dcb.nics, &[dcb::PORT]),
        }
    }

    /// Protocols of the ports behind adapters of the node as it will be.
    pub fn of_bindings(today: &Node, after: &Node, adapters: &[String]) -> FactsBefore {
        let ports = bindings::ports(adapters, after).into_iter();
        let names: Vec<String> = ports.filter_map(|at| Some(after.nics.get(at)?.name.clone())).collect();
        FactsBefore {
            node: Vec::new(),
            ports: of_ports(today, &names, &bindings::COLUMNS),
        }
    }

    /// All of them, of a node whose protocols and classes Network ATC sets in its own way.
    pub fn of_all(today: &Node) -> FactsBefore {
        let own = |column: &'static str| (column, today.facts.get(column).cloned());
        let names: Vec<String> = today.nics.iter().map(|nic| nic.name.clone()).collect();
        let columns: Vec<&'static str> = bindings::COLUMNS.into_iter().chain([dcb::PORT]).collect();
        FactsBefore {
            node: dcb::COLUMNS.into_iter().map(own).collect(),
            ports: of_ports(today, &names, &columns),
        }
    }

    /// Gives them back.
    pub fn put_back(&self, node: &mut Node) {
        for (column, fact) in &self.node {
            put(&mut node.facts, column, fact.as_ref());
        }
        for (port, column, fact) in &self.ports {
            for nic in node.nics.iter_mut().filter(|nic| same_name(&nic.name, port)) {
                put(&mut nic.facts, column, fact.as_ref());
            }
        }
    }
}

fn put(facts: &mut Facts, column: &'static str, fact: Option<&Fact>) {
    match fact {
        Some(fact) => facts.insert(column, fact.clone()),
        None => facts.remove(column),
    }
}

fn of_ports(node: &Node, names: &[String], columns: &[&'static str]) -> Vec<(String, &'static str, Option<Fact>)> {
    let own = node
        .nics
        .iter()
        .filter(|nic| names.iter().any(|name| same_name(name, &nic.name)));
    let each = |nic: &crate::inventory::Nic| {
        let of = |column: &&'static str| (nic.name.clone(), *column, nic.facts.get(column).cloned());
        columns.iter().map(of).collect::<Vec<_>>()
    };
    own.flat_map(each).collect()
}
