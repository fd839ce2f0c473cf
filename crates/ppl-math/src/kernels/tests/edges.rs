//! Special values, lengths, alignment and operands in place.

use super::*;

/// Agreement at an edge: the same NaN, infinity or zero, or near each other.
fn agree(found: f64, expected: f64) -> bool {
    if expected == 0.0 {
        return found == 0.0 && found.is_sign_negative() == expected.is_sign_negative();
    }
    ulps(found, expected) <= 16.0 || (found - expected).abs() <= 8.0 * f64::EPSILON * (1.0 + expected.abs())
}

#[test]
fn maps_agree_with_functions_on_numbers_at_special_values() {
    for case in maps_of_one() {
        for table in tables() {
            let mut y = SPECIAL;
            (case.kernel)(table).apply_in_place(&mut y);
            for (x, found) in SPECIAL.into_iter().zip(y) {
                let expected = (case.function)(x);
                assert!(
                    agree(found, expected),
                    "{} on {:?} at {x:e}: {found:e} for {expected:e}",
                    case.name,
                    table.isa
                );
            }
        }
    }
}

#[test]
fn maps_of_two_agree_with_functions_on_numbers_at_special_values() {
    for case in maps_of_two().into_iter().filter(|case| !case.name.starts_with("gamma")) {
        for table in tables() {
            for x in SPECIAL {
                let mut out = [0.0; 40];
                (case.kernel)(table).apply(&[x], &SPECIAL, &mut out);
                for (y, found) in SPECIAL.into_iter().zip(out) {
                    let expected = (case.function)(x, y);
                    let fine = agree(found, expected);
                    assert!(fine, "{} on {:?} at ({x:e}, {y:e}): {found:e} for {expected:e}", case.name, table.isa);
                }
            }
        }
    }
}

/// A number that no kernel leaves behind by accident.
const SENTINEL: f64 = -12345.678;

#[test]
fn a_map_depends_on_its_operand_alone_whatever_the_length_and_place() {
    let mut stream = Stream(11);
    let x: Vec<f64> = (0..80).map(|_| stream.between(-3.0, 12.0)).collect();
    for case in maps_of_one() {
        for table in tables() {
            let kernel = (case.kernel)(table);
            let single: Vec<f64> = x
                .iter()
                .map(|&x| {
                    let mut y = [x];
                    kernel.apply_in_place(&mut y);
                    y[0]
                })
                .collect();
            for n in 0..=67 {
                let start = n % 5;
                let mut out = vec![SENTINEL; 80];
                kernel.apply(&x[start..start + n], &mut out[3..3 + n]);
                let same = out[3..3 + n].iter().zip(&single[start..]).all(|(a, b)| a.to_bits() == b.to_bits());
                assert!(same, "{} on {:?}, length {n}", case.name, table.isa);
                let untouched = out[..3].iter().chain(&out[3 + n..]).all(|&y| y == SENTINEL);
                assert!(untouched, "{} on {:?} wrote beyond length {n}", case.name, table.isa);
                let mut place = x.clone();
                kernel.apply_in_place(&mut place[start..start + n]);
                let same =
                    place[start..start + n].iter().zip(&single[start..]).all(|(a, b)| a.to_bits() == b.to_bits());
                assert!(
                    same && place[start + n..] == x[start + n..],
                    "{} on {:?} in place, length {n}",
                    case.name,
                    table.isa
                );
            }
        }
    }
}

#[test]
fn maps_of_two_take_arrays_and_numbers_of_every_length() {
    let mut stream = Stream(5);
    let (x, y) = (stream.vector(80), stream.vector(80));
    for case in maps_of_two().into_iter().filter(|case| !case.name.starts_with("gamma")) {
        for table in tables() {
            let kernel = (case.kernel)(table);
            let single = |x: f64, y: f64| {
                let mut out = [0.0];
                kernel.apply(&[x], &[y], &mut out);
                out[0].to_bits()
            };
            for n in 0..=67 {
                let (a, b) = (&x[1..1 + n], &y[2..2 + n]);
                let mut out = vec![SENTINEL; 80];
                let mut check = |a: &[f64], b: &[f64]| {
                    kernel.apply(a, b, &mut out[3..3 + n]);
                    for i in 0..n {
                        let (a, b) = (a[i % a.len()], b[i % b.len()]);
                        assert_eq!(out[3 + i].to_bits(), single(a, b), "{} on {:?}, length {n}", case.name, table.isa);
                    }
                    assert!(out[3 + n..].iter().all(|&y| y == SENTINEL), "{} wrote beyond", case.name);
                };
                check(a, b);
                check(&x[..1], b);
                check(a, &y[..1]);
                check(&x[..1], &y[..1]);
            }
        }
    }
}

#[test]
fn maps_of_three_take_arrays_and_numbers_of_every_length() {
    let mut stream = Stream(6);
    let (x, y, z) = (stream.vector(70), stream.vector(70), stream.vector(70));
    for table in tables() {
        for n in 0..=67 {
            let (a, b, c) = (&x[1..1 + n], &y[2..2 + n], &z[..n]);
            let mut out = vec![0.0; n];
            table.mul_add.apply(a, b, c, &mut out);
            assert!((0..n).all(|i| (out[i] - (a[i] * b[i] + c[i])).abs() < 1e-15));
            table.negative_mul_add.apply(&x[..1], b, c, &mut out);
            assert!((0..n).all(|i| (out[i] - (c[i] - x[0] * b[i])).abs() < 1e-15));
            table.select.apply(a, &y[..1], &z[..1], &mut out);
            assert!((0..n).all(|i| out[i] == y[0]));
            table.select.apply(&[0.0], b, c, &mut out);
            assert_eq!(out, c);
            table.select.apply(&[f64::NAN], b, c, &mut out);
            assert_eq!(out, b);
        }
    }
}

#[test]
fn an_operand_of_one_number_may_lie_in_the_result() {
    for table in tables() {
        let mut x: Vec<f64> = (0..20).map(f64::from).collect();
        x[0] = 3.0;
        let pointer = x.as_mut_ptr();
        // SAFETY: the operands and the result lie in one vector of 20 numbers, as the contract allows.
        unsafe { (table.mul.raw)(20, pointer, 0, pointer, 1, pointer) };
        assert!(x[0] == 9.0 && (1..20).all(|i| x[i] == 3.0 * i as f64), "{:?}: {x:?}", table.isa);
    }
}

#[test]
fn a_missing_instruction_set_gives_a_narrower_one() {
    for isa in Isa::ALL {
        let found = Kernels::for_isa(isa).isa;
        assert!(found <= isa && found.is_available());
        assert_eq!(found == isa, isa.is_available());
    }
}
