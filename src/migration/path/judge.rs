//! One pair from the first layer to the last: network, adapters, transport, rate, migrations at once, and what is wrong with them.

use super::blame;
use super::choose::{Answer, Choice, Leg, Taken};
use super::limits::slots;
use super::{Layer, Path, rate, transport};
use crate::finding::Severity;
use crate::units::show_mbps;

/// The way from one node to another.
pub(super) fn path(choice: &Choice, source: usize, target: usize) -> Path {
    let mut path = Path {
        source,
        target,
        concurrency: slots(choice.cluster, source).min(slots(choice.cluster, target)),
        ..Path::default()
    };
    if choice.wiring.is_unknown() {
        unknown(&mut path);
        return path;
    }
    let answers = choice.answers(source, target);
    tell_networks(choice, &mut path, &answers);
    match choice.take(&answers, source, target) {
        Some(taken) => follow(choice, &mut path, &answers, taken),
        None => {
            path.step(Layer::Cabling, "no network joins the two nodes");
            blame::network(choice, &mut path, &answers, None);
        }
    }
    finish(choice, &mut path);
    path
}

fn unknown(path: &mut Path) {
    let text = "the inventory does not say which NIC carries which network";
    path.step(Layer::Inventory, text);
    path.intended = true;
    path.why = text.to_owned();
    path.fix = "fill current_role or addresses in nics.csv, or give a plan with --plan".to_owned();
    path.fault(Layer::Inventory, Severity::Info, text, path.fix.clone());
}

/// One line per network: what refuses it, or its place in the order.
fn tell_networks(choice: &Choice, path: &mut Path, answers: &[(usize, Answer)]) {
    let mut place = 0;
    path.considered = answers
        .iter()
        .map(|(n, a)| (*n, a.as_ref().err().map(|r| r.layer)))
        .collect();
    for (index, answer) in answers {
        let Some(network) = choice.network(*index) else {
            continue;
        };
        match answer {
            Err(refusal) => path.step(refusal.layer, format!("{} is out: {}", network.name, refusal.text)),
            Ok(_) => {
                place += 1;
                let (layer, why) = match choice.place(*index) {
                    Some(at) => (
                        Layer::NetworkOrder,
                        format!("number {} of MigrationNetworkOrder", at + 1),
                    ),
                    None => (Layer::Metric, metric_text(choice, *index)),
                };
                path.step(layer, format!("{place}. {}: {why}", network.name));
            }
        }
    }
}

fn metric_text(choice: &Choice, index: usize) -> String {
    let Some(network) = choice.network(index) else {
        return String::new();
    };
    if choice.wiring.planned && choice.cluster.migration.network_order.is_empty() && network.intended {
        return "live migration of the plan".to_owned();
    }
    let kind = if network.metric_known {
        "metric"
    } else {
        "assumed metric"
    };
    let last = match choice.lowest == Some(index) && choice.order.len() > 1 {
        true => format!(", the lowest and so last: {}", choice.why_lowest_is_last()),
        false => String::new(),
    };
    format!("{kind} {}{last}", network.metric)
}

fn follow<'a>(choice: &Choice<'a>, path: &mut Path, answers: &[(usize, Answer<'a>)], taken: Taken<'a>) {
    let Some(network) = choice.network(taken.network) else {
        return;
    };
    path.network = Some(network.name.clone());
    if taken.fallback {
        let text = format!(
            "no network passes all layers; Windows goes to the address of the host's name, on {}, without an event",
            network.name
        );
        path.step(Layer::HostSubnets, text);
    } else {
        path.step(Layer::NetworkOrder, format!("{} is taken", network.name));
    }
    blame::network(choice, path, answers, Some(&taken));
    let legs = with_equals(choice, path, answers, taken);
    if let Some(leg) = legs.first() {
        let evidence = leg.source.evidence.max(leg.target.evidence);
        let text = format!(
            "{} sends through {}, {} receives on {} ({})",
            choice.node(path.source),
            leg.source.name,
            choice.node(path.target),
            leg.target.name,
            evidence.text()
        );
        path.step(Layer::Interface, text);
    }
    let (carrier, legs) = transport::decide(choice, path, legs);
    path.transport = carrier;
    path.carrying = legs.iter().map(|l| l.network).collect();
    path.carrying.sort_unstable();
    path.carrying.dedup();
    path.crossed = legs.first().map(|l| l.route.crossed.clone()).unwrap_or_default();
    rate::fill(choice, path, &legs);
    blame::rate(choice, path, &legs);
}

/// The legs of the network taken and of the others that are for the same traffic and pass all layers: SMB adds them up.
fn with_equals<'a>(
    choice: &Choice<'a>,
    path: &Path,
    answers: &[(usize, Answer<'a>)],
    taken: Taken<'a>,
) -> Vec<Leg<'a>> {
    let main = choice.network(taken.network);
    let kin = |index: usize| match (choice.network(index), main) {
        (Some(n), Some(main)) if path.intended && main.intended => n.intended,
        (Some(n), Some(main)) => main.cluster_use != 3 && n.roles == main.roles,
        _ => false,
    };
    let mut legs = taken.legs;
    for (_, answer) in answers.iter().filter(|(i, _)| *i != taken.network && kin(*i)) {
        legs.extend(answer.iter().flatten().cloned());
    }
    legs
}

/// Sorts the faults, names the layer and puts the decision into one sentence.
fn finish(choice: &Choice, path: &mut Path) {
    blame::concurrency(choice, path);
    let at_once = if path.concurrency == 1 {
        "1 migration"
    } else {
        "migrations"
    };
    let count = if path.concurrency == 1 {
        String::new()
    } else {
        format!("{} ", path.concurrency)
    };
    path.step(Layer::Concurrency, format!("{count}{at_once} at once"));
    path.faults.sort_by_key(|f| (f.severity, f.layer));
    path.faults.dedup();
    path.why = match &path.network {
        None => "no path".to_owned(),
        Some(network) => format!(
            "{}, {}, {} for one migration (decided by {})",
            carrying(choice, path, network),
            path.transport.title(),
            show_mbps(path.cap),
            path.layer.name()
        ),
    };
    if let Some(worst) = path.faults.first() {
        path.layer = worst.layer;
        path.fix = worst.fix.clone();
        path.why = format!("{}; {}", path.why, worst.text);
    }
}

/// The network taken, with those that SMB adds up: `SMB 1 + SMB 2`.
fn carrying(choice: &Choice, path: &Path, network: &str) -> String {
    let names = path.carrying.iter().filter_map(|index| choice.network(*index));
    let names: Vec<&str> = names.map(|network| network.name.as_str()).collect();
    if names.len() > 1 {
        names.join(" + ")
    } else {
        network.to_owned()
    }
}
