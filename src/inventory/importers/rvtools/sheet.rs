//! The sheets of an export that matter here, and the columns that are read from them, whatever the version calls these.
//!
//! In: heads and rows as text, from a workbook or from `.csv`. Out: rows by column. RVTools 3 to 4.7 have the same heads but for units
//! (`Size MB`, `Size MiB`) and columns that came later (`NIC label`); exports for a database name them `vInfoVMName`, so the name of the
//! sheet is taken off a head before it is compared. Custom attributes stand between the columns and are passed over.
//! Must not know: files, inventory tables.

use crate::inventory::cells::plain;
use crate::inventory::decode::MAX_ROWS;

/// A sheet that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tab {
    /// VMs.
    Info,
    /// Memory of VMs.
    Memory,
    /// Adapters of VMs.
    Network,
    /// ESXi hosts.
    Host,
    /// Physical ports of hosts.
    Nic,
    /// Storage adapters of hosts.
    Hba,
    /// Virtual switches of one host.
    Switch,
    /// Port groups of those.
    Port,
    /// Port groups of distributed switches.
    DvPort,
    /// VMkernel adapters.
    Vmk,
}

/// A column: its name here, and the heads it goes by, without blanks, case and punctuation.
type Column = (&'static str, &'static [&'static str]);

/// How a sheet is called and what is read from it; without the first column a row says nothing.
struct Layout {
    tab: Tab,
    name: &'static str,
    columns: &'static [Column],
}

const HOST: Column = ("host", &["host", "hostname", "esxhost"]);
const CLUSTER: Column = ("cluster", &["cluster", "clustername"]);
const VM: Column = ("vm", &["vm", "vmname", "virtualmachine"]);
const VM_ID: Column = ("id", &["vmid", "vmref"]);
const TEMPLATE: Column = ("template", &["template"]);
const SWITCH: Column = ("switch", &["switch", "switchname", "vswitch", "dvswitch"]);
const GROUP: Column = ("group", &["portgroup", "portgroupname", "name"]);
const VLAN: Column = ("vlan", &["vlan", "vlanid"]);

static LAYOUTS: [Layout; 10] = [
    Layout {
        tab: Tab::Info,
        name: "vInfo",
        columns: &[
            VM,
            ("power", &["powerstate"]),
            TEMPLATE,
            ("placeholder", &["srmplaceholder"]),
            ("connection", &["connectionstate"]),
            ("memory", &["memory", "memorymib", "memorymb", "memsize"]),
            ("nics", &["nics", "numnics", "numberofnics"]),
            ("network1", &["network1"]),
            ("network2", &["network2"]),
            ("network3", &["network3"]),
            ("network4", &["network4"]),
            ("network5", &["network5"]),
            ("network6", &["network6"]),
            ("network7", &["network7"]),
            ("network8", &["network8"]),
            ("priority", &["harestartpriority", "dasrestartpriority"]),
            ("firmware", &["firmware"]),
            CLUSTER,
            HOST,
            ("os", &["osaccordingtotheconfigurationfile", "os", "guestos"]),
            ("os_tools", &["osaccordingtothevmwaretools", "ostools"]),
            VM_ID,
        ],
    },
    Layout {
        tab: Tab::Memory,
        name: "vMemory",
        columns: &[VM, ("memory", &["sizemib", "sizemb", "size"]), HOST, VM_ID],
    },
    Layout {
        tab: Tab::Network,
        name: "vNetwork",
        columns: &[
            VM,
            ("label", &["niclabel", "nic", "label"]),
            ("network", &["network", "networkname", "portgroup", "name"]),
            SWITCH,
            ("connected", &["connected"]),
            ("starts", &["startsconnected", "startconnected"]),
            ("mac", &["macaddress", "mac"]),
            ("type", &["type", "mactype"]),
            TEMPLATE,
            HOST,
            VM_ID,
        ],
    },
    Layout {
        tab: Tab::Host,
        name: "vHost",
        columns: &[
            ("host", &["host", "hostname", "name"]),
            CLUSTER,
            ("cpu", &["cpumodel"]),
            ("memory", &["memory", "memorysize", "memorymib", "memorymb"]),
            ("nics", &["nics", "numnics", "numberofnics"]),
            ("vendor", &["vendor"]),
            ("model", &["model"]),
            ("datacenter", &["datacenter"]),
            ("vcenter", &["visdkserver"]),
        ],
    },
    Layout {
        tab: Tab::Nic,
        name: "vNIC",
        columns: &[
            HOST,
            ("device", &["networkdevice", "device", "name"]),
            ("driver", &["driver"]),
            ("speed", &["speed", "linkspeed"]),
            ("duplex", &["duplex"]),
            ("mac", &["mac", "macaddress"]),
            SWITCH,
            ("pci", &["pci"]),
            CLUSTER,
        ],
    },
    Layout {
        tab: Tab::Hba,
        name: "vHBA",
        columns: &[HOST, ("type", &["type"])],
    },
    Layout {
        tab: Tab::Switch,
        name: "vSwitch",
        columns: &[HOST, SWITCH],
    },
    Layout {
        tab: Tab::Port,
        name: "vPort",
        columns: &[HOST, GROUP, SWITCH, VLAN],
    },
    Layout {
        tab: Tab::DvPort,
        name: "dvPort",
        columns: &[("group", &["port", "portgroup", "name"]), SWITCH, VLAN],
    },
    Layout {
        tab: Tab::Vmk,
        name: "vSC_VMK",
        columns: &[
            HOST,
            GROUP,
            ("device", &["device"]),
            ("mac", &["macaddress", "mac"]),
            ("address", &["ipaddress", "ip4address", "ipv4address", "ip"]),
            ("mask", &["subnetmask", "netmask", "mask"]),
        ],
    },
];

impl Tab {
    fn layout(self) -> &'static Layout {
        LAYOUTS.iter().find(|l| l.tab == self).unwrap_or(&LAYOUTS[0])
    }

    /// Name of the sheet in the workbook.
    pub(super) fn name(self) -> &'static str {
        self.layout().name
    }

    /// The sheet of a workbook with this name.
    pub(super) fn named(name: &str) -> Option<Tab> {
        let wanted = plain(name);
        LAYOUTS.iter().find(|l| plain(l.name) == wanted).map(|l| l.tab)
    }

    /// The sheet that a `.csv` file holds: `RVTools_tabvInfo.csv`, and older `tabvInfo.csv`, also behind a prefix of one's own.
    pub(super) fn of_file(name: &str) -> Option<Tab> {
        let lower = name.to_lowercase();
        let stem = lower.strip_suffix(".csv")?;
        let (_, sheet) = stem.rsplit_once("tab")?;
        // RVTools leaves the v of some sheets out of the file's name.
        Tab::named(sheet).or_else(|| Tab::named(&format!("v{sheet}")))
    }

    /// Position of a column of this sheet.
    fn position(self, column: &str) -> Option<usize> {
        self.layout().columns.iter().position(|(name, _)| *name == column)
    }

    /// For each column the number of the cell that holds it.
    fn places(self, head: &[String]) -> Vec<Option<usize>> {
        let prefix = plain(self.name());
        let heads: Vec<String> = head.iter().map(|cell| plain(cell)).collect();
        let find = |known: &str| {
            heads
                .iter()
                .position(|h| h == known)
                .or_else(|| heads.iter().position(|h| h.strip_prefix(&prefix) == Some(known)))
        };
        let place = |(_, known): &Column| known.iter().find_map(|known| find(known));
        self.layout().columns.iter().map(place).collect()
    }
}

