//! What a validation report says, section by section, before anything is concluded from it.
//!
//! Two layouts exist and are told apart by what is there: the older one lists name, description, MAC, state and addresses of each
//! adapter; the newer one adds RDMA and a section on Switch Embedded Teaming. Titles are those of an English Windows.

use super::html::{Block, Content};
use std::collections::BTreeMap;

/// One adapter of one node.
#[derive(Clone, Debug, Default)]
pub(super) struct Adapter {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) mac: String,
    pub(super) status: String,
    pub(super) speed: String,
    pub(super) rdma: String,
    pub(super) addresses: Vec<String>,
    /// The same with the length of the prefix, where the report gives it.
    pub(super) with_prefix: Vec<String>,
    pub(super) line: u32,
}

/// One SET switch of one node.
#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    pub(super) switch: String,
    pub(super) members: Vec<String>,
    pub(super) rdma: Vec<String>,
    pub(super) speeds: Vec<String>,
    pub(super) models: Vec<String>,
    pub(super) technologies: Vec<String>,
    pub(super) line: u32,
}

/// One node.
#[derive(Clone, Debug, Default)]
pub(super) struct NodeFacts {
    pub(super) line: u32,
    pub(super) os: String,
    pub(super) build: String,
    pub(super) memory: String,
    pub(super) maker: String,
    pub(super) model: String,
    pub(super) adapters: Vec<Adapter>,
    pub(super) sets: Vec<Set>,
    pub(super) switches: Vec<String>,
    /// Network adapters among the Plug and Play devices: caption, status, line.
    pub(super) devices: Vec<(String, String, u32)>,
    /// Physical adapters named in sentences about RDMA.
    pub(super) rdma_ports: Vec<String>,
}

/// One network that the cluster would create.
#[derive(Clone, Debug, Default)]
pub(super) struct Network {
    pub(super) name: String,
    pub(super) role: String,
    pub(super) prefixes: Vec<String>,
    /// Node and adapter.
    pub(super) interfaces: Vec<(String, String)>,
    pub(super) iscsi: bool,
    pub(super) line: u32,
}

/// The whole report.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    pub(super) nodes: BTreeMap<String, NodeFacts>,
    pub(super) networks: Vec<Network>,
    pub(super) storage_spaces_direct: bool,
    /// Titles of sections, to see whether it is a validation report at all.
    pub(super) sections: usize,
}

/// Where the reader stands.
#[derive(Default)]
struct Place {
    section: String,
    node: String,
    switch: String,
    header: Vec<String>,
}

/// Reads the blocks of a page.
pub(super) fn read(blocks: &[Block]) -> Report {
    let mut report = Report::default();
    let mut place = Place::default();
    for block in blocks {
        match &block.content {
            Content::Heading(level, title) if *level <= 2 => report.start_section(&mut place, title),
            Content::Heading(_, node) => report.start_node(&mut place, node, block.line),
            Content::Text(text) => report.text(&mut place, text, block.line),
            Content::Row(cells, first) => {
                if *first {
                    place.header.clone_from(cells);
                }
                report.row(&place, cells, *first, block.line);
            }
        }
    }
    report
}

impl Report {
    fn start_section(&mut self, place: &mut Place, title: &str) {
        *place = Place {
            section: title.to_lowercase(),
            ..Place::default()
        };
        self.storage_spaces_direct |= title.to_lowercase().contains("storage spaces direct");
        if title.starts_with("List ") || title.starts_with("Validate ") {
            self.sections += 1;
        }
    }

    fn start_node(&mut self, place: &mut Place, node: &str, line: u32) {
        place.node = node.to_owned();
        self.node(node, line);
    }

    fn node(&mut self, name: &str, line: u32) -> &mut NodeFacts {
        self.nodes.entry(name.to_owned()).or_insert_with(|| NodeFacts {
            line,
            ..NodeFacts::default()
        })
    }

