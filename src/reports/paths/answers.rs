//! What live migrations really get, as sentences for the page and the console: way, rate, what decides it, which layer is at fault.
//!
//! In: judged paths. Out: plain text without markup. Must not know: where it is shown, how a path is found.

use super::ClusterPaths;
use super::text::rate;
use crate::finding::Severity;
use crate::migration::path::{Class, Fault, Layer, Path, Step};
use crate::reports::show;
use crate::units::{Mbps, show_mbps};
use std::collections::BTreeSet;

/// Kinds of pairs told one by one, and in one line.
const MOST: usize = 4;
const TOLD: usize = 3;

/// Layers that can hold a rate down.
const RATE_LAYERS: [Layer; 5] = [
    Layer::SmbLimit,
    Layer::PortSpeed,
    Layer::Stream,
    Layer::HostVnic,
    Layer::InterSwitchLink,
];

impl ClusterPaths<'_> {
    /// How fast migrations are between each kind of pairs, and what decides that; empty where none runs.
    pub(in crate::reports) fn speeds(&self) -> Vec<String> {
        let alike = self.alike(|path| decides(path).map(|step| step.layer));
        let told = alike.iter().take(MOST);
        told.filter_map(|class| self.speed(class)).collect()
    }

    /// Pairs that a reader of rates need not tell apart: same network, transport, rate of one migration, number at once, and whatever
    /// else `key` names.
    fn alike<K: PartialEq>(&self, key: impl Fn(&Path) -> K) -> Vec<Class> {
        let mut found: Vec<(_, Class)> = Vec::new();
        for class in &self.classes {
            let Some(path) = class.first(&self.paths).filter(|path| path.network.is_some()) else {
                continue;
            };
            let one = (path.cap, path.concurrency, path.guaranteed.is_some());
            let looks = (&path.network, path.transport, one, key(path));
            match found.iter_mut().find(|(known, _)| *known == looks) {
                Some((_, joined)) => {
                    joined.paths.extend(&class.paths);
                    joined.paths.sort_unstable();
                }
                None => found.push((looks, class.clone())),
            }
        }
        found.into_iter().map(|(_, class)| class).collect()
    }

    /// The rate of one migration, of all together, and how many at once, of pairs that [`Self::alike`] joined.
    fn rates(&self, class: &Class, path: &Path) -> String {
        let paths = class.paths.iter().filter_map(|index| self.paths.get(*index));
        let all: BTreeSet<Mbps> = paths.map(|path| path.egress.min(path.ingress)).collect();
        match (all.first(), all.last()) {
            (Some(least), Some(most)) if least != most => {
                let free = if path.guaranteed.is_some() {
                    ", if nothing else sends"
                } else {
                    ""
                };
                format!(
                    "{} for one migration, {} to {} for all together{free}; {} at once",
                    show_mbps(path.cap),
                    show_mbps(*least),
                    show_mbps(*most),
                    path.concurrency
                )
            }
            _ => rate(path),
        }
    }

    fn speed(&self, class: &Class) -> Option<String> {
        let path = class.first(&self.paths)?;
        let network = path.network.as_deref()?;
        let decides = decides(path).map_or_else(String::new, |step| format!("; what decides: {}", step.text));
        Some(format!(
            "{}: {} ({} MB/s on the wire for one), over {network} with {}{decides}",
            show::sentence(&self.pairs(class)),
            self.rates(class, path),
            show::thousands(path.cap / 8),
            path.transport.title(),
        ))
    }

    /// The ways in one sentence, without its full stop: network, rate, pairs; first of all what is not as planned.
    pub(in crate::reports) fn brief(&self) -> Option<String> {
        let detours = self.detours();
        if let Some(detour) = detours.first() {
            return Some(format!("not as planned: {detour}"));
        }
        let alike = self.alike(|_| ());
        // network and transport are said once for all pairs that have them
        let mut told: Vec<(String, Vec<String>)> = Vec::new();
        for class in alike.iter().take(TOLD) {
            let Some(path) = class.first(&self.paths) else { continue };
            let Some(network) = path.network.as_deref() else {
                continue;
            };
            let way = format!("network {network} over {}", path.transport.title());
            let rates = self.rates(class, path).replace("; ", ", ");
            let rates = format!("{rates} ({})", self.pairs(class));
            match told.iter_mut().find(|(known, _)| *known == way) {
                Some((_, all)) => all.push(rates),
                None => told.push((way, vec![rates])),
            }
        }
        let told: Vec<String> = told
            .iter()
            .map(|(way, rates)| format!("{way}: {}", rates.join("; ")))
            .collect();
        let more = match alike.len().saturating_sub(TOLD) {
            0 => String::new(),
            more => format!(
                "; and {}",
                show::count(more, "kind of pairs more", "kinds of pairs more")
            ),
        };
        (!told.is_empty()).then(|| format!("{}{more}", told.join("; ")))
    }

    /// Pairs that do not use the network that is meant for live migration, with the reason and the repair; empty if none.
    pub(in crate::reports) fn detours(&self) -> Vec<String> {
        let strays = self.classes.iter().filter_map(|class| {
            let path = class.first(&self.paths).filter(|path| !path.intended)?;
            let fault = path.faults.first()?;
            let way = path.network.as_deref().map_or_else(
                || "there is no way at all".to_owned(),
                |network| format!("it goes over {network}"),
            );
            Some(format!(
                "{}, {way}: {}; {}",
                self.pairs(class),
                fault.text,
                repair(fault)
            ))
        });
        strays.take(MOST).collect()
    }

    /// The fault that sends migrations of a node elsewhere than meant, or keeps them off altogether.
    pub(in crate::reports) fn fault_of(&self, node: usize) -> Option<&Fault> {
        let strays = self.of(node).filter(|path| !path.intended);
        let faults = strays.flat_map(|path| &path.faults);
        faults
            .filter(|fault| fault.severity == Severity::Error)
            .min_by_key(|fault| fault.layer)
    }

    /// The limit of live migration over SMB, where it and not the ports decides what a node sends.
    pub(in crate::reports) fn smb_limit_of(&self, node: usize) -> Option<String> {
        let limited = self.of(node).filter(|path| path.source == node);
        let mut limited = limited.filter(|path| path.smb_limit == Some(path.egress));
        let path = limited.next()?;
        let step = path.steps.iter().find(|step| step.layer == Layer::SmbLimit)?;
        Some(step.text.clone())
    }

    /// Speeds of the ports that migrations out of a node really use, the slowest first; empty where none is known.
    pub(in crate::reports) fn ports_of(&self, node: usize) -> Vec<usize> {
        let mut ports: Vec<usize> = self
            .of(node)
            .filter(|path| path.source == node && path.network.is_some())
            .flat_map(|path| path.source_ports.iter().copied())
            .collect();
        ports.sort_unstable();
        ports.dedup();
        ports
    }

    /// Paths from and to a node, those from it first.
    fn of(&self, node: usize) -> impl Iterator<Item = &Path> {
        let from = self.paths.iter().filter(move |path| path.source == node);
        from.chain(self.paths.iter().filter(move |path| path.target == node))
    }
}

/// The line of reasoning that decides over the rate.
fn decides(path: &Path) -> Option<&Step> {
    if path.smb_limit == Some(path.cap) {
        return path.steps.iter().find(|step| step.layer == Layer::SmbLimit);
    }
    let slowed = |layer: Layer| layer != Layer::SmbLimit && RATE_LAYERS.contains(&layer);
    let mut steps = path.steps.iter().rev().filter(|step| slowed(step.layer));
    // the links between switches are told even where they are wide enough
    steps.find(|step| step.layer != Layer::InterSwitchLink || step.text.ends_with(&show_mbps(path.cap)))
}

/// What to do about a fault, as half a sentence.
pub(in crate::reports) fn repair(fault: &Fault) -> String {
    match fault.fix.as_str() {
        "" => "`nicplan path INPUT --plan plan.json` tells more".to_owned(),
        fix => format!("repair: {fix}"),
    }
}
