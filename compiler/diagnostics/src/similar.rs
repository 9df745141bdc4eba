//! Names that are like another one: what "did you mean" offers.
//!
//! Two names are alike when few letters differ for their length; a swapped pair counts as
//! one. Nothing is offered for names of one or two letters.

/// The name of these that is most like another; the first of equals.
pub fn nearest<'a>(name: &str, all: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = name.to_lowercase().chars().collect();
    if letters.len() < 3 {
        return None;
    }
    let limit = letters.len().div_ceil(4);
    let mut best: Option<(usize, &str)> = None;
    for one in all {
        if one == name || one.len().abs_diff(name.len()) > 4 * limit {
            continue;
        }
        let other: Vec<char> = one.to_lowercase().chars().collect();
        let apart = distance(&letters, &other);
        if apart <= limit && best.is_none_or(|(least, _)| apart < least) {
            best = Some((apart, one));
        }
    }
    best.map(|(_, one)| one)
}

/// Letters to insert, drop, replace or swap with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn nearest_names() {
        let all = ["sum", "mean", "cumsum", "argmin", "flatten"];
        for (name, expected) in [
            ("summ", Some("sum")),
            ("maen", Some("mean")),
            ("Mean", Some("mean")),
            ("cumsun", Some("cumsum")),
            ("value_counts", None),
            ("append", None),
            ("su", None),
            ("", None),
            ("sum", None),
            ("flaten", Some("flatten")),
        ] {
            assert_eq!(nearest(name, all), expected, "{name}");
        }
    }
}
