//! Constant sparse matrices.

/// A matrix in compressed rows: row i has the elements from `row_starts[i]` to `row_starts[i + 1]`, each with its column
/// and its value, by increasing column.
#[derive(Clone, Debug)]
pub struct SparseMatrix {
    columns: usize,
    row_starts: Vec<u32>,
    column_indices: Vec<u32>,
    values: Vec<f64>,
}

impl SparseMatrix {
    /// The matrix of `rows` × `columns` with the given elements; `row_starts` has one number more than there are rows.
    ///
    /// # Errors
    /// What does not fit: lengths, starts that fall, a column out of range, or columns of a row that do not increase (two
    /// elements of one place are to be added before).
    pub fn new(
        rows: usize,
        columns: usize,
        row_starts: Vec<u32>,
        column_indices: Vec<u32>,
        values: Vec<f64>,
    ) -> Result<Self, String> {
        let count = values.len();
        require(column_indices.len() == count, || {
            format!("{} columns stand against {count} values", column_indices.len())
        })?;
        require(rows.checked_add(1) == Some(row_starts.len()), || {
            format!("{rows} rows have {} starts, one more than rows is needed", row_starts.len())
        })?;
        let covers = row_starts[0] == 0 && row_starts[rows] as usize == count && row_starts.is_sorted();
        require(covers, || format!("the starts of rows do not rise from 0 to {count}"))?;
        let matrix = SparseMatrix { columns, row_starts, column_indices, values };
        (0..rows).try_for_each(|i| matrix.check_row(i))?;
        Ok(matrix)
    }

    fn check_row(&self, i: usize) -> Result<(), String> {
        let own = &self.column_indices[self.elements(i)];
        let increases = own.is_sorted_by(|a, b| a < b);
        require(increases, || format!("the columns of row {i} do not increase"))?;
        let last = own.last().map_or(0, |&j| j as usize + 1);
        require(last <= self.columns, || format!("row {i} has an element in column {} of {}", last - 1, self.columns))
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.row_starts.len() - 1
    }

    /// How many columns it has.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How many elements are stored.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether no element is stored.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Where each row begins among the elements, and where the last ends.
    pub fn row_starts(&self) -> &[u32] {
        &self.row_starts
    }

    /// The column of each element.
    pub fn column_indices(&self) -> &[u32] {
        &self.column_indices
    }

    /// The value of each element.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The positions of the elements of a row.
    pub fn elements(&self, row: usize) -> std::ops::Range<usize> {
        self.row_starts[row] as usize..self.row_starts[row + 1] as usize
    }

    /// The transpose, in compressed rows as well.
    pub fn transposed(&self) -> SparseMatrix {
        let mut row_starts = vec![0; self.columns + 1];
        self.column_indices.iter().for_each(|&j| row_starts[j as usize + 1] += 1);
        for j in 0..self.columns {
            row_starts[j + 1] += row_starts[j];
        }
        let mut next = row_starts.clone();
        let (mut column_indices, mut values) = (vec![0; self.len()], vec![0.0; self.len()]);
        for i in 0..self.rows() {
            for k in self.elements(i) {
                let at = &mut next[self.column_indices[k] as usize];
                (column_indices[*at as usize], values[*at as usize]) = (i as u32, self.values[k]);
                *at += 1;
            }
        }
        SparseMatrix { columns: self.rows(), row_starts, column_indices, values }
    }

    /// The shape of the operand of X·v, or of Xᵀ·v where `transposed`, and that of the result.
    pub(crate) fn lengths(&self, transposed: bool) -> (usize, usize) {
        if transposed { (self.rows(), self.columns) } else { (self.columns, self.rows()) }
    }

    /// Whether both are the same to the last bit.
    pub(crate) fn is_same(&self, other: &SparseMatrix) -> bool {
        let bits = |x: &f64| x.to_bits();
        self.columns == other.columns
            && self.row_starts == other.row_starts
            && self.column_indices == other.column_indices
            && self.values.iter().map(bits).eq(other.values.iter().map(bits))
    }
}

fn require(holds: bool, otherwise: impl Fn() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0 5 0 / – / 1 0 2.
    fn small() -> SparseMatrix {
        SparseMatrix::new(3, 3, vec![0, 1, 1, 3], vec![1, 0, 2], vec![5.0, 1.0, 2.0]).unwrap()
    }

    #[test]
    fn transposes_exchange_rows_and_columns() {
        let expected = SparseMatrix::new(3, 3, vec![0, 1, 2, 3], vec![2, 0, 2], vec![1.0, 5.0, 2.0]).unwrap();
        assert!(small().transposed().is_same(&expected));
        assert!(small().transposed().transposed().is_same(&small()));
        let wide = SparseMatrix::new(0, 4, vec![0], vec![], vec![]).unwrap();
        assert_eq!((wide.transposed().rows(), wide.transposed().columns()), (4, 0));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let refused = |starts: &[u32], columns: &[u32], values: usize| {
            SparseMatrix::new(2, 3, starts.to_vec(), columns.to_vec(), vec![1.0; values]).unwrap_err()
        };
        assert_eq!(refused(&[0, 1, 2], &[0, 1], 3), "2 columns stand against 3 values");
        assert_eq!(refused(&[0, 2], &[0, 1], 2), "2 rows have 2 starts, one more than rows is needed");
        assert_eq!(refused(&[0, 2, 1], &[0, 1], 2), "the starts of rows do not rise from 0 to 2");
        assert_eq!(refused(&[1, 2, 2], &[0, 1], 2), "the starts of rows do not rise from 0 to 2");
        assert_eq!(refused(&[0, 1, 2], &[0, 3], 2), "row 1 has an element in column 3 of 3");
        assert_eq!(refused(&[0, 2, 2], &[1, 1], 2), "the columns of row 0 do not increase");
    }
}