    fn text(&mut self, place: &mut Place, text: &str, line: u32) {
        match place.section.as_str() {
            "validate cluster network configuration" => {
                if let Some(name) = text.strip_prefix("Network: ") {
                    self.networks.push(Network {
                        name: name.to_owned(),
                        line,
                        ..Network::default()
                    });
                } else if let (Some(role), Some(network)) =
                    (text.strip_prefix("Network Role: "), self.networks.last_mut())
                {
                    network.role = role.to_owned();
                }
            }
            "validate switch enabled teaming configurations" => {
                if let Some(name) = text.strip_prefix("Virtual Switch ") {
                    place.switch = name.to_owned();
                }
            }
            "validate ip configuration" => self.rdma_sentence(text, line),
            _ => {}
        }
    }

    /// `RDMA enabled network adapter 'X' on machine 'N' …`, and within a node's examination `RDMA Enabled Physical Adapter 'X' …`.
    fn rdma_sentence(&mut self, text: &str, line: u32) {
        let quoted: Vec<&str> = text.split('\'').skip(1).step_by(2).collect();
        if let ([port, node, ..], true) = (&quoted[..], text.starts_with("RDMA enabled network adapter")) {
            let (port, facts) = ((*port).to_owned(), self.node(node, line));
            if !port.starts_with("vEthernet") && !facts.rdma_ports.contains(&port) {
                facts.rdma_ports.push(port);
            }
        }
    }

    fn row(&mut self, place: &Place, cells: &[String], first: bool, line: u32) {
        let cell = |index: usize| cells.get(index).map_or("", String::as_str);
        if cell(0) == "Node:" && cells.len() >= 2 {
            self.node(cell(1), line);
            return;
        }
        if place.section == "validate cluster network configuration" {
            return self.network_row(place, cell(0), cell(1));
        }
        if first {
            return;
        }
        let named = place.header.first().is_some_and(|h| h == "Node");
        let node = if named { cell(0) } else { place.node.as_str() };
        if node.is_empty() {
            return;
        }
        let section = place.section.as_str();
        let facts = self.node(node, line);
        match section {
            "list network metric order" => facts.metric_row(cells, line),
            "validate ip configuration" => facts.address_row(cell(0), cell(1), line),
            "validate switch enabled teaming configurations" => {
                facts.set_row(&place.switch, cell(0), cells.last(), line)
            }
            "validate hyper-v network resource pool and virtual switch compatibility" if named => {
                let names = cells.last().map_or("", String::as_str).split('\'').skip(1).step_by(2);
                facts.switches = names.map(str::to_owned).collect();
            }
            "list operating system information" if cell(0) == "Name" => facts.os = cell(1).to_owned(),
            "list operating system information" if cell(0) == "Version" => facts.build = cell(1).to_owned(),
            "validate operating system version" if named => facts.version_row(cell(1), cell(2)),
            "list memory information" if cell(0) == "Total Physical Memory" => facts.memory = cell(1).to_owned(),
            "list system information" if cell(0) == "System Manufacturer" => facts.maker = cell(1).to_owned(),
            "list system information" if cell(0) == "System Model" => facts.model = cell(1).to_owned(),
            "list plug and play devices" if is_port(cell(0)) => {
                facts.devices.push((cell(0).to_owned(), cell(2).to_owned(), line));
            }
            _ => {}
        }
    }

    fn network_row(&mut self, place: &Place, item: &str, value: &str) {
        let Some(network) = self.networks.last_mut() else {
            return;
        };
        let prefixes = place.header.first().is_some_and(|h| h == "Prefix");
        match item {
            "Network Interface" => {
                if let Some((node, adapter)) = value.split_once(" - ") {
                    network.interfaces.push((node.to_owned(), adapter.to_owned()));
                }
            }
            "Connected to iSCSI target" => network.iscsi |= value == "True",
            "Prefix" | "Item" | "IP Address" | "Prefix Length" | "DHCP Enabled" => {}
            prefix if prefixes => network.prefixes.push(format!("{prefix}/{value}")),
            _ => {}
        }
    }
}

