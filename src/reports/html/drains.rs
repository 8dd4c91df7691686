//! Live migration and drains once the plan is applied: how long a patch night takes, the longest drain, every node.
//!
//! In: [`ReportData`]. Out: HTML. Must not know: how a forecast is made.

use super::{is_tall, list, paragraph, tables};
use crate::reports::data::ReportData;
use crate::reports::drains::{View, drain_svg, headline};
use std::fmt::Write;

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
    let bytes = drain_svg(&views);
    let drawing = String::from_utf8_lossy(&bytes);
    let class = if is_tall(&drawing) { "tall" } else { "" };
    let _ = writeln!(
        out,
        "<figure id=\"drawing-drain\" class=\"{class}\"><figcaption>How long nodes take to drain once the plan is applied \
         <small>nicplan drain INPUT --plan plan.json -o DIR gives more</small></figcaption>\
         <div class=\"picture\" tabindex=\"0\">{drawing}</div></figure>"
    );
    tables::drains(data, out);
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
