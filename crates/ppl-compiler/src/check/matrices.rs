//! Matrix functions: shapes by the names of dims.

use ppl_diagnostic::{Diagnostic, Span};
use ppl_syntax::ast::Ident;

use super::dist_axes::of_one_turn;
use super::{Checked, Checker, make};
use crate::hir::{Axis, Expr, ExprKind, Matrix, Scalar};

impl Checker<'_> {
    /// `a @ b`: contracts the last dim of the left with the first of the right.
    pub(super) fn matrix_product(&mut self, a: Expr, b: Expr, op_span: Span) -> Checked<Expr> {
        let (a, b) = (self.number(a), self.number(b));
        let (a, b) = (a?, b?);
        let (rows, columns) = (of_one_turn(&a.ty.axes), of_one_turn(&b.ty.axes));
        let (Some(&inner), Some(&first)) = (rows.last(), columns.first()) else {
            let error = Diagnostic::error("E0309", "`@` multiplies vectors and matrices")
                .at(op_span, "one side is a single number")
                .help("use `*`");
            return self.error(error);
        };
        if rows.len() > 2 || columns.len() > 2 {
            return self.unsupported(op_span, "`@` on arrays of more than two dims");
        }
        if inner != first {
            let (left, right) = (self.axis_name(inner), self.axis_name(first));
            let error = Diagnostic::error("E0309", "the inner dims of `@` differ")
                .at(op_span, format!("`{left}` on the left, `{right}` on the right"))
                .also(a.span, format!("ends in `{left}`"))
                .also(b.span, format!("begins with `{right}`"));
            return self.error(error);
        }
        let mut axes = turns_of(&[&a, &b]);
        axes.extend_from_slice(&rows[..rows.len() - 1]);
        axes.extend_from_slice(&columns[1..]);
        let span = a.span.to(b.span);
        Ok(make(ExprKind::Matrix(Matrix::Multiply, vec![a, b]), Scalar::Real, axes, span))
    }

    /// A matrix function by name.
    pub(super) fn matrix(&mut self, f: Matrix, operands: Vec<Expr>, name: &Ident, span: Span) -> Checked<Expr> {
        let wanted = match f {
            Matrix::Multiply | Matrix::Solve | Matrix::Outer | Matrix::QuadForm | Matrix::QuadFormDiag => 2,
            _ => 1,
        };
        if operands.len() != wanted {
            return self.wrong_count(name, wanted, operands.len());
        }
        let operands: Vec<Checked<Expr>> = operands.into_iter().map(|e| self.number(e)).collect();
        let operands: Vec<Expr> = operands.into_iter().collect::<Checked<_>>()?;
        let axes = self.matrix_axes(f, &operands, name)?;
        Ok(make(ExprKind::Matrix(f, operands), Scalar::Real, axes, span))
    }

    fn matrix_axes(&mut self, f: Matrix, operands: &[Expr], name: &Ident) -> Checked<Vec<Axis>> {
        let a = of_one_turn(&operands[0].ty.axes);
        let b = operands.get(1).map(|e| of_one_turn(&e.ty.axes)).unwrap_or_default();
        let square = a.len() == 2 && a[0] == a[1];
        let fits = match f {
            Matrix::Multiply => a.len() == 1 && a == b,
            Matrix::Transpose => a.len() == 2,
            Matrix::Inverse | Matrix::Cholesky | Matrix::LogDet | Matrix::Diagonal => square,
            Matrix::Solve => square && (1..=2).contains(&b.len()) && b[0] == a[0],
            Matrix::Diag => a.len() == 1,
            Matrix::Outer => a.len() == 1 && b.len() == 1,
            Matrix::QuadForm | Matrix::QuadFormDiag => square && b.len() == 1 && b[0] == a[0],
        };
        if !fits {
            return self.wrong_shape(f, operands, name);
        }
        let mut axes = turns_of(&operands.iter().collect::<Vec<_>>());
        if !axes.is_empty() && !matches!(f, Matrix::Multiply | Matrix::QuadForm) {
            return self.unsupported(name.span, &format!("`{}` in each turn of a loop", name.name));
        }
        axes.extend(match f {
            Matrix::Multiply | Matrix::LogDet | Matrix::QuadForm => Vec::new(),
            Matrix::Transpose => vec![a[1], a[0]],
            Matrix::Inverse | Matrix::Cholesky | Matrix::QuadFormDiag => a,
            Matrix::Solve => b,
            Matrix::Diag => vec![a[0], a[0]],
            Matrix::Diagonal => vec![a[0]],
            Matrix::Outer => vec![a[0], b[0]],
        });
        Ok(axes)
    }

    fn wrong_shape<T>(&mut self, f: Matrix, operands: &[Expr], name: &Ident) -> Checked<T> {
        let takes = match f {
            Matrix::Multiply => "two vectors over one dim",
            Matrix::Transpose => "a matrix over two dims",
            Matrix::Inverse | Matrix::Cholesky | Matrix::LogDet | Matrix::Diagonal => {
                "a square matrix, over one dim twice"
            }
            Matrix::Solve => "a square matrix, and a vector or matrix that begins with its dim",
            Matrix::Diag => "a vector",
            Matrix::Outer => "two vectors",
            Matrix::QuadForm | Matrix::QuadFormDiag => "a square matrix and a vector over its dim",
        };
        let mut error = Diagnostic::error("E0309", format!("`{}` takes {takes}", name.name)).at(name.span, "");
        for operand in operands {
            let names: Vec<String> = operand.ty.axes.iter().map(|&a| self.axis_name(a)).collect();
            error = error.also(operand.span, format!("varies over [{}]", names.join(", ")));
        }
        self.error(error)
    }
}

/// The loop turns over which operands vary.
fn turns_of(operands: &[&Expr]) -> Vec<Axis> {
    let mut turns: Vec<Axis> = Vec::new();
    for axis in operands.iter().flat_map(|e| &e.ty.axes) {
        if matches!(axis, Axis::Binder(_)) && !turns.contains(axis) {
            turns.push(*axis);
        }
    }
    turns
}
