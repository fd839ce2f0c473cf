use super::*;

#[test]
fn chains_meet_at_counts_and_at_the_end() {
    assert_eq!(barriers(100).collect::<Vec<_>>(), [25, 50, 75, 100]);
    assert_eq!(barriers(60).collect::<Vec<_>>(), [25, 50, 60]);
    assert_eq!(barriers(3).collect::<Vec<_>>(), [3]);
    assert_eq!(barriers(0).count(), 0);
}
