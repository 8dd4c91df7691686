//! Live migration and drains once the plan is applied: how long a patch night takes, the longest drain, the way, every node.
//!
//! In: [`ReportData`]. Out: HTML. Must not know: how a forecast is made.

use super::{figure, list, paragraph, tables};
use crate::reports::data::{ClusterData, ReportData};
use crate::reports::drains::{View, drain_svg, headline};
use crate::reports::drawings;
use crate::reports::paths::ClusterPaths;

/// Writes the section.
pub(super) fn write(data: &ReportData, out: &mut String) {
    let views: Vec<View> = data
        .clusters
        .iter()
        .filter_map(|cluster| {
            Some(View {
                cluster: cluster.facts,
                forecast: cluster.drains.as_ref()?,
            })
        })
        .collect();
    if views.is_empty() {
        return paragraph(out, "A single node has no other to give its VMs to.");
    }
    for view in &views {
        if views.len() > 1 {
            paragraph(out, &format!("Cluster {}", view.cluster.name));
        }
        list(out, sentences(view));
    }
    tables::drains(data, out);
    figure(
        out,
        "drain",
        "How long nodes take to drain once the plan is applied",
        "nicplan drain INPUT --plan plan.json -o DIR gives more",
        &drain_svg(&views),
    );
    write_paths(data, out);
}

/// The ways that live migrations take once the plan is applied, drawn per kind of pair.
fn write_paths(data: &ReportData, out: &mut String) {
    let clusters = data.clusters.iter().filter(|cluster| cluster.facts.nodes.len() > 1);
    let paths: Vec<&ClusterPaths> = clusters.map(ClusterData::paths).collect();
    figure(
        out,
        "path",
        "Which network live migration takes between nodes once the plan is applied",
        "nicplan path INPUT --plan plan.json -o DIR gives more",
        &drawings::paths::render(&paths),
    );
}

/// The answer, what limits the longest drain, and what does not work.
fn sentences(view: &View) -> Vec<String> {
    let mut lines = headline(view);
    if let Some(worst) = view.forecast.drains.first().filter(|worst| worst.today.makespan_ms > 0) {
        lines.push(format!(
            "Longest drain, {}: {}.",
            view.node(worst.node),
            worst.today.advice
        ));
    }
    lines.extend(view.forecast.stranded().iter().map(|one| {
        format!(
            "{} on {} fits nowhere when its node is drained: {}.",
            view.vm(one.vm),
            view.node(one.source),
            one.why
        )
    }));
    lines
}
