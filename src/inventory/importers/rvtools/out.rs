//! Rows as they are written, and the counts of what could not be carried over: these become notes and assumptions.

use super::sheet::{Line, Sheet, Tab};
use crate::inventory::catalogue;
use crate::inventory::entities::Origin;
use crate::inventory::raw::{Gathered, RawTable, RowFrom};
use crate::units::count;
use std::collections::{BTreeMap, BTreeSet};

/// Our column, and the row and column of the sheet from which its value is.
pub(super) type Stands<'a> = (&'static str, Line<'a>, &'static str);

/// Columns of one row of a sheet: ours and theirs.
pub(super) fn of_row<'a>(line: Line<'a>, columns: &[(&'static str, &'static str)]) -> Vec<Stands<'a>> {
    columns.iter().map(|(ours, theirs)| (*ours, line, *theirs)).collect()
}

/// Tables being written.
pub(super) struct Out {
    input: usize,
    /// Source number of each sheet.
    sources: BTreeMap<Tab, u32>,
    tables: BTreeMap<(&'static str, Tab), RawTable>,
    pub(super) told: Told,
}

impl Out {
    pub(super) fn new(sheets: &[Sheet], input: usize, gathered: &mut Gathered) -> Out {
        let mut sources = BTreeMap::new();
        for sheet in sheets {
            sources
                .entry(sheet.tab)
                .or_insert_with(|| gathered.add_source(&sheet.file));
        }
        Out {
            input,
            sources,
            tables: BTreeMap::new(),
            told: Told::default(),
        }
    }

    /// Adds a row that comes from a row of a sheet. `cells` tells from which cell each value is, the others stand in the row as a whole.
    pub(super) fn push(&mut self, table: &str, line: Line<'_>, values: &[(&str, &str)], cells: &[Stands<'_>]) {
        let Some(def) = catalogue::table(table) else { return };
        let source = self.sources.get(&line.tab()).copied().unwrap_or(0);
        let input = self.input;
        let place = |column: &str| {
            let found = cells.iter().find(|(name, _, _)| *name == column);
            found.map_or(Origin::default(), |(_, line, theirs)| self.place(*line, theirs))
        };
        let from = RowFrom {
            record: Origin {
                source,
                line: line.number,
                column: 0,
                nth: 0,
            },
            cells: def.columns.iter().map(|column| place(column.name)).collect(),
        };
        let table = self.tables.entry((def.name, line.tab()));
        let table = table.or_insert_with(|| RawTable::in_catalogue_order(def, source, input));
        table.push(line.number, values);
        if let Some(row) = table.rows.last_mut() {
            row.from = Some(Box::new(from));
        }
    }

    /// Where a column of a row stands.
    fn place(&self, line: Line<'_>, column: &str) -> Origin {
        Origin {
            source: self.sources.get(&line.tab()).copied().unwrap_or(0),
            line: line.number,
            column: line.cell_number(column).unwrap_or(0),
            nth: 0,
        }
    }

    /// Hands everything over.
    pub(super) fn finish(self, shown: &str, gathered: &mut Gathered) {
        let input = self.input;
        gathered.tables.extend(self.tables.into_values());
        gathered
            .notes
            .extend(self.told.notes().into_iter().map(|note| format!("{shown}: {note}")));
        let assumed = self.told.assumed().into_iter();
        gathered
            .assumed
            .extend(assumed.map(|(missing, taken)| (input, missing, taken)));
    }
}

/// A name that is not taken yet: `web`, `web (2)`. Upper and lower case do not matter.
pub(super) fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 1;
    while !taken.insert(candidate.to_lowercase()) {
        number += 1;
        candidate = format!("{name} ({number})");
    }
    candidate
}

