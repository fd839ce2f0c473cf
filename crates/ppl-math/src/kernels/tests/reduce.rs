//! Sums and other reductions.

use super::*;

#[test]
fn a_sum_has_the_same_bits_on_every_instruction_set_and_at_every_place() {
    let mut stream = Stream(1);
    for n in (0..=130).chain([1000]) {
        let a = stream.vector(n);
        let expected = Kernels::for_isa(Isa::Portable).sum.apply(&a);
        assert!((expected - a.iter().sum::<f64>()).abs() <= 1e-13 * (1.0 + n as f64));
        for table in tables() {
            for offset in 0..4 {
                let moved: Vec<f64> = std::iter::repeat_n(f64::NAN, offset).chain(a.iter().copied()).collect();
                assert_eq!(table.sum.apply(&moved[offset..]).to_bits(), expected.to_bits(), "{:?}, {n}", table.isa);
            }
        }
    }
}

#[test]
fn dots_agree_with_their_definition_and_bit_for_bit_from_avx2_on() {
    let mut stream = Stream(2);
    for n in (0..=130).chain([1000]) {
        let (a, b) = (stream.vector(n), stream.vector(n));
        let expected: f64 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
        let mut fused = Vec::new();
        for table in tables() {
            let dot = table.dot.apply(&a, &b);
            assert!((dot - expected).abs() <= 1e-14 * (1.0 + n as f64), "{:?}, {n}", table.isa);
            assert_eq!(table.sum_of_squares.apply(&a), table.dot.apply(&a, &a));
            if table.isa >= Isa::Avx2 {
                fused.push(dot.to_bits())
            }
        }
        assert!(fused.windows(2).all(|w| w[0] == w[1]));
    }
}

#[test]
fn extremes_and_sums_of_exponentials_agree_with_their_definition() {
    let mut stream = Stream(4);
    for n in 0..=67 {
        let a: Vec<f64> = (0..n).map(|_| stream.between(-800.0, 800.0)).collect();
        for table in tables() {
            assert_eq!(table.maximum.apply(&a), a.iter().copied().fold(f64::NEG_INFINITY, f64::max));
            let (found, expected) = (table.log_sum_exp.apply(&a), crate::log_sum_exp(&a));
            assert!(ulps(found, expected) <= 2.0, "{:?}, {n}: {found} for {expected}", table.isa);
        }
    }
}

#[test]
fn reductions_take_infinities_and_not_a_number_at_every_position() {
    for table in tables() {
        for n in 1..=40 {
            for i in 0..n {
                let mut a = vec![-1.0; n];
                a[i] = f64::NAN;
                assert!(table.maximum.apply(&a).is_nan() && table.log_sum_exp.apply(&a).is_nan());
                assert!(table.sum.apply(&a).is_nan() && table.dot.apply(&a, &a).is_nan());
                a[i] = f64::INFINITY;
                assert_eq!((table.maximum.apply(&a), table.log_sum_exp.apply(&a)), (f64::INFINITY, f64::INFINITY));
                a.fill(f64::NEG_INFINITY);
                assert_eq!(table.log_sum_exp.apply(&a), f64::NEG_INFINITY);
                a[i] = 2.0;
                assert_eq!((table.maximum.apply(&a), table.log_sum_exp.apply(&a)), (2.0, 2.0));
            }
        }
    }
}
