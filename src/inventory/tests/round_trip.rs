//! What is written is read back as the same facts; schema and templates agree with the reader.

use super::{Cluster, Inventory, LoadOptions, NICS, NODES, load, load_all, show};
use crate::inventory::catalogue::TABLES;
use crate::inventory::{json_schema, templates, to_csv_tables};

/// Writes the clusters, reads them again and compares everything but places.
fn assert_round_trip(first: &Inventory) {
    let files = to_csv_tables(&first.clusters);
    let texts: Vec<(String, String)> = files
        .into_iter()
        .map(|(name, bytes)| {
            (
                name.trim_end_matches(".csv").to_owned(),
                String::from_utf8(bytes).expect("written as UTF-8"),
            )
        })
        .collect();
    let borrowed: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let again = load(&borrowed).unwrap_or_else(|p| panic!("{}\n{texts:?}", show(&p)));
    assert_eq!(again.sha256, first.sha256);
    let facts = |clusters: &[Cluster]| without_places(&format!("{clusters:#?}"));
    assert_eq!(facts(&again.clusters), facts(&first.clusters));
}

/// Debug text without the lines that name a source, line or column.
fn without_places(text: &str) -> String {
    let place = |line: &&str| {
        !["source:", "line:", "column:", "nth:", "file:"]
            .iter()
            .any(|p| line.trim().starts_with(p))
    };
    text.lines().filter(place).collect::<Vec<_>>().join("\n")
}

const RICH: &[(&str, &str)] = &[
    (
        "clusters",
        "cluster,profile,storage,live_migration_transport,concurrent_migrations,maximum_parallel_migrations,migration_exclude_networks,\
         migration_network_order,smb_limit,smb_limit_factor,anti_affinity_enforced\nC1,2012 R2,smb,SMB,4,3,N1;Gone,N2,no,4000,yes\n",
    ),
    (
        "nodes",
        "node,cluster,management_ip,memory_mib,hardware,mac_pool_min,mac_pool_max,live_migration,live_migration_transport,\
         concurrent_migrations,any_migration_network,migration_subnets,smb_limit_mbps\n\
         HV1,C1,10.0.0.1,256 GB,=cmd,00155D000000,00155D0000FF,yes,tcp,2,no,10.0.3.0/24;fe80::/64,6290\n\
         HV2,C1,,,,,,,,,,none,\n",
    ),
    (
        "nics",
        "node,nic,speed_mbps,card,tor,tor_port,direct_to,rdma,sriov,vmq,vlans,model,mac,status,current_role,team,addresses,driver_date,full_duplex,driver_provider\n\
         HV1,\"Port 1, left\",10G,S1,T1,e1,,roce,yes,no,10-12;20,X,B0-00-00-00-00-01,up,management,,10.0.0.1/24;10.0.9.1/24,2026-05-01,no,\"=Contoso, Ltd\"\n\
         HV1,@Port 2,10G,S1,T2,e2,,no,,,0,X,,down,lm;cluster,Team A\n\
         HV1,P3,25G,S2,,,HV2/P3,iwarp,,,,Y,,,storage,\nHV1,P4,25G,S2,T1,,,yes,,,,Y,,,,\n\
         HV2,P3,25G,S2,,,,iwarp,,,,Y,,,,\nHV2,P4,25G,S2,T1,,,,,,,Y,,,vm:Guests,\n",
    ),
    ("tors", "tor\nT9\n"),
    (
        "inter_switch_links",
        "tor_a,tor_b,speed_mbps,vlans\nT2,T1,40G,10\nT9,T1,1G,\n",
    ),
    (
        "cluster_networks",
        "network,subnet,vlan,cluster_use,metric,purpose,state\nN1,10.0.0.0/24,10,3,30000,management,partitioned\nN2,,,,,\n",
    ),
    (
        "demands",
        "node,role,demand_mbps,survive,survive_wish\n,storage,3G,nic,card\nHV1,management,1,,\n",
    ),
    (
        "switches",
        "node,switch,type,nics,allow_management_os\nHV1,Guests,external,P4,no\nHV1,In,internal,,\nHV2,Pr,private,,\n",
    ),
    (
        "host_vnics",
        "node,host_vnic,switch,role,vlan,weight,mac,addresses,rdma\nHV1,vEthernet (M),Guests,replica,5,20,00155D000001,10.0.5.1/24,yes\n",
    ),
    (
        "vms",
        "vm,node,memory_mib,state,generation,priority,possible_owners,anti_affinity,os,nlb_cluster,nlb_mode,nlb_ip,pxe,replica,mac_bound,spoofing_reason,maximum_memory_mib,dirty_mib_s,working_set_mib\n\
         +A,HV1,8 GB,saved,2,high,HV1,DC,W,NLB,igmp,10.0.0.9,yes,yes,licence,nested,16 GB,20,512\nB,,,off,,no-auto-start,,,,,,,,,,\n'C,HV2,1,,,low,,,,,,,,,,\n",
    ),
    (
        "vnics",
        "vm,vnic,type,switch,vlans,mac,mac_type,spoofing,average_mbps,p95_mbps,peak_mbps,weight,zone,dedicated\n\
         +A,N,legacy,Guests,7;9,00155D000002,static,on,1,2,3,4,DMZ,yes\nB,N,,In,,,,,,,,,,\n",
    ),
    (
        "policy",
        "setting,value,reason,until\ngrowth_percent,30,,\ntarget_utilisation_permille,75 %,,\ndefault_vnic_mbps,5,,\ndrain_goal_minutes,9,,\n\
         drain_minutes,7,,\nsurvive:vm,node;tor,,\nsurvive_wish:replica,none,,\nisolate:vm|cluster,no,,\nseparate_zones,wish,,\nisolate_zone:DMZ,required,,\n\
         survival_first,no,,\nvendor_teaming,yes,,\nmaintenance_window_minutes,240,,\nreboot_minutes,20,,\nblackout_limit_ms,5000,,\nweights_on_set,yes,,\nheavy_permille,5 %,,\nrule:legacy-adapter,allow,\"old, \"\"PXE\"\"\",2027-01-31\n",
    ),
];

