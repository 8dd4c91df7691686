//! The speed that the name of an adapter's model tells, where no source says one.
//!
//! In: a model. Out: Mbit/s as a cell. Must not know: any source.

/// Of a model whose name tells nothing: 1 Gbit/s, the slowest that servers still have, Mbit/s.
const UNKNOWN: &str = "1000";

/// Marks in the names of models with their speed, the fastest first: `Mellanox ConnectX-4 Lx 25GbE`, `BCM57414 10G/25G`.
const MARKS: [(&str, &str); 6] = [
    ("200g", "200000"),
    ("100g", "100000"),
    ("50g", "50000"),
    ("40g", "40000"),
    ("25g", "25000"),
    ("10g", "10000"),
];

/// Speed in Mbit/s.
pub(super) fn speed_in_name(model: &str) -> &'static str {
    let model = model.to_lowercase();
    let told = MARKS.iter().find(|(mark, _)| model.contains(mark));
    told.map_or(UNKNOWN, |(_, speed)| speed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fastest_speed_in_the_name_counts_and_without_one_it_is_a_gigabit() {
        for (model, speed) in [
            ("Mellanox ConnectX-6 Dx 200GbE", "200000"),
            ("Broadcom BCM57414 NetXtreme-E 10Gb/25Gb", "25000"),
            ("Intel(R) Ethernet 10G 2P X520 Adapter", "10000"),
            ("Intel(R) I350 Gigabit Network Connection", "1000"),
        ] {
            assert_eq!(speed_in_name(model), speed, "{model}");
        }
    }
}
