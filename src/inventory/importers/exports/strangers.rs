//! Exports of another cluster, or of a computer that is no node of this one, among the exports of a cluster.
//!
//! In: the files, and records as they are read. Out: what is left out, told; two names for one cluster are refused. Must not know: forms.

use super::Loaded;
use super::cmdlets::name_of;
use super::conclude::Assumed;
use super::estate::{Estate, key};
use super::records::Record;
use crate::inventory::entities::Origin;
use crate::inventory::raw::Gathered;
use crate::units::{count, host_name};
use std::collections::{BTreeMap, BTreeSet};

/// Names that a sentence spells out.
const MOST_NAMES: usize = 8;

const ADVICE: &str = "Put the exports of each cluster into a folder of their own and give each folder as an INPUT of its own, \
                      or take away the files that do not belong here.";

/// Refuses exports that name different clusters, or nodes of two clusters; whether they do.
pub(super) fn tell_other_clusters(loaded: &[Loaded], gathered: &mut Gathered) -> bool {
    let clusters = said(loaded, "Get-Cluster");
    let first_of = |files: &[(String, BTreeSet<String>)], at: usize| (files[at].0.clone(), files[at].1.clone());
    let other = |files: &[(String, BTreeSet<String>)]| {
        let (_, first) = files.first()?;
        files.iter().position(|(_, names)| names.is_disjoint(first))
    };
    let mut tell = |cmdlet: &str, things: &str, files: &[(String, BTreeSet<String>)], at: usize| {
        let ((known, first), (shown, names)) = (first_of(files, 0), first_of(files, at));
        let what = format!(
            "two exports of {cmdlet} name different {things}: {} ({known}) and {} ({shown})",
            some(&first),
            some(&names)
        );
        gathered.unread = true;
        gathered.complain(&shown, 0, 0, what, ADVICE);
    };
    if let Some(at) = other(&clusters) {
        tell("Get-Cluster", "clusters", &clusters, at);
        return true;
    }
    // `Get-ClusterNode -Name HV1` on each node names one node in each file, that of its folder.
    let alone = |file: &&Loaded| {
        let is_hint = |name: &String| file.hints.iter().any(|hint| host_name(hint).eq_ignore_ascii_case(name));
        !names(file).iter().all(is_hint)
    };
    let whole: Vec<&Loaded> = loaded.iter().filter(alone).collect();
    let nodes = said(whole, "Get-ClusterNode");
    if let Some(at) = other(&nodes) {
        tell("Get-ClusterNode", "nodes", &nodes, at);
        return true;
    }
    false
}

/// Files of a cmdlet with the names that they hold.
fn said<'a>(loaded: impl IntoIterator<Item = &'a Loaded>, cmdlet: &str) -> Vec<(String, BTreeSet<String>)> {
    let of = loaded.into_iter().filter(|file| file.cmdlet.name == cmdlet);
    of.map(|file| (file.shown.clone(), names(file)))
        .filter(|(_, names)| !names.is_empty())
        .collect()
}

fn names(file: &Loaded) -> BTreeSet<String> {
    let name = |record: &Record| Some(host_name(record.get(&["Name"], 0)?.value.text()?).to_uppercase());
    file.records.list.iter().filter_map(name).collect()
}

pub(super) fn some(names: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = names.iter().take(MOST_NAMES).map(String::as_str).collect();
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Tells by name what was left out, and which VMs no export of Get-VM holds.
pub(super) fn tell_left_out(estate: &mut Estate) {
    let left_out = std::mem::take(&mut estate.left_out);
    let sentences = left_out
        .iter()
        .map(|(sentence, names)| sentence.replace("{}", &some(names)));
    estate.notes.extend(sentences);
    let mut alike: BTreeMap<BTreeSet<String>, BTreeSet<String>> = BTreeMap::new();
    for (vm, named) in std::mem::take(&mut estate.unknown_vms) {
        alike.entry(named).or_default().insert(vm);
    }
    for (named, vms) in alike {
        let stand = if vms.len() == 1 { "stands" } else { "stand" };
        let named: Vec<String> = named.into_iter().collect();
        estate.notes.push(format!(
            "{} {stand} in {}, but in no export of Get-VM: left out; export Get-VM again if it still exists",
            some(&vms),
            named.join(" and ")
        ));
    }
}

/// What was left out, with the files that hold it.
#[derive(Default)]
pub(super) struct Strangers {
    /// Computers that Get-ClusterNode does not name, with their files, by key.
    nodes: BTreeMap<String, (String, BTreeSet<String>)>,
    /// Objects that say that they are of another cluster: cluster and file.
    objects: BTreeMap<(String, String), usize>,
}

impl Strangers {
    /// Whether an object is from a computer that is no node of the cluster; blank stands for the cluster itself.
    pub(super) fn is_node(&mut self, node: &str, file: &Loaded, estate: &Estate) -> bool {
        let is_known = node.is_empty() || estate.members.is_empty() || estate.members.contains_key(&key(&[node]));
        if !is_known {
            let found = self.nodes.entry(key(&[node]));
            let (_, files) = found.or_insert_with(|| (node.to_uppercase(), BTreeSet::new()));
            files.insert(file.shown.clone());
        }
        !is_known
    }

    /// Whether an object of the cluster says that it is of another one.
    pub(super) fn is_object(&mut self, record: &Record, file: &Loaded, estate: &Estate) -> bool {
        let own = cluster_name(estate);
        let said = record
            .get(&["Cluster"], file.source)
            .and_then(|found| name_of(found.value));
        let other = said.filter(|_| !file.cmdlet.per_node).map(host_name);
        let Some(other) = other.filter(|other| !own.is_empty() && !other.eq_ignore_ascii_case(host_name(&own))) else {
            return false;
        };
        *self.objects.entry((other.to_owned(), file.shown.clone())).or_default() += 1;
        true
    }

    /// Tells what was left out; the result is for the list of what was assumed.
    pub(super) fn tell(self, estate: &mut Estate, gathered: &Gathered) -> Vec<Assumed> {
        let cluster = match cluster_name(estate).as_str() {
            "" => "the cluster".to_owned(),
            name => name.to_owned(),
        };
        let mut told = Vec::new();
        if let Some(first) = estate.members.values().next() {
            let file = file_of(*first, gathered);
            let member = |key: &String| estate.nodes.get(key).cloned();
            let members: BTreeSet<String> = estate.members.keys().filter_map(member).collect();
            for (node, files) in self.nodes.into_values() {
                told.push((
                    format!(
                        "{node} is not among the nodes of {cluster} in {file} ({})",
                        some(&members)
                    ),
                    format!(
                        "left out ({}: {}); if it belongs there, export Get-ClusterNode again",
                        count(files.len(), "file"),
                        some(&files)
                    ),
                ));
            }
        }
        for ((other, file), objects) in self.objects {
            told.push((
                format!(
                    "{} in {file} of cluster {other}, not of {cluster}",
                    count(objects, "object")
                ),
                "left out; give the exports of another cluster as an INPUT of its own".to_owned(),
            ));
        }
        let sentences = told.iter().map(|(what, taken)| format!("{what}: {taken}"));
        estate.notes.extend(sentences);
        told
    }
}

/// Name of the cluster as Get-Cluster tells it; blank if it does not.
fn cluster_name(estate: &Estate) -> String {
    let row = estate.find("clusters", &[]);
    row.map_or(String::new(), |row| estate.text(row, "cluster").to_owned())
}

fn file_of(place: Origin, gathered: &Gathered) -> String {
    let source = gathered.sources.get(place.source as usize);
    source.map_or("Get-ClusterNode".to_owned(), |source| source.file.clone())
}
