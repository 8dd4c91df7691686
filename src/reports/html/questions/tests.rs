//! Each answer follows the facts and the plan it is given.

use super::*;
use crate::checks::VerifiedPlan;
use crate::inventory::{Fact, SmbShare, StorageKind, VmPriority, VmState};
use crate::migration::path::set_smb_limit;
use crate::plan::Style;
use crate::profiles::{self, TeamKind, Transport};
use crate::reports::fixtures::{SMALL, Spec, World, world};
use crate::units::Mac;

/// The answer to the question that holds these words.
fn answer(world: &World, question: &str) -> Option<String> {
    let data = ReportData::new(&world.inventory, &world.verified, &[]);
    let found = answers(&data.clusters[0]).find(|(asked, ..)| asked.contains(question));
    found.map(|(_, _, answer)| answer)
}

fn said(world: &World, question: &str) -> String {
    answer(world, question).expect("an answer")
}

fn of_profile(spec: Spec, profile: &str) -> World {
    let mut world = world(spec);
    world.inventory.clusters[0].profile = profiles::find(profile).expect("a profile");
    world
}

/// A world whose plan moves memory by SMB.
fn by_smb(spec: Spec, profile: &str) -> World {
    let mut world = of_profile(spec, profile);
    let mut plan = world.verified.plan().clone();
    for uplink in plan.clusters[0].nodes.iter_mut().flat_map(|node| &mut node.uplinks) {
        uplink.transport = uplink.transport.map(|_| Transport::Smb);
    }
    world.inventory.clusters[0].transport = Some(Transport::Smb);
    world.verified = VerifiedPlan::for_tests(plan, world.verified.recounts().to_vec());
    world
}

#[test]
fn nodes_of_which_the_same_holds_are_told_together() {
    let text = said(&world(SMALL), "How many network cards");

    assert!(text.starts_with("7 NICs in use on every node. "), "{text}");
}

#[test]
fn heartbeats_are_judged_by_what_shares_their_ports_and_by_the_threshold() {
    let own = said(&world(SMALL), "event 1135");
    let shared = said(
        &world(Spec {
            style: Style::Hybrid,
            ..SMALL
        }),
        "event 1135",
    );
    let old = said(&of_profile(SMALL, "2012r2"), "event 1135");
    let mut set = of_profile(SMALL, "2012r2");
    set.inventory.clusters[0]
        .facts
        .insert("same_subnet_threshold", Fact::Number(10));

    assert!(own.starts_with("Nothing else is on the NICs"), "{own}");
    assert!(own.contains("Heartbeats "), "{own}");
    assert!(!own.contains("lost heartbeats"), "10 is the default from 2016: {own}");
    assert!(shared.contains("share NICs with Live migration"), "{shared}");
    assert!(
        old.contains("removed after 5 lost heartbeats (the default of Windows Server 2012 R2)"),
        "{old}"
    );
    assert!(!said(&set, "event 1135").contains("lost heartbeats"));
    assert_eq!(answer(&world(Spec { nodes: 1, ..SMALL }), "event 1135"), None);
}

#[test]
fn a_number_of_migrations_at_once_is_told_with_the_setting_that_counts() {
    let (old, one, new) = (world(SMALL), of_profile(SMALL, "2008r2"), of_profile(SMALL, "2022"));
    let mut set = of_profile(SMALL, "2022");
    set.inventory.clusters[0].migration.maximum_parallel = Some(1);
    for node in &mut set.inventory.clusters[0].nodes {
        node.migration.concurrency = Some(6);
    }

    assert!(said(&old, "How many live migrations").contains("no number of its own before 2022"));
    assert!(said(&one, "How many live migrations").starts_with("1 per node: Windows Server 2008 R2"));
    assert!(said(&new, "How many live migrations").contains("MaximumParallelMigrations overrides"));
    assert!(said(&set, "How many live migrations").starts_with("1 per node, the cluster's MaximumParallelMigrations"));
    assert_eq!(answer(&old, "back to 1"), None, "2019 has no such property");
    assert!(said(&new, "back to 1").contains("The inventory does not tell it"));
    let text = said(&set, "back to 1");
    assert!(
        text.contains("it is 1 here, and holds whatever the hosts say, here 6"),
        "{text}"
    );
}

