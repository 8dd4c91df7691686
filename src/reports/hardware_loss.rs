//! What the loss of a NIC, a card or a physical switch does, in the words of the first page.
//!
//! In: joined data. Out: sentences. Must not know: how a failure is counted.

use super::data::{ClusterData, FailureCell, FailureLine};
use super::show;
use crate::checks::recount::FailureResult;
use crate::policy::FailureKind;
use crate::roles::Role;

/// Failures told one by one.
const MOST: usize = 3;

/// `If any one NIC or switch fails, no role stops or runs short. Card OCP on HV1–HV4 (4 nodes) stops Management.`
pub(super) fn sentence(cluster: &ClusterData) -> String {
    let kinds = [
        (FailureKind::Nic, "NIC"),
        (FailureKind::Card, "card"),
        (FailureKind::Tor, "physical switch"),
    ];
    let lines = |kind: FailureKind| cluster.failures.lines.iter().filter(move |line| line.kind == kind);
    let harmless = kinds
        .iter()
        .filter(|(kind, _)| lines(*kind).next().is_some() && !lines(*kind).any(FailureLine::hurts));
    let harmless: Vec<&str> = harmless.map(|(_, name)| *name).collect();
    let mut parts = Vec::new();
    if !harmless.is_empty() {
        let any = show::one_of(&harmless);
        parts.push(format!("If any one {any} fails, no role stops or runs short."));
    }
    // the widest damage first: a switch before a card before a NIC
    let bad: Vec<&FailureLine> = kinds
        .iter()
        .rev()
        .flat_map(|(kind, _)| lines(*kind))
        .filter(|line| line.hurts())
        .collect();
    parts.extend(bad.iter().take(MOST).map(|line| damage(cluster, line)));
    if bad.len() > MOST {
        let more = bad.len() - MOST;
        let verbs = if more == 1 {
            "stops a role or leaves"
        } else {
            "stop a role or leave"
        };
        parts.push(format!(
            "{} more of the lines in failures.svg {verbs} it short.",
            show::thousands(more as u64)
        ));
    }
    parts.join(" ")
}

/// `Switch TOR-A stops Storage and leaves VM network External-1 short (41 % of its need, on 1 of 4 nodes).`
fn damage(cluster: &ClusterData, line: &FailureLine) -> String {
    let named = |result: FailureResult| {
        let columns = cluster.failures.columns.iter().zip(&line.cells);
        let hurt = columns.filter_map(move |(column, cell)| Some((column, cell.as_ref()?)));
        let told = hurt.filter(|(_, cell)| cell.result == result);
        told.map(|(column, cell)| role(*column) + &scope(cell))
            .collect::<Vec<_>>()
    };
    let mut does = Vec::new();
    let (cut, short) = (named(FailureResult::Cut), named(FailureResult::Short));
    if !cut.is_empty() {
        does.push(format!("stops {}", cut.join(", ")));
    }
    if !short.is_empty() {
        does.push(format!("leaves {} short of bandwidth", short.join(", ")));
    }
    format!(
        "{} {}.",
        show::sentence(&format!("the loss of {}", line.title)),
        does.join(" and ")
    )
}

fn role((role, network): (Role, &str)) -> String {
    format!("{} {network}", role.info().title).trim_end().to_owned()
}

fn scope(cell: &FailureCell) -> String {
    let served = match cell.result {
        FailureResult::Short => format!("{} % of its need", cell.served_permille / 10),
        _ => String::new(),
    };
    let told: Vec<String> = [served, cell.scope()].into_iter().filter(|s| !s.is_empty()).collect();
    match told.is_empty() {
        true => String::new(),
        false => format!(" ({})", told.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::VerifiedPlan;
    use crate::reports::ReportData;
    use crate::reports::fixtures::{SMALL, world};

    #[test]
    fn harmless_kinds_are_named_together_and_each_harm_by_itself() {
        let mut world = world(SMALL);
        let mut recount = world.verified.recounts()[0].clone();
        recount.failures.retain(|row| row.kind != FailureKind::Node);
        recount
            .failures
            .iter_mut()
            .for_each(|row| row.result = FailureResult::Ok);
        let said = |world: &crate::reports::fixtures::World| {
            let data = ReportData::new(&world.inventory, &world.verified, &[]);
            sentence(&data.clusters[0])
        };
        let plan = world.verified.plan().clone();
        world.verified = VerifiedPlan::for_tests(plan.clone(), vec![recount.clone()]);
        assert_eq!(
            said(&world),
            "If any one NIC, card or physical switch fails, no role stops or runs short."
        );

        let row = recount
            .failures
            .iter_mut()
            .find(|row| row.kind == FailureKind::Tor && row.role == Role::Management);
        let row = row.expect("a switch that management hangs on");
        (row.result, row.demand, row.capacity) = (FailureResult::Short, 100, 40);
        world.verified = VerifiedPlan::for_tests(plan, vec![recount]);
        let said = said(&world);
        assert!(
            said.starts_with("If any one NIC or card fails, no role stops"),
            "{said}"
        );
        assert!(
            said.contains("The loss of switch TOR-A leaves Management (40 % of its need"),
            "{said}"
        );
    }
}