/// One sheet of an export.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) tab: Tab,
    /// What to call it in messages.
    pub(super) file: String,
    /// For each column the number of the cell that holds it, from the head.
    places: Option<Vec<Option<usize>>>,
    rows: Vec<(u32, Vec<String>)>,
    /// There are more rows than are read.
    pub(super) too_long: bool,
}

/// One row, by column.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    sheet: &'a Sheet,
    /// Number of the row in its file or sheet, from 1.
    pub(super) number: u32,
    cells: &'a [String],
}

impl Sheet {
    pub(super) fn new(tab: Tab, file: String) -> Sheet {
        Sheet {
            tab,
            file,
            places: None,
            rows: Vec::new(),
            too_long: false,
        }
    }

    /// Takes the head, then row by row what is read of it; `false` when it is too much.
    pub(super) fn take(&mut self, number: u32, cells: &[String]) -> bool {
        let Some(places) = &self.places else {
            self.places = Some(self.tab.places(cells));
            return true;
        };
        if self.rows.len() == MAX_ROWS {
            self.too_long = true;
            return false;
        }
        let cell = |place: &Option<usize>| {
            let text = place.and_then(|p| cells.get(p)).map_or("", String::as_str);
            clean(text)
        };
        let kept: Vec<String> = places.iter().map(cell).collect();
        if kept.iter().any(|cell| !cell.is_empty()) {
            self.rows.push((number, kept));
        }
        true
    }

    /// Whether the head names the column without which a row says nothing.
    pub(super) fn is_known(&self) -> bool {
        self.places
            .as_ref()
            .is_some_and(|p| p.first().is_some_and(Option::is_some))
    }

    /// Whether the head names a column.
    pub(super) fn has(&self, column: &str) -> bool {
        let position = self.tab.position(column);
        position.is_some_and(|p| {
            self.places
                .as_ref()
                .and_then(|all| all.get(p))
                .is_some_and(Option::is_some)
        })
    }

    /// Rows that have the column without which they say nothing.
    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let lines = self.rows.iter().map(|(number, cells)| Line {
            sheet: self,
            number: *number,
            cells,
        });
        lines.filter(|line| line.cells.first().is_some_and(|cell| !cell.is_empty()))
    }
}

