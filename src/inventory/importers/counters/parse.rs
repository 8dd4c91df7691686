//! One file of counters: header with paths and time zone, then a row for each sample.

use super::{Column, CounterFile, Direction, GAP};
use crate::inventory::decode::{Complaint, MAX_ROWS};
use crate::inventory::importers::csv_table::open;
use crate::units::Date;

/// Fastest rate that is believed, kbit/s (1 Tbit/s).
const FASTEST: f64 = 1e9;

/// Reads the text of one file.
pub(super) fn read(text: &str, shown: &str, input: usize) -> Result<CounterFile, Complaint> {
    let (mut reader, _) = open(text);
    let broken = |e: csv::Error| {
        (
            format!("the file cannot be read as .csv: {e}"),
            "Export it again.".to_owned(),
        )
    };
    let mut records = reader.records();
    let head = records.next().transpose().map_err(broken)?.unwrap_or_default();
    let mut file = CounterFile {
        shown: shown.to_owned(),
        input,
        ..CounterFile::default()
    };
    let places = columns(&head, &mut file);
    if places.is_empty() {
        let what = "no column of this file counts the bytes of a network adapter";
        let advice = "Collect \\Hyper-V Virtual Network Adapter(*)\\Bytes Received/sec and Bytes Sent/sec on the hosts, for example with \
                      typeperf -f CSV -si 60 -o counters.csv.";
        return Err((what.to_owned(), advice.to_owned()));
    }
    let offset = offset_minutes(head.get(0).unwrap_or("")) * 60;
    let mut rows: Vec<(i64, Vec<u32>)> = Vec::new();
    for record in records {
        let record = record.map_err(broken)?;
        if rows.len() == MAX_ROWS {
            let what = format!("the file has more rows than the limit of {MAX_ROWS}");
            return Err((what, "Take fewer samples: relog -t N keeps every Nth.".to_owned()));
        }
        match time(record.get(0).unwrap_or("")) {
            Some(time) => rows.push((
                time + offset,
                places.iter().map(|p| rate(record.get(*p).unwrap_or(""))).collect(),
            )),
            None => file.odd_rows += usize::from(record.iter().any(|cell| !cell.trim().is_empty())),
        }
    }
    keep(rows, &mut file);
    if file.times.len() < 2 {
        let what = "the file holds fewer than two samples";
        return Err((
            what.to_owned(),
            "Collect for at least a working day, a sample a minute.".to_owned(),
        ));
    }
    Ok(file)
}

/// Puts the rows in order of time; of several at one time the last counts.
fn keep(mut rows: Vec<(i64, Vec<u32>)>, file: &mut CounterFile) {
    let all = rows.len();
    rows.reverse();
    rows.sort_by_key(|(time, _)| *time);
    rows.dedup_by_key(|(time, _)| *time);
    file.odd_rows += all - rows.len();
    file.gaps = rows
        .iter()
        .map(|(_, rates)| rates.iter().filter(|rate| **rate == GAP).count())
        .sum();
    for (time, rates) in rows {
        file.times.push(time);
        file.columns
            .iter_mut()
            .zip(rates)
            .for_each(|(column, rate)| column.rates.push(rate));
    }
}

/// The columns about VM network adapters; gives their places.
fn columns(head: &csv::StringRecord, file: &mut CounterFile) -> Vec<usize> {
    let mut places = Vec::new();
    for (place, path) in head.iter().enumerate().skip(1) {
        let of_vm = adapter(path).map(|(instance, direction)| (String::new(), instance, direction));
        match of_vm.or_else(|| port(path)) {
            Some((node, instance, direction)) => {
                file.columns.push(Column {
                    node,
                    instance,
                    place: u32::try_from(place + 1).unwrap_or(0),
                    direction,
                    rates: Vec::new(),
                });
                places.push(place);
            }
            None => file.others += usize::from(!path.trim().is_empty()),
        }
    }
    places
}

/// Adapter and direction of `\\HOST\Hyper-V Virtual Network Adapter(VM_NIC_GUID--GUID)\Bytes Sent/sec`.
fn adapter(path: &str) -> Option<(String, Direction)> {
    let (object, counter) = path.trim().rsplit_once('\\')?;
    let counter = counter.to_lowercase();
    let (_, instance) = object.split_once('(')?;
    let instance = instance.strip_suffix(')')?;
    let (name, guid) = instance.rsplit_once("--")?;
    is_guid(guid.split('#').next().unwrap_or(guid)).then_some(())?;
    let name = match name.rsplit_once('_') {
        Some((name, guid)) if is_guid(guid) => name,
        _ => name,
    };
    Some((name.to_owned(), direction(&counter)?))
}

