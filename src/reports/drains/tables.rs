//! `drain.csv` and `migrations.csv`: stable names, columns and order.

use super::View;
use crate::migration::drain::{Drain, Move, Stranded, Way};
use crate::reports::csv_file::Sheet;

const DRAINS: &str = "cluster,schedule,node,vms,memory_mib,makespan_s,bound_s,binding_bound,concurrency,p90_s";
const MIGRATIONS: &str =
    "cluster,schedule,wave,vm,source,target,start_s,end_s,p90_end_s,memory_mib,rate_mbps,blackout_ms,why";

/// One row per node and schedule, the longest drain first.
pub fn drain_csv(views: &[View]) -> Vec<u8> {
    let mut sheet = Sheet::new(DRAINS, views.iter().map(|view| view.forecast.drains.len() * 2).sum());
    for view in views {
        for (node, drain) in drains(view) {
            sheet.text(&view.cluster.name);
            sheet.value(drain.schedule.name());
            sheet.text(view.node(node));
            sheet.value(drain.vms);
            sheet.value(drain.memory_mib);
            sheet.value(seconds(drain.makespan_ms));
            sheet.value(seconds(drain.bound_ms));
            sheet.value(drain.limit);
            sheet.value(drain.concurrency);
            sheet.value(seconds(view.forecast.p90_ms(drain.makespan_ms)));
            sheet.end_row();
        }
    }
    sheet.finish()
}

/// Every drain with its node: the longest first, of each what Windows does before what is planned.
fn drains<'a>(view: &View<'a>) -> impl Iterator<Item = (usize, &'a Drain)> {
    let nodes = view.forecast.drains.iter();
    nodes.flat_map(|drain| {
        let both = std::iter::once(&drain.today).chain(drain.planned.as_ref());
        both.map(|one| (drain.node, one))
    })
}

/// One row per VM that leaves a node, under each schedule; times count from the start of that node's drain. A VM that
/// fits nowhere has no target and no times.
pub fn migrations_csv(views: &[View]) -> Vec<u8> {
    let rows = views.iter().flat_map(drains).map(|(_, drain)| drain.moves.len()).sum();
    let mut sheet = Sheet::new(MIGRATIONS, rows);
    for view in views {
        for (_, drain) in drains(view) {
            for one in &drain.moves {
                move_row(&mut sheet, view, drain, one);
            }
            for one in &drain.stranded {
                stranded_row(&mut sheet, view, drain, one);
            }
        }
    }
    sheet.finish()
}

fn move_row(sheet: &mut Sheet, view: &View, drain: &Drain, one: &Move) {
    sheet.text(&view.cluster.name);
    sheet.value(drain.schedule.name());
    sheet.value(one.wave);
    sheet.text(view.vm(one.vm));
    sheet.text(view.node(one.source));
    sheet.text(view.node(one.target));
    sheet.value(seconds(one.start_ms));
    sheet.value(seconds(one.end_ms));
    sheet.value(seconds(view.forecast.p90_ms(one.end_ms)));
    sheet.value(one.memory_mib);
    sheet.optional((one.way == Way::Live).then_some(one.rate_mbps));
    sheet.value(one.blackout_ms);
    sheet.text(&one.why);
    sheet.end_row();
}

fn stranded_row(sheet: &mut Sheet, view: &View, drain: &Drain, one: &Stranded) {
    sheet.text(&view.cluster.name);
    sheet.value(drain.schedule.name());
    sheet.text("");
    sheet.text(view.vm(one.vm));
    sheet.text(view.node(one.source));
    for _ in 0..4 {
        sheet.text("");
    }
    sheet.value(view.cluster.vms.get(one.vm).map_or(0, |vm| vm.memory_mib));
    sheet.text("");
    sheet.text("");
    sheet.text(&format!("fits nowhere: {}", one.why));
    sheet.end_row();
}

/// Whole seconds, rounded up.
fn seconds(ms: u64) -> u64 {
    ms.div_ceil(1000)
}
