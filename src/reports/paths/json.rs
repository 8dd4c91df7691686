//! The ways as JSON: names instead of numbers of nodes, every layer, every fault.

use super::{ClusterPaths, PathData};
use crate::migration::path::Path;
use crate::reports::not_yet;
use serde_json::{Value, json};

/// All clusters.
pub(super) fn render(data: &PathData) -> Value {
    let clusters: Vec<Value> = data.clusters.iter().map(cluster).collect();
    json!({ "clusters": clusters })
}

fn cluster(data: &ClusterPaths) -> Value {
    let paths: Vec<Value> = data.paths.iter().map(|p| path(data, p)).collect();
    json!({
        "cluster": data.cluster.name,
        "state": if data.wiring.planned { "planned" } else { "present" },
        "paths": paths,
        "smb_limit_opinions": {
            "node": if data.opinions.is_empty() { "" } else { data.node(data.opinions_of) },
            "opinions": data.opinions,
        },
        "assumptions": data.wiring.assumptions,
        "premise": not_yet::for_migration(&data.cluster),
    })
}

fn path(data: &ClusterPaths, path: &Path) -> Value {
    let link = |index: &usize| {
        let link = data.cluster.links.get(*index)?;
        let tor = |t: usize| data.cluster.tors.get(t).map_or("", |t| t.name.as_str());
        Some(json!({ "from": tor(link.ends.0), "to": tor(link.ends.1), "speed_mbps": link.speed }))
    };
    let crossed: Vec<Value> = path.crossed.iter().filter_map(link).collect();
    json!({
        "source": data.node(path.source),
        "target": data.node(path.target),
        "network": path.network,
        "intended": path.intended,
        "source_nics": path.source_nics,
        "target_nics": path.target_nics,
        "transport": path.network.as_ref().map(|_| path.transport.name()),
        "cap_mbps": path.cap,
        "egress_mbps": path.egress,
        "ingress_mbps": path.ingress,
        "sharing": path.sharing.iter().map(|role| role.info().name).collect::<Vec<_>>(),
        "guaranteed_mbps": path.guaranteed,
        "left": {
            "one_mbps": path.left.cap,
            "egress_mbps": path.left.egress,
            "ingress_mbps": path.left.ingress,
            "needed_by_others_mbps": path.left.needed,
        },
        "crossed": crossed,
        "concurrency": path.concurrency,
        "layer": path.layer.name(),
        "why": path.why,
        "fix": path.fix,
        "faults": path.faults,
        "steps": path.steps,
    })
}