impl<'a> Line<'a> {
    /// Text of a column; empty when blank or when the export has no such column.
    pub(super) fn text(self, column: &str) -> &'a str {
        let position = self.sheet.tab.position(column);
        debug_assert!(position.is_some(), "no column {column} in {}", self.sheet.tab.name());
        position.and_then(|p| self.cells.get(p)).map_or("", String::as_str)
    }

    /// The sheet of the row.
    pub(super) fn tab(self) -> Tab {
        self.sheet.tab
    }

    /// Number of the cell of a column in its row, from 1; `None` when the export has no such column.
    pub(super) fn cell_number(self, column: &str) -> Option<u32> {
        let places = self.sheet.places.as_ref()?;
        let place = places.get(self.sheet.tab.position(column)?).copied().flatten()?;
        u32::try_from(place + 1).ok()
    }

    /// Whether a column says yes.
    pub(super) fn yes(self, column: &str) -> bool {
        crate::inventory::cells::yes_no(self.text(column)).unwrap_or(false)
    }

    /// A whole number, with marks between thousands or with decimals of no weight.
    pub(super) fn number(self, column: &str) -> Option<u64> {
        number(self.text(column))
    }
}

/// Without blanks around it, line breaks and other control characters.
fn clean(text: &str) -> String {
    text.split(|c: char| c.is_control())
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// `2224`, `2224.0`, `2,224`, `2 224`, `2.224.000`, `1.6E4`; a mark before exactly three digits groups thousands, since the
/// numbers read here are whole.
pub(super) fn number(text: &str) -> Option<u64> {
    let squeezed: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\'').collect();
    if squeezed.is_empty() {
        return None;
    }
    if squeezed.bytes().all(|b| b.is_ascii_digit()) {
        return squeezed.parse().ok();
    }
    let mut parts = squeezed.split([',', '.']);
    let first = parts.next().unwrap_or("");
    let rest: Vec<&str> = parts.collect();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let grouped =
        !rest.is_empty() && digits(first) && first.len() <= 3 && rest.iter().all(|p| p.len() == 3 && digits(p));
    if grouped {
        return format!("{first}{}", rest.concat()).parse().ok();
    }
    let value: f64 = squeezed.replace(',', ".").parse().ok()?;
    // Numbers of an export are far below 2^53, where every whole number is exact.
    (value.is_finite() && (0.0..9e15).contains(&value)).then(|| value.round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(tab: Tab, rows: &[&[&str]]) -> Sheet {
        let mut sheet = Sheet::new(tab, "x".to_owned());
        for (index, row) in rows.iter().enumerate() {
            let cells: Vec<String> = row.iter().map(|c| (*c).to_owned()).collect();
            sheet.take(u32::try_from(index + 1).unwrap_or(0), &cells);
        }
        sheet
    }

    #[test]
    fn heads_of_old_new_and_database_exports_mean_the_same() {
        for head in [
            ["VM", "Powerstate", "Memory", "Cluster"],
            ["vm ", "Power state", "Memory MB", "Cluster"],
            ["vInfoVMName", "vInfoPowerstate", "vInfoMemory", "vInfoCluster"],
        ] {
            let sheet = sheet(Tab::Info, &[&head, &["A", "poweredOn", "2,048", "C"]]);
            let line = sheet.lines().next().expect("a row");
            assert_eq!(
                (line.text("vm"), line.text("power"), line.text("cluster")),
                ("A", "poweredOn", "C")
            );
            assert_eq!(line.number("memory"), Some(2048), "{head:?}");
        }
        let memory = sheet(Tab::Memory, &[&["VM", "Size MB"], &["A", "512"]]);
        assert_eq!(memory.lines().next().and_then(|l| l.number("memory")), Some(512));
        let hosts = sheet(
            Tab::Host,
            &[&["vHostName", "vHostMemorySize", "vHostNumNics"], &["h", "1", "4"]],
        );
        assert_eq!(
            hosts.lines().next().map(|l| (l.text("host"), l.text("nics"))),
            Some(("h", "4"))
        );
        assert!(hosts.has("memory") && !hosts.has("vendor") && hosts.is_known());
    }

    #[test]
    fn files_are_known_by_the_names_that_rvtools_gives() {
        for (name, tab) in [
            ("RVTools_tabvInfo.csv", Some(Tab::Info)),
            ("RVTools_tabdvPort.csv", Some(Tab::DvPort)),
            ("RVTools_tabvSC_VMK.csv", Some(Tab::Vmk)),
            ("vc1_tabvNIC.CSV", Some(Tab::Nic)),
            ("nics.csv", None),
            ("tables.csv", None),
            ("RVTools_tabvDisk.csv", None),
        ] {
            assert_eq!(Tab::of_file(name), tab, "{name}");
        }
    }

    #[test]
    fn numbers_are_read_as_excel_and_every_locale_write_them() {
        for (text, value) in [
            ("2224", Some(2224)),
            ("261797.0", Some(261_797)),
            ("1.048.576", Some(1_048_576)),
            ("1\u{a0}024", Some(1024)),
            ("1.6E4", Some(16_000)),
            ("10000 Full", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(number(text), value, "{text}");
        }
    }
}