#[test]
fn every_fact_survives_writing_and_reading() {
    assert_round_trip(&load(RICH).unwrap_or_else(|p| panic!("{}", show(&p))));
}

#[test]
fn defaults_survive_too() {
    assert_round_trip(&load(&[NODES, NICS, ("vms", "vm,node\nA,HV1\n")]).unwrap_or_else(|p| panic!("{}", show(&p))));
}

#[test]
fn clusters_with_equal_names_inside_survive() {
    let a: &[(&str, &str)] = &[
        ("nodes", "node,cluster\nHV1,A\n"),
        (
            "nics",
            "node,nic,speed_mbps,tor,current_role\nHV1,x,1G,T1,vm\nHV1,y,1G,T2,\n",
        ),
        ("inter_switch_links", "tor_a,tor_b,speed_mbps\nT1,T2,10G\n"),
        ("vms", "vm,node\nSQL,HV1\n"),
    ];
    let b: &[(&str, &str)] = &[
        ("nodes", "node,cluster\nHV1,B\n"),
        ("nics", "node,nic,speed_mbps,tor\nHV1,x,10G,T1\nHV1,y,1G,T2\n"),
        ("vms", "vm,node\nSQL,HV1\n"),
        ("vnics", "vm,p95_mbps\nSQL,9\n"),
    ];
    let both = load_all(&[a, b], &LoadOptions::default()).unwrap_or_else(|p| panic!("{}", show(&p)));
    assert_eq!(both.clusters.iter().map(|c| c.links.len()).collect::<Vec<_>>(), [1, 0]);
    assert_round_trip(&both);
}

#[test]
fn each_fact_changes_the_hash() {
    let base = load(RICH).map(|i| i.sha256).unwrap_or_default();
    for (from, to) in [
        ("256 GB", "255 GB"),
        ("10-12;20", "10-12"),
        ("T9,T1,1G", "T9,T1,2G"),
        ("DMZ", "dmz"),
        ("licence", "other"),
        ("75 %", "76 %"),
    ] {
        let texts: Vec<(&str, String)> = RICH
            .iter()
            .map(|(name, text)| (*name, text.replace(from, to)))
            .collect();
        let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let changed = load(&files).unwrap_or_else(|p| panic!("{}", show(&p)));
        assert_ne!(changed.sha256, base, "{from}");
    }
}

