//! The policy table: what the user wants.

use super::Resolver;
use super::nics::role;
use super::topology::failures;
use crate::inventory::Cluster;
use crate::inventory::catalogue::{SETTINGS, Setting, plain};
use crate::inventory::cells;
use crate::inventory::raw::{Cell, Record};
use crate::inventory::suggest::did_you_mean;
use crate::policy::{FailureKind, Policy, RuleLevel, Strength};
use crate::roles::{ROLES, Role};
use std::collections::{BTreeMap, BTreeSet};

/// Reads the settings into the policies of their clusters. Each row is judged whole, once, and before its cluster is looked for: a
/// fault of one cell hides none of another.
pub(super) fn build(r: &mut Resolver<'_>) {
    let mut seen: BTreeMap<(usize, usize, String), u32> = BTreeMap::new();
    for line in r.lines("policy") {
        let record = Record::new(line);
        let (setting, value) = (line.cell("setting"), line.cell("value"));
        let given = (r.problems.required(setting), r.problems.required(value));
        let level = RuleLevel {
            rule: String::new(),
            level: String::new(),
            reason: record.text("reason").to_owned(),
            until: r.problems.read(&record, "until", cells::day).unwrap_or_default(),
            at: setting.at(r.problems.sources()),
        };
        let rule = Said { level, rules: r.rules };
        let clusters = r.owners.all_of(line, &mut r.problems);
        let sound = match given {
            (Some(_), Some(_)) => judge(r, setting, value, &rule),
            _ => false,
        };
        if sound && rule.level.reason.trim().is_empty() && is_about_rule(setting.text) {
            let what = format!("{} of {} has no reason", value.text, setting.text);
            r.problems.at(value, what, NO_REASON);
        }
        for cluster in clusters.into_iter().filter(|_| !setting.text.is_empty()) {
            let again = seen.insert((cluster, line.table.input, normal(setting.text)), line.row.line);
            if let Some(first) = again {
                let what = format!("the setting {} is there twice: also in line {first}", setting.text);
                r.problems.at(setting, what, "Keep one of them.");
            } else if let Some(fault) = unknown_zone(&r.clusters[cluster], setting.text) {
                r.problems.at(setting, fault.0, fault.1);
            } else if sound {
                // Judged already, so that it cannot be refused here.
                let _ = set(&mut r.clusters[cluster].policy, setting.text, value.text, &rule);
            }
        }
    }
    for cluster in &mut r.clusters {
        cluster.policy.survive.sort();
        cluster.policy.rules.sort_by(|a, b| a.rule.cmp(&b.rule));
        cluster.policy.isolate.sort();
        cluster.policy.isolate_zones.sort();
    }
}

/// What to do about a rule level without a reason.
const NO_REASON: &str =
    "Say why in the column reason: whoever reads the findings must be able to tell whether it still holds.";

/// Whether the setting says what findings of a rule do.
fn is_about_rule(setting: &str) -> bool {
    setting.split_once(':').is_some_and(|(head, _)| plain(head) == "rule")
}

/// What a row says beside its setting and value.
struct Said<'r> {
    /// Reason, last day and place of a rule's level.
    level: RuleLevel,
    /// Names of the rules; empty = any name.
    rules: &'r [&'static str],
}

/// Tries a row on a policy of no cluster; tells what is wrong with its name and, where the name is at fault, with its value as well.
fn judge(r: &mut Resolver<'_>, setting: Cell<'_>, value: Cell<'_>, rule: &Said<'_>) -> bool {
    let Err(refusal) = set(&mut Policy::default(), setting.text, value.text, rule) else {
        return true;
    };
    if let (Refusal::Setting(_), Some((head, _))) = (&refusal, setting.text.split_once(':')) {
        let same = |s: &&Setting| s.name.ends_with(':') && plain(s.name) == plain(head);
        let example = SETTINGS.iter().find(same).map(|s| s.example.0);
        let with_value = example.map(|name| set(&mut Policy::default(), name, value.text, rule));
        if let Some(Err(of_value)) = with_value {
            tell(r, of_value, setting, value);
        }
    }
    tell(r, refusal, setting, value);
    false
}

