//! Names: which cluster a row belongs to, which node a name means, which rows speak of the same thing.

use super::lines;
use super::problems::Problems;
use crate::inventory::entities::NAMELESS;
use crate::inventory::raw::{Cell, Line, RawTable, Record};
use crate::units::{host_label, is_address, natural_cmp};
use std::collections::{BTreeMap, BTreeSet};

/// Key of a name: upper and lower case do not matter.
pub(super) fn key(name: &str) -> String {
    name.to_lowercase()
}

/// The clusters, and the one that a row without a cluster name belongs to.
pub(super) struct ClusterBook {
    /// Names in order.
    pub(super) names: Vec<String>,
    index: BTreeMap<String, usize>,
    /// For each input the clusters that it speaks of.
    by_input: Vec<Vec<usize>>,
}

impl ClusterBook {
    /// Collects the clusters of all inputs; `beside` says which lie in the folder of another one, `given` names the inputs that name none.
    pub(super) fn new(tables: &[RawTable], beside: &BTreeMap<usize, usize>, given: Option<&str>) -> ClusterBook {
        let inputs = tables.iter().map(|t| t.input + 1).max().unwrap_or(0);
        let mut named: Vec<BTreeMap<String, &str>> = vec![BTreeMap::new(); inputs];
        for line in lines(tables, "clusters").chain(lines(tables, "nodes")) {
            let name = line.cell("cluster").text;
            if !name.is_empty() {
                named[line.table.input].entry(key(name)).or_insert(name);
            }
        }
        let everywhere: BTreeSet<String> = named.iter().flat_map(|n| n.keys().cloned()).collect();
        let only = if everywhere.len() == 1 {
            everywhere.first().cloned()
        } else {
            None
        };
        let own = given.unwrap_or(NAMELESS);
        let has_nodes = |input: usize| {
            tables
                .iter()
                .any(|t| t.input == input && t.def.name == "nodes" && !t.rows.is_empty())
        };
        // A name without nodes is that of the nodes without a name (a clusters.csv beside a validation report).
        let waits = given.is_none() && (0..inputs).all(|i| named[i].is_empty() || !has_nodes(i));
        let mut shown: BTreeMap<String, String> = BTreeMap::new();
        let mut keys: Vec<BTreeSet<String>> = Vec::new();
        for (input, names) in named.iter().enumerate() {
            for (key, name) in names {
                shown.entry(key.clone()).or_insert_with(|| (*name).to_owned());
            }
            let fallback = match &only {
                Some(only) if waits || !has_nodes(input) => only.clone(),
                _ => key(own),
            };
            // What lies in the folder of another input speaks of the clusters of that one.
            let folder = beside.get(&input).filter(|folder| has_nodes(**folder));
            let of_folder = folder.and_then(|folder| keys.get(*folder)).cloned();
            keys.push(match (names.is_empty(), of_folder) {
                (true, Some(of_folder)) if !has_nodes(input) => of_folder,
                // An input without nodes, such as counters, may speak of every cluster.
                (true, _) if !has_nodes(input) && everywhere.len() > 1 => everywhere.clone(),
                (true, _) => BTreeSet::from([fallback]),
                (false, _) => names.keys().cloned().collect(),
            });
        }
        for missing in keys.iter().flatten() {
            shown.entry(missing.clone()).or_insert_with(|| own.to_owned());
        }
        let mut names: Vec<String> = shown.into_values().collect();
        names.sort_by(|a, b| natural_cmp(a, b));
        let index: BTreeMap<String, usize> = names.iter().enumerate().map(|(i, n)| (key(n), i)).collect();
        let by_input = keys
            .iter()
            .map(|set| set.iter().filter_map(|k| index.get(k).copied()).collect())
            .collect();
        ClusterBook { names, index, by_input }
    }

    /// The cluster named in a row's `cluster` cell, or the only one of its input; `None` is told.
    pub(super) fn of(&self, line: Line<'_>, problems: &mut Problems<'_>) -> Option<usize> {
        match self.named(line, problems)? {
            Some(cluster) => Some(cluster),
            None => match self.of_input(line.table.input) {
                [only] => Some(*only),
                _ => {
                    let advice = format!("Write one of: {}.", self.names.join(", "));
                    problems.at(
                        line.cell("cluster"),
                        "the cell cluster is blank, and there are several clusters",
                        advice,
                    );
                    None
                }
            },
        }
    }

