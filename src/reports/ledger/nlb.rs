//! NLB clusters of guests: `nlb.csv` and text, with the cluster address of each mode.
//!
//! In: facts. Out: bytes and text. Source: Microsoft KB 4494444; `nlb.exe ip2mac` prints the same addresses.
//! Must not know: the plan.

use super::LedgerData;
use super::text::{SHOWN, more};
use crate::inventory::NlbMode;
use crate::mac::nlb::{cluster_mac, mode_name, needs};
use crate::mac::nlb_groups::{NlbGroup, groups};
use crate::reports::csv_file::Sheet;
use crate::reports::show;
use std::net::Ipv4Addr;

const MODES: [NlbMode; 3] = [NlbMode::Unicast, NlbMode::Multicast, NlbMode::Igmp];

const HEADER: &str = "cluster,nlb,vip,mode,configured,cluster_mac,needs_static_mac,needs_spoofing,members,\
                      without_static_mac,without_spoofing,kept_apart,together,network";

/// What the physical network must do in a mode.
fn network(mode: NlbMode) -> &'static str {
    match mode {
        NlbMode::Unicast => "switches flood the cluster's traffic on purpose: a VLAN of its own",
        NlbMode::Multicast => {
            "a static ARP entry on the router and static MAC entries on each switch port towards a node that may hold a member"
        }
        NlbMode::Igmp => "IGMP snooping with a querier, and a static ARP entry on the router",
    }
}

impl LedgerData<'_> {
    pub(super) fn nlb_groups(&self) -> Vec<(usize, NlbGroup)> {
        let clusters = self.inventory.clusters.iter().enumerate();
        clusters
            .flat_map(|(c, cluster)| groups(cluster).into_iter().map(move |g| (c, g)))
            .collect()
    }

    /// Whether a file about the cluster has the column `table.column`.
    pub(super) fn asks(&self, cluster: usize, column: &str) -> bool {
        self.inventory
            .given
            .get(cluster)
            .is_some_and(|given| given.asks(column))
    }

    fn vm_names(&self, cluster: usize, vms: &[usize]) -> Vec<&str> {
        vms.iter()
            .filter_map(|v| self.vm(cluster, *v))
            .map(|vm| vm.name.as_str())
            .collect()
    }

    /// One row per NLB cluster, cluster IP and mode: what holds now, and what another mode would ask.
    pub(super) fn nlb_csv(&self) -> Vec<u8> {
        let mut sheet = Sheet::new(HEADER, 16);
        for (cluster, group) in self.nlb_groups() {
            for vip in vips(&group) {
                for mode in MODES {
                    self.nlb_row(&mut sheet, cluster, &group, (vip, mode));
                }
            }
        }
        sheet.finish()
    }

    fn nlb_row(&self, sheet: &mut Sheet, cluster: usize, group: &NlbGroup, (vip, mode): (Option<Ipv4Addr>, NlbMode)) {
        let needs = needs(mode);
        let list = |vms: &[usize]| self.vm_names(cluster, vms).join("; ");
        sheet.text(self.cluster_name(cluster));
        sheet.text(&group.name);
        sheet.optional(vip);
        sheet.value(mode_name(mode));
        sheet.yes_no(group.modes.contains(&mode));
        sheet.optional(vip.map(|vip| cluster_mac(mode, vip)));
        sheet.yes_no(needs.static_mac);
        sheet.yes_no(needs.spoofing);
        sheet.text(&list(&group.members));
        sheet.text(&list(&group.without_static));
        sheet.text(&list(&group.without_spoofing));
        if group.kept_apart || self.asks(cluster, "vms.anti_affinity") {
            sheet.yes_no(group.kept_apart);
        } else {
            sheet.value("");
        }
        sheet.text(&self.together(cluster, group).join("; "));
        sheet.text(network(mode));
        sheet.end_row();
    }

    /// `HV1: WEB1, WEB2` for each node that holds several members.
    fn together(&self, cluster: usize, group: &NlbGroup) -> Vec<String> {
        let held = group.together.iter();
        held.map(|(node, vms)| {
            format!(
                "{}: {}",
                self.node_name(cluster, *node),
                self.vm_names(cluster, vms).join(", ")
            )
        })
        .collect()
    }

    /// The section about NLB; empty where no VM is a member.
    pub(super) fn nlb_text(&self) -> String {
        let groups = self.nlb_groups();
        if groups.is_empty() {
            return String::new();
        }
        let mut text = "Network Load Balancing in VMs\n\n".to_owned();
        for (cluster, group) in groups.iter().take(SHOWN) {
            text.push_str(&self.group_text(*cluster, group));
        }
        text.push_str(&more(groups.len(), "nlb.csv"));
        text + "Move the members of an NLB cluster one after the other, and wait until the moved one has converged: the others drop a \
                member after 5 missed heartbeats, one a second.\n\n"
    }

    fn group_text(&self, cluster: usize, group: &NlbGroup) -> String {
        let modes: Vec<&str> = group.modes.iter().map(|m| mode_name(*m)).collect();
        let names = |vms: &[usize]| show::printable(&show::some_of(&self.vm_names(cluster, vms), 8));
        let mut text = format!(
            "{}{}: {}; members {}\n",
            show::printable(&group.name),
            self.of_cluster(cluster),
            modes.join(" and "),
            names(&group.members)
        );
        if modes.len() > 1 {
            text.push_str("  wrong      all members must have one mode\n");
        }
        text.push_str(&addresses(group));
        for mode in &group.modes {
            let needs = needs(*mode);
            let adapter = if needs.spoofing {
                "static address and spoofing"
            } else {
                "nothing; a static address is wise"
            };
            text.push_str(&format!(
                "  {:<10} asks of the vNIC: {adapter}; of the network: {}\n",
                mode_name(*mode),
                network(*mode)
            ));
        }
        if !group.without_static.is_empty() {
            text.push_str(&format!(
                "  missing    static address: {}\n",
                names(&group.without_static)
            ));
        }
        if !group.without_spoofing.is_empty() {
            text.push_str(&format!("  missing    spoofing: {}\n", names(&group.without_spoofing)));
        }
        if group.members.len() > 1 && !group.kept_apart {
            text.push_str(if self.asks(cluster, "vms.anti_affinity") {
                "  missing    one anti-affinity group for all members\n"
            } else {
                "  unknown    whether one anti-affinity group keeps the members apart: the column anti_affinity of vms is missing\n"
            });
        }
        for held in self.together(cluster, group) {
            text.push_str(&format!(
                "  together   {}: a drain moves them at once, a failure takes them all\n",
                show::printable(&held)
            ));
        }
        text + "\n"
    }
}

fn vips(group: &NlbGroup) -> Vec<Option<Ipv4Addr>> {
    if group.vips.is_empty() {
        vec![None]
    } else {
        group.vips.iter().copied().map(Some).collect()
    }
}

/// The cluster address of each mode for each cluster IP, the configured one marked.
fn addresses(group: &NlbGroup) -> String {
    let mut text = String::new();
    for vip in vips(group) {
        let Some(vip) = vip else {
            text.push_str("  address    cluster IP unknown (nlb_ip of vms.csv)\n");
            continue;
        };
        let each = MODES.map(|mode| {
            let mark = if group.modes.contains(&mode) {
                " (configured)"
            } else {
                ""
            };
            format!("{} {}{mark}", mode_name(mode), cluster_mac(mode, vip))
        });
        text.push_str(&format!("  address    {vip}: {}\n", each.join(", ")));
    }
    text
}
