//! A tree as text: one form a node, indented where it does not fit a line. Golden tests and `ppl graph --stage ast`
//! read it; it holds everything but the places.

use crate::ast::*;

/// The text form of a tree.
///
/// ```
/// # use ppl_diagnostic::SourceId;
/// let ast = ppl_syntax::parse(SourceId(0), "mu ~ normal(0, -x^2)").value.unwrap();
/// assert_eq!(ppl_syntax::print_tree(&ast), "(model (mu (~ (call normal 0 (neg (chain x ^ 2))))))\n");
/// ```
pub fn print_tree(ast: &Ast) -> String {
    let mut parts = doc(&ast.doc);
    parts.extend(ast.items.iter().map(stmt));
    let mut out = String::new();
    list("model", parts).write(&mut out, 0);
    out.push('\n');
    out
}

/// A word or a bracketed list of forms.
enum Form {
    Word(String),
    List { parts: Vec<Form>, width: usize },
}

/// A list that is longer is broken into lines.
const WIDTH: usize = 100;

impl Form {
    fn width(&self) -> usize {
        match self {
            Form::Word(word) => word.len(),
            Form::List { width, .. } => *width,
        }
    }

    fn write(&self, out: &mut String, indent: usize) {
        match self {
            Form::Word(word) => out.push_str(word),
            Form::List { parts, width } => {
                let fits = indent + width <= WIDTH;
                out.push('(');
                for (i, part) in parts.iter().enumerate() {
                    match (i, fits) {
                        (0, _) => {}
                        (_, true) => out.push(' '),
                        (_, false) => {
                            out.push('\n');
                            out.extend(std::iter::repeat_n(' ', indent + 2));
                        }
                    }
                    part.write(out, indent + 2);
                }
                out.push(')');
            }
        }
    }
}

fn word(text: impl Into<String>) -> Form {
    Form::Word(text.into())
}

fn quoted(text: &str) -> Form {
    Form::Word(format!("{text:?}"))
}

fn list(head: &str, parts: impl IntoIterator<Item = Form>) -> Form {
    let parts: Vec<Form> = std::iter::once(word(head)).chain(parts).collect();
    let width = parts.iter().map(|p| p.width() + 1).sum::<usize>() + 1;
    Form::List { parts, width }
}

fn doc(text: &Option<String>) -> Vec<Form> {
    text.iter().map(|text| list("doc", [quoted(text)])).collect()
}

fn stmt(stmt: &Stmt) -> Form {
    let form = stmt_kind(&stmt.kind);
    match &stmt.doc {
        Some(_) => list("documented", doc(&stmt.doc).into_iter().chain([form])),
        None => form,
    }
}

fn stmt_kind(kind: &StmtKind) -> Form {
    match kind {
        StmtKind::Use(path) => list("use", [quoted(&path.value)]),
        StmtKind::Dim(d) => dim(d),
        StmtKind::Const { target: t, value } => list("const", [target(t), expr(value)]),
        StmtKind::Factor { target: t, value } => list("factor", [target(t), expr(value)]),
        StmtKind::Require { condition, message } => {
            list("require", [expr(condition)].into_iter().chain(message.iter().map(|m| quoted(&m.value))))
        }
        StmtKind::Fn(f) => function(f),
        StmtKind::Dist(d) => distribution(d),
        StmtKind::For { binders, body } => list("for", binders.iter().map(binder).chain(body.iter().map(stmt))),
        StmtKind::If { condition, then, otherwise } => {
            let sides = [list("then", then.iter().map(stmt))].into_iter();
            let other = otherwise.iter().map(|o| list("else", o.iter().map(stmt)));
            list("if", [expr(condition)].into_iter().chain(sides).chain(other))
        }
        StmtKind::Data(items) => list("data", items.iter().map(data_item)),
        StmtKind::ReportBinding(b) => list("report", [binding(b)]),
        StmtKind::ReportNames(names) => list("report", names.iter().map(ident)),
        StmtKind::Binding(b) => binding(b),
    }
}

fn ident(ident: &Ident) -> Form {
    word(&ident.name)
}

fn dim(d: &DimDecl) -> Form {
    let within = d.within.iter().map(|w| list("within", [ident(w)]));
    let extent = d.extent.iter().map(|extent| match extent {
        DimExtent::Labels(labels) => list("labels", labels.iter().map(label)),
        DimExtent::Range(first, last) => list("range", [expr(first), expr(last)]),
    });
    list("dim", [ident(&d.name)].into_iter().chain(within).chain(d.ty.iter().map(type_ref)).chain(extent))
}

fn label(label: &Label) -> Form {
    if label.quoted { quoted(&label.text) } else { word(&label.text) }
}

fn type_ref(ty: &TypeRef) -> Form {
    list(":", [ident(&ty.name)].into_iter().chain(ty.args.iter().map(arg)))
}

fn target(target: &Target) -> Form {
    if target.indices.is_empty() {
        return ident(&target.name);
    }
    let indices = target.indices.iter().map(|index| match index {
        TargetIndex::Binder(b) => binder(b),
        TargetIndex::Expr(e) => expr(e),
    });
    list("index", [ident(&target.name)].into_iter().chain(indices))
}

