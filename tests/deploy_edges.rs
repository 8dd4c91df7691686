//! What `deploy` does at the edges of an inventory: switches that nobody names, names that cmdlets take as patterns, networks without VMs, and roles for which
//! there is nothing to run.
#![cfg(feature = "solver")]

mod program;

use program::{nicplan, place, text};
use std::fs;
use std::path::{Path, PathBuf};

const NETWORKS: &str = "network,subnet,vlan,cluster_use,purpose\nM,10.0.0.0/24,10,3,management\nC,10.0.1.0/24,11,1,cluster\nL,10.0.2.0/24,12,1,live-migration\n";

/// Two hosts with these ports; the rest as in `tables`.
fn inventory(name: &str, ports: &[&str], tables: &[(&str, &str)]) -> PathBuf {
    let dir = place(&format!("edges-{name}"));
    fs::create_dir_all(&dir).expect("the build folder can be written");
    let mut nics = "node,nic,speed_mbps,card,model,current_role,team,addresses\n".to_owned();
    for number in ["1", "2"] {
        let rows = ports.iter().map(|port| port.replace("{n}", number));
        rows.for_each(|port| nics += &format!("N{number},{port}\n"));
    }
    let own = [
        ("clusters", "cluster,profile,storage\nC,2019,none\n"),
        (
            "nodes",
            "node,management_ip,memory_mib\nN1,10.0.0.11,131072\nN2,10.0.0.12,131072\n",
        ),
        ("nics", nics.as_str()),
        ("cluster_networks", NETWORKS),
    ];
    for (table, rows) in own.iter().chain(tables) {
        fs::write(dir.join(format!("{table}.csv")), rows).expect("the build folder can be written");
    }
    dir
}

/// Plans in one style and writes the scripts: what `deploy` said, its exit code, and its folder.
fn deployed(dir: &Path, style: &str) -> (String, i32, PathBuf) {
    let (plan, out) = (dir.join("planned"), dir.join("scripts"));
    let run = nicplan(&["plan", text(dir), "-o", text(&plan), "--style", style]);
    assert!(run.code <= 1, "{}{}", run.out, run.err);
    let file = plan.join("plan.json");
    let run = nicplan(&["deploy", text(dir), "--plan", text(&file), "-o", text(&out)]);
    (format!("{}{}", run.out, run.err), run.code, out)
}

fn read(out: &Path, file: &str) -> String {
    fs::read_to_string(out.join(file)).unwrap_or_else(|why| panic!("{file}: {why}"))
}

const VMS: (&str, &str) = ("vms", "vm,node,memory_mib\nV1,N1,4096\nV2,N2,4096\n");

/// Guests on a switch G over S1.
const GUESTS: [(&str, &str); 3] = [
    VMS,
    ("switches", "node,switch,nics\nN1,G,S1\nN2,G,S1\n"),
    ("vnics", "vm,switch,vlans\nV1,G,30\nV2,G,30\n"),
];

/// The inventory concludes a switch under ports that are said to carry VM traffic: its name is nobody's, and no script may use it.
#[test]
fn a_switch_that_nobody_names_is_asked_for_and_no_script_uses_a_made_up_name() {
    let ports = [
        "L1,1000,A,X,management,,",
        "L2,1000,A,X,cluster;live-migration,,",
        "S1,10000,B,Y,vm,,",
    ];
    let dir = inventory("unnamed", &ports, &[VMS, ("vnics", "vm,vlans\nV1,30\nV2,30\n")]);
    let (told, code, out) = deployed(&dir, "best");
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("Refused, nothing was written") && !out.exists(), "{told}");
    assert!(
        told.contains("S1 of N1 and N2 carry VM traffic") && told.contains("that of N1 is N1,NAME,S1."),
        "{told}"
    );

    fs::write(dir.join("switches.csv"), GUESTS[1].1).expect("the build folder can be written");
    let (told, code, _) = deployed(&dir, "best");
    assert_eq!(code, 0, "{told}");
}

#[test]
fn a_name_that_is_a_pattern_is_refused_only_where_a_script_would_use_it() {
    let ports =
        |cluster: &'static str, idle: &'static str| ["L1,1000,A,X,management,,", cluster, "S1,10000,B,Y,vm:G,,", idle];
    let idle = ports("L2,1000,A,X,cluster;live-migration,,", "Spare [2],100,Z,Z,,,");
    let (told, code, out) = deployed(&inventory("pattern-idle", &idle, &GUESTS), "converged");
    assert_eq!(code, 0, "{told}");
    assert!(!read(&out, "N1-1-pre-check.ps1").contains("Spare"), "{told}");

    let used = ports("L*2,1000,A,X,cluster;live-migration,,", "L4,1000,Z,Z,,,");
    let (told, code, _) = deployed(&inventory("pattern-used", &used, &GUESTS), "converged");
    assert_eq!(code, 1, "{told}");
    assert!(
        told.contains("the name L*2 of a NIC") && told.contains("Rename it"),
        "{told}"
    );
}

