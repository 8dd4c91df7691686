//! Downhill simplex: finds a low point of a function of a few numbers without derivatives.
//!
//! In: a function and where to begin. Out: the lowest point met. Must not know: what the numbers mean.
//!
//! J. A. Nelder, R. Mead, "A Simplex Method for Function Minimization", The Computer Journal 7 (1965), with the usual
//! coefficients 1, 2, 1/2, 1/2. No random part: the same function gives the same point.

/// Spread of the values at the corners, relative to the lowest, below which the walk ends.
const LEVEL: f64 = 1e-6;
/// Evaluations per number before the walk ends anyway.
const MOST_PER_NUMBER: usize = 80;

/// A point and its value.
type Corner = (Vec<f64>, f64);

/// Walks from `start`; the first simplex has corners `edge` away along each axis.
pub fn walk(start: &[f64], edge: f64, cost: &mut impl FnMut(&[f64]) -> f64) -> Vec<f64> {
    let mut corners: Vec<Corner> = vec![(start.to_vec(), cost(start))];
    for axis in 0..start.len() {
        let point: Vec<f64> = start
            .iter()
            .enumerate()
            .map(|(i, x)| if i == axis { x + edge } else { *x })
            .collect();
        let value = cost(&point);
        corners.push((point, value));
    }
    let mut left = MOST_PER_NUMBER * start.len();
    while left > 0 {
        corners.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (Some(best), Some(worst)) = (corners.first().map(|c| c.1), corners.last().map(|c| c.1)) else {
            break;
        };
        if worst - best <= LEVEL * best.abs() {
            break;
        }
        left = left.saturating_sub(step(&mut corners, cost));
    }
    corners.sort_by(|a, b| a.1.total_cmp(&b.1));
    corners.into_iter().next().map(|(point, _)| point).unwrap_or_default()
}

/// Replaces the worst of the sorted corners, or shrinks all towards the best; gives the number of evaluations.
fn step(corners: &mut Vec<Corner>, cost: &mut impl FnMut(&[f64]) -> f64) -> usize {
    let Some((worst, worst_value)) = corners.pop() else {
        return usize::MAX;
    };
    let centre = centre(corners);
    let mut at = |reach: f64| {
        let point: Vec<f64> = centre.iter().zip(&worst).map(|(c, w)| c + reach * (c - w)).collect();
        let value = cost(&point);
        (point, value)
    };
    let best = corners.first().map_or(f64::INFINITY, |c| c.1);
    let second = corners.last().map_or(f64::INFINITY, |c| c.1);
    let mirrored = at(1.0);
    if mirrored.1 < best {
        let farther = at(2.0);
        corners.push(if farther.1 < mirrored.1 { farther } else { mirrored });
        return 2;
    }
    if mirrored.1 < second {
        corners.push(mirrored);
        return 1;
    }
    let nearer = if mirrored.1 < worst_value { at(0.5) } else { at(-0.5) };
    if nearer.1 < worst_value.min(mirrored.1) {
        corners.push(nearer);
        return 2;
    }
    corners.push((worst, worst_value));
    shrink(corners, cost);
    1 + corners.len()
}

fn centre(corners: &[Corner]) -> Vec<f64> {
    let mut sum = vec![0.0; corners.first().map_or(0, |c| c.0.len())];
    for (point, _) in corners {
        for (s, x) in sum.iter_mut().zip(point) {
            *s += x;
        }
    }
    let count = corners.len().max(1) as f64;
    sum.into_iter().map(|s| s / count).collect()
}

fn shrink(corners: &mut [Corner], cost: &mut impl FnMut(&[f64]) -> f64) {
    let Some(best) = corners.first().map(|c| c.0.clone()) else {
        return;
    };
    for (point, value) in corners.iter_mut().skip(1) {
        for (x, b) in point.iter_mut().zip(&best) {
            *x = b + (*x - b) / 2.0;
        }
        *value = cost(point);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curved_valley_and_a_kinked_one_are_walked_to_their_ends() {
        let mut curved = |x: &[f64]| (1.0 - x[0]).powi(2) + 20.0 * (x[1] - x[0] * x[0]).powi(2);
        let mut kinked = |x: &[f64]| (x[0] - 3.0).abs() + 2.0 * (x[1] + 1.0).abs() + 0.5;

        let end = walk(&[0.0, 0.0], 0.1, &mut curved);
        let corner = walk(&[0.0, 0.0], 0.1, &mut kinked);

        assert!((end[0] - 1.0).abs() < 0.01 && (end[1] - 1.0).abs() < 0.02, "{end:?}");
        assert!(
            (corner[0] - 3.0).abs() < 0.01 && (corner[1] + 1.0).abs() < 0.01,
            "{corner:?}"
        );
    }

    #[test]
    fn nothing_to_vary_stays_nothing() {
        assert!(walk(&[], 0.1, &mut |_| 1.0).is_empty());
    }
}