fn binder(b: &Binder) -> Form {
    list("in", [ident(&b.name), ident(&b.dim)].into_iter().chain(b.range.iter().map(range)))
}

fn range(range: &Range) -> Form {
    let end = |e: &Option<Box<Expr>>| e.as_deref().map_or_else(|| word("_"), expr);
    list("range", [end(&range.start), end(&range.end)])
}

fn data_item(item: &DataItem) -> Form {
    let from = item.from.iter().map(|text| list("from", [quoted(&text.value)]));
    let value = item.value.iter().map(|e| list("=", [expr(e)]));
    let rest = item.ty.iter().map(type_ref).chain(from).chain(value).chain(item.tilde.iter().map(tilde));
    list("item", [target(&item.target)].into_iter().chain(rest))
}

fn tilde(tilde: &Tilde) -> Form {
    let hints = tilde.hints.iter().map(|h| list("with", [ident(&h.name)].into_iter().chain(h.value.iter().map(expr))));
    list("~", [expr(&tilde.distribution)].into_iter().chain(hints))
}

fn binding(b: &Binding) -> Form {
    let body = match &b.body {
        BindingBody::Tilde(t) => tilde(t),
        BindingBody::Define(e) => list("=", [expr(e)]),
    };
    let mut parts = vec![target(&b.target)];
    parts.extend(b.ty.iter().map(type_ref));
    parts.push(body);
    let width = parts.iter().map(|p| p.width() + 1).sum::<usize>() + 1;
    Form::List { parts, width }
}

fn params(params: &[Param]) -> Form {
    list(
        "params",
        params.iter().map(|p| {
            let dims = p.dims.iter().map(ident);
            let default = p.default.iter().map(|e| list("=", [expr(e)]));
            list(&p.name.name, dims.chain(p.ty.iter().map(type_ref)).chain(default))
        }),
    )
}

fn function(f: &FnDef) -> Form {
    let returns = f.returns.iter().map(|r| match r {
        Returns::Dims(dims) => list("returns", [list("dims", dims.iter().map(ident))]),
        Returns::Type(ty) => list("returns", [ident(ty)]),
    });
    let body = f.body.iter().map(stmt).chain([list("return", [expr(&f.value)])]);
    list("fn", [ident(&f.name), params(&f.params)].into_iter().chain(returns).chain(body))
}

fn distribution(d: &DistDef) -> Form {
    let items = d.items.iter().map(|item| {
        let body = item.body.iter().map(stmt).chain([list("return", [expr(&item.value)])]);
        list("part", [ident(&item.name)].into_iter().chain(item.param.iter().map(ident)).chain(body))
    });
    let on = d.on.iter().map(type_ref);
    list("dist", [ident(&d.name), params(&d.params)].into_iter().chain(on).chain(items))
}

fn expr(e: &Expr) -> Form {
    match &e.kind {
        ExprKind::Number(value) => word(value.to_string()),
        ExprKind::Text(text) => quoted(text),
        ExprKind::Bool(value) => word(value.to_string()),
        ExprKind::Name(name) => word(name),
        ExprKind::Neg(operand) => list("neg", [expr(operand)]),
        ExprKind::Not(operand) => list("not", [expr(operand)]),
        ExprKind::Chain { first, rest } => {
            let links = rest.iter().flat_map(|link| [word(operator(link.op)), expr(&link.operand)]);
            list("chain", [expr(first)].into_iter().chain(links))
        }
        ExprKind::Index { base, indices } => list("index", [expr(base)].into_iter().chain(indices.iter().map(index))),
        ExprKind::Call { name, args } => list("call", [ident(name)].into_iter().chain(args.iter().map(arg))),
        ExprKind::If { condition, then, otherwise } => list("if", [expr(condition), expr(then), expr(otherwise)]),
        ExprKind::Array(elements) => list("array", elements.iter().map(expr)),
        ExprKind::Record(fields) => list("record", fields.iter().map(|(l, e)| list(":", [label(l), expr(e)]))),
        ExprKind::Do { value, assignments } => {
            let set = assignments.iter().map(|(name, e)| list("=", [ident(name), expr(e)]));
            list("do", [expr(value)].into_iter().chain(set))
        }
    }
}

fn operator(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "or",
        BinaryOp::And => "and",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::In => "in",
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::MatMul => "@",
        BinaryOp::Pow => "^",
    }
}

fn index(index: &Index) -> Form {
    match index {
        Index::Expr(e) => expr(e),
        Index::Range(r) => range(r),
        Index::All(_) => word(":"),
    }
}

fn arg(arg: &Arg) -> Form {
    match arg {
        Arg::Positional(e) => expr(e),
        Arg::Named(name, e) => list("=", [ident(name), expr(e)]),
        Arg::Generator { value, binders } => list("each", [expr(value)].into_iter().chain(binders.iter().map(binder))),
    }
}
