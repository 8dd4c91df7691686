//! Pseudonyms of names: numbers in the order in which people count, so that lists and tie-breaks stay as they were.

use super::walk::Kind;
use crate::units::{host_vnic_connection, name_key, natural_cmp};
use std::collections::BTreeMap;

/// Names by kind, and their pseudonyms.
#[derive(Default)]
pub(super) struct Names {
    /// Spellings by what equal names have in common.
    seen: BTreeMap<Kind, BTreeMap<String, String>>,
    pseudonyms: BTreeMap<(Kind, String), String>,
}

/// Name of an adapter inside `vEthernet ( )`.
fn inner(name: &str) -> Option<&str> {
    name.strip_prefix("vEthernet (").and_then(|rest| rest.strip_suffix(')'))
}

/// Names that Windows or nicplan gives, of which nobody learns anything: a plan avoids them when it names a new network.
fn is_given(kind: Kind, name: &str) -> bool {
    let number = name.strip_prefix("External-");
    kind == Kind::Switch && number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Cluster => "cluster",
            Kind::Node => "node",
            Kind::Adapter => "adapter",
            Kind::Card => "card",
            Kind::Tor => "tor",
            Kind::TorPort => "port",
            Kind::Switch => "switch",
            Kind::Network => "network",
            Kind::Vm => "vm",
            Kind::Vnic => "vnic",
            Kind::Zone => "zone",
            Kind::Group => "group",
            Kind::Nlb => "nlb",
            Kind::Intent => "intent",
            Kind::Suffix => "suffix",
            Kind::GuestCluster => "guest-cluster",
            Kind::GuestTeam => "guest-team",
            Kind::Volume => "volume",
            Kind::Address => "address",
        }
    }
}

impl Names {
    /// Notes a name; upper and lower case are the same name.
    pub(super) fn note(&mut self, kind: Kind, name: &str) {
        let name = inner(name).unwrap_or(name);
        let of_kind = self.seen.entry(kind).or_default();
        of_kind.entry(name_key(name)).or_insert_with(|| name.to_owned());
    }

    /// Numbers all names, with zeros in front, so that they sort alike by letters and as people count.
    pub(super) fn number(&mut self) {
        for (kind, names) in &self.seen {
            let mut sorted: Vec<&String> = names.values().collect();
            sorted.sort_by(|a, b| natural_cmp(a, b));
            let width = sorted.len().to_string().len();
            let first_given = sorted.iter().position(|name| is_given(*kind, name));
            for (index, name) in sorted.iter().enumerate() {
                // What stood before the given names goes on standing there.
                let before = first_given.is_some_and(|first| index < first);
                let pseudonym = match () {
                    () if is_given(*kind, name) => (*name).clone(),
                    () if before => format!("a-{}-{:0width$}", kind.word(), index + 1),
                    () => format!("{}-{:0width$}", kind.word(), index + 1),
                };
                self.pseudonyms.insert((*kind, name_key(name)), pseudonym);
            }
        }
    }

    /// The pseudonym of a name.
    pub(super) fn replace(&self, kind: Kind, name: &str) -> String {
        let plain = |name: &str| {
            let found = self.pseudonyms.get(&(kind, name_key(name)));
            found.cloned().unwrap_or_else(|| kind.word().to_owned())
        };
        match inner(name) {
            Some(inside) => host_vnic_connection(&plain(inside)),
            None => plain(name),
        }
    }

    /// What stands for what.
    pub(super) fn key(&self) -> Vec<(&'static str, String, String)> {
        let name = |kind: &Kind, lower: &String| {
            let found = self.seen.get(kind).and_then(|names| names.get(lower));
            found.cloned().unwrap_or_else(|| lower.clone())
        };
        let entries = self.pseudonyms.iter();
        entries
            .map(|((kind, lower), pseudonym)| (kind.word(), name(kind, lower), pseudonym.clone()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_keep_equality_order_and_given_names() {
        let mut names = Names::default();
        for name in ["HV10", "hv2", "HV2", "HV1"] {
            names.note(Kind::Node, name);
        }
        for name in ["External-1", "DMZ", "Lan"] {
            names.note(Kind::Switch, name);
        }
        names.note(Kind::Adapter, "SMB1");
        names.number();
        let node = |name: &str| names.replace(Kind::Node, name);
        assert_eq!(
            [node("HV1"), node("HV2"), node("hV2"), node("HV10")],
            ["node-1", "node-2", "node-2", "node-3"]
        );
        let switches = ["DMZ", "External-1", "Lan"].map(|name| names.replace(Kind::Switch, name));
        assert_eq!(switches, ["a-switch-1", "External-1", "switch-3"]);
        assert!(switches.windows(2).all(|pair| natural_cmp(&pair[0], &pair[1]).is_lt()));
        assert_eq!(
            names.replace(Kind::Adapter, "vEthernet (SMB1)"),
            "vEthernet (adapter-1)"
        );
    }
}
