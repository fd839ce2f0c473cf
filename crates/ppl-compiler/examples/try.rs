use ppl_diagnostic::*;
use ppl_density::LogDensity;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let mut sources = Sources::default();
    let text = std::fs::read_to_string(&args[1]).unwrap();
    let id = sources.add(args[1].clone(), text.clone());
    let show = |d: &[Diagnostic], s: &Sources| for x in d { println!("{}\n", render(x, s, Style::Plain)); };
    let parsed = ppl_syntax::parse(id, &text);
    show(&parsed.diagnostics, &sources);
    let checked = ppl_compiler::check(&parsed.value.unwrap());
    show(&checked.diagnostics, &sources);
    let Some(hir) = checked.value else { return };
    let mut inputs = ppl_compiler::Inputs::default();
    for a in &args[2..] {
        let t: std::sync::Arc<str> = std::fs::read_to_string(a).unwrap().into();
        let id = sources.add(a.clone(), t.clone());
        if a.ends_with("json") { let d = ppl_data::read_json(id, t); show(&d.diagnostics, &sources); inputs.documents.push(d.value.unwrap()); }
        else { let d = ppl_data::read_csv(id, t); show(&d.diagnostics, &sources); inputs.tables.push(ppl_compiler::TableInput { dim: None, table: d.value.unwrap() }); }
    }
    let b = ppl_compiler::bind(hir, &inputs);
    show(&b.diagnostics, &sources);
    let Some(b) = b.value else { return };
    let p = ppl_compiler::lower(b, &sources);
    show(&p.diagnostics, &sources);
    let Some(p) = p.value else { return };
    let mut d = p.density();
    let n = p.dim();
    println!("dim {n}");
    let q: Vec<f64> = (0..n).map(|i| 0.3 * ((i as f64 * 1.7).sin())).collect();
    let mut g = vec![0.0; n];
    let v = d.log_density_and_gradient(&q, &mut g);
    println!("{v:?} {:?}", &g[..n.min(6)]);
    let mut worst = 0.0f64;
    for i in 0..n { let h = 1e-5; let mut a = q.clone(); a[i] += h; let mut b = q.clone(); b[i] -= h;
        let fd = (d.log_density(&a).unwrap_or(f64::NAN) - d.log_density(&b).unwrap_or(f64::NAN)) / (2.0 * h);
        worst = worst.max((fd - g[i]).abs() / (1.0 + fd.abs())); }
    println!("worst gradient error {worst:e}");
    for t in d.terms(&q) { println!("{t:?}"); }
    let mut o = p.output();
    let mut row = vec![0.0; o.width()];
    struct R(u64); 
    impl rand::TryRng for R { type Error = std::convert::Infallible;
      fn try_next_u32(&mut self) -> Result<u32, Self::Error> { Ok((self.try_next_u64()? >> 32) as u32) }
      fn try_next_u64(&mut self) -> Result<u64, Self::Error> { self.0 = self.0.wrapping_add(0x9E3779B97F4A7C15); let mut z = self.0; z = (z ^ (z >> 30)).wrapping_mul(0xBF58476D1CE4E5B9); z = (z ^ (z >> 27)).wrapping_mul(0x94D049BB133111EB); Ok(z ^ (z >> 31)) }
      fn try_fill_bytes(&mut self, b: &mut [u8]) -> Result<(), Self::Error> { for c in b { *c = self.try_next_u32()? as u8 } Ok(()) } }
    println!("{:?}", o.write(&q, &mut R(1), &mut row));
    for (c, v) in p.columns().iter().zip(&row).take(40) { println!("  {} = {v}", c.name); }
    let mut r = R(3);
    let mut pos = vec![0.0; n];
    let ok = d.draw_prior(&mut || { use rand::Rng; r.next_u32() as f64 / 4294967296.0 }, &mut pos);
    println!("prior {ok} {:?}", &pos[..n.min(5)]);
}
