//! The whole chain of reasoning of each pair, one line per layer.

use super::text::{busy, links, rate, usual, way};
use super::{ClusterPaths, PathData};
use crate::migration::path::Path;
use crate::reports::not_yet;
use crate::reports::show::sentence;
use std::fmt::Write;

/// All pairs of all clusters.
pub(super) fn render(data: &PathData) -> String {
    let mut text = String::new();
    for cluster in &data.clusters {
        if let Some(premise) = not_yet::for_migration(&cluster.cluster).filter(|_| !cluster.paths.is_empty()) {
            let _ = writeln!(text, "{premise}\n");
        }
        for path in &cluster.paths {
            pair(&mut text, cluster, path);
        }
        if !cluster.paths.is_empty() && !cluster.wiring.assumptions.is_empty() {
            text.push_str("Assumed, because the inventory does not say\n\n");
            for line in &cluster.wiring.assumptions {
                let _ = writeln!(text, "  {line}");
            }
            text.push('\n');
        }
    }
    text
}

fn pair(text: &mut String, data: &ClusterPaths, path: &Path) {
    let _ = writeln!(
        text,
        "{} → {} in cluster {}\n",
        data.node(path.source),
        data.node(path.target),
        data.cluster.name
    );
    let width = path.steps.iter().map(|s| s.layer.name().len()).max().unwrap_or(0);
    for step in &path.steps {
        let _ = writeln!(text, "  {:<width$}  {}", step.layer.name(), step.text);
    }
    if !path.crossed.is_empty() {
        let _ = writeln!(text, "  {:<width$}  across {}", "", links(data, path));
    }
    text.push('\n');
    match &path.network {
        Some(_) => {
            let _ = writeln!(text, "So: {}, {}.", way(data, path), rate(path));
            for rest in [usual(path), busy(path)].into_iter().flatten() {
                let _ = writeln!(text, "    {}.", sentence(&rest));
            }
        }
        None => text.push_str("So: no way is known.\n"),
    }
    for fault in &path.faults {
        let _ = writeln!(
            text,
            "\n{}[{}] {}\n  fix   {}",
            fault.severity,
            fault.layer.name(),
            fault.text,
            fault.fix
        );
    }
    if path.faults.is_empty() {
        text.push_str("Nothing is wrong on the way.\n");
    }
    text.push('\n');
}