/// Node, description and direction of `\\HOST\Network Interface(Intel[R] X710 _2)\Bytes Sent/sec`. The total of all instances is none.
fn port(path: &str) -> Option<(String, String, Direction)> {
    let (object, counter) = path.trim().rsplit_once('\\')?;
    let (node, object) = object.strip_prefix("\\\\")?.split_once('\\')?;
    let instance = object.split_once('(')?.1.strip_suffix(')')?;
    let direction = direction(&counter.to_lowercase())?;
    (!instance.eq_ignore_ascii_case("_Total")).then(|| (node.to_owned(), instance.to_owned(), direction))
}

fn is_guid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Direction by the words that Windows uses in English, German, French, Spanish and Italian; packets and drops are none.
fn direction(counter: &str) -> Option<Direction> {
    const BYTES: [&str; 2] = ["byte", "octet"];
    const OTHER: [&str; 5] = ["drop", "discard", "verworfen", "packet", "paket"];
    const RECEIVED: [&str; 6] = ["receiv", "empfang", "reçu", "recus", "recib", "ricevut"];
    const SENT: [&str; 6] = ["sent", "gesendet", "gesandt", "envoy", "enviad", "inviat"];
    let holds = |words: &[&str]| words.iter().any(|word| counter.contains(word));
    if !holds(&BYTES) || holds(&OTHER) {
        return None;
    }
    Some(match () {
        () if holds(&RECEIVED) => Direction::Received,
        () if holds(&SENT) => Direction::Sent,
        () => Direction::Both,
    })
}

/// kbit/s of a number of bytes in a second, rounded up.
fn rate(cell: &str) -> u32 {
    let number: Option<f64> = cell.trim().replace(',', ".").parse().ok();
    let kbit = number
        .filter(|bytes| *bytes >= 0.0)
        .map(|bytes| (bytes * 8.0 / 1000.0).ceil());
    match kbit.filter(|k| (0.0..=FASTEST).contains(k)) {
        // In range by the filter.
        Some(kbit) => kbit as u32,
        None => GAP,
    }
}

/// Minutes to add for UTC: `(PDH-CSV 4.0) (W. Europe Standard Time)(-60)`.
fn offset_minutes(head: &str) -> i64 {
    let last = head.rsplit_once('(').map(|(_, rest)| rest.trim_end_matches(')'));
    last.and_then(|minutes| minutes.trim().parse().ok())
        .filter(|m: &i64| m.abs() <= 15 * 60)
        .unwrap_or(0)
}

