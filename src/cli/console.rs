//! Where text goes: results to stdout, everything else to stderr; colour only where a person looks on.
//!
//! A reader that closes the pipe early (`nicplan … | head`) is no error.

use super::failure::Failure;
use super::progress::Progress;
use nicplan::finding::Severity;
use std::cell::{Cell, RefCell};
use std::io::{ErrorKind, IsTerminal, Write};
use std::time::Instant;

/// The two output streams of a command.
pub struct Console {
    colour_out: bool,
    colour_err: bool,
    /// Set with `-v`: time at which the present stage began.
    stage_began: Option<Cell<Instant>>,
    /// The bar, while a command with stages runs before a person's eyes.
    progress: RefCell<Option<Progress>>,
}

impl Console {
    /// Looks at the streams and at `NO_COLOR`.
    #[allow(clippy::disallowed_methods)] // NO_COLOR and the clock of -v: neither changes what a command answers
    pub fn new(verbose: bool) -> Console {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Console {
            colour_out: wanted && std::io::stdout().is_terminal(),
            colour_err: wanted && std::io::stderr().is_terminal(),
            stage_began: verbose.then(|| Cell::new(Instant::now())),
            progress: RefCell::new(None),
        }
    }

    /// Names the stages that [`Console::stage`] will end, in order; work of more than a second then shows a bar.
    pub fn expect_stages(&self, stages: &'static [&'static str]) {
        self.progress.replace(Progress::start(stages));
    }

    /// Prints a result; the work is over then.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        self.progress.take();
        let mut out = std::io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Usage(format!(
                "the result could not be written to the standard output: {}",
                nicplan::inventory::io_reason(&error)
            ))),
            _ => Ok(()),
        }
    }

    /// Prints an error.
    pub fn error(&self, text: &str) {
        let label = paint("error:", "1;31", self.colour_err);
        self.note(&format!("{label} {text}"));
    }

    /// Prints a remark. Whether somebody reads it does not matter.
    pub fn note(&self, text: &str) {
        if let Some(progress) = &*self.progress.borrow() {
            progress.wipe();
        }
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// Ends a stage; with `-v` its time is shown.
    #[allow(clippy::disallowed_methods)] // shown on stderr only
    pub fn stage(&self, name: &str) {
        if let Some(progress) = &*self.progress.borrow() {
            progress.advance(name);
        }
        if let Some(began) = &self.stage_began {
            let now = Instant::now();
            let took = now.duration_since(began.replace(now));
            self.note(&format!("{name:<10} {:>8.1} ms", took.as_secs_f64() * 1000.0));
        }
    }

    /// The severity's name, coloured for the standard output.
    pub fn severity(&self, severity: Severity) -> String {
        let code = match severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Info => "1;36",
        };
        paint(&severity.to_string(), code, self.colour_out)
    }
}

fn paint(text: &str, code: &str, colour: bool) -> String {
    if colour {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}