/// What was found on the way, counted.
#[derive(Default)]
pub(super) struct Told {
    pub(super) ports: usize,
    pub(super) ports_without_link: usize,
    pub(super) invented_ports: usize,
    pub(super) usb_ports: usize,
    pub(super) ports_elsewhere: usize,
    pub(super) cards: usize,
    pub(super) kernels: usize,
    pub(super) kernels_unplaced: usize,
    pub(super) networks_that_differ: BTreeSet<String>,
    pub(super) doubled_hosts: usize,
    /// Names of clusters whose hosts stand in several datacenters.
    pub(super) spread_clusters: BTreeSet<String>,
    pub(super) outside_hosts: usize,
    pub(super) outside_vms: usize,
    pub(super) vms: usize,
    pub(super) left_out: BTreeMap<&'static str, usize>,
    pub(super) renamed: usize,
    pub(super) unknown_hosts: BTreeSet<String>,
    pub(super) vms_on_unknown_hosts: usize,
    pub(super) without_adapters: usize,
    pub(super) stray_adapters: usize,
    pub(super) counted_adapters: usize,
    pub(super) adapters: usize,
    pub(super) macs: usize,
    pub(super) macs_by_hand: usize,
    pub(super) trunks: usize,
    pub(super) unplugged: usize,
    pub(super) unknown_groups: BTreeSet<String>,
    pub(super) without_vlan: usize,
    pub(super) zones: usize,
    pub(super) fibre: usize,
    /// Clusters with VMkernel adapters for storage.
    pub(super) storage_kernels: BTreeSet<String>,
}

