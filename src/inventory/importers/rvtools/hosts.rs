//! ESXi hosts as nodes: physical ports, virtual switches as they are today, VMkernel adapters with the role that their port group's
//! name tells.
//!
//! A virtual switch that carries VMs is an external switch, its VMkernel adapters are host vNICs on it. One that carries none is what
//! Windows calls a port, or a team, with the role of its VMkernel adapters. In: estate. Out: rows.

use super::estate::{Estate, Host, Vlans, is_usb, key};
use super::out::{Out, of_row, unique};
use super::sheet::{Line, Tab, number};
use crate::inventory::catalogue::{self, CONCLUDED};
use crate::inventory::cells;
use crate::units::{Mac, bare_address, natural_cmp};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// Speed taken where nothing tells it, Mbit/s: the least that a cluster node has today.
const UNKNOWN_SPEED: u64 = 1_000;
/// Most ports that a count without names is believed.
const MOST_PORTS: u64 = 32;

/// A VMkernel adapter.
struct Kernel<'a> {
    line: Line<'a>,
    switch: &'a str,
    vlans: Vlans,
    role: &'static str,
    /// Address with the length of its prefix, and its network.
    address: Option<(String, String)>,
    /// The row that tells switch and VLAN of its port group.
    port_group: Option<Line<'a>>,
}

/// Writes everything about hosts. `cluster` gives the name that stands in the inventory.
pub(super) fn write(estate: &Estate<'_>, cluster: &dyn Fn(&str) -> String, out: &mut Out) {
    let speeds = usual_speeds(estate);
    let mut networks: BTreeMap<(String, String), Network<'_>> = BTreeMap::new();
    for host in estate.hosts.values() {
        let kernels = kernels(estate, host, out);
        let own = cluster(host.cluster);
        node(host, &own, &kernels, out);
        let ports = ports(estate, host);
        if ports.is_empty() {
            invented_ports(host, &own, out);
        }
        wiring(estate, host, &own, &ports, &kernels, &speeds, out);
        for kernel in kernels.iter().filter(|k| !k.role.is_empty()) {
            if matches!(kernel.role, "iscsi" | "storage") {
                out.told.storage_kernels.insert(own.clone());
            }
            let place = (own.clone(), key(kernel.line.text("group")));
            networks.entry(place).or_default().add(kernel);
        }
    }
    for ((cluster, _), network) in networks.iter().filter(|((_, name), _)| !name.is_empty()) {
        network.write(cluster, out);
    }
}

fn node(host: &Host<'_>, cluster: &str, kernels: &[Kernel<'_>], out: &mut Out) {
    let managed = kernels.iter().find(|k| k.role == "management");
    let address = managed.and_then(|k| k.address.as_ref());
    let address = address.map(|(with_prefix, _)| bare_address(with_prefix).to_owned());
    let address = address.or_else(|| host.name.parse::<Ipv4Addr>().ok().map(|ip| ip.to_string()));
    let of_host = |column: &str| {
        if host.tab == Tab::Host {
            host.line.text(column)
        } else {
            ""
        }
    };
    let hardware = format!("{} {}", of_host("vendor"), of_host("model"));
    let cpu = of_host("cpu").to_lowercase();
    let processor = match () {
        () if cpu.contains("intel") => "GenuineIntel",
        () if cpu.contains("amd") => "AuthenticAMD",
        () => "",
    };
    let memory = mib(of_host("memory")).map(|m| m.to_string()).unwrap_or_default();
    let values = [
        ("node", host.name),
        ("cluster", cluster),
        ("management_ip", address.as_deref().unwrap_or("")),
        ("memory_mib", &memory),
        ("hardware", hardware.trim()),
        ("processor_vendor", processor),
    ];
    let own = [
        ("node", "host"),
        ("cluster", "cluster"),
        ("memory_mib", "memory"),
        ("hardware", "model"),
        ("processor_vendor", "cpu"),
    ];
    let mut cells = of_row(host.line, &own);
    cells.extend(managed.map(|kernel| ("management_ip", kernel.line, "address")));
    out.push("nodes", host.line, &values, &cells);
}

/// Memory of a host in MiB. Exports for a database count bytes: no host has 256 TiB.
fn mib(text: &str) -> Option<u64> {
    let said = number(text)?;
    let mib = if said >= 1 << 28 { said >> 20 } else { said };
    (mib > 0 && mib <= cells::MAX_MEMORY).then_some(mib)
}

/// The host's ports, without the one through which the server's own management controller talks to the host by USB.
fn ports<'a>(estate: &Estate<'a>, host: &Host<'_>) -> Vec<Line<'a>> {
    let mut seen = BTreeSet::new();
    let all = estate.of_host(Tab::Nic, host.name).iter().copied();
    all.filter(|line| !is_usb(*line))
        .filter(|line| !line.text("device").is_empty() && seen.insert(key(line.text("device"))))
        .collect()
}

