//! Reading and adding by index.

use super::*;

fn sorted(stream: &mut Stream, n: usize, groups: usize) -> Vec<u32> {
    let mut index: Vec<u32> = (0..n).map(|_| stream.below(groups) as u32).collect();
    index.sort_unstable();
    index
}

#[test]
fn gathers_read_what_the_index_names() {
    let mut stream = Stream(8);
    let source = stream.vector(23);
    for table in tables() {
        for n in 0..=67 {
            let mut index = sorted(&mut stream, n, 23);
            for _ in 0..2 {
                let mut out = vec![0.0; n];
                table.gather_checked(&source, &index, &mut out);
                assert!((0..n).all(|i| out[i] == source[index[i] as usize]));
                index.reverse();
            }
        }
    }
}

#[test]
fn scatters_add_to_what_the_index_names() {
    let mut stream = Stream(9);
    for table in tables() {
        for (n, groups) in (0..=67).map(|n| (n, 1 + n / 3)).chain([(500, 3), (500, 200), (64, 1)]) {
            let (a, mut index) = (stream.vector(n), sorted(&mut stream, n, groups));
            for _ in 0..2 {
                let mut expected = stream.vector(groups);
                let mut sums = expected.clone();
                index.iter().zip(&a).for_each(|(&i, x)| expected[i as usize] += x);
                table.scatter_add_checked(&a, &index, &mut sums);
                let near = sums.iter().zip(&expected).all(|(x, y)| (x - y).abs() < 1e-13 * (1.0 + n as f64));
                assert!(near, "{:?}, {n} in {groups}", table.isa);
                index.reverse();
            }
        }
    }
}

#[test]
#[should_panic(expected = "an index is out of range")]
fn an_index_out_of_range_is_refused() {
    Kernels::detect().gather_checked(&[1.0], &[1], &mut [0.0]);
}
