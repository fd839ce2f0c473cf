//! Stretches of a trajectory, and whether they turn back.

use super::leapfrog::Motion;
use super::product::products_with_sum;

/// Consecutive states: the motion at both ends and the sum of the momenta.
///
/// Of a single state only `first` is kept; it is then the last state too, and its momentum the sum.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    single: bool,
    first: Motion,
    last: Motion,
    sum: Vec<f64>,
}

impl Segment {
    pub(crate) fn new(dim: usize) -> Self {
        let motion = || Motion::new(dim);
        Segment { single: true, first: motion(), last: motion(), sum: vec![0.0; dim] }
    }

    /// Makes this the segment of a single state.
    pub(crate) fn restart(&mut self, motion: &Motion) {
        self.single = true;
        self.first.copy_from(motion);
    }

    fn last(&self) -> &Motion {
        if self.single { &self.first } else { &self.last }
    }

    fn sum(&self) -> &[f64] {
        if self.single { &self.first.momentum } else { &self.sum }
    }

    /// Whether the states of `self` and then of `later` keep going apart.
    ///
    /// Three tests, each that the velocities at both ends of a stretch have positive product with the sum of its
    /// momenta: the whole; the first part with the first state of the later; the last state of the first part with the
    /// later. Without the last two, near periodic orbits are missed.
    pub(crate) fn keeps_going(&self, later: &Segment) -> bool {
        let (before, after) = (self.last(), &later.first);
        let (begin, end) = (&self.first.velocity, &later.last().velocity);
        let (earlier_sum, later_sum) = (self.sum(), later.sum());
        // Of two single states all three tests are the same.
        apart(begin, end, earlier_sum, later_sum)
            && (self.single && later.single
                || apart(begin, &after.velocity, earlier_sum, &after.momentum)
                    && apart(&before.velocity, end, &before.momentum, later_sum))
    }

    /// Appends `later`, whose buffers are used up.
    pub(crate) fn append(&mut self, later: &mut Segment) {
        match self.single {
            true => add_into(&self.first.momentum, later.sum(), &mut self.sum),
            false => self.sum.iter_mut().zip(later.sum()).for_each(|(sum, p)| *sum += p),
        }
        let last = if later.single { &mut later.first } else { &mut later.last };
        std::mem::swap(&mut self.last, last);
        self.single = false;
    }

    /// Turns the segment around, so that its other end comes last.
    pub(crate) fn reverse(&mut self) {
        if !self.single {
            std::mem::swap(&mut self.first, &mut self.last);
        }
    }
}

/// Whether both velocities have a positive product with the sum of the momenta a and b.
fn apart(begin: &[f64], end: &[f64], a: &[f64], b: &[f64]) -> bool {
    products_with_sum([begin, end], a, b).iter().all(|product| *product > 0.0)
}

fn add_into(a: &[f64], b: &[f64], sum: &mut [f64]) {
    sum.iter_mut().zip(a).zip(b).for_each(|((sum, a), b)| *sum = a + b);
}

#[cfg(test)]
mod tests;
