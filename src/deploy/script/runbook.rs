//! `RUNBOOK.md`: who does what in which order.

use super::{Names, again, atc_prelude, cluster_scripts, counts, pools, runbook_node};
use crate::deploy::manual;
use crate::deploy::steps::{Change, Manual, Phase, Step, When};
use crate::deploy::work::{ClusterWork, NodeWork, by_powershell};

/// What becomes of leases.
const LEASES: &str = "\nDHCP: an adapter that gives all its addresses up asks for no lease any more, so that it does not come back into the subnet beside the adapter \
    that took over; the way back lets it ask again. Where an address is a lease, the adapter that takes over asks for one with its own MAC address: look at the \
    reservations before you start.\n";

/// What is the same again after the way back, and what is not.
const COMES_BACK: &str = "\nWhat the steps remove is made again as it was. Virtual switches: ports, load balancing of SET, bandwidth mode, SR-IOV, default flow, notes, \
    extensions. Teams: mode, load balancing, LACP timer, VLAN, further interfaces with their addresses, the port in reserve. Host vNICs: VLAN, isolation by \
    VLAN, weight and limits, priority tag, RDMA, port of the team, large packets, a MAC address that was set by hand. Addresses: with gateway, routes, metric, \
    DNS servers and suffix. Not the same, so look at it by hand: a MAC address that Windows gives (DHCP reservations), private VLANs and other isolation, \
    PacketDirect, settings inside extensions of other makers, IPv6 addresses set by hand, and VMs of one host alone, which must be connected to the switch \
    again.\n";

/// The runbook.
pub fn render(work: &[ClusterWork], names: &Names) -> Vec<u8> {
    let mut text = String::from(
        "# Runbook\n\nWritten by nicplan from an inventory and its plan. Scripts and this page belong together: make all of them anew when either changes.\n",
    );
    for (position, one) in work.iter().enumerate() {
        text.push_str(&cluster(one, names, position));
    }
    text.into_bytes()
}

