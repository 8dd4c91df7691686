//! The time limit that the user asked for, asked at every step of the long loops.
//!
//! What a loop leaves out because of it, it must give up as proof: the search is then said to have been stopped.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// When to stop looking for a better plan.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    deadline: Option<Instant>,
    /// Once over, always over: whoever asks later gets the same answer.
    over: Cell<bool>,
}

impl Watch {
    /// Over at the deadline; never without one.
    pub fn until(deadline: Option<Instant>) -> Watch {
        Watch {
            deadline,
            over: Cell::new(false),
        }
    }

    /// Whether the time is over.
    pub fn is_over(&self) -> bool {
        if !self.over.get() && self.left() == Some(Duration::ZERO) {
            self.over.set(true);
        }
        self.over.get()
    }

    /// The time that is left; `None` without a limit.
    #[allow(clippy::disallowed_methods, reason = "the time limit that the user asked for")]
    pub fn left(&self) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}
