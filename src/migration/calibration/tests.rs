use super::file::{Calibration, Entry, Quantile};
use super::parameters::Meaning;
use super::{Company, UNCALIBRATED_P90};
use crate::profiles::Transport;

fn entry(meaning: Meaning, value: f64, identified: bool) -> Entry {
    Entry {
        parameter: meaning.name().to_owned(),
        transport: meaning.transport(),
        speed_mbps: meaning.speed(),
        value,
        unit: meaning.unit().to_owned(),
        default: meaning.default(),
        low: None,
        high: None,
        identified,
        why: String::new(),
    }
}

/// Knows TCP over 1 Gbit/s.
fn calibration() -> Calibration {
    Calibration {
        migrations: 100,
        batches: 10,
        parameters: vec![
            entry(Meaning::FixedTime(Transport::Tcp), 2.0, true),
            entry(Meaning::SwitchOver(Transport::Tcp), 0.5, true),
            entry(Meaning::LinkRate(Transport::Tcp, Some(1_000)), 0.8, true),
            entry(Meaning::LinkRate(Transport::Tcp, Some(10_000)), 0.95, false),
            entry(Meaning::DuplexLoss, 0.1, true),
        ],
        quantiles: vec![Quantile {
            company: "alone".to_owned(),
            p50_ratio: 1.0,
            p90_ratio: 1.04,
            migrations: 100,
        }],
        ..Calibration::uncalibrated()
    }
}

#[test]
fn without_history_the_documented_defaults_count_and_the_p90_is_wide() {
    let none = Calibration::uncalibrated();

    let terms = none.terms(Transport::Tcp, 10_000, 1_000);

    assert_eq!(
        (terms.source_capacity, terms.target_capacity),
        (1_187_500_000.0, 118_750_000.0)
    );
    assert_eq!(
        (terms.setup_s, terms.switch_over_s, terms.dirty_scale, terms.duplex_loss),
        (3.0, 1.0, 1.0, 0.0)
    );
    assert!((terms.stream - 118_750_000.0).abs() < 1.0 && !terms.is_calibrated);
    let fast = none.terms(Transport::Tcp, 10_000, 10_000);
    assert!(
        (fast.stream - 500_000_000.0).abs() < 1.0,
        "4 Gbit/s for one stream: {}",
        fast.stream
    );
    assert_eq!(
        none.p90_ratio(Transport::Smb, Some(25_000), Company::Alone),
        UNCALIBRATED_P90
    );
}

#[test]
fn what_was_learnt_counts_for_its_transport_and_port_speed() {
    let known = calibration();

    let terms = known.terms(Transport::Tcp, 1_000, 1_000);

    assert_eq!(
        (terms.source_capacity, terms.setup_s, terms.switch_over_s),
        (100_000_000.0, 1.5, 0.5)
    );
    assert!(terms.is_calibrated);
    assert_eq!(known.p90_ratio(Transport::Tcp, Some(1_000), Company::Alone), 1.04);
    assert_eq!(
        known.p90_ratio(Transport::Smb, Some(1_000), Company::Alone),
        UNCALIBRATED_P90
    );
}

#[test]
fn a_port_speed_that_was_not_learnt_takes_the_share_of_the_nearest_one_and_keeps_the_wide_p90() {
    let known = calibration();

    let terms = known.terms(Transport::Tcp, 10_000, 10_000);

    assert_eq!(terms.source_capacity, 1_000_000_000.0);
    assert!(!terms.is_calibrated);
    assert_eq!(
        known.p90_ratio(Transport::Tcp, Some(10_000), Company::Alone),
        UNCALIBRATED_P90
    );
}

#[test]
fn a_file_is_read_back_as_it_was_written() {
    assert_eq!(Calibration::from_json(&calibration().to_json()), Ok(calibration()));
}

#[test]
fn a_file_that_was_edited_into_nonsense_is_refused_with_the_value() {
    let text = calibration().to_json();
    for (from, to, said) in [
        ("\"value\": 0.8", "\"value\": 99", "link_rate is 99"),
        ("\"schema_version\": 1", "\"schema_version\": 7", "schema version 7"),
        ("\"duplex_loss\"", "\"luck\"", "'luck'"),
        ("\"p90_ratio\": 1.04", "\"p90_ratio\": 0.2", "p90_ratio is 0.2"),
        ("\"value\": 0.8", "\"value\": \"fast\"", "no calibration"),
    ] {
        let damaged = text.replacen(from, to, 1);
        assert_ne!(damaged, text, "{from}");
        let refused = Calibration::from_json(&damaged).expect_err(from);
        assert!(refused.0.contains(said), "{refused:?}");
    }
}