/// What is wrong, and what to do, where a setting is about a zone that no vNIC is in.
fn unknown_zone(cluster: &Cluster, setting: &str) -> Option<(String, String)> {
    let (head, zone) = setting.split_once(':')?;
    let zone = zone.trim();
    let known: BTreeSet<&str> = cluster
        .vms
        .iter()
        .flat_map(|v| &v.vnics)
        .map(|v| v.zone.as_str())
        .collect();
    if plain(head) != "isolatezone" || zone.is_empty() || known.contains(zone) {
        return None;
    }
    let named = || known.iter().copied().filter(|zone| !zone.is_empty());
    let what = format!("no vNIC is in zone '{zone}'{}", did_you_mean(zone, named()));
    let list: Vec<&str> = named().collect();
    let advice = if list.is_empty() {
        "No vNIC has a zone; name it in the column zone of vnics.csv.".to_owned()
    } else {
        format!("Zones are: {}.", list.join(", "))
    };
    Some((super::problems::shorten(&what), super::problems::shorten(&advice)))
}

/// Why a row is refused.
enum Refusal {
    /// The name of the setting.
    Setting(String),
    /// Its value.
    Value(String),
}

fn tell(r: &mut Resolver<'_>, refusal: Refusal, setting: Cell<'_>, value: Cell<'_>) {
    let names: Vec<&str> = SETTINGS.iter().map(|s| s.name).collect();
    match refusal {
        Refusal::Setting(what) => {
            let head = setting.text.split_once(':').map(|(head, _)| plain(head));
            let known = SETTINGS
                .iter()
                .find(|s| head.as_ref().is_some_and(|head| *head == plain(s.name)));
            let advice = known.map_or_else(|| format!("Settings are: {}.", names.join(", ")), advice);
            r.problems.at(setting, super::problems::shorten(&what), advice);
        }
        Refusal::Value(what) => {
            let said = normal(setting.text);
            // Settings have short names, too: growth stands for growth_percent.
            let known = SETTINGS
                .iter()
                .find(|s| said.starts_with(&normal(s.name)) || normal(s.name).starts_with(&said));
            let advice = known.map_or_else(|| "Correct the value.".to_owned(), advice);
            let (name, what) = (super::problems::shorten(setting.text), super::problems::shorten(&what));
            r.problems.at(value, format!("{name}: {what}"), advice);
        }
    }
}

fn advice(s: &Setting) -> String {
    let list = if s.name == "rule:" {
        " `nicplan explain` lists all rules."
    } else {
        ""
    };
    format!("{} Example: {} = {}.{list}", s.about, s.example.0, s.example.1)
}

/// A setting's name without case and blanks; what follows `:` keeps its marks.
fn normal(setting: &str) -> String {
    match setting.split_once(':') {
        // rules are found in any spelling
        Some((head, tail)) if is_about_rule(setting) => format!("{}:{}", plain(head), plain(tail)),
        Some((head, tail)) => format!("{}:{}", plain(head), tail.to_lowercase().replace(' ', "")),
        None => plain(setting),
    }
}

/// Applies one setting.
fn set(policy: &mut Policy, setting: &str, value: &str, row: &Said<'_>) -> Result<(), Refusal> {
    if let Some((head, tail)) = setting.split_once(':') {
        return set_about(policy, head, tail.trim(), value, row);
    }
    let number = |most: u64| cells::whole(value.trim_end_matches('%').trim(), most).map_err(Refusal::Value);
    let yes = || cells::yes_no(value).map_err(Refusal::Value);
    match plain(setting).as_str() {
        "growthpercent" | "growth" => policy.growth_percent = number(10_000)?,
        "targetutilisationpermille" | "targetutilisation" => {
            policy.target_permille = cells::permille(value).map_err(Refusal::Value)?
        }
        "defaultvnicmbps" => policy.default_vnic_mbps = cells::rate(value).map_err(Refusal::Value)?,
        "draingoalminutes" => policy.drain_goal_s = Some(number(100_000)? * 60),
        "drainminutes" => policy.drain_minutes = Some(number(100_000)?),
        "maintenancewindowminutes" => policy.maintenance_window_minutes = Some(number(100_000)?),
        "rebootminutes" => policy.reboot_minutes = number(100_000)?,
        "blackoutlimitms" => policy.blackout_limit_ms = number(3_600_000)?,
        "separatezones" => policy.separate_zones = strength(value)?,
        "survivalfirst" => policy.survival_first = Some(yes()?),
        "vendorteaming" => policy.vendor_teaming = yes()?,
        "weightsonset" => policy.weights_on_set = yes()?,
        "heavypermille" => policy.heavy_permille = cells::permille(value).map_err(Refusal::Value)?,
        _ => return Err(unknown(setting)),
    }
    Ok(())
}