/// As many ports as the host is said to have, where no sheet names them.
fn invented_ports(host: &Host<'_>, cluster: &str, out: &mut Out) {
    let said = if host.tab == Tab::Host {
        host.line.number("nics")
    } else {
        None
    };
    let ports = said.filter(|n| *n > 0).unwrap_or(2).min(MOST_PORTS);
    for index in 0..ports {
        let name = format!("vmnic{index}");
        let speed = UNKNOWN_SPEED.to_string();
        let values = [
            ("node", host.name),
            ("nic", name.as_str()),
            ("speed_mbps", &speed),
            ("cluster", cluster),
            (CONCLUDED, "speed_mbps"),
        ];
        let own = [("node", "host"), ("nic", "nics"), ("cluster", "cluster")];
        out.push("nics", host.line, &values, &of_row(host.line, &own));
        out.told.invented_ports += 1;
    }
}

/// The speed that most ports with a driver have, over all hosts.
fn usual_speeds(estate: &Estate<'_>) -> BTreeMap<String, u64> {
    let mut seen: BTreeMap<String, BTreeMap<u64, usize>> = BTreeMap::new();
    for line in estate.lines(Tab::Nic) {
        if let Some(speed) = speed(line.text("speed")) {
            *seen
                .entry(key(line.text("driver")))
                .or_default()
                .entry(speed)
                .or_default() += 1;
        }
    }
    let most = |speeds: BTreeMap<u64, usize>| speeds.into_iter().max_by_key(|(speed, ports)| (*ports, *speed));
    let usual = seen
        .into_iter()
        .filter_map(|(driver, speeds)| Some((driver, most(speeds)?.0)));
    usual.collect()
}

/// Mbit/s: `10000`, `10000 Full`, `10 Gb`; nothing for a port without link.
fn speed(text: &str) -> Option<u64> {
    let first = || text.split_whitespace().next().and_then(number);
    let speed = cells::speed(text).ok().or_else(first)?;
    (speed > 0 && speed <= cells::MAX_RATE).then_some(speed)
}