#[test]
fn formulas_are_guarded_and_files_are_plain() {
    let inventory = load(RICH).unwrap_or_else(|p| panic!("{}", show(&p)));
    let files = to_csv_tables(&inventory.clusters);
    for (name, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains('\r') && text.ends_with('\n'), "{name}");
        for cell in csv::ReaderBuilder::new()
            .from_reader(text.as_bytes())
            .records()
            .flatten()
            .flat_map(|r| r.iter().map(str::to_owned).collect::<Vec<_>>())
        {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{name}: {cell}");
        }
    }
    assert!(
        files
            .iter()
            .any(|(_, bytes)| String::from_utf8_lossy(bytes).contains("'=cmd"))
    );
    assert!(inventory.clusters[0].vms.iter().any(|v| v.name == "+A"));
}

#[test]
fn written_headers_are_the_planners_and_those_of_the_review_that_are_filled() {
    let inventory = load(RICH).unwrap_or_else(|p| panic!("{}", show(&p)));
    let files = to_csv_tables(&inventory.clusters);
    assert_eq!(files.len(), TABLES.len());
    for (table, (name, bytes)) in TABLES.iter().zip(files) {
        assert_eq!(name, table.file());
        let mut strict = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
        let rows: Vec<csv::StringRecord> = strict
            .records()
            .collect::<Result<_, _>>()
            .expect("every row is as wide as its header");
        let filled = |name: &str| ["driver_provider", "driver_date", "full_duplex"].contains(&name);
        let expected = table.columns.iter().filter(|c| !c.review || filled(c.name));
        assert!(rows[0].iter().eq(expected.map(|c| c.name)), "{name}");
    }
}

#[test]
fn templates_are_headers_that_the_reader_knows_and_a_guide_of_every_column() {
    for separator in [',', ';', '\t'] {
        templates_hold(&templates(separator), separator);
    }
}

fn templates_hold(files: &[(String, String)], separator: char) {
    let guide = files
        .iter()
        .find(|(name, _)| name == "README.md")
        .map(|(_, text)| text.as_str())
        .unwrap_or_default();
    for table in TABLES {
        let (_, text) = files
            .iter()
            .find(|(name, _)| *name == table.file())
            .expect("a template per table");
        assert_eq!(text.lines().count(), 1);
        assert!(text.starts_with('\u{feff}'), "Excel sees that it is UTF-8");
        let names: Vec<&str> = text
            .trim_start_matches('\u{feff}')
            .trim_end()
            .split(separator)
            .collect();
        assert!(names.iter().copied().eq(table.planning().map(|c| c.name)), "{text}");
        assert!(
            table
                .columns
                .iter()
                .all(|c| guide.contains(&format!("| `{}` |", c.name))),
            "{}",
            table.name
        );
        assert!(table.review().all(|c| !text.contains(c.name)), "{text}");
    }
    let blank: Vec<(&str, &str)> = files
        .iter()
        .filter(|(n, _)| n.ends_with(".csv"))
        .map(|(n, t)| (n.trim_end_matches(".csv"), t.as_str()))
        .collect();
    let said = load(&blank).map(|_| String::new()).unwrap_or_else(|p| show(&p));
    assert_eq!(
        said,
        "nics.csv: the table nics has no rows\nnodes.csv: the table nodes has no rows"
    );
}

#[test]
fn the_schema_names_every_column_and_what_is_required() {
    let schema = json_schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["required"], serde_json::json!(["nodes", "nics"]));
    for table in TABLES {
        let items = &schema["properties"][table.name]["items"];
        for column in table.columns {
            assert!(
                items["properties"][column.name]["description"].is_string(),
                "{}.{}",
                table.name,
                column.name
            );
        }
    }
    assert_eq!(
        schema["properties"]["nics"]["items"]["required"],
        serde_json::json!(["node", "nic", "speed_mbps"])
    );
}