    /// Clusters that a row without a cluster name speaks of.
    pub(super) fn all_of(&self, line: Line<'_>, problems: &mut Problems<'_>) -> Vec<usize> {
        match self.named(line, problems) {
            None => Vec::new(),
            Some(Some(cluster)) => vec![cluster],
            Some(None) => self.of_input(line.table.input).to_vec(),
        }
    }

    /// The cluster named in the row: `Some(None)` = blank, `None` = unknown, which is told.
    pub(super) fn named(&self, line: Line<'_>, problems: &mut Problems<'_>) -> Option<Option<usize>> {
        let cell = line.cell("cluster");
        if cell.text.is_empty() {
            return Some(None);
        }
        let found = self.index.get(&key(cell.text)).copied();
        if found.is_none() {
            problems.dangling(cell, "cluster", cell.text, self.names.iter().map(String::as_str));
        }
        found.map(Some)
    }

    /// Clusters that an input speaks of.
    pub(super) fn of_input(&self, input: usize) -> &[usize] {
        self.by_input.get(input).map_or(&[], Vec::as_slice)
    }
}

/// Rows of all inputs that speak of the same thing of one owner.
pub(super) struct Group<'a> {
    /// Cluster, node or VM it belongs to, as a number of the caller's.
    pub(super) owner: usize,
    /// Name as first written.
    pub(super) name: String,
    /// The rows.
    pub(super) record: Record<'a>,
}

/// Collects groups and reports doubled names.
#[derive(Default)]
pub(super) struct Groups<'a> {
    list: Vec<Group<'a>>,
    index: BTreeMap<(usize, String), usize>,
}

impl<'a> Groups<'a> {
    /// Adds a row under its name.
    pub(super) fn add(&mut self, owner: usize, name: &str, cell: Cell<'a>, problems: &mut Problems<'_>) {
        self.add_as(owner, key(name), name, cell, problems);
    }

    /// Adds a row under a key of the caller's. A second row of the same input is a problem; one of a later input adds to the first.
    pub(super) fn add_as(
        &mut self,
        owner: usize,
        key: String,
        name: &str,
        cell: Cell<'a>,
        problems: &mut Problems<'_>,
    ) {
        let next = self.list.len();
        let position = *self.index.entry((owner, key)).or_insert(next);
        match self.list.get_mut(position) {
            None => self.list.push(Group {
                owner,
                name: name.to_owned(),
                record: Record::new(cell.line),
            }),
            Some(group) => {
                let record = &mut group.record;
                let lines = record.later.iter().chain([&record.first]);
                let same_input = lines
                    .filter(|l| l.table.input == cell.line.table.input)
                    .map(|l| l.row.line)
                    .next();
                match same_input {
                    Some(line) => {
                        let what = format!(
                            "'{}' is there twice: also in line {line}",
                            super::problems::shorten(name)
                        );
                        problems.at(
                            cell,
                            what,
                            "Names must be unique (upper and lower case are the same); remove or rename one.",
                        );
                    }
                    None => record.later.push(cell.line),
                }
            }
        }
    }

    /// The groups by owner and name, as people count.
    pub(super) fn sorted(mut self, problems: &mut Problems<'_>) -> Vec<Group<'a>> {
        for group in &self.list {
            problems.merged(&group.name, &group.record);
        }
        self.list
            .sort_by(|a, b| a.owner.cmp(&b.owner).then_with(|| natural_cmp(&a.name, &b.name)));
        self.list
    }
}

/// All nodes of all clusters; a node's number counts through all clusters.
pub(super) struct NodeBook<'a> {
    /// Nodes by cluster and name.
    pub(super) list: Vec<Group<'a>>,
    /// Number of each cluster's first node.
    pub(super) first: Vec<usize>,
    /// Nodes by name in lower case, full and short.
    index: BTreeMap<String, Vec<usize>>,
}

