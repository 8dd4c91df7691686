//! The policy table: the settings that differ from their defaults.

use super::{Sheet, known, text};
use crate::inventory::Cluster;
use crate::policy::{FailureKind, Policy, Strength};
use crate::roles::{ROLES, Role};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Settings that differ from their defaults.
pub(super) fn rows(sheet: &mut Sheet<'_>, c: &Cluster) {
    let p = &c.policy;
    let mut set = |setting: String, value: String| {
        sheet.row([
            text(&c.name),
            Cow::Owned(setting),
            Cow::Owned(value),
            text(""),
            text(""),
        ]);
    };
    let usual = single_settings(&Policy::default());
    for ((setting, value), (_, usual)) in single_settings(p).into_iter().zip(usual) {
        if value != usual {
            set(setting.to_owned(), value);
        }
    }
    for info in &ROLES {
        if p.survive.iter().any(|(role, _)| *role == info.role) {
            set(format!("survive:{}", info.name), failures(&p.survive, info.role));
        }
        if let Some(wishes) = &p.survive_wish {
            set(format!("survive_wish:{}", info.name), failures(wishes, info.role));
        }
    }
    let mut isolate = p.isolate.clone();
    isolate.sort();
    for (a, b, wanted) in isolate {
        set(format!("isolate:{a}|{b}"), strength(wanted));
    }
    for (zone, wanted) in &p.isolate_zones {
        set(format!("isolate_zone:{zone}"), strength(*wanted));
    }
    for r in &p.rules {
        sheet.row([
            text(&c.name),
            Cow::Owned(format!("rule:{}", r.rule)),
            text(&r.level),
            text(&r.reason),
            text(&r.until),
        ]);
    }
}

/// The settings that have one value each.
fn single_settings(p: &Policy) -> [(&'static str, String); 13] {
    let yes = |value: Option<bool>| known(value).into_owned();
    [
        ("growth_percent", p.growth_percent.to_string()),
        ("target_utilisation_permille", permille(p.target_permille)),
        ("default_vnic_mbps", p.default_vnic_mbps.to_string()),
        ("drain_goal_minutes", minutes(p.drain_goal_s.map(|s| s.div_ceil(60)))),
        ("drain_minutes", minutes(p.drain_minutes)),
        ("maintenance_window_minutes", minutes(p.maintenance_window_minutes)),
        ("reboot_minutes", p.reboot_minutes.to_string()),
        ("blackout_limit_ms", p.blackout_limit_ms.to_string()),
        ("separate_zones", strength(p.separate_zones)),
        ("survival_first", yes(p.survival_first)),
        ("vendor_teaming", yes(Some(p.vendor_teaming))),
        ("weights_on_set", yes(Some(p.weights_on_set))),
        ("heavy_permille", permille(p.heavy_permille)),
    ]
}

fn minutes(value: Option<u64>) -> String {
    value.map_or(String::new(), |v| v.to_string())
}

/// Below 100 thousandths only a percentage is read without doubt.
fn permille(value: u64) -> String {
    if value < 100 && value.is_multiple_of(10) {
        format!("{} %", value / 10)
    } else {
        value.to_string()
    }
}

fn strength(value: Strength) -> String {
    match value {
        Strength::No => "no",
        Strength::Wish => "wish",
        Strength::Required => "required",
    }
    .to_owned()
}

fn failures(list: &[(Role, FailureKind)], role: Role) -> String {
    let kinds: BTreeSet<FailureKind> = list.iter().filter(|(r, _)| *r == role).map(|(_, k)| *k).collect();
    let names: Vec<&str> = kinds.iter().map(|k| k.name()).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(";")
    }
}