/// Seconds of `11/30/2026 08:15:00.123`; month first, whatever the language of Windows.
fn time(text: &str) -> Option<i64> {
    let (day, clock) = text.trim().split_once(' ')?;
    let mut parts = day.split('/');
    let (month, date, year) = (parts.next()?, parts.next()?, parts.next()?);
    let days = Date::parse(&format!("{year:0>4}-{month:0>2}-{date:0>2}"))
        .ok()?
        .days_since_epoch();
    let mut parts = clock.split(':');
    let number = |part: Option<&str>| part.and_then(|p| p.trim().parse::<f64>().ok());
    let (hours, minutes, seconds) = (number(parts.next())?, number(parts.next())?, number(parts.next())?);
    let within = (0.0..24.0).contains(&hours) && (0.0..60.0).contains(&minutes) && (0.0..61.0).contains(&seconds);
    // Below a day by the test.
    within.then(|| days * 86_400 + (hours * 3600.0 + minutes * 60.0 + seconds) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDS: &str = "5A1D0C3E-0000-4000-8000-000000000001--6B2E1D4F-0000-4000-8000-000000000002";

    #[test]
    fn adapters_and_directions_are_known_in_every_language() {
        for (object, counter, expected) in [
            (
                "Hyper-V Virtual Network Adapter",
                "Bytes Received/sec",
                Some(Direction::Received),
            ),
            (
                "Virtueller Hyper-V-Netzwerkadapter",
                "Empfangene Bytes/Sekunde",
                Some(Direction::Received),
            ),
            (
                "Virtueller Hyper-V-Netzwerkadapter",
                "Gesendete Bytes/Sekunde",
                Some(Direction::Sent),
            ),
            (
                "Carte réseau virtuelle Hyper-V",
                "Octets envoyés/s",
                Some(Direction::Sent),
            ),
            ("Hyper-V Virtual Network Adapter", "Bytes/sec", Some(Direction::Both)),
            ("Hyper-V Virtual Network Adapter", "Packets Sent/sec", None),
            ("Hyper-V Virtual Network Adapter", "Bytes Dropped/sec", None),
        ] {
            let path = format!("\\\\HV1\\{object}(SQL_01_Network Adapter_{GUIDS})\\{counter}");
            let found = adapter(&path);
            assert_eq!(found.as_ref().map(|(_, d)| *d), expected, "{path}");
            assert!(found.is_none_or(|(instance, _)| instance == "SQL_01_Network Adapter"));
        }
        let short =
            "\\\\HV1\\Hyper-V Virtual Network Adapter(SQL1_NIC--6B2E1D4F-0000-4000-8000-000000000002)\\Bytes/sec";
        assert_eq!(adapter(short), Some(("SQL1_NIC".to_owned(), Direction::Both)));
        assert_eq!(
            adapter("\\\\HV1\\Network Interface(Intel[R] X710)\\Bytes Total/sec"),
            None
        );
    }

    #[test]
    fn ports_of_the_host_are_told_from_other_things() {
        let expected = |instance: &str, direction| Some(("HV1".to_owned(), instance.to_owned(), direction));
        assert_eq!(
            port("\\\\HV1\\Network Interface(Intel[R] X710)\\Bytes Total/sec"),
            expected("Intel[R] X710", Direction::Both)
        );
        assert_eq!(
            port("\\\\HV1\\Netzwerkschnittstelle(Intel[R] X710 _2)\\Empfangene Bytes/s"),
            expected("Intel[R] X710 _2", Direction::Received)
        );
        for other in [
            "\\\\HV1\\Processor(_Total)\\% Processor Time",
            "\\\\HV1\\Network Interface(X)\\Packets/sec",
            "\\\\HV1\\Network Interface(_Total)\\Bytes Sent/sec",
            "\\Network Interface(X)\\Bytes Sent/sec",
            "x",
        ] {
            assert_eq!(port(other), None, "{other}");
        }
    }

    #[test]
    fn gaps_resets_and_doubled_times_are_counted() {
        let path = |counter: &str| format!("\\\\HV1\\Hyper-V Virtual Network Adapter(A_N_{GUIDS})\\{counter}");
        let text = format!(
            "\"(PDH-CSV 4.0) (W. Europe Standard Time)(-60)\",\"{}\",\"\\\\HV1\\Processor(_Total)\\% Processor Time\"\n\
             \"11/30/2026 08:00:00.000\",\" \",\"1\"\n\"11/30/2026 08:02:00.000\",\"125000000\",\"1\"\n\
             \"11/30/2026 08:01:00.000\",\"-5\",\"1\"\n\"11/30/2026 08:02:00.000\",\"250000000,0\",\"1\"\n\
             \"nonsense\",\"1\",\"1\"\n\"11/30/2026 08:03:00.000\",\"1E30\",\"1\"\n",
            path("Bytes Sent/sec")
        );
        let file = read(&text, "c.csv", 0).expect("samples");
        assert_eq!(file.columns[0].rates, [GAP, GAP, 2_000_000, GAP]);
        assert_eq!((file.gaps, file.odd_rows, file.others), (3, 2, 1));
        let utc = Date::parse("2026-11-30").map(|d| d.days_since_epoch() * 86_400 + 7 * 3600);
        assert_eq!(Ok(file.times[0]), utc);
    }

    #[test]
    fn files_without_adapters_or_samples_are_refused() {
        let other = "\"(PDH-CSV 4.0)\",\"\\\\H\\Processor(_Total)\\% Processor Time\"\n\"11/30/2026 08:00:00\",\"1\"\n";
        assert!(read(other, "c.csv", 0).is_err_and(|(what, _)| what.contains("no column")));
        let empty = format!("\"(PDH-CSV 4.0)\",\"\\\\H\\X(A_N_{GUIDS})\\Bytes/sec\"\n");
        assert!(read(&empty, "c.csv", 0).is_err_and(|(what, _)| what.contains("two samples")));
    }
}
