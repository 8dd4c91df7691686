//! Reads small reports in both layouts and checks what is concluded and what is only assumed.

use super::read_str;
use crate::inventory::raw::Gathered;
use crate::inventory::resolve::resolve;
use crate::inventory::{Cluster, Inventory, LoadOptions, Rdma, StorageKind};

fn load(page: &str) -> Inventory {
    let mut gathered = Gathered::default();
    read_str(page, "report.htm", 0, &mut gathered);
    resolve(gathered, &LoadOptions::default()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn only(page: &str) -> Cluster {
    let mut inventory = load(page);
    assert_eq!(inventory.clusters.len(), 1);
    inventory.clusters.remove(0)
}

fn assumed(page: &str) -> Vec<String> {
    load(page).assumptions.into_iter().map(|a| a.missing).collect()
}

const SAMPLE: &str = include_str!("../../../../samples/test-cluster-report/validation-report.htm");

#[test]
fn the_newer_layout_gives_nodes_ports_set_networks_and_profile() {
    let cluster = only(SAMPLE);
    assert_eq!((cluster.profile.name, cluster.storage), ("2022", StorageKind::Smb));
    assert_eq!(
        cluster.nodes.iter().map(|n| n.name.as_str()).collect::<Vec<_>>(),
        ["NORD-HV1", "NORD-HV2", "NORD-HV3"]
    );
    let node = &cluster.nodes[1];
    assert_eq!(
        (node.management_ip.as_str(), node.memory_mib),
        ("10.20.0.12", Some(384 * 1024))
    );
    assert_eq!(node.hardware, "Fjord Systems FS-240 G3");
    let ports: Vec<(&str, u64, &str)> = node
        .nics
        .iter()
        .map(|n| (n.name.as_str(), n.speed, n.card.as_str()))
        .collect();
    assert_eq!(
        ports,
        [
            ("NIC1", 1_000, ""),
            ("Nordlan I350 Gigabit Network Connection #2", 1_000, ""),
            ("SLOT 2 Port 1", 25_000, "SLOT 2"),
            ("SLOT 2 Port 2", 25_000, "SLOT 2"),
        ]
    );
    assert_eq!(
        node.nics[0].mac.map(|m| m.to_string()).as_deref(),
        Some("B4-96-91-02-20-01")
    );
    assert_eq!((node.nics[0].rdma, node.nics[2].rdma), (Rdma::No, Rdma::Roce));
    assert_eq!(node.nics[0].addresses, ["10.20.0.12/24"]);
    let vnics: Vec<(&[String], Option<bool>)> = node.host_vnics.iter().map(|v| (&v.addresses[..], v.rdma)).collect();
    assert!(
        vnics.iter().all(|(a, _)| a.len() == 1 && !a[0].starts_with("fe80")),
        "{vnics:?}"
    );
    assert_eq!(
        vnics.iter().map(|(_, r)| *r).collect::<Vec<_>>(),
        [Some(false), Some(true), Some(true)]
    );
    assert_eq!(node.switches.len(), 1);
    assert_eq!(
        (node.switches[0].name.as_str(), node.switches[0].nics.len()),
        ("Converged", 2)
    );
    assert_eq!(
        node.host_vnics.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(),
        ["LiveMigration", "SMB01", "SMB02"]
    );
    let roles: Vec<&str> = node.nics[2].roles.iter().map(|r| r.name()).collect();
    assert_eq!(
        roles,
        ["cluster", "live-migration", "storage", "vm"],
        "cluster traffic has no network named for it"
    );
    let networks: Vec<(&str, Option<u8>)> = cluster
        .networks
        .iter()
        .map(|n| (n.subnet.as_str(), n.cluster_use))
        .collect();
    assert_eq!(networks[0], ("10.20.0.0/24", Some(3)));
    assert_eq!(networks.iter().filter(|(_, use_)| *use_ == Some(1)).count(), 3);
}

#[test]
fn what_a_report_cannot_say_is_listed_as_assumed() {
    let missing = assumed(SAMPLE);
    for part in [
        "virtual machines",
        "physical switch of 12",
        "pool of dynamic MAC",
        "traffic roles",
        "speed of 6 of 12",
        "disabled or faulty ports (Nordlan X540",
        "virtual switches Lab",
    ] {
        assert!(missing.iter().any(|m| m.contains(part)), "{part} not in {missing:?}");
    }
}

#[test]
fn facts_point_at_their_line_of_the_report() {
    let inventory = load(SAMPLE);
    let nic = &inventory.clusters[0].nodes[0].nics[2];
    let at = inventory.locate(nic.origin, "speed_mbps");
    let line = SAMPLE.lines().nth(at.line as usize - 1).unwrap_or_default();
    assert!(at.file == "report.htm" && at.column == 0 && at.line > 1, "{at}");
    assert!(
        SAMPLE
            .lines()
            .skip(at.line as usize - 1)
            .take(4)
            .any(|l| l.contains("SLOT 2 Port 1")),
        "{at}: {line}"
    );
}

/// A page in the older layout: sections of `title`, each with its body.
fn page(sections: &[(&str, &str)]) -> String {
    let body: String = sections
        .iter()
        .map(|(title, body)| format!("<h2>{title}</h2><ul>{body}</ul>"))
        .collect();
    format!("<html><body>{body}</body></html>")
}

fn table(rows: &[&[&str]]) -> String {
    let row = |cells: &&[&str]| {
        format!(
            "<tr>{}</tr>",
            cells.iter().map(|c| format!("<td>{c}</td>")).collect::<String>()
        )
    };
    format!("<table>{}</table>", rows.iter().map(row).collect::<String>())
}

fn adapter(name: &str, description: &str, address: &str) -> String {
    table(&[
        &["Item", "Name"],
        &["Adapter Name", name],
        &["Adapter Description", description],
        &["Physical Address", "AA-00-00-00-00-01"],
        &["Status", "Operational"],
        &["LBFO Enabled", "No"],
        &["IP Address", address],
        &["Prefix Length", "24"],
    ])
}

const METRICS: &[&str] = &[
    "Network Connection",
    "Interface Metric",
    "Adapter",
    "RDMA Capable",
    "RSS Capable",
    "Speed",
];

#[test]
fn the_older_layout_without_a_teaming_section_gives_bare_ports_with_their_roles() {
    let metrics = table(&[
        METRICS,
        &["Mgmt", "15", "Intel 82576 Gigabit", "False", "True", "1 Gbit/s"],
        &["iSCSI A", "15", "Intel 82576 Gigabit #2", "False", "True", "1 Gbit/s"],
        &[
            "Heartbeat",
            "15",
            "Intel 82576 Gigabit #3",
            "False",
            "True",
            "100 Mbit/s",
        ],
    ]);
    let adapters = [
        adapter("Mgmt", "Intel 82576 Gigabit", "10.0.0.1"),
        adapter("iSCSI A", "Intel 82576 Gigabit #2", "10.0.9.1"),
        adapter("Heartbeat", "Intel 82576 Gigabit #3", "10.0.8.1"),
        adapter(
            "Local Area Connection* 9",
            "Microsoft Failover Cluster Virtual Adapter",
            "169.254.1.1",
        ),
        adapter(
            "Loopback Pseudo-Interface 1",
            "Software Loopback Interface 1",
            "127.0.0.1",
        ),
        adapter("isatap.x", "Microsoft ISATAP Adapter", "fe80::1"),
    ]
    .concat();
    let cluster = only(&page(&[
        (
            "List Network Metric Order",
            &format!("<h3>OLD1.corp.example</h3>{metrics}"),
        ),
        (
            "List Operating System Information",
            &format!(
                "<h3>OLD1.corp.example</h3>{}",
                table(&[
                    &["Item", "Value"],
                    &["Name", "Microsoft Windows Server 2008 R2 Enterprise"]
                ])
            ),
        ),
        (
            "Validate IP Configuration",
            &format!("<h3>OLD1.corp.example</h3>{adapters}"),
        ),
        (
            "Validate Cluster Network Configuration",
            &format!(
                "<div><b>Network:</b> Cluster Network 1</div><div>Network Role: Disabled</div>{}{}",
                table(&[&["Prefix", "Prefix Length"], &["10.0.9.0", "24"]]),
                table(&[
                    &["Item", "Value"],
                    &["Network Interface", "OLD1.corp.example - iSCSI A"],
                    &["Connected to iSCSI target", "True"]
                ])
            ),
        ),
    ]));
    assert_eq!((cluster.profile.name, cluster.storage), ("2008r2", StorageKind::Iscsi));
    let node = &cluster.nodes[0];
    assert_eq!((node.name.as_str(), node.management_ip.as_str()), ("OLD1", "10.0.0.1"));
    let ports: Vec<(&str, u64, Vec<&str>)> = node
        .nics
        .iter()
        .map(|n| (n.name.as_str(), n.speed, n.roles.iter().map(|r| r.name()).collect()))
        .collect();
    assert_eq!(
        ports,
        [
            ("Heartbeat", 100, vec!["cluster"]),
            ("iSCSI A", 1_000, vec!["storage"]),
            ("Mgmt", 1_000, vec!["management"])
        ]
    );
    assert_eq!(cluster.networks[0].cluster_use, Some(0));
}

#[test]
fn ports_hidden_under_a_switch_come_from_the_device_list_or_are_assumed() {
    let virtual_nic = adapter("vEthernet (Management)", "Hyper-V Virtual Ethernet Adapter", "10.0.0.1");
    let metrics = table(&[
        METRICS,
        &[
            "vEthernet (Management)",
            "15",
            "Hyper-V Virtual Ethernet Adapter",
            "False",
            "True",
            "10 Gbit/s",
        ],
    ]);
    let devices = table(&[
        &["Caption", "Manufacturer", "Status", "Service"],
        &["Hyper-V Virtual Ethernet Adapter", "Microsoft", "OK", "VMSNPXYMP"],
        &["Contoso 10GbE Ethernet Adapter", "Contoso", "OK", "c10"],
        &["Contoso 10GbE Ethernet Adapter #2", "Contoso", "OK", "c10"],
    ]);
    let switches = table(&[
        &["Node", "Network Resource Pools", "Virtual Ethernet Switches"],
        &["N1", "", "'Guests'"],
    ]);
    let mut sections = vec![
        ("List Network Metric Order", format!("<h3>N1</h3>{metrics}")),
        (
            "Validate Hyper-V Network Resource Pool And Virtual Switch Compatibility",
            switches,
        ),
        ("Validate IP Configuration", format!("<h3>N1</h3>{virtual_nic}")),
        ("List Plug and Play Devices", format!("<h3>N1</h3>{devices}")),
    ];
    let told = |sections: &[(&'static str, String)]| {
        let borrowed: Vec<(&str, &str)> = sections.iter().map(|(title, body)| (*title, body.as_str())).collect();
        page(&borrowed)
    };
    let found = only(&told(&sections));
    let ports = |c: &Cluster| {
        c.nodes[0]
            .nics
            .iter()
            .map(|n| (n.name.clone(), n.speed, n.switch.clone()))
            .collect::<Vec<_>>()
    };
    let port = |name: &str| (name.to_owned(), 10_000, Some("Guests".to_owned()));
    assert_eq!(
        ports(&found),
        [
            port("Contoso 10GbE Ethernet Adapter"),
            port("Contoso 10GbE Ethernet Adapter #2")
        ]
    );
    sections.pop();
    assert_eq!(
        ports(&only(&told(&sections))),
        [port("Guests port 1"), port("Guests port 2")]
    );
    assert!(
        assumed(&told(&sections))
            .iter()
            .any(|m| m.contains("physical ports under virtual switches"))
    );
}

#[test]
fn other_pages_are_refused_with_advice() {
    for text in [
        "",
        "<html><body>hello</body></html>",
        "<h2>Validate IP Configuration</h2>",
    ] {
        let mut gathered = Gathered::default();
        read_str(text, "page.htm", 0, &mut gathered);
        assert_eq!(gathered.problems.len(), 1, "{text}");
        assert!(gathered.problems[0].advice.contains("Test-Cluster"));
    }
}

#[test]
fn values_that_no_inventory_takes_are_left_out_instead_of_stopping_the_report() {
    let devices = table(&[
        &["Caption", "Manufacturer", "Status", "Service"],
        &["Contoso Ethernet Adapter", "Contoso", "OK", "c1"],
        &["Contoso Ethernet Adapter", "Contoso", "OK", "c1"],
    ]);
    let odd =
        adapter("Mgmt", "Tunnel Gigabit Ethernet", "10.0.0.1").replace("AA-00-00-00-00-01", "00-00-00-00-00-00-00-E0");
    let cluster = only(&page(&[
        ("Validate IP Configuration", &format!("<h3>N1</h3>{odd}")),
        (
            "List Memory Information",
            &format!(
                "<h3>N1</h3>{}",
                table(&[&["Item", "Value"], &["Total Physical Memory", "plenty"]])
            ),
        ),
        ("List Plug and Play Devices", &format!("<h3>N1</h3>{devices}")),
        (
            "Validate Cluster Network Configuration",
            "<div>Network: A</div><div>Network Role: Unbekannt</div>",
        ),
    ]));
    let names: Vec<&str> = cluster.nodes[0].nics.iter().map(|n| n.name.as_str()).collect();
    assert_eq!(
        names,
        ["Contoso Ethernet Adapter", "Contoso Ethernet Adapter (2)", "Mgmt"]
    );
    assert_eq!(
        (cluster.nodes[0].memory_mib, cluster.nodes[0].nics[2].mac),
        (None, None)
    );
    assert_eq!(cluster.networks[0].cluster_use, None);
}

#[test]
fn that_azure_stack_hci_is_ruled_by_intents_is_an_assumption() {
    let missing = |page: &str| {
        let found = assumed(page).into_iter().find(|text| text.contains("by intents"));
        found.unwrap_or_default()
    };
    let azure = SAMPLE.replace("Microsoft Windows Server 2022 Datacenter", "Microsoft Azure Stack HCI");

    assert_eq!(only(&azure).profile.name, "azurelocal");
    assert!(missing(&azure).starts_with("whether the release of Microsoft Azure Stack HCI (10.0.20348"));
    assert_eq!(missing(SAMPLE), "");
}