/// Rows of ports, switches and VMkernel adapters of one host.
fn wiring(
    estate: &Estate<'_>,
    host: &Host<'_>,
    cluster: &str,
    ports: &[Line<'_>],
    kernels: &[Kernel<'_>],
    speeds: &BTreeMap<String, u64>,
    out: &mut Out,
) {
    let mut uplinks: BTreeMap<String, Vec<Line<'_>>> = BTreeMap::new();
    for port in ports.iter().filter(|p| !p.text("switch").is_empty()) {
        uplinks.entry(key(port.text("switch"))).or_default().push(*port);
    }
    let carries = |switch: &str| estate.carries_vms(host.cluster, switch);
    for port in ports {
        let switch = port.text("switch");
        let on_it = || {
            kernels
                .iter()
                .filter(|k| !switch.is_empty() && key(k.switch) == key(switch))
        };
        let members = uplinks.get(&key(switch)).map_or(0, Vec::len);
        let bare = !switch.is_empty() && !carries(switch);
        let roles: BTreeSet<&str> = on_it()
            .map(|k| k.role)
            .filter(|role| bare && !role.is_empty())
            .collect();
        let addresses: Vec<&str> = on_it().filter_map(|k| Some(k.address.as_ref()?.0.as_str())).collect();
        let today = Today {
            roles: roles.into_iter().collect::<Vec<_>>().join(";"),
            team: if bare && members > 1 { switch } else { "" },
            addresses: if bare && members == 1 {
                addresses.join(";")
            } else {
                String::new()
            },
            kernel: on_it().next().map(|kernel| kernel.line),
        };
        port_row(host, cluster, *port, &today, speeds, out);
    }
    let mut names = BTreeSet::new();
    for (switch, members) in uplinks.iter().filter(|(switch, _)| carries(switch)) {
        switch_row(host, cluster, members, out);
        let on_it = kernels.iter().filter(|k| key(k.switch) == *switch);
        kernel_rows(host, cluster, on_it, &mut names, out);
    }
    // Some exports leave the switch of every port blank: then nothing says that a switch has none.
    if uplinks.is_empty() {
        return;
    }
    for (switch, line) in estate.own_switches(host.name) {
        if !uplinks.contains_key(&switch) {
            let values = [
                ("node", host.name),
                ("switch", line.text("switch")),
                ("type", "internal"),
                ("cluster", cluster),
            ];
            let cells = of_row(line, &[("node", "host"), ("switch", "switch"), ("type", "switch")]);
            out.push("switches", line, &values, &cells);
        }
    }
}

/// What a port does today, where its switch carries no VMs.
struct Today<'a> {
    roles: String,
    team: &'a str,
    addresses: String,
    /// The row of the first VMkernel adapter that it carries.
    kernel: Option<Line<'a>>,
}

fn port_row(
    host: &Host<'_>,
    cluster: &str,
    port: Line<'_>,
    today: &Today<'_>,
    speeds: &BTreeMap<String, u64>,
    out: &mut Out,
) {
    let linked = speed(port.text("speed"));
    out.told.ports += 1;
    out.told.ports_without_link += usize::from(linked.is_none());
    let usual = speeds.get(&key(port.text("driver"))).copied();
    let speed = linked.or(usual).unwrap_or(UNKNOWN_SPEED).to_string();
    let card = card(port.text("pci"));
    out.told.cards += usize::from(!card.is_empty());
    let model = match port.text("driver") {
        "" => String::new(),
        driver => format!("ESXi driver {driver}"),
    };
    let concluded = [
        ("current_role", !today.roles.is_empty()),
        ("speed_mbps", linked.is_none()),
    ];
    let values = [
        ("node", host.name),
        ("nic", port.text("device")),
        ("speed_mbps", &speed),
        ("card", &card),
        ("model", &model),
        ("mac", mac(port.text("mac"))),
        ("status", if linked.is_some() { "up" } else { "down" }),
        ("current_role", &today.roles),
        ("team", today.team),
        ("cluster", cluster),
        ("addresses", &today.addresses),
        (
            "full_duplex",
            if key(port.text("duplex")) == "half" { "no" } else { "" },
        ),
        (CONCLUDED, &catalogue::marked(&concluded)),
    ];
    let own = [
        ("node", "host"),
        ("nic", "device"),
        ("speed_mbps", "speed"),
        ("card", "pci"),
        ("model", "driver"),
        ("mac", "mac"),
        ("status", "speed"),
        ("team", "switch"),
        ("cluster", "cluster"),
        ("full_duplex", "duplex"),
    ];
    let mut cells = of_row(port, &own);
    if let Some(kernel) = today.kernel {
        cells.extend(of_row(kernel, &[("current_role", "group"), ("addresses", "address")]));
    }
    out.push("nics", port, &values, &cells);
}

/// Ports of one card have the same PCI bus and device: `0000:3b:00.1` is function 1 of `0000:3b:00`.
fn card(pci: &str) -> String {
    match pci.rsplit_once('.') {
        Some((device, _)) if device.contains(':') => format!("PCI {device}"),
        _ => String::new(),
    }
}

/// An address that is one; blank otherwise.
pub(super) fn mac(text: &str) -> &str {
    if Mac::parse(text).is_ok_and(|mac| !mac.is_unset()) {
        text
    } else {
        ""
    }
}

fn switch_row(host: &Host<'_>, cluster: &str, members: &[Line<'_>], out: &mut Out) {
    let Some(first) = members.first() else { return };
    let nics: Vec<&str> = members.iter().map(|port| port.text("device")).collect();
    let nics = nics.join(";");
    let values = [
        ("node", host.name),
        ("switch", first.text("switch")),
        ("type", "external"),
        ("nics", &nics),
        ("cluster", cluster),
    ];
    let cells = of_row(
        *first,
        &[
            ("node", "host"),
            ("switch", "switch"),
            ("nics", "device"),
            ("cluster", "cluster"),
        ],
    );
    out.push("switches", *first, &values, &cells);
}

fn kernel_rows<'k>(
    host: &Host<'_>,
    cluster: &str,
    kernels: impl Iterator<Item = &'k Kernel<'k>>,
    names: &mut BTreeSet<String>,
    out: &mut Out,
) {
    for kernel in kernels {
        let (group, device) = (kernel.line.text("group"), kernel.line.text("device"));
        let name = match (group, device) {
            ("", "") => "VMkernel".to_owned(),
            ("", device) => device.to_owned(),
            (group, "") => group.to_owned(),
            (group, device) => format!("{group} ({device})"),
        };
        let vlan = kernel.vlan();
        let address = kernel.address.as_ref().map_or("", |(address, _)| address);
        let values = [
            ("node", host.name),
            ("host_vnic", &unique(&name, names)),
            ("switch", kernel.switch),
            ("role", kernel.role),
            ("vlan", vlan),
            ("mac", mac(kernel.line.text("mac"))),
            ("cluster", cluster),
            ("addresses", address),
            (CONCLUDED, if kernel.role.is_empty() { "" } else { "role" }),
        ];
        let own = [
            ("node", "host"),
            ("host_vnic", "group"),
            ("role", "group"),
            ("mac", "mac"),
            ("addresses", "address"),
        ];
        let mut cells = of_row(kernel.line, &own);
        cells.extend(
            kernel
                .port_group
                .into_iter()
                .flat_map(|line| of_row(line, &[("switch", "switch"), ("vlan", "vlan")])),
        );
        out.push("host_vnics", kernel.line, &values, &cells);
    }
}