#[test]
fn a_virtual_switch_without_vms_is_told_before_it_is_built() {
    let ports = [
        "L1,1000,A,X,management,,",
        "L2,1000,A,X,cluster;live-migration,,",
        "S1,10000,B,Y,,,",
    ];
    let (told, code, out) = deployed(&inventory("unused", &ports, &[]), "best");
    assert_eq!(code, 0, "{told}");
    let runbook = read(&out, "RUNBOOK.md");
    assert!(
        runbook.contains("The scripts make the virtual switch External-1, and the plan connects no VM to it"),
        "{runbook}"
    );
}

/// Live migration parts from the cluster and has no address that anybody knows: a person gives one, and no step of the script says that it does nothing.
#[test]
fn roles_without_anything_to_run_are_no_steps_of_their_own() {
    let ports = [
        "L1,1000,A,X,management,,10.0.0.1{n}/24",
        "L2,1000,A,X,cluster;live-migration,,10.0.1.1{n}/24",
        "S1,10000,B,Y,vm:G,,",
        "S2,10000,B,Y,,,",
    ];
    // So much that the cluster's port is not the fullest: it stays.
    let busy = ("vnics", "vm,switch,vlans,p95_mbps\nV1,G,30,5000\nV2,G,30,5000\n");
    let dir = inventory("quiet", &ports, &[VMS, GUESTS[1], busy]);
    let (told, code, out) = deployed(&dir, "dedicated");
    assert_eq!(code, 0, "{told}");
    let (apply, runbook) = (read(&out, "N1-2-apply.ps1"), read(&out, "RUNBOOK.md"));
    assert!(
        runbook.contains("Give S2 an address of L (10.0.2.0/24, VLAN 12)"),
        "{runbook}"
    );
    let steps = apply.matches("\n# Step ").count();
    assert_eq!(steps, apply.matches("\nInvoke-Step -Number ").count(), "{apply}");
    assert!(steps > 0 && !apply.contains("nothing to run"), "{apply}");
}

/// A team and a switch take TCP/IP off a port: the address that comes by hand needs it.
#[test]
fn a_port_that_leaves_a_team_for_an_address_by_hand_gets_tcp_ip_back() {
    let ports = [
        "L1,1000,A,X,management,T,",
        "L2,1000,A,X,management,T,",
        "L3,1000,A,X,cluster,,",
        "S1,10000,B,Y,vm:G,,",
    ];
    let (told, code, out) = deployed(&inventory("bound", &ports, &GUESTS), "dedicated");
    assert_eq!(code, 0, "{told}");
    let apply = read(&out, "N1-2-apply.ps1");
    assert!(apply.contains("    Enable-Binding -Adapter 'S1'"), "{apply}");
    assert!(
        !read(&out, "RUNBOOK.md").contains("Disable-NetAdapter"),
        "no port is left over"
    );
    assert!(
        apply.contains("make S1 ready for live-migration, whose address comes by hand"),
        "{apply}"
    );
}

/// A port under a virtual switch gets its own TCP/IP back when it leaves it, and with it a lease.
#[test]
fn ports_that_are_set_free_for_nothing_are_told() {
    let ports = [
        "L1,1000,A,X,management,T,",
        "L2,1000,A,X,management,T,",
        "S1,10000,B,Y,vm:G,,",
        "S2,10000,B,Y,,,",
    ];
    let (told, code, out) = deployed(&inventory("freed", &ports, &GUESTS), "converged");
    assert_eq!(code, 0, "{told}");
    let runbook = read(&out, "RUNBOOK.md");
    assert!(
        runbook.contains("Nothing is on S1 any more") && runbook.contains("Disable-NetAdapter -Name 'S1'"),
        "{runbook}"
    );
}