#[test]
fn the_published_limits_stand_beside_each_other_only_where_memory_moves_by_smb() {
    let question = "750 MB/s";
    let converged = Spec {
        style: Style::Converged,
        ..SMALL
    };

    assert_eq!(answer(&world(converged), question), None, "compression");
    let text = said(&by_smb(converged, "2022"), question);
    for words in [
        "Microsoft table",
        "Validate-DCB (750 MB/s",
        "MSLab (40 % of the ports): 20 Gbit/s, node empty in ",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(text.contains("counts all NICs of the node, 50 Gbit/s"), "{text}");
    assert!(text.contains("when one of them fails, 25 Gbit/s are left"), "{text}");
}

#[test]
fn no_limit_over_smb_is_advised_where_a_lower_one_holds() {
    let converged = Spec {
        style: Style::Converged,
        ..SMALL
    };
    let mut limited = by_smb(converged, "2019");
    let free = said(&limited, "starving");
    for node in &mut limited.inventory.clusters[0].nodes {
        node.migration.smb_limit = Some(1_000);
    }

    assert!(
        free.contains("Its limit over SMB, 10 Gbit/s, is not above") && free.ends_with("`nicplan deploy` sets it."),
        "{free}"
    );
    let text = said(&limited, "starving");
    assert!(
        text.contains("Its limit over SMB, 1 Gbit/s, is not above") && text.ends_with("nothing to set."),
        "{text}"
    );
}

#[test]
fn a_host_vnic_under_live_migration_is_told_with_the_rate_of_its_port() {
    let converged = Spec {
        style: Style::Converged,
        ..SMALL
    };

    assert_eq!(answer(&world(SMALL), "host vNIC"), None, "a port of its own");
    let text = said(&world(converged), "host vNIC");
    assert!(text.contains("one stream gets 25 Gbit/s at most"), "{text}");
    assert!(said(&of_profile(converged, "2012r2"), "host vNIC").contains("about 4.5 Gbit/s"));
}

#[test]
fn nlb_members_that_may_move_together_are_named() {
    let question = "moved together";
    let loose = world(SMALL);
    let mut apart = world(SMALL);
    for vm in &mut apart.inventory.clusters[0].vms[..2] {
        vm.anti_affinity = "exchange".to_owned();
    }
    let mut one_node = world(SMALL);
    one_node.inventory.clusters[0].vms[1].host = Some(0);
    let mut none = world(SMALL);
    none.inventory.clusters[0].vms[0].nlb = None;

    let text = said(&loose, question);
    assert!(
        text.starts_with("exchange (vm0001, vm0002): no anti-affinity group"),
        "{text}"
    );
    assert!(!text.contains("With two nodes"));
    assert!(said(&apart, question).contains("one anti-affinity group keeps them apart"));
    assert!(said(&one_node, question).contains("HV1 holds vm0001, vm0002 today"));
    assert!(said(&world(Spec { nodes: 2, ..SMALL }), question).contains("With two nodes"));
    assert_eq!(answer(&none, question), None, "a single member is no cluster");
}

#[test]
fn an_nlb_member_without_network_is_told_what_it_lacks() {
    let question = "0x8004100a";
    let mut right = world(SMALL);
    for vnic in right.inventory.clusters[0].vms[..2]
        .iter_mut()
        .flat_map(|vm| &mut vm.vnics)
    {
        vnic.spoofing = true;
        vnic.dynamic_mac = false;
    }

    let text = said(&world(SMALL), question);
    assert!(
        text.contains("Spoofing of MAC addresses is off on vm0001, vm0002"),
        "{text}"
    );
    assert!(text.contains("The address of vm0001, vm0002 is dynamic"), "{text}");
    assert!(said(&right, question).contains("every member has what its mode needs (exchange: unicast)"));
}

#[test]
fn addresses_that_a_start_elsewhere_changes_are_counted_without_those_that_the_plan_fixes() {
    let mut linux = world(SMALL);
    linux.inventory.clusters[0].vms[5].os = "Ubuntu 22.04".to_owned();
    linux.inventory.clusters[0].vms[0].os = "SLES 15".to_owned();
    let mut fixed = world(SMALL);
    for vnic in fixed.inventory.clusters[0].vms.iter_mut().flat_map(|vm| &mut vm.vnics) {
        vnic.dynamic_mac = false;
    }
    let mut kept = world(SMALL);
    for vm in &mut kept.inventory.clusters[0].vms {
        vm.owners = vec![2];
        vm.host = Some(2);
        vm.vnics[0].mac = Some(Mac(0x0015_5D01_0210));
    }

    let text = said(&world(SMALL), "The MAC changed");
    assert!(text.starts_with("18 dynamic addresses (vm0003, "), "{text}");
    assert!(said(&fixed, "The MAC changed").starts_with("None: "));
    assert!(
        said(&kept, "The MAC changed").starts_with("None: "),
        "the pool of the only owner holds it"
    );
    assert_eq!(answer(&world(SMALL), "Linux guest"), None, "no Linux guest");
    let text = said(&linux, "Linux guest");
    assert!(
        text.starts_with("vm0006 (of 2 Linux guests): "),
        "the plan fixes vm0001: {text}"
    );
}

#[test]
fn a_vm_without_network_after_a_move_is_asked_about_its_team() {
    let question = "VMSMP event 28";
    let mut vendor = world(Spec {
        style: Style::Teamed,
        ..SMALL
    });
    let mut plan = vendor.verified.plan().clone();
    for uplink in plan.clusters[0].nodes.iter_mut().flat_map(|node| &mut node.uplinks) {
        uplink.team = uplink.team.map(|_| TeamKind::Vendor);
    }
    vendor.verified = VerifiedPlan::for_tests(plan, vendor.verified.recounts().to_vec());

    let single = said(&world(SMALL), question);
    assert!(single.starts_with("External-1 is on a single NIC (VLANs "), "{single}");
    assert!(single.contains("none is planned here"), "{single}");
    let text = said(&vendor, question);
    assert!(text.starts_with("External-1 is on a vendor team"), "{text}");
    assert!(text.contains("not set up for Hyper-V"), "{text}");
}

/// The ways in one line.
fn brief(world: &World) -> String {
    let data = ReportData::new(&world.inventory, &world.verified, &[]);
    data.clusters[0].paths().brief().expect("the ways")
}

/// Sets the speed of the live-migration port of some nodes.
fn set_speed(world: &mut World, nodes: std::ops::Range<usize>, speed: u64) {
    let plan = world.verified.plan().clone();
    let planned = &plan.clusters[0].nodes[0].uplinks;
    let own = planned.iter().find(|uplink| uplink.uplink == "live-migration");
    let name = &own.expect("an uplink of its own").nics[0];
    for node in &mut world.inventory.clusters[0].nodes[nodes] {
        let nic = node.nics.iter_mut().find(|nic| nic.name == *name);
        nic.expect("the port").speed = speed;
    }
}

#[test]
fn pairs_with_the_same_rate_are_told_as_one_kind() {
    let mut mixed = world(SMALL);
    set_speed(&mut mixed, 0..2, 10_000);
    let mut fast = world(SMALL);
    set_speed(&mut fast, 0..2, 10_000);
    set_speed(&mut fast, 2..4, 25_000);

    let text = brief(&mixed);
    assert!(text.contains("950 Mbit/s for one migration"), "{text}");
    assert!(text.contains("from or to HV3") && text.contains("(10 pairs)"), "{text}");
    assert!(!text.contains(" more"), "{text}");
    let text = brief(&fast);
    let rates = "4 Gbit/s for one migration, 9.5 Gbit/s to 23.75 Gbit/s for all together";
    assert!(text.contains(rates) && text.ends_with("(all 12 pairs)"), "{text}");
}

#[test]
fn a_limit_over_smb_that_starves_storage_is_told_with_every_number_it_follows_from() {
    let converged = Spec {
        style: Style::Converged,
        ..SMALL
    };
    let mut limited = by_smb(converged, "azurelocal");
    limited.inventory.clusters[0].storage = StorageKind::S2d;
    limited.inventory.clusters[0].migration.smb_limit_on = Some(false);
    for node in &mut limited.inventory.clusters[0].nodes {
        node.migration.smb_limit = Some(15_001);
    }

    let text = said(&limited, "starving");

    assert!(
        text.contains("is over 60 % of the SMB class (half of 50 Gbit/s, as Microsoft recommends, for no class is known), which is 15 Gbit/s"),
        "{text}"
    );
    assert!(text.contains("Lower it: "), "{text}");
    for node in &mut limited.inventory.clusters[0].nodes {
        node.migration.smb_limit = Some(15_000);
    }
    assert!(said(&limited, "starving").ends_with("which is 15 Gbit/s: nothing to set."));
}

#[test]
fn vms_of_low_priority_are_saved_only_where_they_run() {
    let question = "low-priority";
    let mut few = world(SMALL);
    for vm in &mut few.inventory.clusters[0].vms {
        vm.priority = VmPriority::Medium;
    }
    assert_eq!(answer(&few, question), None);

    few.inventory.clusters[0].vms[4].priority = VmPriority::Low;
    assert!(said(&few, question).starts_with("1 running VM is of low priority (vm0005): Windows saves"));
    few.inventory.clusters[0].vms[4].state = VmState::Off;
    assert_eq!(
        said(&few, question),
        "The only low-priority VM (vm0005) is off; nothing is saved."
    );
    few.inventory.clusters[0].vms[5].priority = VmPriority::Low;
    let both = said(&few, question);
    assert!(
        both.contains("(vm0006)") && both.ends_with("but off: vm0005; nothing is saved there."),
        "{both}"
    );
}

#[test]
fn an_address_that_is_not_known_is_not_counted_as_a_dynamic_address() {
    let mut world = world(Spec { vms: 3, ..SMALL });
    world.inventory.clusters[0].vms[2].vnics[0].mac = Some(Mac(0));
    let mut plan = world.verified.plan().clone();
    plan.clusters[0].static_macs.clear();
    world.verified = VerifiedPlan::for_tests(plan, world.verified.recounts().to_vec());

    let text = said(&world, "The MAC changed after");

    assert!(
        text.starts_with("2 dynamic addresses (vm0001, vm0002), and 1 vNIC whose address is not known (vm0003). "),
        "{text}"
    );
}

#[test]
fn the_limit_that_is_advised_is_the_one_that_the_paths_advise() {
    let converged = Spec {
        style: Style::Converged,
        ..SMALL
    };
    for virtual_nodes in [false, true] {
        let mut limited = by_smb(converged, "azurelocal");
        limited.inventory.clusters[0].storage = StorageKind::S2d;
        for node in &mut limited.inventory.clusters[0].nodes {
            node.migration.smb_limit = Some(24_000);
            if virtual_nodes {
                node.hardware = "Microsoft Corporation Virtual Machine".to_owned();
            }
        }
        limited.inventory.clusters[0].migration.smb_limit_factor = Some(5_000);
        let data = ReportData::new(&limited.inventory, &limited.verified, &[]);
        let cluster = &data.clusters[0];
        let after = &cluster.paths().cluster;
        let advised = set_smb_limit(after, 0, SmbShare::new(&after.nodes[0], 50_000).most());
        let faults = cluster.paths().paths.iter().flat_map(|path| &path.faults);
        let fixes: Vec<&str> = faults.map(|fault| fault.fix.as_str()).collect();
        let text = said(&limited, "starving");

        assert!(fixes.contains(&advised.as_str()), "{advised}: {fixes:?}");
        assert!(text.contains(&advised), "{advised}: {text}");
    }
}

#[test]
fn nodes_that_differ_in_cables_alone_are_alike_and_others_are_told_by_their_ports() {
    let question = "My nodes have different NICs";
    let mut world = world(SMALL);
    world.inventory.clusters[0].nodes[1].nics[7].tor = Some(0);
    assert_eq!(answer(&world, question), None, "cables are no difference");

    world.inventory.clusters[0].nodes[3].nics[0].speed = 25_000;
    let text = said(&world, question);
    for words in ["6 × 1 Gbit/s on HV1–HV3", "1 × 25 Gbit/s", "on HV4"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}
