//! What ran together: migrations that overlap or follow one another closely, such as those of a drain.
//!
//! In: migrations. Out: rows with times from the start of their batch. Must not know: events, files.

use super::Row;
use super::pairing::Migration;

/// Migrations that begin within five minutes of the end of the others belong together. A drain has its next move under way
/// within seconds; a reboot of a node takes longer.
const GAP_MS: i64 = 5 * 60_000;

/// Rows of migrations that are sorted by their start. A batch has the name of its start, behind that of the cluster.
pub(super) fn rows(migrations: &[Migration], cluster: Option<&str>) -> Vec<Row> {
    let mut rows = Vec::with_capacity(migrations.len());
    let mut name = String::new();
    let mut begun = 0;
    let mut busy_until = i64::MIN;
    for migration in migrations {
        if migration.start.ms > busy_until.saturating_add(GAP_MS) {
            begun = migration.start.ms;
            let start = migration.start.show();
            name = cluster.map_or(start.clone(), |cluster| format!("{cluster} {start}"));
        }
        busy_until = busy_until.max(migration.end.ms);
        rows.push(Row {
            batch: name.clone(),
            vm: migration.vm.clone(),
            source: migration.source.clone(),
            target: migration.target.clone(),
            memory_mib: None,
            source_mbps: None,
            target_mbps: None,
            transport: None,
            start_ms: migration.start.ms - begun,
            end_ms: migration.end.ms - begun,
            blackout_ms: migration.blackout_ms,
        });
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Location;
    use crate::history::times::Stamp;

    fn migration(start_s: i64, end_s: i64) -> Migration {
        let stamp = |s: i64| Stamp {
            ms: s * 1000,
            utc: true,
        };
        Migration {
            vm: "VM".to_owned(),
            source: None,
            target: None,
            start: stamp(start_s),
            end: stamp(end_s),
            blackout_ms: None,
            at: Location::default(),
        }
    }

    #[test]
    fn what_overlaps_or_follows_within_five_minutes_is_one_batch() {
        let list = [
            migration(0, 1000),
            migration(10, 20),
            migration(1300, 1310),
            migration(1611, 1620),
        ];
        let rows = rows(&list, Some("HVC1"));
        let batches: Vec<&str> = rows.iter().map(|row| row.batch.as_str()).collect();
        let first = "HVC1 1970-01-01T00:00:00Z";
        assert_eq!(batches, [first, first, first, "HVC1 1970-01-01T00:26:51Z"]);
        assert_eq!(
            (rows[2].start_ms, rows[3].start_ms, rows[3].end_ms),
            (1_300_000, 0, 9_000)
        );
    }
}
