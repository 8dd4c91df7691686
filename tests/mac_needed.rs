//! What `mac` calls needed: with these steps alone no error is left that the whole change would clear, and none of them is idle.

#[path = "support/dice.rs"]
mod dice;
mod program;

use dice::Dice;
use nicplan::checks::rules::{self, Question};
use nicplan::finding::{Severity, State};
use nicplan::inventory::{Inventory, LoadOptions, load};
use nicplan::mac::change::{carried_out, restarts};
use nicplan::mac::needed::{needed, without_advice};
use nicplan::mac::{MacPlan, plan_all};
use program::{folder, nicplan, place, project, rows, text};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Errors about MAC addresses and NLB, by rule and what they are about.
fn errors(inventory: &Inventory) -> BTreeSet<(&'static str, String)> {
    let question = Question {
        as_of: None,
        state: State::Planned,
    };
    let all = rules::review_all(inventory, question).findings.into_iter();
    let ours = all.filter(|f| {
        let family = rules::find(f.rule).map(|rule| rule.family);
        f.severity == Severity::Error && matches!(family, Some("mac" | "nlb"))
    });
    ours.map(|f| (f.rule, f.subject)).collect()
}

/// The facts once a plan is set and the VMs have started anew that the whole change lists as steps of their own.
fn after(inventory: &Inventory, plan: &[MacPlan]) -> Inventory {
    let starts = restarts(inventory, &plan_all(inventory));
    let steps: Vec<_> = starts.steps.into_iter().filter(|s| !s.wrong.is_empty()).collect();
    carried_out(inventory, plan, &steps)
}

/// A cluster of three nodes with pools that may overlap, be full or be inverted, and VMs of all kinds with addresses in and out of them.
fn random_inventory(dice: &mut Dice, seed: u64) -> Inventory {
    let mut nodes = "node,management_ip,mac_pool_min,mac_pool_max\n".to_owned();
    for node in 1..=3 {
        let (from, size) = (dice.roll(24), dice.pick(&[3, 7, 15]));
        let (low, high) = if dice.chance(8) {
            (from + size, from)
        } else {
            (from, from + size)
        };
        let pool = format!("00-15-5D-01-0B-{low:02X},00-15-5D-01-0B-{high:02X}");
        let pool = if dice.chance(15) { "," } else { pool.as_str() };
        writeln!(nodes, "HV{node},10.0.1.{},{pool}", 10 + dice.roll(3)).expect("a string takes it");
    }
    let mut vms = "vm,node,nlb_cluster,nlb_mode,mac_bound,spoofing_reason\n".to_owned();
    let mut vnics = "vm,vnic,mac,mac_type,spoofing\n".to_owned();
    for vm in 1..=6 {
        let kind = dice.pick(&[
            ",,,",
            ",,,",
            "web,unicast,,",
            "mail,multicast,,",
            ",,licence,",
            ",,,nested",
        ]);
        writeln!(vms, "VM{vm},HV{},{kind}", 1 + dice.roll(3)).expect("a string takes it");
        for vnic in 0..=dice.roll(2) {
            let mac = dice.pick(&["0B-0", "0B-1", "77-0"]);
            let mac = format!("00-15-5D-01-{mac}{:X}", dice.roll(8));
            let (kind, spoofing) = (dice.pick(&["dynamic", "dynamic", "static"]), dice.pick(&["yes", "no"]));
            writeln!(vnics, "VM{vm},N{vnic},{mac},{kind},{spoofing}").expect("a string takes it");
        }
    }
    let dir = folder(
        &format!("mac-needed-{seed}"),
        &[
            ("nodes.csv", nodes.as_bytes()),
            (
                "nics.csv",
                b"node,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\nHV3,A,10000\n",
            ),
            ("vms.csv", vms.as_bytes()),
            ("vnics.csv", vnics.as_bytes()),
        ],
    );
    load(&[dir], &LoadOptions::default()).unwrap_or_else(|p| panic!("{p:#?}"))
}

fn sample(name: &str) -> Inventory {
    let folder = project().join("samples").join(name);
    load(&[folder], &LoadOptions::default()).unwrap_or_else(|p| panic!("{p:#?}"))
}

fn nothing_is_left(inventory: &Inventory, name: &str) {
    let plans = plan_all(inventory);
    let starts = restarts(inventory, &plans);
    let whole = errors(&carried_out(inventory, &plans, &starts.steps));
    let short = errors(&carried_out(
        inventory,
        &without_advice(inventory, &plans),
        &starts.steps,
    ));

    let more: Vec<_> = short.difference(&whole).collect();
    assert!(more.is_empty(), "{name}: {more:?}");
}

#[test]
fn what_is_needed_clears_every_error_that_the_whole_change_clears() {
    for name in [
        "broken",
        "blades-2012r2",
        "exports-2022",
        "vmware-rvtools",
        "patch-night",
    ] {
        nothing_is_left(&sample(name), name);
    }
    for seed in 0..150 {
        let inventory = random_inventory(&mut Dice(seed), seed);
        nothing_is_left(&inventory, &format!("seed {seed}"));
    }
}

/// Without what is needed of one VM an error stands. (Which adapter of an NLB member NLB runs on is not always known: one static address among those in
/// question clears the error, all of them clear the doubt.)
#[test]
fn what_is_needed_of_a_vm_is_never_idle() {
    let mut tried = 0;
    for seed in 0..60 {
        let inventory = random_inventory(&mut Dice(seed), seed + 1000);
        let plans = plan_all(&inventory);
        let whole = errors(&after(&inventory, &plans));
        let needed = needed(&inventory, &plans);
        let entries = plans[0].statics.iter().zip(&needed[0].statics);
        let vms: BTreeSet<&str> = entries
            .filter(|(_, needed)| needed.address || needed.spoofing)
            .map(|(entry, _)| entry.vm.as_str())
            .collect();
        for vm in vms {
            tried += 1;
            let mut short = without_advice(&inventory, &plans);
            short[0].statics.retain(|entry| entry.vm != vm);
            let left = errors(&after(&inventory, &short));
            assert!(
                left.difference(&whole).next().is_some(),
                "seed {seed}: {vm} may be left out"
            );
        }
    }
    assert!(tried > 60, "{tried}");
}

#[test]
fn the_steps_say_which_of_them_an_error_hangs_on() {
    let out = place("mac-needed-out");
    let run = nicplan(&["mac", text(&project().join("samples/broken")), "-o", text(&out)]);

    let told = rows(&out, "mac_changes.csv", &["kind", "subject", "needed"]);
    let of = |kind: &str, subject: &str| {
        let row = told.iter().find(|row| row[0] == kind && row[1] == subject);
        row.map(|row| row[2].clone()).unwrap_or_default()
    };
    assert_eq!(of("pool", "HOST-A"), "yes", "{told:?}");
    assert_eq!(of("static", "OWA1"), "yes");
    assert_eq!(of("spoofing", "OWA1"), "yes");
    assert_eq!(of("static", "SP1"), "yes", "its address is held twice");
    assert_eq!(
        of("static", "SP2"),
        "no",
        "multicast: a static address is wise, not needed"
    );
    assert_eq!(of("spoofing", "APP1"), "no", "spoofing without a reason is a warning");
    assert!(run.out.contains("(needed = no)"), "{}", run.out);
}
