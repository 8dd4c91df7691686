//! Rules about hosts: edition, installation, equal software, and the volumes their VMs move with.

mod build_not_of_profile;
mod clustered_vm_on_local_volume;
mod edition_cannot_cluster;
mod node_builds_differ;
mod node_editions_differ;
mod node_installations_differ;
mod node_updates_differ;
mod quick_migration_in_drain;
mod s2d_needs_datacenter;
mod vms_share_cluster_disk;

use super::Rule;
use crate::inventory::Node;

/// The family.
pub static RULES: &[&Rule] = &[
    &build_not_of_profile::RULE,
    &clustered_vm_on_local_volume::RULE,
    &edition_cannot_cluster::RULE,
    &node_builds_differ::RULE,
    &node_editions_differ::RULE,
    &node_installations_differ::RULE,
    &node_updates_differ::RULE,
    &quick_migration_in_drain::RULE,
    &s2d_needs_datacenter::RULE,
    &vms_share_cluster_disk::RULE,
];

/// Editions of Windows that matter for clusters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edition {
    AzureLocal,
    Datacenter,
    Enterprise,
    Essentials,
    Foundation,
    HyperVServer,
    Standard,
    Web,
}

/// How each edition shows itself in the names of Windows, the telling ones first.
const EDITIONS: [(&str, Edition); 13] = [
    ("azurestackhci", Edition::AzureLocal),
    ("azure stack hci", Edition::AzureLocal),
    ("azure local", Edition::AzureLocal),
    ("essentials", Edition::Essentials),
    ("serversolution", Edition::Essentials),
    ("foundation", Edition::Foundation),
    ("hyper-v server", Edition::HyperVServer),
    ("serverhyper", Edition::HyperVServer),
    ("datacenter", Edition::Datacenter),
    ("enterprise", Edition::Enterprise),
    ("standard", Edition::Standard),
    ("web server", Edition::Web),
    ("serverweb", Edition::Web),
];

impl Edition {
    /// Reads `Datacenter`, `ServerDatacenterCor`, `Microsoft Windows Server 2022 Datacenter`; `None` for others.
    fn parse(text: &str) -> Option<Edition> {
        let text = text.to_lowercase();
        if text.trim() == "web" {
            return Some(Edition::Web);
        }
        let found = EDITIONS.iter().find(|(word, _)| text.contains(word));
        found.map(|(_, edition)| *edition)
    }

    /// Name for people.
    fn title(self) -> &'static str {
        match self {
            Edition::AzureLocal => "Azure Local",
            Edition::Datacenter => "Datacenter",
            Edition::Enterprise => "Enterprise",
            Edition::Essentials => "Essentials",
            Edition::Foundation => "Foundation",
            Edition::HyperVServer => "Hyper-V Server",
            Edition::Standard => "Standard",
            Edition::Web => "Web",
        }
    }
}

/// Edition of a node.
fn edition(node: &Node) -> Option<Edition> {
    Edition::parse(node.facts.text("edition")?)
}

#[cfg(test)]
mod tests {
    use super::Edition;

    #[test]
    fn editions_are_known_by_all_the_names_that_windows_gives_them() {
        let names = [
            ("Datacenter", Edition::Datacenter),
            ("ServerDatacenterCor", Edition::Datacenter),
            ("Microsoft Windows Server 2022 Standard", Edition::Standard),
            ("ServerEnterpriseCore", Edition::Enterprise),
            ("Microsoft Hyper-V Server 2019", Edition::HyperVServer),
            ("ServerHyperCore", Edition::HyperVServer),
            ("Azure Stack HCI", Edition::AzureLocal),
            ("ServerAzureStackHCICor", Edition::AzureLocal),
            ("Windows Server 2012 R2 Essentials", Edition::Essentials),
            ("ServerSolution", Edition::Essentials),
            ("ServerFoundation", Edition::Foundation),
            ("Windows Web Server 2008 R2", Edition::Web),
            ("Web", Edition::Web),
            ("ServerWeb", Edition::Web),
            ("Azure Local", Edition::AzureLocal),
        ];
        for (name, edition) in names {
            assert_eq!(Edition::parse(name), Some(edition), "{name}");
        }
        assert_eq!(Edition::parse("something else"), None);
    }
}
