//! The answer to "how long will my patch night take": sentences that text, page and drawing share.

use super::View;
use crate::migration::drain::PatchRun;
use crate::reports::show;

/// A time in milliseconds for people: `42 s`, `13 min 15 s`, `3 h 34 min`.
pub(in crate::reports) fn minutes(ms: u64) -> String {
    show::seconds(ms.div_ceil(1000))
}

/// `1 live migration at a time`, `3 live migrations at once`.
pub(in crate::reports) fn at_once(number: u32) -> String {
    match number {
        1 => "1 live migration at a time".to_owned(),
        _ => format!("{number} live migrations at once"),
    }
}

/// The nodes of the run in words.
fn nodes(view: &View) -> String {
    show::count(view.forecast.drains.len(), "node", "nodes")
}

/// The first sentences: what happens tonight, and whether it fits.
pub(in crate::reports) fn headline(view: &View) -> Vec<String> {
    let forecast = view.forecast;
    if view.has_no_vms() {
        return without_vms(view);
    }
    let mut lines = vec![format!(
        "{}, Windows needs {} for {}{} ({} in nine of ten cases).",
        if forecast.is_of_plan {
            "Once the plan is applied"
        } else {
            "As it is set today"
        },
        minutes(forecast.run.total_ms()),
        nodes(view),
        if forecast.drains.len() > 1 {
            ", one after the other"
        } else {
            ""
        },
        minutes(forecast.run_p90_ms(&forecast.run)),
    )];
    lines.push(parts(&forecast.run));
    lines.extend(verdict(view, &forecast.run));
    // the same numbers a second time would tell nobody anything
    let other = |run: &&PatchRun| minutes(run.total_ms()) != minutes(forecast.run.total_ms());
    if let Some(run) = forecast.planned_run.as_ref().filter(other) {
        lines.push(format!(
            "Planned, with {}: {} ({} in nine of ten cases).",
            at_once(forecast.recommended),
            minutes(run.total_ms()),
            minutes(forecast.run_p90_ms(run)),
        ));
        lines.extend(verdict(view, run));
    }
    lines
}

/// Without VMs there is nothing to move: zeros would look like an answer.
fn without_vms(view: &View) -> Vec<String> {
    let run = &view.forecast.run;
    let mut lines = vec![
        "The inventory names no VM of this cluster, so nothing can be said of moving VMs: write vms.csv, or give an export of Get-VM.".to_owned(),
        format!("Installing and restarting {}, one after the other, takes {}.", nodes(view), minutes(run.reboot_ms())),
    ];
    lines.extend(verdict(view, run));
    lines
}

/// What the time is made of.
fn parts(run: &PatchRun) -> String {
    let away = run.steps.iter().map(|step| step.drain_ms).sum();
    let back = run.steps.iter().map(|step| step.return_ms).sum();
    format!(
        "Of that, {} go into moving VMs away, {} into installing and restarting, {} into moving them back.",
        minutes(away),
        minutes(run.reboot_ms()),
        minutes(back)
    )
}

/// Whether a run fits the window, and by how much.
fn verdict(view: &View, run: &PatchRun) -> Option<String> {
    let window = view.forecast.window_ms?;
    let sure = view.forecast.run_p90_ms(run);
    let total = run.total_ms();
    let shown = show::seconds(window / 1000);
    Some(if sure <= window {
        format!(
            "That fits the window of {shown} with {} to spare.",
            minutes(window - sure)
        )
    } else if total <= window {
        format!(
            "That fits the window of {shown} on an ordinary night only: in one of ten it takes {} too long.",
            minutes(sure - window)
        )
    } else {
        format!("That misses the window of {shown} by {}.", minutes(total - window))
    })
}