/// Text of the user's without what would make it another thing in Markdown.
pub(super) fn safe(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        match c {
            c if c.is_control() => safe.push(' '),
            '`' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '|' | '\\' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    safe
}

fn cluster(work: &ClusterWork, names: &Names, position: usize) -> String {
    let stem = names.cluster(position);
    let count = crate::units::count;
    let counts = counts(work);
    let mut text = format!(
        "\n## {}\n\n{}, {}, {}. {} in scripts, {} by hand; {} as planned already.\n",
        safe(&work.today.name),
        work.today.profile.title,
        count(work.nodes.len(), "node"),
        if work.by_intents {
            "configured by Network ATC"
        } else {
            "configured node by node"
        },
        count(counts.nodes + counts.cluster, "step"),
        count(counts.by_hand, "step"),
        count(already(work), "setting"),
    );
    text.push_str(&warnings(work));
    text.push_str(&pools::runbook(work, safe));
    let mut order: Vec<String> = Vec::new();
    if by_powershell(&work.today) {
        order.push(
            "Copy this folder to every node. Keep it: the scripts write down beside themselves how it was before."
                .to_owned(),
        );
    }
    order.extend(by_hand(work, When::Before, None));
    if !work.before.is_empty() {
        let kind = if work.by_intents {
            ", which tells Network ATC what it leaves alone and holds it on every node until its turn"
        } else {
            ""
        };
        order.push(format!(
            "Once, on one node: `{stem}-1-before.ps1 -WhatIf`, then without `-WhatIf`{kind}."
        ));
    }
    for (index, node) in work.nodes.iter().enumerate() {
        let stems = runbook_node::Stems {
            node: &names.node(position, index),
            cluster: &stem,
        };
        order.push(runbook_node::node(work, node, &stems, index));
    }
    if work
        .last
        .iter()
        .any(|s| by_powershell(&work.today) || s.phase != Phase::Guests)
    {
        order.push(format!(
            "Once, on one node: `{stem}-2-after.ps1 -WhatIf`, then without `-WhatIf`."
        ));
    }
    order.extend(by_hand(work, When::After, None));
    if !by_powershell(&work.today) {
        order.extend(work.last.iter().filter(|s| s.phase == Phase::Guests).map(|s| {
            format!(
                "By hand in Hyper-V Manager, the VM turned off for a new MAC address: {}. {}",
                safe(&s.title),
                safe(&s.serves)
            )
        }));
    }
    order.push(format!(
        "Once, on one node: `{stem}-3-verify.ps1`. Keep its report with the change request."
    ));
    text.push('\n');
    for (number, line) in (1..).zip(order) {
        text.push_str(&format!("{number}. {line}\n"));
    }
    if by_powershell(&work.today) {
        let console = if work.nodes.iter().any(NodeWork::takes_over) {
            "; where apply needs the console, rollback needs it, too (`-Console`)"
        } else {
            ""
        };
        let lists = if cluster_scripts::goes_back_first(work) {
            format!(
                "first `{stem}-4-rollback.ps1 -BeforeNodes`, so that nodes can migrate to each other meanwhile; then "
            )
        } else {
            String::new()
        };
        let moved = if work.stranded.is_empty() {
            String::new()
        } else {
            format!(
                "; when the first of them is back and before the last one that is not is drained, `{stem}-move-stranded.ps1 -Back -Node` with a node that is back \
                 moves the VMs whose networks are on one side only"
            )
        };
        let last = if work.by_intents {
            ", once every node is back"
        } else {
            ""
        };
        if work.nodes.iter().any(|node| gives_up(&node.steps)) {
            text.push_str(LEASES);
        }
        let ports = if work.nodes.iter().any(|n| !n.cabling.back.is_empty()) {
            " Before an address goes back to a port whose switch port was changed for a step, the script asks for the switch port to be put back; with -PortsDone, and when it runs \
             by itself, it only says so: put the port back then, or nothing answers there. VLANs that were let through beforehand can stay."
        } else {
            ""
        };
        text.push_str(&format!(
            "\nBack: {lists}on each node `NODE-4-rollback.ps1` (last node first, drained as above{moved}); then for the cluster `{stem}-4-rollback.ps1`, if there \
             is one{last}. What was not known before the first change is taken from the `-state.xml` files. It goes back from any step, also from one that broke in \
             the middle, over the same states in which management and storage are reachable{console}.{ports}\n"
        ));
        if work.nodes.iter().any(|node| again::needed(&node.steps)) {
            text.push_str(COMES_BACK);
        }
    } else {
        text.push_str(&unscripted_back(work, &stem));
    }
    text
}

/// Whether an adapter gives addresses up.
fn gives_up(steps: &[Step]) -> bool {
    let gives = |change: &Change| matches!(change, Change::Release { keeps_address, .. } if !keeps_address);
    steps.iter().flat_map(|s| &s.changes).any(gives)
}

/// The way back where a node has no cmdlets for networks.
fn unscripted_back(work: &ClusterWork, stem: &str) -> String {
    let nodes = work.nodes.iter().any(|node| !node.steps.is_empty());
    let cluster = work.last.iter().any(|s| s.phase != Phase::Guests);
    let guests = work.last.iter().any(|s| s.phase == Phase::Guests);
    let parts = [
        cluster.then(|| format!("`{stem}-4-rollback.ps1` on one node, so that live migration finds its networks of before")),
        nodes.then(|| "on each node, last node first and drained as above, what was done by hand in reverse, then `NODE-4-rollback.cmd`".to_owned()),
        guests.then(|| "in Hyper-V Manager the addresses, spoofing and networks of VMs as steps.csv and the inventory say they were".to_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.as_slice() {
        [] => String::new(),
        parts => format!("\nBack: {}.\n", parts.join("; then ")),
    }
}

fn already(work: &ClusterWork) -> usize {
    work.already + work.nodes.iter().map(|n| n.already).sum::<usize>()
}

fn warnings(work: &ClusterWork) -> String {
    let mut text = String::new();
    if !work.unmet.is_empty() {
        let list: Vec<String> = work.unmet.iter().map(|u| format!("* {}\n", safe(u))).collect();
        text.push_str(&format!(
            "\n**The plan does not meet every requirement**, and these scripts do not change that:\n\n{}",
            list.concat()
        ));
    }
    let over: Vec<String> = work
        .nodes
        .iter()
        .filter(|n| n.takes_over())
        .map(|n| safe(&n.today.name))
        .collect();
    if !over.is_empty() {
        let (how, minutes) = if work.by_intents {
            (
                "for some minutes, while Network ATC takes the ports over",
                atc_prelude::FALLBACK_MINUTES,
            )
        } else {
            ("for a moment: no port is free to hold it meanwhile", 10)
        };
        text.push_str(&format!(
            "\n**Console.** On {} management, or the last storage path, goes down {how}. Run the apply \
             script there from the console (iLO, iDRAC) with `-Console`. If nothing answers afterwards it goes back by itself; if the script itself dies, Windows runs the \
             rollback script after {minutes} minutes.\n",
            over.join(", ")
        ));
    }
    if work.by_intents {
        let switches: Vec<String> = work
            .nodes
            .first()
            .map(|n| manual::switch_names(&n.after))
            .unwrap_or_default();
        text.push_str(&format!(
            "\nNetwork ATC names what it makes: the virtual switches are {}; host vNICs are vManagement(intent) and vSMB(intent#port).\n",
            safe(&switches.join(", "))
        ));
    }
    text
}

pub(super) fn by_hand(work: &ClusterWork, when: When, node: Option<&str>) -> Vec<String> {
    let due = |m: &&Manual| m.when == when && node.is_none_or(|n| m.node == n);
    let all = work.manual.iter().filter(due);
    all.map(|m| format!("By hand: {} ({})", safe(&m.text), safe(&m.serves)))
        .collect()
}