impl Kernel<'_> {
    /// Its VLAN; blank when it has none, several, or nothing tells.
    fn vlan(&self) -> &str {
        match &self.vlans {
            Vlans::Some(vlan) if cells::vlan(vlan).is_ok() => vlan,
            _ => "",
        }
    }
}

/// VMkernel adapters of a host. Without one that is named for management the first one is for it, as ESXi sets it up.
fn kernels<'a>(estate: &Estate<'a>, host: &Host<'_>, out: &mut Out) -> Vec<Kernel<'a>> {
    let mut kernels: Vec<Kernel<'a>> = Vec::new();
    for line in estate.of_host(Tab::Vmk, host.name).iter().copied() {
        let group = line.text("group");
        let switch = estate.switch_of(host.name, "", group);
        out.told.kernels += 1;
        out.told.kernels_unplaced += usize::from(switch.is_empty());
        kernels.push(Kernel {
            line,
            switch,
            vlans: estate.vlans(host.name, switch, group),
            role: role(group),
            address: address(line.text("address"), line.text("mask")),
            port_group: estate.vlan_line(host.name, switch, group),
        });
    }
    if kernels.iter().all(|k| k.role != "management")
        && let Some(first) = kernels
            .iter_mut()
            .filter(|k| k.role.is_empty())
            .min_by(|a, b| natural_cmp(a.line.text("device"), b.line.text("device")))
    {
        first.role = "management";
    }
    kernels
}

/// Traffic role that the name of a port group tells.
fn role(group: &str) -> &'static str {
    const WORDS: [(&str, &[&str]); 4] = [
        ("live-migration", &["vmotion", "livemigration"]),
        ("iscsi", &["iscsi"]),
        ("storage", &["nfs", "vsan", "storage", "nvme"]),
        ("management", &["management", "mgmt", "mgt", "verwaltung", "admin"]),
    ];
    let compact = cells::plain(group);
    let named = WORDS
        .iter()
        .find(|(_, words)| words.iter().any(|word| compact.contains(word)));
    named.map_or("", |(role, _)| role)
}

/// Address with the length of its prefix, and its network: `10.0.0.11/24`, `10.0.0.0/24`.
fn address(ip: &str, mask: &str) -> Option<(String, String)> {
    let ip: Ipv4Addr = ip.parse().ok().filter(|ip: &Ipv4Addr| !ip.is_unspecified())?;
    let mask = u32::from(mask.parse::<Ipv4Addr>().ok()?);
    let length = mask.count_ones();
    let whole = mask.leading_ones() == length && length > 0;
    let network = Ipv4Addr::from(u32::from(ip) & mask);
    whole.then(|| (format!("{ip}/{length}"), format!("{network}/{length}")))
}

/// The VMkernel adapters of one port group over all hosts of a cluster.
#[derive(Default)]
struct Network<'a> {
    /// As the first host writes it.
    name: String,
    /// The first of its VMkernel adapters.
    first: Option<(Line<'a>, Option<Line<'a>>)>,
    roles: BTreeSet<&'static str>,
    subnets: BTreeSet<String>,
    vlans: BTreeSet<String>,
}

impl<'a> Network<'a> {
    fn add(&mut self, kernel: &Kernel<'a>) {
        if self.roles.is_empty() {
            self.first = Some((kernel.line, kernel.port_group));
            self.name = kernel.line.text("group").to_owned();
        }
        self.roles.insert(kernel.role);
        self.subnets
            .extend(kernel.address.iter().map(|(_, network)| network.clone()));
        self.vlans.insert(kernel.vlan().to_owned());
    }

    /// A network is written where all hosts agree on subnet, VLAN and role.
    fn write(&self, cluster: &str, out: &mut Out) {
        let name = self.name.as_str();
        let said = (self.roles.first(), self.subnets.first(), self.vlans.first());
        let ((Some(role), Some(subnet), Some(vlan)), Some((line, group))) = (said, self.first) else {
            return;
        };
        if self.roles.len() > 1 || self.subnets.len() > 1 || self.vlans.len() > 1 {
            out.told.networks_that_differ.insert(name.to_owned());
            return;
        }
        let values = [
            ("cluster", cluster),
            ("network", name),
            ("subnet", subnet),
            ("vlan", vlan),
            ("purpose", role),
        ];
        let mut cells = of_row(
            line,
            &[("network", "group"), ("purpose", "group"), ("subnet", "address")],
        );
        cells.extend(group.map(|line| ("vlan", line, "vlan")));
        out.push("cluster_networks", line, &values, &cells);
    }
}
