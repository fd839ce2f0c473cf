//! Matrix functions: shapes by the names of dims.

use ppl_diagnostic::{Diagnostic, Span};
use ppl_syntax::ast::Ident;

use super::{Checked, Checker, make};
use crate::hir::{Axis, Expr, ExprKind, Matrix, Scalar};

impl Checker<'_> {
    /// `a @ b`: contracts the last dim of the left with the first of the right.
    pub(super) fn matrix_product(&mut self, a: Expr, b: Expr, op_span: Span) -> Checked<Expr> {
        let (a, b) = (self.number(a), self.number(b));
        let (a, b) = (a?, b?);
        let (Some(&inner), Some(&first)) = (a.ty.axes.last(), b.ty.axes.first()) else {
            let error = Diagnostic::error("E0309", "`@` multiplies vectors and matrices")
                .at(op_span, "one side is a single number")
                .help("use `*`");
            return self.error(error);
        };
        if a.ty.axes.len() > 2 || b.ty.axes.len() > 2 {
            return self.unsupported(op_span, "`@` on arrays of more than two dims");
        }
        if inner != first {
            let (left, right) = (self.axis_name(inner), self.axis_name(first));
            let error = Diagnostic::error("E0309", "the inner dims of `@` differ")
                .at(a.span, format!("ends in `{left}`"))
                .also(b.span, format!("begins with `{right}`"));
            return self.error(error);
        }
        let mut axes = a.ty.axes[..a.ty.axes.len() - 1].to_vec();
        axes.extend_from_slice(&b.ty.axes[1..]);
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
        let a = operands[0].ty.axes.clone();
        let b = operands.get(1).map(|e| e.ty.axes.clone()).unwrap_or_default();
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
        Ok(match f {
            Matrix::Multiply | Matrix::LogDet | Matrix::QuadForm => Vec::new(),
            Matrix::Transpose => vec![a[1], a[0]],
            Matrix::Inverse | Matrix::Cholesky | Matrix::QuadFormDiag => a,
            Matrix::Solve => b,
            Matrix::Diag => vec![a[0], a[0]],
            Matrix::Diagonal => vec![a[0]],
            Matrix::Outer => vec![a[0], b[0]],
        })
    }

    fn wrong_shape<T>(&mut self, f: Matrix, operands: &[Expr], name: &Ident) -> Checked<T> {
        let takes = match f {
            Matrix::Multiply => "two vectors over one dim",
            Matrix::Transpose => "a matrix over two dims",
            Matrix::Inverse | Matrix::Cholesky | Matrix::LogDet | Matrix::Diagonal => "a square matrix, over one dim twice",
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