/// Two ports of the cluster may not be in one subnet before 2016: the second one's VLAN is not that of the first one's network.
#[test]
fn a_port_that_needs_a_further_network_does_not_show_the_vlan_of_the_first() {
    let out = place("edges-further");
    let run = nicplan(&["plan", "samples/broken", "-o", text(&out), "--style", "hybrid"]);
    assert!(run.code <= 1, "{}{}", run.out, run.err);
    let table = read(&out, "assignment.csv");
    let head: Vec<&str> = table.lines().next().expect("a head").split(',').collect();
    let at = head.iter().position(|column| *column == "vlans").expect("the column");
    let vlans = |nic: &str| {
        let start = format!(",HOST-A,{nic},");
        let row = table.lines().find(|line| line.contains(&start)).expect("a row");
        row.split(',').nth(at).expect("a cell").to_owned()
    };
    assert_eq!(
        (vlans("LOM 3").as_str(), vlans("LOM 4").as_str()),
        ("11", ""),
        "{table}"
    );
}

/// Windows does not tell Management from management: the host vNIC of the plan on a switch of that name is no sign that the switch was made wrongly.
#[test]
fn a_switch_named_after_a_role_may_have_the_host_vnic_of_that_role() {
    let ports = [
        "L1,1000,A,X,management;cluster,,",
        "L2,1000,A,X,,,",
        "L3,1000,A,X,,,",
        "L4,1000,A,X,,,",
        "S1,10000,B,Y,vm:G,,",
        "S2,10000,B,Y,,,",
        "S3,10000,B,Y,,,",
        "S4,10000,B,Y,,,",
    ];
    let (told, code, out) = deployed(&inventory("named", &ports, &GUESTS), "teamed");
    assert_eq!(code, 0, "{told}");
    let apply = read(&out, "N1-2-apply.ps1");
    assert!(
        apply.contains("-Name 'Management' -SwitchName 'management'"),
        "the plan's host vNIC and its switch: {apply}"
    );
    let tests = apply
        .lines()
        .filter(|line| line.contains("Test-NewSwitch -Name 'management'"));
    let tests: Vec<&str> = tests.collect();
    assert!(
        !tests.is_empty() && !tests.iter().any(|line| line.contains("-NoHostVnic")),
        "{tests:?}"
    );
}

/// Who chooses a network chooses its VLAN: verify does not ask that the host vNIC be untagged.
#[test]
fn verify_leaves_the_vlan_of_a_network_that_a_person_chooses_to_that_person() {
    let ports = [
        "L1,1000,A,X,management,,",
        "L2,1000,A,X,cluster,,",
        "S1,10000,B,Y,vm:G,,",
        "S2,10000,B,Y,,,",
    ];
    let dir = inventory("chosen", &ports, &GUESTS);
    let networks: Vec<&str> = NETWORKS.lines().filter(|line| !line.starts_with("L,")).collect();
    fs::write(dir.join("cluster_networks.csv"), networks.join("\n")).expect("the build folder can be written");
    let (told, code, out) = deployed(&dir, "converged");
    assert_eq!(code, 0, "{told}");
    let (runbook, verify) = (read(&out, "RUNBOOK.md"), read(&out, "N1-3-verify.ps1"));
    assert!(
        runbook.contains("Give vEthernet (Live migration) an address of a network of its own"),
        "{runbook}"
    );
    assert!(
        verify.contains("host vNIC Live migration is on G") && !verify.contains("is untagged"),
        "{verify}"
    );
}

/// Storage leaves its only adapter for one whose address nobody knows: the script waits for that address before the old path goes.
#[test]
fn the_last_storage_path_goes_only_once_the_next_has_its_address_by_hand() {
    let ports = [
        "L1,1000,A,X,management;cluster;live-migration;storage,,10.0.0.1{n}/24",
        "S1,10000,B,Y,,,",
        "S2,10000,B,X,,,",
    ];
    let dir = inventory(
        "storage-by-hand",
        &ports,
        &[("clusters", "cluster,profile,storage\nC,2019,iscsi\n")],
    );
    let (told, code, out) = deployed(&dir, "hybrid");
    assert_eq!(code, 0, "{told}");
    let apply = read(&out, "N1-2-apply.ps1");
    let wait = apply.find("\nWait-ByHand").expect("it waits");
    assert!(
        apply[wait..]
            .starts_with("\nWait-ByHand -Number 2 -What 'give S1 an address of a network of its own for storage"),
        "{apply}"
    );
    let moves = apply
        .find(": move management from L1")
        .expect("the address of storage goes with management");
    assert!(wait < moves, "{apply}");
    let table = read(&out, "steps.csv");
    let row = table
        .lines()
        .find(|row| row.contains("Give S1 an address"))
        .expect("it is a step by hand");
    assert!(row.contains("when the node's steps come to it"), "{row}");
}
