//! What the sheets say together: hosts with their clusters, port groups with their VLANs, and which virtual switches carry VMs.
//!
//! In: sheets. Out: lookups by name; upper and lower case do not matter. Must not know: inventory tables.

use super::guests;
use super::sheet::{Line, Sheet, Tab, number};
use crate::inventory::cells;
use std::collections::{BTreeMap, BTreeSet};

/// A name as it is compared.
pub(super) fn key(name: &str) -> String {
    name.to_lowercase()
}

/// One ESXi host that becomes a node.
pub(super) struct Host<'a> {
    pub(super) name: &'a str,
    /// Name of its VMware cluster; empty where no host has one.
    pub(super) cluster: &'a str,
    /// The row that names it.
    pub(super) line: Line<'a>,
    /// The sheet of that row.
    pub(super) tab: Tab,
}

/// VLANs of a port group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Vlans {
    /// Untagged, or VLAN IDs as an inventory writes them.
    Some(String),
    /// Every VLAN: the guest tags itself.
    All,
    /// No sheet says it, or it cannot be read.
    Unknown,
}

/// A port group: its switch, its VLAN, and the row that says so.
type Group<'a> = (&'a str, &'a str, Line<'a>);

/// Everything that several rows say together.
pub(super) struct Estate<'a> {
    sheets: &'a [Sheet],
    /// Hosts that become nodes, by key.
    pub(super) hosts: BTreeMap<String, Host<'a>>,
    /// Clusters by key, as they are written.
    pub(super) clusters: BTreeMap<String, &'a str>,
    /// Hosts of no VMware cluster, where others have one.
    pub(super) outside: BTreeSet<String>,
    /// Rows of hosts that were named before.
    pub(super) doubled_hosts: usize,
    /// Port groups by host and name.
    groups: BTreeMap<(String, String), Group<'a>>,
    /// Port groups of distributed switches by name.
    spread: BTreeMap<String, Vec<Group<'a>>>,
    /// Cluster and switch of every adapter of a VM.
    carrying: BTreeSet<(String, String)>,
    /// Rows of the sheets about hosts, by host.
    by_host: BTreeMap<(Tab, String), Vec<Line<'a>>>,
}

impl<'a> Estate<'a> {
    pub(super) fn new(sheets: &'a [Sheet]) -> Estate<'a> {
        let mut estate = Estate {
            sheets,
            hosts: BTreeMap::new(),
            clusters: BTreeMap::new(),
            outside: BTreeSet::new(),
            doubled_hosts: 0,
            groups: BTreeMap::new(),
            spread: BTreeMap::new(),
            carrying: BTreeSet::new(),
            by_host: BTreeMap::new(),
        };
        for tab in [Tab::Nic, Tab::Vmk, Tab::Switch, Tab::Port] {
            for line in estate.lines(tab) {
                estate
                    .by_host
                    .entry((tab, key(line.text("host"))))
                    .or_default()
                    .push(line);
            }
        }
        estate.find_hosts();
        estate.find_groups();
        estate.find_carrying();
        estate
    }

    /// Rows of a sheet; none if the export has no such sheet.
    pub(super) fn lines(&self, tab: Tab) -> impl Iterator<Item = Line<'a>> + use<'a> {
        self.sheet(tab).into_iter().flat_map(Sheet::lines)
    }

    /// Rows of a sheet about hosts that speak of this one.
    pub(super) fn of_host(&self, tab: Tab, host: &str) -> &[Line<'a>] {
        self.by_host.get(&(tab, key(host))).map_or(&[], Vec::as_slice)
    }

    /// A sheet of the export.
    pub(super) fn sheet(&self, tab: Tab) -> Option<&'a Sheet> {
        self.sheets.iter().find(|s| s.tab == tab)
    }

    /// Hosts by sheet vHost; without it, those that ports and VMs name.
    fn find_hosts(&mut self) {
        let tab = [Tab::Host, Tab::Nic, Tab::Info]
            .into_iter()
            .find(|tab| self.lines(*tab).any(|line| !line.text("host").is_empty()));
        let Some(tab) = tab else { return };
        let all: Vec<Line<'a>> = self.lines(tab).filter(|line| !line.text("host").is_empty()).collect();
        let clustered = all.iter().any(|line| !line.text("cluster").is_empty());
        for line in all {
            let (name, cluster) = (line.text("host"), line.text("cluster"));
            if clustered && cluster.is_empty() {
                self.outside.insert(key(name));
            } else if self.hosts.contains_key(&key(name)) {
                self.doubled_hosts += usize::from(tab == Tab::Host);
            } else {
                if !cluster.is_empty() {
                    self.clusters.entry(key(cluster)).or_insert(cluster);
                }
                let host = Host {
                    name,
                    cluster,
                    line,
                    tab,
                };
                self.hosts.insert(key(name), host);
            }
        }
        let hosts = &self.hosts;
        self.outside.retain(|name| !hosts.contains_key(name));
    }

    fn find_groups(&mut self) {
        for line in self.lines(Tab::Port) {
            let place = (key(line.text("host")), key(line.text("group")));
            self.groups
                .entry(place)
                .or_insert((line.text("switch"), line.text("vlan"), line));
        }
        for line in self.lines(Tab::DvPort) {
            let found = self.spread.entry(key(line.text("group"))).or_default();
            found.push((line.text("switch"), line.text("vlan"), line));
        }
    }