impl<'a> NodeBook<'a> {
    /// Collects the nodes tables.
    pub(super) fn new(tables: &'a [RawTable], owners: &ClusterBook, problems: &mut Problems<'_>) -> NodeBook<'a> {
        let mut rows = Vec::new();
        for line in lines(tables, "nodes") {
            let cell = line.cell("node");
            if let (Some(name), Some(cluster)) = (problems.required(cell), owners.of(line, problems)) {
                rows.push((cluster, name, cell));
            }
        }
        let mut full_names: BTreeMap<(usize, String), BTreeSet<String>> = BTreeMap::new();
        for (cluster, name, _) in rows.iter().filter(|(_, name, _)| name.contains('.')) {
            full_names
                .entry((*cluster, host_label(name)))
                .or_default()
                .insert(key(name));
        }
        let unambiguous = |cluster: usize, name: &str| {
            full_names
                .get(&(cluster, host_label(name)))
                .is_none_or(|names| names.len() == 1)
                && !is_address(name)
        };
        let mut groups = Groups::default();
        for (cluster, name, cell) in &rows {
            let key = if unambiguous(*cluster, name) {
                host_label(name)
            } else {
                key(name)
            };
            groups.add_as(*cluster, key, name, *cell, problems);
        }
        let list = groups.sorted(problems);
        let first = (0..owners.names.len())
            .map(|c| list.partition_point(|g| g.owner < c))
            .collect();
        let mut index: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, node) in list.iter().enumerate() {
            let mut names = BTreeSet::from([key(&node.name)]);
            if unambiguous(node.owner, &node.name) {
                names.insert(host_label(&node.name));
            }
            for name in names {
                index.entry(name).or_default().push(number);
            }
        }
        NodeBook { list, first, index }
    }

    /// Number of the node that a row's `column` cell names; `None` is told, a blank cell only if `required`.
    pub(super) fn of(&self, line: Line<'_>, owners: &ClusterBook, problems: &mut Problems<'_>) -> Option<usize> {
        let cell = line.cell("node");
        let name = problems.required(cell)?;
        let cluster = owners.named(line, problems)?;
        self.find(cell, name, cluster, owners, problems)
    }

    /// Number of the node with this name; unknown and ambiguous names are told.
    pub(super) fn find(
        &self,
        cell: Cell<'_>,
        name: &str,
        cluster: Option<usize>,
        owners: &ClusterBook,
        problems: &mut Problems<'_>,
    ) -> Option<usize> {
        let by_name = self.index.get(&key(name));
        let by_short = || {
            self.index
                .get(&host_label(name))
                .filter(|_| name.contains('.') && !is_address(name))
        };
        let known = by_name.or_else(by_short).map_or(&[][..], Vec::as_slice);
        let fits = |number: &&usize| cluster.is_none_or(|c| self.list[**number].owner == c);
        let mut found: Vec<usize> = known.iter().filter(fits).copied().collect();
        if found.len() > 1 {
            let near = owners.of_input(cell.line.table.input);
            found.retain(|n| near.contains(&self.list[*n].owner));
        }
        match found[..] {
            [number] => Some(number),
            [] if known.len() < 2 => {
                let names = self
                    .list
                    .iter()
                    .filter(|g| cluster.is_none_or(|c| g.owner == c))
                    .map(|g| g.name.as_str());
                problems.dangling(cell, "node", name, names);
                None
            }
            _ => {
                let what = format!("'{}' names several nodes", super::problems::shorten(name));
                problems.at(cell, what, "Write the full DNS name, or fill the column cluster.");
                None
            }
        }
    }

    /// Whether a node of the cluster is written just so.
    pub(super) fn knows(&self, name: &str, cluster: usize) -> bool {
        let found = self.index.get(&key(name));
        found.is_some_and(|numbers| numbers.iter().any(|n| self.list[*n].owner == cluster))
    }

    /// Whether a name, full or short, is that of a node of the cluster.
    pub(super) fn belongs(&self, name: &str, cluster: usize) -> bool {
        self.knows(name, cluster) || self.knows(&host_label(name), cluster)
    }

    /// Cluster and position in it.
    pub(super) fn place(&self, number: usize) -> (usize, usize) {
        let cluster = self.list[number].owner;
        (cluster, number - self.first[cluster])
    }
}
