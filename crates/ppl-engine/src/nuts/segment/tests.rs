use super::*;

fn join(earlier: &Segment, later: &Segment) -> bool {
    earlier.clone().join(&mut later.clone(), Processor::detect())
}

/// A segment in one dimension with unit metric, of states with the given momenta.
fn segment(momenta: &[f64]) -> Segment {
    let motion = |p: f64| Motion { momentum: vec![p].into(), velocity: vec![p].into() };
    let last = *momenta.last().unwrap();
    Segment {
        single: momenta.len() == 1,
        first: motion(momenta[0]),
        last: motion(last),
        sum: vec![momenta.iter().sum()].into(),
    }
}

#[test]
fn the_truth_table_of_turns() {
    let table: [(&[f64], &[f64], bool, &str); 7] = [
        (&[1.0], &[1.0], true, "straight on"),
        (&[1.0], &[-1.0], false, "back"),
        (&[-1.0], &[-2.0], true, "straight on, the other way"),
        (&[1.0, 2.0], &[2.0, 1.0], true, "four states straight on"),
        (&[1.0, 2.0], &[1.0, -1.0], false, "the last state goes back"),
        // Both ends go along with the whole sum, 1 − 9 + 4 + 9 = 5, but the first part and the state after it do not.
        (&[1.0, -9.0], &[4.0, 9.0], false, "a turn between the first part and the next state"),
        (&[9.0, 4.0], &[-9.0, 1.0], false, "a turn between the state before and the last part"),
    ];
    for (earlier, later, goes_on, what) in table {
        let (mut earlier, mut later) = (segment(earlier), segment(later));
        assert_eq!(join(&earlier, &later), goes_on, "{what}");
        earlier.reverse();
        later.reverse();
        assert_eq!(join(&later, &earlier), goes_on, "{what}, seen from the other end");
    }
}

#[test]
fn each_cross_test_matters_alone() {
    // In two dimensions, so that one test fails and the others do not.
    let motion = |p: [f64; 2]| Motion { momentum: p.to_vec().into(), velocity: p.to_vec().into() };
    let pair = |first, last, sum: [f64; 2]| Segment {
        single: false,
        first: motion(first),
        last: motion(last),
        sum: sum.to_vec().into(),
    };
    let earlier = pair([1.0, 0.0], [1.0, 1.0], [2.0, 1.0]);
    let straight = pair([1.0, 1.0], [1.0, 0.0], [2.0, 1.0]);
    assert!(join(&earlier, &straight));
    let second = pair([-3.0, 1.0], [4.0, 0.0], [1.0, 1.0]);
    // Whole: (3, 2); first part with the next state: (−1, 2), against (1, 0); last state with later part: (2, 2).
    assert!(!join(&earlier, &second));
    let mut third = second;
    third.reverse();
    let mut mirrored = earlier;
    mirrored.reverse();
    assert!(!join(&third, &mirrored));
}

#[test]
fn joined_segments_are_the_segment_of_all_states() {
    let mut left = segment(&[1.0]);
    left.join(&mut segment(&[2.0]), Processor::detect());
    let mut right = segment(&[3.0]);
    right.join(&mut segment(&[5.0]), Processor::detect());
    left.join(&mut right, Processor::detect());
    assert_eq!(*left.first.momentum, [1.0]);
    assert_eq!(*left.last().momentum, [5.0]);
    assert_eq!(**left.sum(), [11.0]);
}
