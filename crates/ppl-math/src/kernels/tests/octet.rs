//! Octets are the same bits on every instruction set, and a processor only has what the machine has.

use super::Stream;
use crate::kernels::{AlignedBuffer, Isa, Octet, Processor, Task};

/// (a + b)·(a − b)·s for each number, and the sum of all.
struct Compute<'a> {
    a: &'a AlignedBuffer,
    b: &'a AlignedBuffer,
    s: f64,
}

impl Task for Compute<'_> {
    type Output = (AlignedBuffer, f64);

    #[inline(always)]
    fn run<V: Octet>(self) -> (AlignedBuffer, f64) {
        let mut out = AlignedBuffer::zeros(self.a.len());
        let mut sum = V::splat(0.0);
        for ((a, b), out) in self.a.octets().iter().zip(self.b.octets()).zip(out.octets_mut()) {
            let (a, b) = (V::load(a), V::load(b));
            let value = (a + b) * (a - b) * V::splat(self.s);
            sum = sum + value;
            value.store(out);
        }
        (out, sum.sum())
    }
}

/// The sum of partial sums, number i in partial sum i mod 8, halves added to halves.
fn total(values: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    values.iter().enumerate().for_each(|(i, value)| sums[i % 8] += value);
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

#[test]
fn tasks_give_the_bits_of_plain_numbers_on_every_instruction_set() {
    let mut stream = Stream(1);
    for length in 0..40 {
        let [a, b] = [(); 2].map(|()| AlignedBuffer::from(&*stream.vector(length)));
        let s = stream.between(-2.0, 2.0);
        let expected: Vec<f64> = a.iter().zip(&*b).map(|(a, b)| (a + b) * (a - b) * s).collect();
        for isa in Isa::available() {
            let (out, sum) = Processor::with(isa).unwrap().run(Compute { a: &a, b: &b, s });
            assert_eq!((&*out, sum.to_bits()), (&*expected, total(&expected).to_bits()), "{length}, {}", isa.name());
        }
    }
}

#[test]
fn products_and_sums_are_rounded_apart() {
    // (1 + ε)² − 1 − 2ε = ε² fused, and 0 where the square is rounded first.
    struct Square(f64);
    impl Task for Square {
        type Output = f64;
        #[inline(always)]
        fn run<V: Octet>(self) -> f64 {
            let x = V::splat(self.0);
            let mut out = [0.0; 8];
            (x * x - V::splat(1.0 + 2.0 * f64::EPSILON)).store(&mut out);
            out[3]
        }
    }
    for isa in Isa::available() {
        let rest = Processor::with(isa).unwrap().run(Square(1.0 + f64::EPSILON));
        assert_eq!(rest, 0.0, "{}", isa.name());
    }
}

#[test]
fn eight_sums_at_once_have_the_bits_of_each() {
    struct Sums<'a>(&'a [[f64; 8]; 8]);
    impl Task for Sums<'_> {
        type Output = [f64; 8];
        #[inline(always)]
        fn run<V: Octet>(self) -> [f64; 8] {
            let mut octets = [V::splat(0.0); 8];
            for (octet, numbers) in octets.iter_mut().zip(self.0) {
                *octet = V::load(numbers);
            }
            let mut out = [0.0; 8];
            V::sums(octets).store(&mut out);
            out
        }
    }
    let mut stream = Stream(2);
    let numbers = [(); 8].map(|()| [(); 8].map(|()| stream.between(-2.0, 2.0)));
    for isa in Isa::available() {
        let sums = Processor::with(isa).unwrap().run(Sums(&numbers));
        assert_eq!(sums.map(f64::to_bits), numbers.map(|octet| total(&octet).to_bits()), "{}", isa.name());
    }
}

#[test]
fn there_is_no_processor_with_what_the_machine_lacks() {
    for isa in Isa::ALL {
        assert_eq!(Processor::with(isa).map(Processor::isa), isa.is_available().then_some(isa));
    }
    assert_eq!(Processor::detect().isa(), Isa::detect());
}

#[test]
fn the_padding_of_a_buffer_is_zero() {
    for length in 0..20_usize {
        let buffer = AlignedBuffer::from(&vec![1.5; length][..]);
        assert_eq!(buffer.octets().len(), length.div_ceil(8));
        let (numbers, padding) = buffer.octets().as_flattened().split_at(length);
        assert!(numbers.iter().all(|x| *x == 1.5) && padding.iter().all(|x| *x == 0.0));
    }
}
