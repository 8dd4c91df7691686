//! One event as an export holds it, before anything is understood, and what reading a file gathers.
//!
//! In: the readers. Out: records, counts and problems. Must not know: formats, what an event means.

use super::known::{self, EventInfo};
use super::times::{Evidence, Order, Stamp, Written};
use crate::finding::{Location, Problem};

/// One event that tells of a migration.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// Where it stands.
    pub(super) at: Location,
    /// What kind of event it is.
    pub(super) info: &'static EventInfo,
    /// When it was written.
    pub(super) time: Stamp,
    /// Computer whose log it is from.
    pub(super) computer: String,
    /// Its number in that log; empty when the export does not hold it.
    pub(super) number: String,
    /// Values of the event: field name (may be empty) and text.
    pub(super) values: Vec<(String, String)>,
    /// Text for people, in the language of the machine that exported; may be empty.
    pub(super) message: String,
}

/// The cells of one event as a reader finds them.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) line: u32,
    pub(super) id: String,
    pub(super) provider: String,
    pub(super) time: String,
    pub(super) computer: String,
    pub(super) number: String,
    pub(super) values: Vec<(String, String)>,
    pub(super) message: String,
}

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// Events that tell of migrations.
    pub(super) records: Vec<Record>,
    /// All events, the others included.
    pub(super) events: usize,
    /// Files that held events.
    pub(super) files: usize,
    /// What was passed over.
    pub(super) notes: Vec<String>,
    /// What could not be read.
    pub(super) problems: Vec<Problem>,
}

/// Most events of one file.
const MOST_EVENTS: usize = 1_000_000;

/// What to do about a file whose times cannot be read.
pub(super) const EXPORT_ISO: &str = "Export as event XML, or add to Select-Object: \
@{n='TimeCreated';e={$_.TimeCreated.ToUniversalTime().ToString('o')}}. `nicplan import --help` shows the whole line.";

impl Gathered {
    /// Reports a problem.
    pub(super) fn complain(&mut self, file: &str, line: u32, what: impl Into<String>, advice: impl Into<String>) {
        self.problems.push(Problem {
            at: Location {
                file: file.to_owned(),
                line,
                column: 0,
            },
            what: what.into(),
            advice: advice.into(),
        });
    }
}

/// The events of one file; their times are understood together at the end.
#[derive(Debug)]
pub(super) struct FileEvents<'a> {
    file: &'a str,
    events: usize,
    kept: Vec<(Found, &'static EventInfo, Written)>,
    order: Evidence,
}

impl<'a> FileEvents<'a> {
    /// Starts a file.
    pub(super) fn new(file: &'a str) -> FileEvents<'a> {
        FileEvents {
            file,
            events: 0,
            kept: Vec::new(),
            order: Evidence::default(),
        }
    }

    /// Adds an event; `false` when the file holds more than can be read, which is told.
    pub(super) fn add(&mut self, found: Found, gathered: &mut Gathered) -> bool {
        if self.events == MOST_EVENTS {
            gathered.complain(
                self.file,
                found.line,
                format!("the file has more events than the limit of {MOST_EVENTS}"),
                "Export only the events of the last months and only the numbers that `nicplan import --help` names.",
            );
            return false;
        }
        self.events += 1;
        let Ok(id) = found.id.trim().parse::<u32>() else {
            let what = format!("the event number '{}' is not a number", short(&found.id));
            gathered.complain(self.file, found.line, what, "Export the file again; it may be damaged.");
            return true;
        };
        let Some(written) = Written::parse(&found.time) else {
            let what = format!("the time '{}' cannot be read", short(&found.time));
            gathered.complain(self.file, found.line, what, EXPORT_ISO);
            return true;
        };
        self.order.add(&written);
        if let Some(info) = known::find(id, found.provider.trim()) {
            self.kept.push((found, info, written));
        }
        true
    }

    /// Ends the file: times are understood, and what was found is handed over.
    pub(super) fn finish(self, gathered: &mut Gathered) {
        if self.events == 0 {
            let advice =
                "Was the log empty, or is it another file? `nicplan import --help` shows how to export events.";
            return gathered.complain(self.file, 0, "the file holds no event", advice);
        }
        let order = match self.order.order() {
            Some(order) => order,
            None => {
                gathered.complain(self.file, 0, self.why_no_order(), EXPORT_ISO);
                return;
            }
        };
        gathered.files += 1;
        gathered.events += self.events;
        for (found, info, written) in self.kept {
            self::keep(self.file, found, info, written, order, gathered);
        }
    }

    fn why_no_order(&self) -> &'static str {
        if self.order.contradicts_itself() {
            "some of its times can only be day/month/year, others only month/day/year: it was put together from several exports"
        } else {
            "its times can be read as day/month/year and as month/day/year"
        }
    }
}

fn keep(file: &str, found: Found, info: &'static EventInfo, written: Written, order: Order, gathered: &mut Gathered) {
    let Some(time) = written.stamp(order) else {
        let what = format!("there is no such day: '{}'", short(&found.time));
        return gathered.complain(file, found.line, what, EXPORT_ISO);
    };
    if found.computer.trim().is_empty() {
        let advice = "Export the property MachineName too: it tells which node wrote the event.";
        return gathered.complain(file, found.line, format!("event {} names no computer", info.id), advice);
    }
    gathered.records.push(Record {
        at: Location {
            file: file.to_owned(),
            line: found.line,
            column: 0,
        },
        info,
        time,
        computer: found.computer.trim().to_owned(),
        number: found.number.trim().to_owned(),
        values: found.values,
        message: found.message,
    });
}

/// Text for a message, cut where it is long.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 80;
    let mut cut: String = text.chars().take(MOST).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}
