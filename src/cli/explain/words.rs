//! Words of the trade and of this program that are no column, rule or setting of their own.

/// One word.
pub(super) struct Word {
    /// As it is listed and typed.
    pub(super) name: &'static str,
    /// Headline.
    pub(super) title: &'static str,
    /// Other spellings.
    pub(super) also: &'static [&'static str],
    /// One sentence without its full stop.
    pub(super) about: &'static str,
    /// Names of pages that tell more.
    pub(super) see: &'static [&'static str],
}

const fn word(
    name: &'static str,
    title: &'static str,
    also: &'static [&'static str],
    about: &'static str,
    see: &'static [&'static str],
) -> Word {
    Word {
        name,
        title,
        also,
        about,
        see,
    }
}

/// All words, sorted by name.
pub(super) static WORDS: [Word; 43] = [
    word(
        "allow",
        "allow, warn, deny",
        &["warn", "deny"],
        "what a policy makes of a rule's findings: allow silences them, warn counts them as warnings, deny as errors; with a reason, and until \
         a last day if one is given",
        &["rule", "suppressed_by"],
    ),
    word(
        "atc",
        "Network ATC",
        &["network atc", "intent", "netintent"],
        "sets up host networking from intents (Azure Local, Windows Server 2025): names, VLANs, QoS and cluster networks follow from one command, \
         Add-NetIntent",
        &["converged", "rdma"],
    ),
    word(
        "blackout",
        "Blackout",
        &[],
        "the pause of a VM at the end of its live migration, while the last memory and the device state move",
        &["blackout_limit_ms", "drain"],
    ),
    word(
        "bound",
        "Bound",
        &["gap", "lower bound"],
        "a value that no plan, or no order of moves, can beat; the difference to what was found is the gap, and 0 means proven",
        &["proven", "drain"],
    ),
    word(
        "card",
        "Card",
        &["adapter card", "slot card"],
        "the adapter that holds one or more ports: ports of one card fail together",
        &["nics.card", "team-on-one-card"],
    ),
    word(
        "cluster-network",
        "Cluster network",
        &["cluster use"],
        "a subnet as the failover cluster sees it (Get-ClusterNetwork), with its cluster use 0, 1 or 3 and its metric",
        &["cluster_networks", "cluster_networks.cluster_use"],
    ),
    word(
        "converged",
        "Converged",
        &[],
        "a style of design: one team under one virtual switch carries every role but iSCSI; the host's roles are host vNICs with shares",
        &["style"],
    ),
    word(
        "csv",
        "CSV (cluster shared volume)",
        &["csv network", "cluster shared volume", "cluster shared volumes"],
        "the shared volume that holds the VMs' disks on every node; its metadata and redirected I/O run over a cluster network. The files \
         of an inventory are called .csv as well: comma-separated values",
        &["cluster", "clusters.storage", "cluster_networks"],
    ),
    word(
        "dedicated",
        "Dedicated",
        &[],
        "a style of design: one role and one NIC per uplink, storage with several paths excepted. As a column of vnics it asks for an \
         external network for one adapter alone",
        &["style", "vnics.dedicated"],
    ),
    word(
        "distance",
        "Distance from today",
        &["changes"],
        "how many NICs and vNICs a plan changes against the wiring that the inventory tells",
        &["nics.current_role"],
    ),
    word(
        "external-network",
        "External network",
        &["external switch"],
        "an external virtual switch that has the same name on every node, so that a VM finds it wherever it runs",
        &["switches", "vm"],
    ),
    word(
        "growth",
        "Growth",
        &["growth that fits"],
        "percent by which every need is raised before planning; the growth that fits is the highest at which no uplink passes its target",
        &["growth_percent", "target_utilisation_permille"],
    ),
    word(
        "guaranteed",
        "Guaranteed",
        &["guaranteed bandwidth", "share"],
        "what a role still gets on a shared uplink while the others send all they can: its share of the uplink, after the worst failure it must survive",
        &["weight", "host_vnics.weight"],
    ),
    word(
        "hybrid",
        "Hybrid",
        &[],
        "a style of design: any allowed mix of roles on uplinks that is neither dedicated, teamed nor converged",
        &["style"],
    ),
    word(
        "iscsi",
        "iSCSI",
        &["mpio"],
        "storage over TCP/IP; it has NICs of its own without a team, and MPIO gives it its second path. Write iscsi as the storage of the \
         cluster",
        &["storage", "clusters.storage"],
    ),
    word(
        "junit",
        "JUnit XML",
        &["junit xml"],
        "a form of the review for CI servers: each rule is a test case, each finding that counts a failure (review --format junit)",
        &["review", "sarif"],
    ),
    word(
        "lbfo",
        "LBFO team",
        &["nic teaming"],
        "the team that Windows Server builds since 2012 (New-NetLbfoTeam); from 2022 on none is planned under a virtual switch",
        &["set", "nics.team"],
    ),
    word(
        "mac-pool",
        "Pool of dynamic MAC addresses",
        &["pool", "mac address pool", "mac_pool"],
        "the range from which a host gives addresses to VMs whose MAC is dynamic; each host needs a range of its own",
        &["nodes.mac_pool_min", "mac-pool-overlap", "mac-pool-full"],
    ),
    word(
        "netft",
        "NetFT",
        &["netft adapter", "microsoft failover cluster virtual adapter"],
        "the cluster's virtual adapter: it carries heartbeats and cluster traffic over whichever cluster networks are up; it is no NIC, and its \
         MAC address begins with 02",
        &["cluster", "cluster-network"],
    ),
    word(
        "nine-of-ten",
        "Nine of ten cases",
        &["p90", "9 of 10"],
        "the time that nine of ten drains or migrations keep; wide without a calibration from past migrations, narrow with one",
        &["calibrate", "drain"],
    ),
    word(
        "nlb",
        "Network Load Balancing",
        &["network load balancing"],
        "guests that share one address; in unicast mode they share a MAC as well and need static MACs and MAC spoofing",
        &["vms.nlb_mode", "nlb-unicast-without-spoofing"],
    ),
    word(
        "note",
        "Note",
        &["notes"],
        "what the program wants known beside its answer, such as a file that was passed over; it changes no exit code. A column notes in a table is \
         yours, and is never read",
        &["remark"],
    ),
    word(
        "nvspbind",
        "nvspbind",
        &["nvspbind.exe"],
        "a tool of Microsoft for Server Core 2008 R2: shows and changes which protocols are bound to an adapter, and in which order; later \
         versions have Get-NetAdapterBinding",
        &["nvspscrub", "2008r2"],
    ),
    word(
        "nvspscrub",
        "nvspscrub",
        &["nvspscrub.js"],
        "a script of Microsoft for 2008 R2 that deletes all virtual switches and host vNICs of a host, also those that work: the last resort",
        &["nvspbind", "2008r2"],
    ),
    word(
        "pfc",
        "PFC",
        &["priority flow control"],
        "holds back one traffic class at a full switch port instead of dropping its frames; RoCE needs it at NIC and switch port alike, for one \
         priority only",
        &["rdma", "nodes.pfc_priorities", "nodes.traffic_classes"],
    ),
    word(
        "proven",
        "Proven",
        &["optimal", "proof"],
        "no other plan has a better value at the first level at which the two differ: unmet requirements, unmet wishes, utilisation over the target, drain time over the goal, changes from today, number of external networks, utilisation",
        &["bound", "wish"],
    ),
    word(
        "quick-migration",
        "Quick migration",
        &["quick migration"],
        "saves a VM, moves it and restores it on the other node: the VM stands still meanwhile, which live migration avoids",
        &["live-migration", "drain"],
    ),
    word(
        "rdma",
        "RDMA",
        &["smb direct", "roce", "iwarp"],
        "the NIC moves data between the memory of two hosts past their processors; SMB uses it for storage and live migration",
        &["nics.rdma"],
    ),
    word(
        "remark",
        "Remark",
        &["info", "remarks"],
        "the lowest severity of a finding: worth knowing, and no fault; review fails on it only with --fail-on info",
        &["severity", "review"],
    ),
    word(
        "sarif",
        "SARIF",
        &["sarif 2.1.0"],
        "a form of the review for code scanning: each finding points at the characters of its cell (review --format sarif)",
        &["review", "junit"],
    ),
    word(
        "set",
        "SET (Switch Embedded Teaming)",
        &["switch embedded teaming"],
        "the team inside a virtual switch, since 2016; its members have equal speed and model",
        &["weights_on_set", "team-mixed-speed"],
    ),
    word(
        "short",
        "Short",
        &["cut"],
        "in the drawing of failures: what is left carries less than is needed; cut means that nothing is left",
        &["survive", "guaranteed"],
    ),
    word(
        "slot",
        "Slot",
        &["slots", "concurrency"],
        "one of the live migrations that a node takes part in at the same time",
        &["concurrent_migrations", "maximum_parallel_migrations"],
    ),
    word(
        "smb",
        "SMB",
        &["smb3", "sofs", "smb multichannel"],
        "file storage over the network; Multichannel uses several NICs at once, as storage and as a transport of live migration",
        &["storage", "clusters.storage", "clusters.live_migration_transport"],
    ),
    word(
        "style",
        "Style of a design",
        &["styles"],
        "the shape of a plan: dedicated, teamed, converged or hybrid; `plan --style best` compares all of them",
        &["dedicated", "teamed", "converged", "hybrid"],
    ),
    word(
        "survival",
        "Survival",
        &["redundancy", "failure", "failover"],
        "a role survives a failure (a NIC, a card, a ToR, a node) if its traffic still runs after it; what must survive what is asked for in \
         the policy or in demands",
        &["survive", "survive_wish", "demands.survive"],
    ),
    word(
        "teamed",
        "Teamed",
        &[],
        "a style of design: one role per uplink, several NICs in its team",
        &["style"],
    ),
    word(
        "tor",
        "ToR (top-of-rack switch)",
        &["top of rack", "physical switch"],
        "the physical switch that a port is cabled to; NICs on one ToR lose their link together when it fails",
        &["nics.tor", "tors", "inter_switch_links", "survive"],
    ),
    word(
        "uplink",
        "Uplink",
        &["uplinks", "team"],
        "one NIC or team of a node and the roles that run over it",
        &["style", "external-network"],
    ),
    word(
        "vmware",
        "VMware hosts",
        &["esxi", "vsphere"],
        "hosts of an RVTools export: planned on the same servers as a Hyper-V cluster; rules about Windows settings say nothing of them until there \
         is a plan",
        &["rvtools", "plan"],
    ),
    word(
        "wave",
        "Wave",
        &["waves"],
        "VMs of a drain that move one after the other in the same slots; low-priority VMs are saved and moved outside the waves",
        &["drain", "slot"],
    ),
    word(
        "wish",
        "Wish",
        &["wishes", "unmet wish"],
        "something a design should have where it costs nothing more important, such as roles apart or a failure survived; a requirement must be met",
        &["survive_wish", "isolate"],
    ),
    word(
        "zone",
        "Security zone",
        &["dmz"],
        "a label that keeps adapters of VMs on external networks of their own, if the policy asks for it",
        &["vnics.zone", "separate_zones"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted_and_what_they_point_at_has_a_page() {
        assert!(WORDS.windows(2).all(|pair| pair[0].name < pair[1].name));
        for word in &WORDS {
            assert!(!word.about.ends_with('.'), "{}", word.name);
            for name in word.see {
                assert!(!super::super::pages(name).is_empty(), "{} points at {name}", word.name);
            }
        }
    }
}
