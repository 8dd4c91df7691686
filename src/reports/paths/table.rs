//! `paths.csv`: one row per ordered pair of nodes.

use super::PathData;
use crate::reports::csv_file::Sheet;

const PATHS: &str = "cluster,source,target,network,source_nic,target_nic,transport,cap_mbps,concurrency,layer,why";

/// The file.
pub(super) fn render(data: &PathData) -> Vec<u8> {
    let mut sheet = Sheet::new(PATHS, data.clusters.iter().map(|c| c.paths.len()).sum());
    for cluster in &data.clusters {
        for path in &cluster.paths {
            let known = path.network.is_some();
            sheet.text(&cluster.cluster.name);
            sheet.text(cluster.node(path.source));
            sheet.text(cluster.node(path.target));
            sheet.text(path.network.as_deref().unwrap_or(""));
            sheet.text(&path.source_nics.join(";"));
            sheet.text(&path.target_nics.join(";"));
            sheet.value(if known { path.transport.name() } else { "" });
            sheet.optional(known.then_some(path.cap));
            sheet.value(path.concurrency);
            sheet.value(path.layer.name());
            sheet.text(&path.why);
            sheet.end_row();
        }
    }
    sheet.finish()
}
