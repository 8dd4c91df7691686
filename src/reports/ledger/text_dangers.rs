//! The two opposite dangers as text: overlapping pools give duplicates, disjoint pools change addresses at a cold start.
//!
//! In: [`LedgerData`]. Out: text. Must not know: how either is found.

use super::LedgerData;
use super::text::{SHOWN, more};
use crate::mac::account::Dangers;
use crate::mac::cold_start::ColdStart;
use crate::reports::show;
use crate::units::count;

impl LedgerData<'_> {
    pub(super) fn dangers_text(&self) -> String {
        let mut text = self.overlaps_text();
        text.push_str(&self.duplicates_text());
        text.push_str("Two opposite dangers\n\n");
        text.push_str(&side_by_side(self.today.dangers, self.after.dangers));
        text.push_str(
            "\nPools that overlap give one address twice; pools that do not change a dynamic address when its VM is turned off and \
             started on another node. Static addresses escape both. Live migration changes none.\n\n",
        );
        text + &self.cold_starts_text()
    }

    fn overlaps_text(&self) -> String {
        if self.today.overlaps.is_empty() {
            return String::new();
        }
        let mut text = "Addresses that several nodes hand out\n\n".to_owned();
        for overlap in self.today.overlaps.iter().take(SHOWN) {
            let pools: Vec<_> = overlap.pools.iter().filter_map(|i| self.today.pools.get(*i)).collect();
            let nodes: Vec<(usize, usize)> = pools.iter().map(|p| (p.cluster, p.node)).collect();
            let assumed = if pools.iter().any(|p| p.pool.assumed) {
                "; assumed pools among them"
            } else {
                ""
            };
            text.push_str(&format!(
                "  {}: {} ({}, {} in use{assumed})\n",
                show::mac_range(overlap.range),
                self.nodes_of_all(&nodes),
                count(usize::try_from(overlap.range.size()).unwrap_or(usize::MAX), "address"),
                overlap.in_use
            ));
        }
        text.push_str(&more(self.today.overlaps.len(), "mac_overlaps.csv"));
        text + "\n"
    }

    fn duplicates_text(&self) -> String {
        if self.today.duplicates.is_empty() {
            return String::new();
        }
        let mut text = "Addresses that several adapters hold\n\n".to_owned();
        for duplicate in self.today.duplicates.iter().take(SHOWN) {
            let names: Vec<String> = duplicate.holders.iter().map(|h| self.holder(h)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            text.push_str(&format!("  {}: {}\n", duplicate.mac, show::some_of(&names, 6)));
        }
        text.push_str(&more(self.today.duplicates.len(), "mac_ledger.csv"));
        text + "\n"
    }

    /// Only VMs that lose their address somewhere, today or after the changes; those that must not lose it first.
    fn cold_starts_text(&self) -> String {
        let both = self.today.cold_starts.iter().zip(&self.after.cold_starts);
        let mut lost: Vec<(&ColdStart, &ColdStart)> = both
            .filter(|(a, b)| !(a.lost_on().is_empty() && b.lost_on().is_empty()))
            .collect();
        if lost.is_empty() {
            return "Cold start: no VM loses its address on a possible owner, as far as addresses and pools are known.\n\n".to_owned();
        }
        lost.sort_by_key(|(today, after)| (!(self.is_bound(today) && after.lost_on().is_empty()), today.vnic));
        let header = [
            "VM",
            "vNIC",
            "address",
            "is on",
            "lost today on",
            "lost after the changes on",
        ];
        let mut rows = vec![header.map(str::to_owned).to_vec()];
        rows.extend(
            lost.iter()
                .take(SHOWN)
                .filter_map(|(today, after)| self.cold_start_row(today, after)),
        );
        format!(
            "Cold start: VMs that lose their address on a possible owner\n\n{}{}\n",
            show::aligned(&rows),
            more(lost.len(), "cold_start.csv")
        )
    }

    fn is_bound(&self, start: &ColdStart) -> bool {
        self.vnic(start.vnic)
            .is_some_and(|(vm, _)| vm.nlb.is_some() || !vm.mac_bound.is_empty())
    }

    fn cold_start_row(&self, today: &ColdStart, after: &ColdStart) -> Option<Vec<String>> {
        let (vm, vnic) = self.vnic(today.vnic)?;
        let cluster = today.vnic.0;
        let lost = |start: &ColdStart| match &start.lost_on()[..] {
            [] => "nowhere".to_owned(),
            nodes => self.nodes(cluster, nodes),
        };
        Some(vec![
            format!("{}{}", show::printable(&vm.name), self.of_cluster(cluster)),
            show::printable(&vnic.name),
            vnic.mac.map_or_else(String::new, |mac| mac.to_string()),
            vm.host
                .map_or_else(String::new, |host| show::printable(self.node_name(cluster, host))),
            lost(today),
            lost(after),
        ])
    }
}

fn side_by_side(today: Dangers, after: Dangers) -> String {
    let row = |text: &str, value: fn(Dangers) -> u64| {
        vec![text.to_owned(), value(today).to_string(), value(after).to_string()]
    };
    show::aligned(&[
        vec![String::new(), "today".to_owned(), "after the changes".to_owned()],
        row("nodes that hand out addresses of another one", |d| {
            d.overlapping_nodes as u64
        }),
        row("addresses that several nodes hand out", |d| d.overlapping_addresses),
        row("addresses that several adapters hold", |d| d.duplicates as u64),
        row("  of them across clusters", |d| d.duplicates_across as u64),
        row("vNICs with a known dynamic address", |d| d.dynamic as u64),
        row("  of them losing it at a cold start where they are", |d| {
            d.lost_at_home as u64
        }),
        row("  of them losing it at a cold start on some owner", |d| {
            d.lost_somewhere as u64
        }),
        row("    of these bound to their address (NLB, mac_bound)", |d| {
            d.lost_that_must_stay as u64
        }),
        row("vNICs of which it cannot be said", |d| d.unknown as u64),
    ])
}
