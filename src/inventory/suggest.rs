//! "Did you mean": the nearest known name to one that nobody knows.

/// Most names that are compared; beyond it the search would cost more than it helps.
const MOST_CANDIDATES: usize = 2_000;

/// ` (did you mean 'X'?)`, or nothing when no name is near.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(word, known) {
        Some(name) => format!(" (did you mean '{name}'?)"),
        None => String::new(),
    }
}

/// The nearest name, if one is near: a third of the letters may differ.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = word.to_lowercase();
    if wanted.chars().count() > 100 {
        return None;
    }
    let near = known.into_iter().take(MOST_CANDIDATES).filter_map(|name| {
        let distance = strsim::damerau_levenshtein(&wanted, &name.to_lowercase());
        let allowed = (wanted.chars().count() / 3).max(1);
        (distance <= allowed).then_some((distance, name))
    });
    near.min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_offered_and_far_ones_are_not() {
        assert_eq!(did_you_mean("HV11", ["HV1", "SQL"]), " (did you mean 'HV1'?)");
        assert_eq!(did_you_mean("zebra", ["HV1", "SQL"]), "");
    }
}