    fn find_carrying(&mut self) {
        let mut carrying = BTreeSet::new();
        let mut note = |host: &str, switch: &str| {
            if let Some(host) = self.hosts.get(&key(host)).filter(|_| !switch.is_empty()) {
                carrying.insert((key(host.cluster), key(switch)));
            }
        };
        let moving = |line: &Line<'_>| guests::left_out(*line).is_none();
        let vms: BTreeSet<String> = self
            .lines(Tab::Info)
            .filter(moving)
            .map(|line| key(line.text("vm")))
            .collect();
        let listed = self.sheet(Tab::Info).is_some();
        for line in self
            .lines(Tab::Network)
            .filter(|line| !listed || vms.contains(&key(line.text("vm"))))
        {
            let host = line.text("host");
            note(host, self.switch_of(host, line.text("switch"), line.text("network")));
        }
        for line in self.lines(Tab::Info).filter(moving) {
            let host = line.text("host");
            for network in networks(line) {
                note(host, self.switch_of(host, "", network));
            }
        }
        self.carrying = carrying;
    }

    /// The virtual switch of an adapter: said, or that of its port group.
    pub(super) fn switch_of(&self, host: &str, said: &'a str, group: &str) -> &'a str {
        if !said.is_empty() {
            return said;
        }
        self.group(host, "", group).map_or("", |(switch, _, _)| switch)
    }

    /// Switch and VLAN of a port group, as some sheet says it; `switch` tells port groups of one name apart.
    fn group(&self, host: &str, switch: &str, group: &str) -> Option<Group<'a>> {
        let fits = |(s, _, _): &&Group<'_>| switch.is_empty() || key(s) == key(switch);
        let own = self.groups.get(&(key(host), key(group))).filter(fits);
        let spread = || self.spread.get(&key(group)).and_then(|all| all.iter().find(fits));
        own.or_else(spread).copied()
    }

    /// VLANs of a port group.
    pub(super) fn vlans(&self, host: &str, switch: &str, group: &str) -> Vlans {
        match self.group(host, switch, group) {
            Some((_, vlan, _)) => vlans(vlan),
            None => Vlans::Unknown,
        }
    }

    /// The row that tells the VLANs of a port group.
    pub(super) fn vlan_line(&self, host: &str, switch: &str, group: &str) -> Option<Line<'a>> {
        self.group(host, switch, group).map(|(_, _, line)| line)
    }

    /// Whether VMs of a cluster use a switch. Where nothing tells, every switch may carry VMs.
    pub(super) fn carries_vms(&self, cluster: &str, switch: &str) -> bool {
        let mine = |(c, _): &&(String, String)| *c == key(cluster);
        self.carrying.iter().filter(mine).count() == 0 || self.carrying.contains(&(key(cluster), key(switch)))
    }

    /// How many switches carry VMs of a cluster.
    pub(super) fn switches_of(&self, cluster: &str) -> usize {
        self.carrying.iter().filter(|(c, _)| *c == key(cluster)).count()
    }

    /// Switches of one host that its own sheets name.
    pub(super) fn own_switches(&self, host: &str) -> BTreeMap<String, Line<'a>> {
        let all = [Tab::Switch, Tab::Port]
            .into_iter()
            .flat_map(|tab| self.of_host(tab, host));
        let mut found = BTreeMap::new();
        for line in all.copied().filter(|line| !line.text("switch").is_empty()) {
            found.entry(key(line.text("switch"))).or_insert(line);
        }
        found
    }
}

/// Networks that the row of a VM names, where no sheet lists its adapters.
pub(super) fn networks<'a>(line: Line<'a>) -> impl Iterator<Item = &'a str> {
    const COLUMNS: [&str; 8] = [
        "network1", "network2", "network3", "network4", "network5", "network6", "network7", "network8",
    ];
    COLUMNS
        .into_iter()
        .map(move |column| line.text(column))
        .filter(|text| !text.is_empty())
}

/// `161`; `0` and blank are untagged; 4095 and ranges over everything are trunks of all VLANs; `10-12, 20` are these.
fn vlans(text: &str) -> Vlans {
    let text = text.trim_matches(['[', ']']).trim();
    match number(text) {
        Some(4095) => return Vlans::All,
        Some(0) => return Vlans::Some(String::new()),
        Some(id) if id <= u64::from(cells::MAX_VLAN) => return Vlans::Some(id.to_string()),
        Some(_) => return Vlans::Unknown,
        None if text.is_empty() || text.eq_ignore_ascii_case("none") => return Vlans::Some(String::new()),
        None => {}
    }
    let whole = |part: &str| {
        let ends = part
            .split_once('-')
            .map(|(low, high)| (low.trim().parse::<u16>(), high.trim().parse::<u16>()));
        matches!(ends, Some((Ok(0 | 1), Ok(4094 | 4095))))
    };
    let parts: Vec<&str> = text.split([',', ';', ' ']).filter(|p| !p.is_empty()).collect();
    if parts.iter().any(|part| whole(part)) {
        return Vlans::All;
    }
    let joined = parts.join(";");
    match cells::vlans(&joined) {
        Ok(Some(_)) => Vlans::Some(joined),
        _ => Vlans::Unknown,
    }
}

/// The port of the server's management controller (iDRAC, iLO): no cable leads there.
pub(super) fn is_usb(line: Line<'_>) -> bool {
    let device = key(line.text("device"));
    device.starts_with("vusb") || device.starts_with("usb") || key(line.text("driver")).starts_with("cdc")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vlans_of_port_groups_are_single_none_several_or_all() {
        let some = |text: &str| Vlans::Some(text.to_owned());
        for (text, expected) in [
            ("161", some("161")),
            ("161.0", some("161")),
            ("0", some("")),
            ("", some("")),
            ("4095", Vlans::All),
            ("0-4094", Vlans::All),
            ("1 - 4094", Vlans::Unknown),
            ("10-12, 20", some("10-12;20")),
            ("5000", Vlans::Unknown),
            ("PVLAN 12", Vlans::Unknown),
        ] {
            assert_eq!(vlans(text), expected, "{text}");
        }
    }
}
