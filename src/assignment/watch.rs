//! The time limit that the user asked for, asked at every step of the long loops.
//!
//! What a loop leaves out because of it, it must give up as proof: the search is then said to have been stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// When to stop looking for a better plan.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    deadline: Option<Instant>,
    /// Once over, always over: whoever asks later gets the same answer, in whatever part of the search.
    over: Arc<AtomicBool>,
}

impl Watch {
    /// Over at the deadline; never without one.
    pub fn until(deadline: Option<Instant>) -> Watch {
        Watch {
            deadline,
            over: Arc::default(),
        }
    }

    /// Whether the time is over.
    pub fn is_over(&self) -> bool {
        if !self.over.load(Ordering::Relaxed) && self.left() == Some(Duration::ZERO) {
            self.over.store(true, Ordering::Relaxed);
        }
        self.over.load(Ordering::Relaxed)
    }

    /// The time that is left; `None` without a limit.
    #[allow(clippy::disallowed_methods, reason = "the time limit that the user asked for")]
    pub fn left(&self) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}
