//! Is it the intended network, and if not, which layer is to blame?

use super::settings::settings;
use crate::finding::Severity::{Error, Warning};
use crate::migration::path::choose::{Answer, Choice, Refusal, Taken};
use crate::migration::path::{Layer, Path, fixes};
use crate::migration::wiring::Interface;

/// Judges the network taken.
pub(in crate::migration::path) fn network(
    choice: &Choice,
    path: &mut Path,
    answers: &[(usize, Answer)],
    taken: Option<&Taken>,
) {
    let intended: Vec<&(usize, Answer)> = answers.iter().filter(|(n, _)| is_intended(choice, *n)).collect();
    let right = taken.is_some_and(|t| is_intended(choice, t.network) && !t.fallback);
    path.intended =
        right || (intended.is_empty() && taken.is_some_and(|t| !t.fallback && !client_instead(choice, answers, t)));
    if !path.intended {
        wrong_network(choice, path, answers, taken, &intended);
    }
    if right {
        other_intended(choice, path, &intended);
    }
    settings(choice, path);
}

fn is_intended(choice: &Choice, network: usize) -> bool {
    choice.network(network).is_some_and(|n| n.intended)
}

/// A network for clients is used although a private one joins the two nodes.
fn client_instead(choice: &Choice, answers: &[(usize, Answer)], taken: &Taken) -> bool {
    let client = |n: usize| choice.network(n).is_some_and(|n| n.cluster_use == 3);
    client(taken.network) && answers.iter().any(|(n, a)| a.is_ok() && !client(*n))
}

fn wrong_network(
    choice: &Choice,
    path: &mut Path,
    answers: &[(usize, Answer)],
    taken: Option<&Taken>,
    intended: &[&(usize, Answer)],
) {
    let refused = intended.iter().find_map(|(n, a)| Some((*n, a.as_ref().err()?)));
    let accepted = intended.iter().find(|(_, a)| a.is_ok()).map(|(n, _)| *n);
    let goes = match (
        taken.and_then(|t| choice.network(t.network)),
        taken.is_some_and(|t| t.fallback),
    ) {
        (None, _) => "there is no path at all".to_owned(),
        (Some(network), true) => format!("Windows falls back to {} without an event", network.name),
        (Some(network), false) => format!("migrations take {} instead", network.name),
    };
    if let (None, Some((_, refusal))) = (accepted, refused) {
        return refused_by(path, refusal, &goes);
    }
    if let (Some(network), Some(taken)) = (accepted, taken) {
        return preferred(choice, path, network, taken);
    }
    if let Some((_, Err(refusal))) = answers
        .iter()
        .find(|(_, a)| a.is_err())
        .filter(|_| taken.is_none_or(|t| t.fallback))
    {
        return refused_by(path, refusal, &goes);
    }
    let private = answers
        .iter()
        .find(|(n, a)| a.is_ok() && choice.network(*n).is_some_and(|n| n.cluster_use != 3));
    if let (Some((network, _)), Some(taken)) = (private, taken) {
        preferred(choice, path, *network, taken);
    }
}

fn refused_by(path: &mut Path, refusal: &Refusal, goes: &str) {
    let text = format!("{}; {goes}", refusal.text);
    path.fault(refusal.layer, Error, text, refusal.fix.clone());
}

/// Another network was preferred to a usable one.
fn preferred(choice: &Choice, path: &mut Path, network: usize, taken: &Taken) {
    let (Some(wanted), Some(got)) = (choice.network(network), choice.network(taken.network)) else {
        return;
    };
    let ordered = choice.place(taken.network).is_some();
    let stale = !choice.cluster.migration.network_order.is_empty() && !ordered;
    let lowest = choice.lowest == Some(network);
    let why = if lowest {
        format!(
            ": {} has the lowest metric, and {}",
            wanted.name,
            choice.why_lowest_is_last()
        )
    } else {
        format!(
            ": its metric {} comes before {} of {}",
            got.metric, wanted.metric, wanted.name
        )
    };
    let (layer, text) = match (ordered, stale) {
        (true, _) => (
            Layer::NetworkOrder,
            format!("MigrationNetworkOrder puts {} before {}", got.name, wanted.name),
        ),
        (_, true) => (
            Layer::NetworkOrder,
            format!(
                "MigrationNetworkOrder names no network that exists ({}), so {} is taken{why}",
                choice.stale_order.join(", "),
                got.name
            ),
        ),
        _ => (
            Layer::Metric,
            format!("no MigrationNetworkOrder is set, so {} is taken{why}", got.name),
        ),
    };
    let guessed = layer == Layer::Metric && !(wanted.metric_known && got.metric_known);
    let unpublished = layer == Layer::Metric && lowest && !choice.order_is_published();
    let (severity, text) = match (guessed, unpublished) {
        (true, _) => (Warning, format!("{text} (metrics assumed)")),
        (false, true) => (Warning, text),
        (false, false) => (Error, text),
    };
    path.fault(layer, severity, text, order_fix(choice, network));
}

fn order_fix(choice: &Choice, network: usize) -> String {
    if choice.wiring.networks.iter().any(|n| n.intended) {
        return fixes::set_order(choice);
    }
    let name = choice.network(network).map_or("", |n| n.name.as_str());
    fixes::put_first(choice, name)
}

/// An intended network that does not work while another intended one does.
fn other_intended(choice: &Choice, path: &mut Path, intended: &[&(usize, Answer)]) {
    for (network, answer) in intended {
        let Err(refusal) = answer else { continue };
        let partial = refusal.layer == Layer::Interface && joins_some(choice, *network);
        if !partial && refusal.layer != Layer::Cabling {
            path.fault(
                refusal.layer,
                Warning,
                format!("{}; the other live-migration network carries all", refusal.text),
                refusal.fix.clone(),
            );
        }
    }
}

/// Whether a network is meant to join some of the nodes only: a direct cable joins two, and one that several nodes lack is no slip.
fn joins_some(choice: &Choice, network: usize) -> bool {
    let on = |all: &Vec<Interface>| all.iter().any(|interface| interface.network == network);
    let holders = choice.wiring.interfaces.iter().filter(|all| on(all)).count();
    let nodes = choice.wiring.interfaces.iter().zip(&choice.cluster.nodes);
    let mut ports = nodes.flat_map(|(all, node)| {
        let here = all.iter().filter(|interface| interface.network == network);
        here.flat_map(|interface| &interface.ports)
            .filter_map(|port| node.nics.get(*port))
    });
    holders + 1 < choice.wiring.interfaces.len() || holders > 1 && ports.all(|nic| nic.direct_to.is_some())
}