/// A few names of many.
fn some(names: &BTreeSet<String>) -> String {
    const MOST: usize = 3;
    let shown: Vec<&str> = names.iter().take(MOST).map(String::as_str).collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

impl Told {
    /// What was left out and what does not fit together, each with its number.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let mut note = |number: usize, text: String| {
            if number > 0 {
                notes.push(text);
            }
        };
        for (why, number) in &self.left_out {
            note(*number, format!("{} left out", count(*number, why)));
        }
        let n = self.outside_hosts;
        note(
            n,
            format!(
                "{} of no VMware cluster left out; to plan with them, fill the column Cluster in vHost",
                count(n, "host")
            ),
        );
        let n = self.outside_vms;
        note(
            n,
            format!(
                "{} left out: on hosts of no cluster, or of a cluster that vHost does not have",
                count(n, "VM")
            ),
        );
        let n = self.spread_clusters.len();
        let names = some(&self.spread_clusters);
        note(
            n,
            format!(
                "hosts of {names} stand in several datacenters or vCenters and are taken for one cluster; if they are several, export each by itself"
            ),
        );
        let n = self.doubled_hosts;
        note(
            n,
            format!("{} of vHost named a host once more; the first counts", count(n, "row")),
        );
        let n = self.vms_on_unknown_hosts;
        let hosts = some(&self.unknown_hosts);
        note(
            n,
            format!(
                "{n} of {} stand on hosts that vHost does not list ({hosts}), so they are placed on no node",
                count(self.vms, "VM")
            ),
        );
        let n = self.ports_elsewhere;
        note(
            n,
            format!("{} of vNIC belong to hosts that are no nodes here", count(n, "row")),
        );
        let n = self.usb_ports;
        note(
            n,
            format!(
                "{} left out: the USB link to the server's management controller",
                count(n, "port")
            ),
        );
        let n = self.stray_adapters;
        note(
            n,
            format!("{} of vNetwork name VMs that vInfo does not list", count(n, "row")),
        );
        let n = self.without_adapters;
        note(
            n,
            format!(
                "{} have no row in vNetwork; their adapters are counted from vInfo",
                count(n, "VM")
            ),
        );
        let n = self.renamed;
        note(
            n,
            format!(
                "{} got a number behind the name, because another VM of the cluster has the same",
                count(n, "VM")
            ),
        );
        let n = self.without_vlan;
        let groups = some(&self.unknown_groups);
        note(
            n,
            format!(
                "the VLAN of {n} of {} is not told: no sheet vPort or dvPort has their port groups ({groups})",
                count(self.adapters, "vNIC")
            ),
        );
        let n = self.kernels_unplaced;
        note(
            n,
            format!(
                "{n} of {} are on port groups that no sheet has, so their switch is unknown",
                count(self.kernels, "VMkernel adapter")
            ),
        );
        let n = self.unplugged;
        note(
            n,
            format!(
                "{} neither connected nor connected at start; they are planned for all the same",
                count(n, "vNIC")
            ),
        );
        let n = self.networks_that_differ.len();
        note(
            n,
            format!(
                "VLAN, subnet or role of the VMkernel networks {} differ between hosts; no network is concluded",
                some(&self.networks_that_differ)
            ),
        );
        notes
    }

    /// What VMware's side cannot say about the new cluster, with what was taken.
    fn assumed(&self) -> Vec<(String, String)> {
        let mut assumed = Vec::new();
        let mut says = |number: usize, missing: String, taken: &str| {
            if number > 0 {
                assumed.push((missing, taken.to_owned()));
            }
        };
        says(
            1,
            "servers of the new cluster (the export shows VMware's)".to_owned(),
            "the same servers with the same names, ports and cables; change nodes and nics for new ones",
        );
        says(
            self.invented_ports,
            format!(
                "names and speeds of {} (vNIC does not list them)",
                count(self.invented_ports, "port")
            ),
            "as many as vHost counts, else two; 1 Gbit/s each; export vNIC too, or write nics",
        );
        says(
            self.ports_without_link,
            format!(
                "speed of {} of {} without link",
                self.ports_without_link,
                count(self.ports, "port")
            ),
            "that of most ports with the same driver, else 1 Gbit/s; write speed_mbps in nics",
        );
        says(
            self.ports,
            format!(
                "RDMA, SR-IOV and VMQ of {} (RVTools has none)",
                count(self.ports, "port")
            ),
            "no RDMA; write rdma, sriov and vmq in nics",
        );
        says(
            self.ports,
            format!("make and model of {}", count(self.ports, "port")),
            "ports with the same ESXi driver are alike; write model in nics",
        );
        says(
            self.cards,
            format!("card of {} of {}", self.cards, count(self.ports, "port")),
            "ports with the same PCI bus and device share a card; write card in nics",
        );
        says(
            self.kernels,
            format!("traffic roles of {}", count(self.kernels, "VMkernel adapter")),
            "told by the names of their port groups (management, vMotion, iSCSI, NFS, vSAN), vmk0 for management where none is named so; VMware has no cluster traffic of Windows' kind; write current_role in nics and role in host_vnics",
        );
        says(
            self.fibre,
            format!(
                "storage of the new cluster (the hosts have {})",
                count(self.fibre, "Fibre Channel port")
            ),
            "Fibre Channel as today; write storage in clusters",
        );
        says(
            self.storage_kernels.len(),
            "storage of the new cluster".to_owned(),
            "iSCSI where VMkernel adapters are named for it, SMB in place of NFS and vSAN; write storage in clusters",
        );
        let dynamic = self.macs - self.macs_by_hand;
        says(
            dynamic,
            format!(
                "MAC addresses of {dynamic} of {} on Hyper-V",
                count(self.adapters, "vNIC")
            ),
            "dynamic: VMware's own addresses stay with VMware, and the VM gets a new one when it moves; those set by hand stay static; write mac_type in vnics and mac_bound in vms where an address must stay",
        );
        says(
            self.trunks,
            format!(
                "VLANs of {} on port groups that carry all of them",
                count(self.trunks, "vNIC")
            ),
            "untagged; the guest tags itself; write vlans in vnics",
        );
        says(
            self.zones,
            format!("security zones of {}", count(self.zones, "vNIC")),
            "the virtual switches that VMware keeps apart; write zone in vnics; separate_zones and isolate_zone in policy decide what they mean",
        );
        says(
            self.counted_adapters,
            format!(
                "MAC addresses and switches of {} (vNetwork does not list them)",
                count(self.counted_adapters, "vNIC")
            ),
            "as many as vInfo counts; export vNetwork too, or write vnics",
        );
        says(
            self.vms,
            format!(
                "possible owners and anti-affinity of {} (RVTools exports no rules of DRS: whether VMs must stay apart or near hosts is not known)",
                count(self.vms, "VM")
            ),
            "every node, and no VM is kept from another; write possible_owners and anti_affinity in vms",
        );
        assumed
    }
}
