//! Stretches of a trajectory, and whether they turn back.

use ppl_math::kernels::{Octet, Processor, Task};

use super::leapfrog::Motion;
use super::octets::{Vector, each, totals};

/// Consecutive states: the motion at both ends and the sum of the momenta.
///
/// Of a single state only `first` is kept; it is then the last state too, and its momentum the sum.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    single: bool,
    first: Motion,
    last: Motion,
    sum: Vector,
}

impl Segment {
    pub(crate) fn new(dim: usize) -> Self {
        let motion = || Motion::new(dim);
        Segment { single: true, first: motion(), last: motion(), sum: Vector::zeros(dim) }
    }

    /// Makes this the segment of a single state, whose motion is to be written here.
    pub(crate) fn restart(&mut self) -> &mut Motion {
        self.single = true;
        &mut self.first
    }

    /// The motion at the end.
    pub(crate) fn last(&self) -> &Motion {
        if self.single { &self.first } else { &self.last }
    }

    pub(super) fn sum(&self) -> &Vector {
        if self.single { &self.first.momentum } else { &self.sum }
    }

    /// Appends `later`, whose buffers are used up; returns whether the states of `self` and then of `later` keep going
    /// apart.
    ///
    /// Three tests, each that the velocities at both ends of a stretch have positive product with the sum of its
    /// momenta: the whole; the first part with the first state of the later; the last state of the first part with the
    /// later. Without the last two, near periodic orbits are missed.
    pub(crate) fn join(&mut self, later: &mut Segment, processor: Processor) -> bool {
        // Of two single states all three tests are the same.
        let goes_on = match self.single && later.single {
            true => processor.run(JoinStates { earlier: &self.first, later: &later.first, sum: &mut self.sum }),
            false => {
                if self.single {
                    self.sum.copy_from_slice(&self.first.momentum);
                    self.last.copy_from(&self.first);
                }
                let Segment { first, last, sum, .. } = self;
                processor.run(JoinStretches { ends: [first, last], sum, later })
            }
        };
        let last = if later.single { &mut later.first } else { &mut later.last };
        std::mem::swap(&mut self.last, last);
        self.single = false;
        goes_on
    }

    /// Turns the segment around, so that its other end comes last.
    pub(crate) fn reverse(&mut self) {
        if !self.single {
            std::mem::swap(&mut self.first, &mut self.last);
        }
    }
}

/// Whether two states go apart; sums their momenta.
struct JoinStates<'a> {
    earlier: &'a Motion,
    later: &'a Motion,
    sum: &'a mut Vector,
}

impl Task for JoinStates<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<V: Octet>(self) -> bool {
        let JoinStates { earlier, later, sum } = self;
        let mut products = [V::splat(0.0); 2];
        let motions = [&earlier.momentum, &earlier.velocity, &later.momentum, &later.velocity];
        each::<V, _, _>(motions, [sum], |[p, v, later_p, later_v], _| {
            let sum = p + later_p;
            products[0] = products[0] + v * sum;
            products[1] = products[1] + later_v * sum;
            [sum]
        });
        all_positive(products)
    }
}

/// Whether two stretches go apart; sums their momenta.
struct JoinStretches<'a> {
    /// The first and the last state of the earlier stretch.
    ends: [&'a Motion; 2],
    /// Of the momenta of the earlier stretch, then of both.
    sum: &'a mut Vector,
    later: &'a Segment,
}

impl Task for JoinStretches<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<V: Octet>(self) -> bool {
        let JoinStretches { ends: [first, before], sum, later } = self;
        let (after, last) = (&later.first, later.last());
        let ends = [&first.velocity, &last.velocity, &before.momentum, &before.velocity];
        let [begin, end, before_p, before_v] = ends;
        let read = [begin, end, before_p, before_v, &after.momentum, &after.velocity, later.sum()];
        let mut products = [V::splat(0.0); 6];
        each::<V, _, _>(read, [sum], |[begin, end, before_p, before_v, after_p, after_v, later_sum], [earlier_sum]| {
            let (whole, first_part, last_part) = (earlier_sum + later_sum, earlier_sum + after_p, before_p + later_sum);
            let factors = [(begin, whole), (end, whole), (begin, first_part), (after_v, first_part)];
            for (product, (velocity, sum)) in products.iter_mut().zip(factors) {
                *product = *product + velocity * sum;
            }
            products[4] = products[4] + before_v * last_part;
            products[5] = products[5] + end * last_part;
            [whole]
        });
        all_positive(products)
    }
}

#[inline(always)]
fn all_positive<V: Octet, const N: usize>(products: [V; N]) -> bool {
    totals(products).iter().all(|product| *product > 0.0)
}

#[cfg(test)]
mod tests;
