//! The steps that `mac` asks for: one per VM that must start anew, each row with its own reason.

mod program;

use program::{NICS, folder, nicplan, place, rows, text};

#[test]
fn a_member_is_said_to_lack_an_anti_affinity_group_only_where_the_inventory_has_the_column() {
    for (index, (header, cells, known)) in [("", "", false), (",anti_affinity", ",", true)].into_iter().enumerate() {
        let vms =
            format!("vm,node,nlb_cluster,nlb_mode{header}\nW1,HV1,web,multicast{cells}\nW2,HV2,web,multicast{cells}\n");
        let dir = folder(
            &format!("ledger-apart-{index}"),
            &[
                ("nodes.csv", b"node,management_ip\nHV1,10.0.1.11\nHV2,10.0.1.12\n"),
                ("nics.csv", NICS),
                ("vms.csv", vms.as_bytes()),
                ("vnics.csv", b"vm,mac\nW1,\nW2,\n"),
            ],
        );
        let out = place(&format!("ledger-apart-out-{index}"));

        let run = nicplan(&["mac", text(&dir), "-o", text(&out)]);

        assert_eq!(
            run.out.contains("missing    one anti-affinity group"),
            known,
            "{}",
            run.out
        );
        assert_eq!(
            run.out.contains("the column anti_affinity of vms is missing"),
            !known,
            "{}",
            run.out
        );
        let told: &[Vec<String>] = &rows(&out, "nlb.csv", &["kept_apart"]);
        assert_eq!(told[0], [if known { "no" } else { "" }]);
    }
}

#[test]
fn a_vm_with_two_wrong_addresses_is_one_step_and_each_row_of_a_vnic_has_its_own_reason() {
    let dir = folder(
        "ledger-steps",
        &[
            (
                "nodes.csv",
                b"node,mac_pool_min,mac_pool_max\n\
                  HV1,00-15-5D-01-0B-00,00-15-5D-01-0B-FF\n\
                  HV2,00-15-5D-01-0C-00,00-15-5D-01-0C-FF\n",
            ),
            ("nics.csv", NICS),
            (
                "vms.csv",
                b"vm,node,nlb_cluster,nlb_mode\nP,HV1,,\nQ,HV2,,\nTWO,HV1,,\nWEB,HV1,web,unicast\n",
            ),
            (
                "vnics.csv",
                b"vm,vnic,mac,mac_type,spoofing\n\
                  P,N,00-15-5D-01-0B-07,dynamic,no\nQ,N,00-15-5D-01-0C-07,dynamic,no\n\
                  TWO,One,00-15-5D-01-0B-07,dynamic,no\nTWO,Two,00-15-5D-01-0C-07,dynamic,no\n\
                  WEB,N,00-15-5D-77-00-01,dynamic,no\n",
            ),
        ],
    );
    let out = place("ledger-steps-out");

    let run = nicplan(&["mac", text(&dir), "-o", text(&out)]);

    assert!(
        run.out
            .contains("1 cold start for a new address. 2 VMs must be turned off"),
        "{}",
        run.out
    );
    assert!(
        run.out.contains("(One; Two: 00-15-5D-01-0B-07; 00-15-5D-01-0C-07)"),
        "{}",
        run.out
    );
    let told = rows(&out, "mac_changes.csv", &["kind", "subject", "adapter", "why"]);
    let of = |kind: &str| -> Vec<&Vec<String>> { told.iter().filter(|row| row[0] == kind).collect() };
    let (restarts, statics, spoofing) = (of("restart"), of("static"), of("spoofing"));
    assert_eq!((restarts.len(), statics.len(), spoofing.len()), (1, 1, 1), "{told:?}");
    assert_eq!(restarts[0][1..3], ["TWO", "One; Two"]);
    assert!(statics[0][3].contains("throws the member out") && !statics[0][3].contains("spoofing"));
    assert_eq!(
        spoofing[0][3],
        "spoofing lets the guest send with the cluster's address"
    );
    let planned = rows(&out, "cold_start.csv", &["vm", "planned_result", "holds_vm"]);
    let of_two = planned.iter().filter(|row| row[0] == "TWO" && row[2] == "yes");
    assert!(of_two.clone().count() >= 2 && of_two.count() == 2, "{planned:?}");
}

/// HUB shares an address with each of three VMs, and each of these another one with a VM of its own. Starting HUB first, which shares
/// most, would take four cold starts.
#[test]
fn the_fewest_cold_starts_are_asked_for_and_called_so() {
    let mut vnics = "vm,vnic,mac,mac_type\n".to_owned();
    let mut vms = "vm,node,possible_owners\nHUB,HV1,HV1\n".to_owned();
    for n in 1..=3 {
        vms.push_str(&format!("M{n},HV1,HV1\nE{n},HV1,HV1\n"));
        vnics.push_str(&format!("HUB,N{n},00-15-5D-77-00-0{n},dynamic\n"));
        vnics.push_str(&format!("M{n},N1,00-15-5D-77-00-0{n},dynamic\n"));
        vnics.push_str(&format!("M{n},N2,00-15-5D-77-01-0{n},dynamic\n"));
        vnics.push_str(&format!("E{n},N1,00-15-5D-77-01-0{n},dynamic\n"));
    }
    let dir = folder(
        "ledger-fewest",
        &[
            (
                "nodes.csv",
                b"node,mac_pool_min,mac_pool_max\nHV1,00-15-5D-01-0B-00,00-15-5D-01-0B-FF\n",
            ),
            ("nics.csv", b"node,nic,speed_mbps\nHV1,A,10000\nHV1,B,10000\n"),
            ("vms.csv", vms.as_bytes()),
            ("vnics.csv", vnics.as_bytes()),
        ],
    );

    let run = nicplan(&["mac", text(&dir)]);

    assert!(run.out.contains("3 cold starts for a new address"), "{}", run.out);
    assert!(
        run.out.contains("fewer cold starts do not part all adapters"),
        "{}",
        run.out
    );
    assert!(!run.out.to_lowercase().contains("smallest"), "{}", run.out);
}
