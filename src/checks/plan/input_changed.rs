//! `input-changed`: the plan was made from this inventory. A remark: inventories are edited by hand for good reasons.

use super::{Broken, Judge, PlanCheck};
use crate::inventory::Inventory;
use crate::plan::Plan;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "input-changed",
    summary: "the plan was made from this very inventory",
    docs: "Everything is recounted against the inventory given here, so the plan is judged rightly; but what was best for another inventory need not be best for this one.",
    judge: Judge::Remark(check),
};

const FIX: &str = "if the inventory was changed on purpose, make the plan anew with 'nicplan plan' to get the best for it; if not, give the inventory \
                   that the plan was made from";

fn check(inventory: &Inventory, plan: &Plan, broken: &mut Broken) {
    if plan.input_sha256 != inventory.sha256 {
        let message = "the inventory is not the one that the plan was made from; numbers are recounted from the inventory given here".to_owned();
        let digests = [plan.input_sha256.clone(), inventory.sha256.clone()];
        broken.advise("inventory", message, digests, FIX);
    }
}
