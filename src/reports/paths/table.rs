//! `paths.csv`: one row per ordered pair of nodes.

use super::PathData;
use crate::inventory::Cluster;
use crate::migration::path::Path;
use crate::reports::csv_file::Sheet;

const PATHS: &str = "cluster,source,target,network,source_nic,target_nic,transport,cap_mbps,concurrency,layer,why,guaranteed_mbps,left_mbps";

/// The file.
pub(super) fn render(data: &PathData) -> Vec<u8> {
    let clusters: Vec<_> = data.clusters.iter().map(|c| (&*c.cluster, &c.paths[..])).collect();
    paths_csv(&clusters)
}

/// `paths.csv` of the paths of each cluster.
pub fn paths_csv(clusters: &[(&Cluster, &[Path])]) -> Vec<u8> {
    let mut sheet = Sheet::new(PATHS, clusters.iter().map(|(_, paths)| paths.len()).sum());
    for (cluster, paths) in clusters {
        let node = |index: usize| cluster.nodes.get(index).map_or("", |node| node.name.as_str());
        for path in *paths {
            let known = path.network.is_some();
            sheet.text(&cluster.name);
            sheet.text(node(path.source));
            sheet.text(node(path.target));
            sheet.text(path.network.as_deref().unwrap_or(""));
            sheet.text(&path.source_nics.join(";"));
            sheet.text(&path.target_nics.join(";"));
            sheet.value(if known { path.transport.name() } else { "" });
            sheet.optional(known.then_some(path.cap));
            sheet.value(path.concurrency);
            sheet.value(path.layer.name());
            sheet.text(&path.why);
            sheet.optional(path.guaranteed);
            sheet.optional(known.then_some(path.left.cap));
            sheet.end_row();
        }
    }
    sheet.finish()
}
