//! A bar on the standard error for work of more than a second, where a person looks on; in pipes and files there is none.
//!
//! In: the stages of a command as they end. Out: one line that is drawn over and over and wiped away before anything else is
//! written. It has no colour, so that it is the same with `NO_COLOR`; its clock is shown and goes nowhere else.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Work that is done sooner gets no bar.
const PATIENCE: Duration = Duration::from_secs(1);
/// Time between two drawings.
const TICK: Duration = Duration::from_millis(200);
/// Cells of the bar.
const WIDTH: usize = 20;

/// What the drawing thread and the command share.
struct State {
    stages: &'static [&'static str],
    done: usize,
    began: Instant,
    /// Characters of the line on the screen.
    drawn: usize,
    over: bool,
}

/// The bar; wiped away when dropped.
pub struct Progress {
    shared: Arc<(Mutex<State>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts the bar of a command with these stages; `None` where the standard error is no terminal.
    #[allow(clippy::disallowed_methods, reason = "seconds shown on the terminal only")]
    pub fn start(stages: &'static [&'static str]) -> Option<Progress> {
        if !std::io::stderr().is_terminal() {
            return None;
        }
        let state = State {
            stages,
            done: 0,
            began: Instant::now(),
            drawn: 0,
            over: false,
        };
        let shared = Arc::new((Mutex::new(state), Condvar::new()));
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new().spawn(move || draw_until_over(&theirs)).ok();
        Some(Progress { shared, thread })
    }

    /// A stage has ended.
    pub fn advance(&self, name: &str) {
        self.with(|state| {
            debug_assert_eq!(
                state.stages.get(state.done),
                Some(&name),
                "stages end in the order of the list"
            );
            state.done += 1;
        });
    }

    /// Makes room for other text.
    pub fn wipe(&self) {
        self.with(|state| put(&state.wipe()));
    }

    fn with(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.shared.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.with(|state| {
            state.over = true;
            put(&state.wipe());
        });
        self.shared.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn draw_until_over(shared: &(Mutex<State>, Condvar)) {
    let mut state = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
    while !state.over {
        let elapsed = state.began.elapsed();
        put(&state.draw(elapsed));
        let waited = shared
            .1
            .wait_timeout(state, TICK)
            .unwrap_or_else(PoisonError::into_inner);
        state = waited.0;
    }
}

/// Whether somebody reads it does not matter.
fn put(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

impl State {
    /// What to write for the bar at this moment; nothing while there is still patience.
    fn draw(&mut self, elapsed: Duration) -> String {
        let Some(stage) = self.stages.get(self.done).filter(|_| elapsed >= PATIENCE) else {
            return String::new();
        };
        let full = WIDTH * self.done / self.stages.len().max(1);
        let bar = format!("{}{}", "#".repeat(full), ".".repeat(WIDTH - full));
        let line = format!("[{bar}] {stage} ({} s)", elapsed.as_secs());
        let rest = " ".repeat(self.drawn.saturating_sub(line.len()));
        self.drawn = line.len();
        format!("\r{line}{rest}\r")
    }

    /// What to write to leave no trace: blanks, which every terminal understands.
    fn wipe(&mut self) -> String {
        match std::mem::take(&mut self.drawn) {
            0 => String::new(),
            width => format!("\r{}\r", " ".repeat(width)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::disallowed_methods)] // never read: the tests say how much time has passed
    fn state(done: usize) -> State {
        State {
            stages: &["read", "plan", "reports", "write"],
            done,
            began: Instant::now(),
            drawn: 0,
            over: false,
        }
    }

    #[test]
    fn nothing_is_drawn_within_the_first_second_and_after_the_last_stage() {
        assert_eq!(state(1).draw(Duration::from_millis(999)), "");
        assert_eq!(state(1).wipe(), "");
        assert_eq!(state(4).draw(Duration::from_secs(9)), "");
    }

    #[test]
    fn the_bar_names_the_stage_and_the_seconds() {
        assert_eq!(
            state(1).draw(Duration::from_millis(2_700)),
            "\r[#####...............] plan (2 s)\r"
        );
    }

    #[test]
    fn a_shorter_line_covers_the_longer_one_and_wiping_covers_the_rest() {
        let mut state = state(2);
        let long = state.draw(Duration::from_secs(10)).trim().len();
        state.done = 1;

        let short = state.draw(Duration::from_secs(10));

        assert_eq!(short.trim_matches('\r').len(), long);
        assert_eq!(
            state.wipe(),
            format!("\r{}\r", " ".repeat("[#####...............] plan (10 s)".len()))
        );
        assert_eq!(state.wipe(), "");
    }
}