impl NodeFacts {
    fn adapter(&mut self, name: &str, line: u32) -> &mut Adapter {
        let found = self.adapters.iter().position(|a| a.name == name);
        let index = found.unwrap_or_else(|| {
            self.adapters.push(Adapter {
                name: name.to_owned(),
                line,
                ..Adapter::default()
            });
            self.adapters.len() - 1
        });
        &mut self.adapters[index]
    }

    /// Name, metric, description, RDMA capable, RSS capable, speed.
    fn metric_row(&mut self, cells: &[String], line: u32) {
        let [name, _, description, rdma, _, speed] = cells else {
            return;
        };
        let adapter = self.adapter(name, line);
        adapter.speed.clone_from(speed);
        if adapter.description.is_empty() {
            adapter.description.clone_from(description);
        }
        if adapter.rdma.is_empty() && rdma == "True" {
            adapter.rdma = "yes".to_owned();
        }
    }

    /// One line of an adapter's own table; `Adapter Name` begins a new one.
    fn address_row(&mut self, item: &str, value: &str, line: u32) {
        if item == "Adapter Name" {
            let adapter = self.adapter(value, line);
            let adapter = std::mem::take(adapter);
            self.adapters.retain(|a| !a.name.is_empty());
            self.adapters.push(Adapter { line, ..adapter });
            return;
        }
        let Some(adapter) = self.adapters.last_mut() else {
            return;
        };
        match item {
            "Adapter Description" => adapter.description = value.to_owned(),
            "Physical Address" => adapter.mac = value.to_owned(),
            "Status" => adapter.status = value.to_owned(),
            // The report misspells the one and not the other.
            "RMDA Capability" | "RDMA Capability" => {
                adapter.rdma = if value == "RDMA Enabled" { "yes" } else { "no" }.to_owned();
            }
            "RDMA Technology" if adapter.rdma == "yes" => match value.to_lowercase() {
                iwarp if iwarp.contains("iwarp") => adapter.rdma = "iwarp".to_owned(),
                roce if roce.contains("roce") => adapter.rdma = "roce".to_owned(),
                _ => {}
            },
            "IP Address" => adapter.addresses.push(value.to_owned()),
            "Prefix Length" => adapter
                .with_prefix
                .extend(adapter.addresses.last().map(|a| format!("{a}/{value}"))),
            _ => {}
        }
    }

    fn set_row(&mut self, switch: &str, item: &str, value: Option<&String>, line: u32) {
        let parts = || value.map_or_else(Vec::new, |v| v.split(", ").map(str::to_owned).collect::<Vec<_>>());
        if item == "Network Adapters in Team" {
            self.sets.push(Set {
                switch: switch.to_owned(),
                members: parts(),
                line,
                ..Set::default()
            });
        }
        let Some(set) = self.sets.last_mut() else { return };
        match item {
            "Team Adapter RDMA Settings" => set.rdma = parts(),
            "Team Adapter Link Speeds" => set.speeds = parts(),
            "Team Adapter Manufacturer and Model" => set.models = parts(),
            "Team Adapter Network Direct Technology" => set.technologies = parts(),
            _ => {}
        }
    }

    fn version_row(&mut self, os: &str, build: &str) {
        if self.os.is_empty() {
            self.os = os.to_owned();
        }
        if self.build.is_empty() {
            self.build = build.to_owned();
        }
    }
}

/// Whether the caption of a Plug and Play device is that of a wired network port. The report gives no device class.
fn is_port(caption: &str) -> bool {
    const NO: [&str; 17] = [
        "hyper-v virtual",
        "virtual switch",
        "kernel debug",
        "enumerator",
        "failover cluster",
        "multiplexor",
        "miniport",
        "bluetooth",
        "wi-fi",
        "wireless",
        "loopback",
        "teredo",
        "isatap",
        "6to4",
        "remote ndis",
        "fibre channel",
        "iscsi",
    ];
    const YES: [&str; 9] = [
        "ethernet",
        "gigabit",
        "gbe",
        "network adapter",
        "network connection",
        "connectx",
        "netxtreme",
        "fastlinq",
        "network controller",
    ];
    let caption = caption.to_lowercase();
    !NO.iter().any(|word| caption.contains(word)) && YES.iter().any(|word| caption.contains(word))
}