/// Applies a setting about a role, a pair of roles or a rule.
fn set_about(policy: &mut Policy, head: &str, tail: &str, value: &str, row: &Said<'_>) -> Result<(), Refusal> {
    let kinds = || failures(value).map_err(Refusal::Value);
    match plain(head).as_str() {
        "survive" => must_survive(policy, role(tail).map_err(Refusal::Setting)?, &kinds()?),
        "survivewish" => should_survive(policy, role(tail).map_err(Refusal::Setting)?, &kinds()?),
        "isolate" => {
            let pair = tail
                .split_once(['|', '/', ','])
                .ok_or_else(|| Refusal::Setting(format!("'{tail}' names no pair of roles such as management|vm")))?;
            let (a, b) = (
                role(pair.0).map_err(Refusal::Setting)?,
                role(pair.1).map_err(Refusal::Setting)?,
            );
            if a == b {
                return Err(Refusal::Setting(format!("{a} cannot be kept apart from itself")));
            }
            policy.isolate.retain(|(x, y, _)| (*x, *y) != (a.min(b), a.max(b)));
            policy.isolate.push((a.min(b), a.max(b), strength(value)?));
        }
        "isolatezone" => {
            if tail.is_empty() {
                return Err(Refusal::Setting("isolate_zone: names no zone".to_owned()));
            }
            policy.isolate_zones.retain(|(zone, _)| zone != tail);
            policy.isolate_zones.push((tail.to_owned(), strength(value)?));
        }
        "rule" => {
            let rule = rule_name(tail, row.rules)?;
            let level = value.to_ascii_lowercase();
            if !["allow", "warn", "deny"].contains(&level.as_str()) {
                return Err(Refusal::Value(format!(
                    "'{value}' is no level: it is allow, warn or deny"
                )));
            }
            policy.rules.retain(|r| r.rule != rule);
            policy.rules.push(RuleLevel {
                rule,
                level,
                ..row.level.clone()
            });
        }
        _ => return Err(unknown(head)),
    }
    Ok(())
}

/// The rule of a name, as the rule itself spells it: a name that no rule has would silence or deny nothing, and nobody would notice.
fn rule_name(name: &str, rules: &[&'static str]) -> Result<String, Refusal> {
    if name.is_empty() {
        return Err(Refusal::Setting(
            "the name of the rule is missing behind rule:".to_owned(),
        ));
    }
    if rules.is_empty() {
        return Ok(name.to_owned());
    }
    let found = rules.iter().find(|rule| plain(rule) == plain(name));
    found.map(|rule| (*rule).to_owned()).ok_or_else(|| {
        let hint = did_you_mean(name, rules.iter().copied());
        Refusal::Setting(format!("there is no rule '{name}'{hint}"))
    })
}

fn unknown(setting: &str) -> Refusal {
    let names = SETTINGS.iter().map(|s| s.name.trim_end_matches(':'));
    Refusal::Setting(format!(
        "there is no setting '{setting}'{}",
        did_you_mean(setting, names)
    ))
}

fn strength(value: &str) -> Result<Strength, Refusal> {
    Strength::parse(value).ok_or_else(|| Refusal::Value(format!("'{value}' is none of no, wish, required")))
}

/// Adds failures that a role must survive.
pub(super) fn must_survive(policy: &mut Policy, role: Role, kinds: &[FailureKind]) {
    for kind in kinds {
        if !policy.survive.contains(&(role, *kind)) {
            policy.survive.push((role, *kind));
        }
    }
    policy.survive.sort();
}

/// Replaces the failures that one role should survive; the other roles keep theirs.
pub(super) fn should_survive(policy: &mut Policy, role: Role, kinds: &[FailureKind]) {
    let mut list = policy.survive_wish.take().unwrap_or_else(default_wishes);
    list.retain(|(r, _)| *r != role);
    list.extend(kinds.iter().map(|kind| (role, *kind)));
    list.sort();
    policy.survive_wish = Some(list);
}

/// What every role should survive when nothing is said: all but the loss of its node.
pub(in crate::inventory) fn default_wishes() -> Vec<(Role, FailureKind)> {
    let kinds = FailureKind::ALL.into_iter().filter(|k| *k != FailureKind::Node);
    ROLES
        .iter()
        .flat_map(|info| kinds.clone().map(move |kind| (info.role, kind)))
        .collect()
}
