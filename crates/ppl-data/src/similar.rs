//! Near misses among names.

/// The candidate that `name` was most likely meant to be: the nearest by letters inserted, removed or replaced, without
/// regard to case and white space, and at most 2 away (1 for names of up to three letters, 0 for single letters).
/// The first of several equally near ones.
///
/// ```
/// assert_eq!(ppl_data::similar_name("Age ", ["name", "age"]), Some("age"));
/// assert_eq!(ppl_data::similar_name("height", ["weight", "age"]), Some("weight"));
/// assert_eq!(ppl_data::similar_name("x", ["y", "z"]), None);
/// ```
pub fn similar_name<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = letters(name);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let letters = letters(candidate);
            let distance = edit_distance(&wanted, &letters);
            (distance <= allowed(wanted.len().max(letters.len()))).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn letters(name: &str) -> Vec<char> {
    name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn allowed(length: usize) -> usize {
    match length {
        0 | 1 => 0,
        2 | 3 => 1,
        _ => 2,
    }
}

/// Levenshtein's distance (1966), one row of the table at a time.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    // Names of very different length are never near, and a pasted megabyte must not cost its square.
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replace = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshteins() {
        let distance = |a: &str, b: &str| edit_distance(&letters(a), &letters(b));
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "ab"), 2);
        assert_eq!(distance("Größe", "größe"), 0);
    }

    #[test]
    fn the_nearest_wins_and_the_first_of_equals() {
        assert_eq!(similar_name("sigma", ["sigmas", "sigma2", "sigm"]), Some("sigmas"));
        assert_eq!(similar_name("clinic id", ["clinic", "clinicid"]), Some("clinicid"));
        assert_eq!(similar_name("sigma", ["tau", "theta"]), None);
    }
}
