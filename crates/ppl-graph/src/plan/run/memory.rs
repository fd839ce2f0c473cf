//! The memory of a machine, and where in it things lie.

use std::sync::Arc;

use ppl_math::kernels::AlignedBuffer;

use super::super::Plan;
use super::super::divide::MOST;
use super::super::instruction::{Arena, Operand, Span, SparseRows, Tiles};

/// Numbers that several threads may write, by pointers alone.
#[derive(Debug)]
pub(super) struct Numbers {
    base: *mut f64,
    len: usize,
    /// What `base` points to; nothing else uses it.
    _owner: AlignedBuffer,
}

// SAFETY: the owner may be sent and dropped anywhere, and whoever reads or writes by the pointer is unsafe code that
// answers for the absence of races.
unsafe impl Send for Numbers {}
// SAFETY: as above.
unsafe impl Sync for Numbers {}

impl Numbers {
    fn zeros(len: usize) -> Self {
        let mut owner = AlignedBuffer::zeros(len);
        Numbers { base: owner.as_mut_ptr(), len, _owner: owner }
    }

    /// Some of the numbers.
    ///
    /// # Safety
    /// Nobody writes them while the result lives.
    pub(super) unsafe fn read(&self, offset: usize, len: usize) -> &[f64] {
        assert!(offset + len <= self.len);
        // SAFETY: the range was just checked, and nobody writes.
        unsafe { std::slice::from_raw_parts(self.base.add(offset), len) }
    }

    /// Writes some of the numbers.
    ///
    /// # Safety
    /// Nobody else reads or writes them now.
    pub(super) unsafe fn write(&self, offset: usize, values: &[f64]) {
        assert!(offset + values.len() <= self.len);
        // SAFETY: the range was just checked, and nobody else is there.
        unsafe { std::slice::from_raw_parts_mut(self.base.add(offset), values.len()).copy_from_slice(values) }
    }
}

/// A plan with the memory that its threads share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) plan: Arc<Plan>,
    pub(super) work: Numbers,
    /// The accumulators of all parts of a divided pass.
    parts: Numbers,
}

impl Shared {
    pub(super) fn new(plan: Arc<Plan>) -> Self {
        let (work, parts) = (Numbers::zeros(plan.work_len), Numbers::zeros(plan.part_len * MOST));
        for &(offset, value) in &plan.constants {
            // SAFETY: no other thread knows of the memory yet.
            unsafe { work.write(offset, &[value]) };
        }
        Shared { plan, work, parts }
    }
}

/// The arenas as one thread sees them.
#[derive(Clone, Copy)]
pub(super) struct Memory<'a> {
    /// By [`Arena`]; the first is never written.
    bases: [*mut f64; 4],
    lens: [usize; 4],
    positions: &'a [u32],
}

impl<'a> Memory<'a> {
    /// The memory that threads share, with registers of the calling one and the accumulators of the first part.
    pub(super) fn new(shared: &'a Shared, local: &'a mut AlignedBuffer) -> Self {
        let Shared { plan, work, parts } = shared;
        let lens = [plan.store.numbers.len(), work.len, local.len(), plan.part_len];
        let bases = [plan.store.numbers.as_ptr().cast_mut(), work.base, local.as_mut_ptr(), parts.base];
        Memory { bases, lens, positions: &plan.store.positions }
    }

    /// The same with the accumulators of another part.
    ///
    /// # Safety
    /// `part` is one of a divided pass of the plan.
    pub(super) unsafe fn of_part(mut self, part: usize) -> Self {
        let part_len = self.lens[Arena::Part as usize];
        // SAFETY: there are accumulators for the most parts that a pass may have, one after the other.
        self.bases[Arena::Part as usize] = unsafe { self.bases[Arena::Part as usize].add(part * part_len) };
        self
    }

    /// The address of `count` numbers.
    #[inline(always)]
    pub(super) unsafe fn at(&self, arena: Arena, offset: usize, count: usize) -> *mut f64 {
        debug_assert!(offset + count <= self.lens[arena as usize], "{arena:?} {offset}+{count}");
        unsafe { self.bases[arena as usize].add(offset) }
    }

    /// The address of an operand in the block that begins at element `start`.
    #[inline(always)]
    pub(super) unsafe fn operand(&self, operand: Operand, start: usize, count: usize) -> *mut f64 {
        let count = if operand.stride == 0 { 1 } else { count };
        unsafe { self.at(operand.arena, operand.offset + (start & operand.mask), count) }
    }

    #[inline(always)]
    pub(super) unsafe fn span(&self, span: Span) -> *mut f64 {
        unsafe { self.at(span.arena, span.offset, span.len) }
    }

    /// The address of the tiles of the block that begins at row `start`.
    pub(super) unsafe fn tiles(&self, tiles: Tiles, start: usize) -> *const f64 {
        unsafe { self.span(tiles.span).add(start * tiles.columns) }
    }

    /// The starts of the `count` rows from `start`, and the columns and values that they count in.
    pub(super) unsafe fn sparse_rows(
        &self,
        matrix: SparseRows,
        start: usize,
        count: usize,
    ) -> (*const u32, *const u32, *const f64) {
        let SparseRows { starts, columns, values } = matrix;
        unsafe {
            let starts = self.positions(starts.offset + start, count + 1);
            (starts, self.positions(columns.offset, columns.len), self.span(values))
        }
    }

    pub(super) unsafe fn positions(&self, offset: usize, count: usize) -> *const u32 {
        debug_assert!(offset + count <= self.positions.len());
        unsafe { self.positions.as_ptr().add(offset) }
    }
}
