//! Which transport a pair uses, and over which adapters.
//!
//! In: the legs of the network taken, settings of both ends. Out: carrier and legs that carry. Where the two ends want different
//! things the sender's option counts (assumed) and the pair is told.

use super::choose::{Choice, Leg};
use super::fixes;
use super::{Carrier, Layer, Path};
use crate::finding::Severity::{Error, Warning};
use crate::inventory::Cluster;
use crate::migration::transport as usual;
use crate::profiles::Transport;
use crate::units::Mbps;

/// The option of an end: that of the plan, of the host, of the cluster; `None` = not known.
fn option(cluster: &Cluster, node: usize, planned: Option<Transport>) -> Option<Transport> {
    let host = cluster.nodes.get(node).and_then(|n| n.migration.transport);
    planned.or(host).or(cluster.transport)
}

/// Decides the carrier and keeps the legs that it uses: TCP and compression one, SMB every equal one.
pub(super) fn decide<'a>(choice: &Choice<'a>, path: &mut Path, legs: Vec<Leg<'a>>) -> (Carrier, Vec<Leg<'a>>) {
    let cluster = choice.cluster;
    let planned = legs.first().and_then(|l| l.source.transport);
    let all_rdma = legs.iter().all(|l| l.source.ports_rdma && l.target.ports_rdma);
    let ends = [path.source, path.target].map(|n| option(cluster, n, planned));
    let offered = |t: Transport| cluster.profile.transports.contains(&t);
    for (node, wanted) in [path.source, path.target].into_iter().zip(ends) {
        if let Some(wanted) = wanted.filter(|t| !offered(*t)) {
            let name = choice.node(node);
            path.fault(
                Layer::Transport,
                Error,
                format!("{name} asks for {}, which {} does not have; plain TCP is used", title(wanted), cluster.profile.title),
                format!("correct live_migration_transport of {name}: tcp is all there is before Windows Server 2012 R2"),
            );
        }
    }
    let sender = ends.first().copied().flatten().filter(|t| offered(*t));
    let taken = sender.unwrap_or_else(|| usual_option(cluster, all_rdma));
    tell_option(choice, path, ends, taken, sender.is_some());
    let carried = match taken {
        Transport::Smb => equal_legs(cluster, path, legs),
        _ => legs.into_iter().take(1).collect(),
    };
    let carrier = match taken {
        Transport::Tcp => Carrier::Tcp,
        Transport::Compression => Carrier::Compression,
        Transport::Smb => smb(choice, path, &carried),
    };
    (carrier, carried)
}

/// Without a word from anybody: SMB where every port has RDMA, else the default of the Windows version.
fn usual_option(cluster: &Cluster, all_rdma: bool) -> Transport {
    usual(
        &Cluster {
            transport: None,
            vms: Vec::new(),
            ..light(cluster)
        },
        all_rdma,
    )
}

/// The facts that the usual option depends on.
fn light(cluster: &Cluster) -> Cluster {
    Cluster {
        name: String::new(),
        nodes: Vec::new(),
        tors: Vec::new(),
        links: Vec::new(),
        networks: Vec::new(),
        demands: Vec::new(),
        vms: Vec::new(),
        policy: Default::default(),
        migration: Default::default(),
        ..*cluster
    }
}
