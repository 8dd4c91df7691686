//! The account of MAC addresses over all clusters: `.csv` files, text and JSON of `mac`.
//!
//! In: facts, the MAC plan and the accounts before and after it. Out: bytes and text. Must not know: how anything is planned.

mod changes;
mod files;
mod json;
mod names;
mod nlb;
mod text;
mod text_dangers;

use crate::finding::Finding;
use crate::inventory::Inventory;
use crate::mac::account::{Account, account};
use crate::mac::change::{carried_out, restarts};
use crate::mac::exhaustion::{HORIZON_MONTHS, RunsOut};
use crate::mac::restarts::ColdStarts;
use crate::mac::{MacPlan, plan_all};
use crate::reports::drawings::mac_pools;
use crate::units::Date;

/// Everything that `mac` shows, worked out once.
pub struct LedgerData<'a> {
    inventory: &'a Inventory,
    plans: Vec<MacPlan>,
    starts: ColdStarts,
    after_facts: Inventory,
    today: Account,
    after: Account,
    as_of: Option<Date>,
}

impl<'a> LedgerData<'a> {
    /// Plans the addresses and draws up the accounts; `as_of` is the day from which months are counted, if dates are wanted.
    pub fn new(inventory: &'a Inventory, as_of: Option<Date>) -> LedgerData<'a> {
        let plans = plan_all(inventory);
        let starts = restarts(inventory, &plans);
        let after_facts = carried_out(inventory, &plans, &starts.steps);
        LedgerData {
            today: account(inventory),
            after: account(&after_facts),
            inventory,
            plans,
            starts,
            after_facts,
            as_of,
        }
    }

    /// The facts once every change is done, for whoever wants to judge them.
    pub fn after_facts(&self) -> &Inventory {
        &self.after_facts
    }

    /// All files, by name.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = self.sheets();
        files.push((
            "mac_pools.svg".to_owned(),
            mac_pools::draw(self.inventory, &self.pool_plans()),
        ));
        files
    }

    /// Text for the console, without the findings. `remaining`: what is still wrong once every change is done.
    pub fn text(&self, remaining: &[Finding]) -> String {
        text::text(self, remaining)
    }

    /// Everything for programs.
    pub fn json(&self, findings: &[Finding], remaining: &[Finding]) -> serde_json::Value {
        json::json(self, findings, remaining)
    }

    fn pool_plans(&self) -> Vec<&[crate::plan::PoolPlan]> {
        self.plans.iter().map(|p| &p.pools[..]).collect()
    }

    /// When a pool runs out, for people; with a day to count from, the day.
    fn until(&self, runs_out: RunsOut) -> String {
        match runs_out {
            RunsOut::Now => "now".to_owned(),
            RunsOut::Never => "never".to_owned(),
            RunsOut::Later => format!("in over {} years", HORIZON_MONTHS / 12),
            RunsOut::Months(months) => match self.as_of {
                Some(day) => day.plus_months(months).to_string(),
                None => in_months(months),
            },
        }
    }
}

/// `in 5 months`, `in 2 years`, `in 2 years 1 month`.
fn in_months(months: u32) -> String {
    let counted = |number: u32, noun: &str| crate::units::count(number as usize, noun);
    match (months / 12, months % 12) {
        (0, rest) => format!("in {}", counted(rest, "month")),
        (years, 0) => format!("in {}", counted(years, "year")),
        (years, rest) => format!("in {} {}", counted(years, "year"), counted(rest, "month")),
    }
}
