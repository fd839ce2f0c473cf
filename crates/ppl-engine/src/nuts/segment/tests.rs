use super::*;

/// A segment in one dimension with unit metric, of states with the given momenta.
fn segment(momenta: &[f64]) -> Segment {
    let motion = |p: f64| Motion { momentum: vec![p], velocity: vec![p] };
    let last = *momenta.last().unwrap();
    Segment {
        single: momenta.len() == 1,
        first: motion(momenta[0]),
        last: motion(last),
        sum: vec![momenta.iter().sum()],
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
        assert_eq!(earlier.keeps_going(&later), goes_on, "{what}");
        earlier.reverse();
        later.reverse();
        assert_eq!(later.keeps_going(&earlier), goes_on, "{what}, seen from the other end");
    }
}

#[test]
fn each_cross_test_matters_alone() {
    // In two dimensions, so that one test fails and the others do not.
    let motion = |p: [f64; 2]| Motion { momentum: p.to_vec(), velocity: p.to_vec() };
    let pair = |first, last, sum: [f64; 2]| Segment {
        single: false,
        first: motion(first),
        last: motion(last),
        sum: sum.to_vec(),
    };
    let earlier = pair([1.0, 0.0], [1.0, 1.0], [2.0, 1.0]);
    let straight = pair([1.0, 1.0], [1.0, 0.0], [2.0, 1.0]);
    assert!(earlier.keeps_going(&straight));
    let second = pair([-3.0, 1.0], [4.0, 0.0], [1.0, 1.0]);
    // Whole: (3, 2); first part with the next state: (−1, 2), against (1, 0); last state with later part: (2, 2).
    assert!(!earlier.keeps_going(&second));
    let mut third = second;
    third.reverse();
    let mut mirrored = earlier;
    mirrored.reverse();
    assert!(!third.keeps_going(&mirrored));
}

#[test]
fn joined_segments_are_the_segment_of_all_states() {
    let mut left = segment(&[1.0]);
    left.append(&mut segment(&[2.0]));
    let mut right = segment(&[3.0]);
    right.append(&mut segment(&[5.0]));
    left.append(&mut right);
    assert_eq!(left.first.momentum, [1.0]);
    assert_eq!(left.last().momentum, [5.0]);
    assert_eq!(left.sum(), [11.0]);
}
