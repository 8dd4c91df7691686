//! The policy table and the settings it may hold.

use super::Kind::Text;
use super::{Column, Table};

pub(super) static POLICY: Table = Table {
    name: "policy",
    about: "One row per wish or requirement; every setting has a default.",
    required: false,
    columns: &[
        Column::new("cluster", Text, "Name of the failover cluster.", "HVCLUSTER1")
            .or("every cluster of this inventory")
            .also(&["ClusterName"]),
        Column::new("setting", Text, "Name of the setting.", "growth_percent")
            .required()
            .also(&["Name", "Key", "Option"]),
        Column::new("value", Text, "Its value.", "30").required(),
        Column::new("reason", Text, "Why, in your own words.", "three-year plan")
            .or("none; a rule level needs one")
            .also(&["Why"]),
        Column::new(
            "until",
            Text,
            "Last day on which a rule level holds, YYYY-MM-DD.",
            "2027-06-30",
        )
        .or("for ever")
        .also(&["Expires"]),
    ],
};

/// One setting of the policy table.
#[derive(Debug)]
pub struct Setting {
    /// Name; a name that ends with `:` takes a role, a pair of roles or a rule behind it.
    pub name: &'static str,
    /// What a missing row means.
    pub default: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// A full name and value that are read without a problem.
    pub example: (&'static str, &'static str),
}

const fn setting(
    name: &'static str,
    default: &'static str,
    about: &'static str,
    example: (&'static str, &'static str),
) -> Setting {
    Setting {
        name,
        default,
        about,
        example,
    }
}

/// All settings.
pub static SETTINGS: [Setting; 18] = [
    setting(
        "growth_percent",
        "0",
        "Growth, added once to every demand.",
        ("growth_percent", "30"),
    ),
    setting(
        "target_utilisation_permille",
        "800",
        "Utilisation that should not be passed, in thousandths or as a percentage.",
        ("target_utilisation_permille", "80 %"),
    ),
    setting(
        "default_vnic_mbps",
        "20",
        "Need of a vNIC of which nothing is known.",
        ("default_vnic_mbps", "20"),
    ),
    setting(
        "drain_goal_minutes",
        "none",
        "Time in which a node should be drained.",
        ("drain_goal_minutes", "30"),
    ),
    setting(
        "drain_minutes",
        "none",
        "Time in which live migration must be able to drain a node; gives it a demand.",
        ("drain_minutes", "20"),
    ),
    setting(
        "maintenance_window_minutes",
        "none",
        "Time in which all nodes must be drained, patched and restarted.",
        ("maintenance_window_minutes", "240"),
    ),
    setting(
        "reboot_minutes",
        "15",
        "Time that one node takes to install updates and restart.",
        ("reboot_minutes", "20"),
    ),
    setting(
        "blackout_limit_ms",
        "10000",
        "Longest pause of a VM at the end of its live migration, in milliseconds.",
        ("blackout_limit_ms", "5000"),
    ),
    setting(
        "survive:",
        "none",
        "Failures that a role must survive: nic, card, tor, node.",
        ("survive:storage", "nic;tor"),
    ),
    setting(
        "survive_wish:",
        "nic;card;tor",
        "Failures that a role should survive where it costs nothing more important.",
        ("survive_wish:replica", "nic"),
    ),
    setting(
        "isolate:",
        "wish (required for iSCSI storage)",
        "Whether two roles must, should or need not be kept off a common uplink: no, wish, required.",
        ("isolate:management|vm", "required"),
    ),
    setting(
        "separate_zones",
        "no",
        "Whether VM zones get external networks of their own: no, wish, required.",
        ("separate_zones", "wish"),
    ),
    setting(
        "isolate_zone:",
        "no",
        "Whether a VM zone must, should or need not have physical ports without host traffic and without other zones: no, wish, required. VMs without a zone may stand beside it.",
        ("isolate_zone:dmz", "required"),
    ),
    setting(
        "survival_first",
        "yes from 10 GbE, no below",
        "Whether a second path is worth more than keeping roles apart.",
        ("survival_first", "yes"),
    ),
    setting(
        "vendor_teaming",
        "no",
        "Whether the NIC vendor's teams may be used on 2008 R2.",
        ("vendor_teaming", "yes"),
    ),
    setting(
        "weights_on_set",
        "no",
        "Whether minimum-bandwidth weights may be used on SET.",
        ("weights_on_set", "no"),
    ),
    setting(
        "heavy_permille",
        "250",
        "Share of a VM port above which a vNIC counts as heavy, in thousandths or as a percentage.",
        ("heavy_permille", "25 %"),
    ),
    setting(
        "rule:",
        "the rule's own severity",
        "What a rule's findings do: allow, warn, deny.",
        ("rule:legacy-adapter", "allow"),
    ),
];
