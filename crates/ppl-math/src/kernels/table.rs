//! One table of kernels for each instruction set.

use super::shape::{
    Access, Axpy, Map1, Map2, Map3, MapPair, MatrixProduct, Raw, Recurrence, Reduce1, Reduce2, SparseProduct,
    TiledProduct,
};
use super::{Isa, access, lanes, map, matrix, recurrence, reduce, sparse};

/// The kernels of one instruction set.
#[derive(Debug)]
#[non_exhaustive]
pub struct Kernels {
    /// What they are compiled for.
    pub isa: Isa,
    /// −x; exact.
    pub negate: Map1,
    /// |x|; exact.
    pub abs: Map1,
    /// −1, 0 or 1, 0 at ±0; exact.
    pub sign: Map1,
    /// 1 where x is 0, else 0.
    pub not: Map1,
    /// The largest whole number not above x; exact.
    pub floor: Map1,
    /// The smallest whole number not below x; exact.
    pub ceil: Map1,
    /// The nearest whole number, halves away from 0; exact.
    pub round: Map1,
    /// √x, correctly rounded.
    pub sqrt: Map1,
    /// x², correctly rounded.
    pub square: Map1,
    /// 1/x, correctly rounded.
    pub reciprocal: Map1,
    /// exp x, within 1.5 ulp.
    pub exp: Map1,
    /// exp x − 1, within 2.5 ulp.
    pub expm1: Map1,
    /// ln x, within 1 ulp.
    pub log: Map1,
    /// ln(1 + x), within 1 ulp.
    pub log1p: Map1,
    /// ln(1 − exp x) for x ≤ 0, within 2.5 ulp.
    pub log1m_exp: Map1,
    /// ln(1 + exp x), within 2 ulp.
    pub softplus: Map1,
    /// 1/(1 + exp(−x)), within 2.5 ulp.
    pub sigmoid: Map1,
    /// sin x, within 1.5 ulp.
    pub sin: Map1,
    /// cos x, within 1.5 ulp.
    pub cos: Map1,
    /// tan x, by the standard library.
    pub tan: Map1,
    /// arcsin x, by the standard library.
    pub asin: Map1,
    /// arccos x, by the standard library.
    pub acos: Map1,
    /// arctan x, by the standard library.
    pub atan: Map1,
    /// sinh x, by the standard library.
    pub sinh: Map1,
    /// cosh x, by the standard library.
    pub cosh: Map1,
    /// tanh x, within 2.5 ulp.
    pub tanh: Map1,
    /// arsinh x, by the standard library.
    pub asinh: Map1,
    /// arcosh x, by the standard library.
    pub acosh: Map1,
    /// artanh x, by the standard library.
    pub atanh: Map1,
    /// ln |Γ(x)|, within 2 eps·(1 + |ln Γ|), and 16 ulp at the roots 1 and 2; x ≤ 0 by
    /// [`log_gamma`](crate::log_gamma).
    pub log_gamma: Map1,
    /// ψ(x), within 8 eps·(1 + |ψ|); x ≤ 0 by [`digamma`](crate::digamma).
    pub digamma: Map1,
    /// ψ′(x), by [`trigamma`](crate::trigamma).
    pub trigamma: Map1,
    /// ψ″(x), by [`tetragamma`](crate::tetragamma).
    pub tetragamma: Map1,
    /// erf x, within 4 ulp.
    pub erf: Map1,
    /// 1 − erf x, within 4 ulp.
    pub erfc: Map1,
    /// Φ(x), the standard normal distribution function, within 5 ulp.
    pub normal_cdf: Map1,
    /// ln Φ(x), within 5 ulp.
    pub log_normal_cdf: Map1,
    /// Φ⁻¹(x), by [`normal_quantile`](crate::normal_quantile).
    pub normal_quantile: Map1,
    /// [`softplus`](Self::softplus) and [`sigmoid`](Self::sigmoid).
    pub softplus_sigmoid: MapPair,
    /// [`log_gamma`](Self::log_gamma) and [`digamma`](Self::digamma).
    pub log_gamma_digamma: MapPair,
    /// x + y.
    pub add: Map2,
    /// x − y.
    pub sub: Map2,
    /// x·y.
    pub mul: Map2,
    /// x·y, but 0 where x is 0, whatever y is.
    pub mul_or_zero: Map2,
    /// x/y.
    pub div: Map2,
    /// x^y, within 1.5 ulp; by the standard library below AVX2.
    pub pow: Map2,
    /// The smaller; NaN where either is.
    pub min: Map2,
    /// The larger; NaN where either is.
    pub max: Map2,
    /// The angle of (y, x), by the standard library.
    pub atan2: Map2,
    /// Remainder of x/y with the sign of y.
    pub modulo: Map2,
    /// 1 where x < y, else 0.
    pub less: Map2,
    /// 1 where x ≤ y, else 0.
    pub less_equal: Map2,
    /// 1 where x = y, else 0.
    pub equal: Map2,
    /// 1 where x ≠ y, else 0.
    pub not_equal: Map2,
    /// 1 where neither is 0, else 0.
    pub and: Map2,
    /// 0 where both are 0, else 1.
    pub or: Map2,
    /// x·ln y, with 0·ln 0 = 0, within 1.5 ulp.
    pub x_log_y: Map2,
    /// x·ln(1 + y), with 0·ln 0 = 0, within 1.5 ulp.
    pub x_log1p: Map2,
    /// ln(exp x + exp y), within 2 ulp of the larger of x, y and the result.
    pub log_add_exp: Map2,
    /// ln(exp x − exp y) for x ≥ y, within 3 ulp of the larger of x and the result.
    pub log_sub_exp: Map2,
    /// P(x, y), by [`gamma_p`](crate::gamma_p).
    pub gamma_p: Map2,
    /// Q(x, y), by [`gamma_q`](crate::gamma_q).
    pub gamma_q: Map2,
    /// ∂P(x, y)/∂x, by [`gamma_p_shape`](crate::gamma_p_shape).
    pub gamma_p_shape: Map2,
    /// x·y + z, rounded once from AVX2 on.
    pub mul_add: Map3,
    /// z − x·y, rounded once from AVX2 on.
    pub negative_mul_add: Map3,
    /// y where x is not 0, else z.
    pub select: Map3,
    /// Σ a; the same bits on every instruction set.
    pub sum: Reduce1,
    /// Σ a²; the same bits from AVX2 on.
    pub sum_of_squares: Reduce1,
    /// Σ a·b; the same bits from AVX2 on.
    pub dot: Reduce2,
    /// the largest; −∞ of nothing, NaN where any is.
    pub maximum: Reduce1,
    /// ln Σ exp a, within 2 ulp for up to a thousand terms and a result away from 0; −∞ of nothing, NaN where any is.
    pub log_sum_exp: Reduce1,
    /// y += α·x, rounded once from AVX2 on.
    pub axpy: Axpy,
    /// `out[i] = source[index[i]]`.
    pub gather: Access,
    /// `out[index[i]] += source[i]`, in order.
    pub scatter_add: Access,
    /// [`gather`](Self::gather) for an index that never falls.
    pub segment_broadcast: Access,
    /// [`scatter_add`](Self::scatter_add) for an index that never falls: sums each run, then adds.
    pub segment_sum: Access,
    /// `out = X·v`.
    pub tiled_times_vector: TiledProduct,
    /// `out += Xᵀ·r`.
    pub add_transposed_times_vector: TiledProduct,
    /// `out = X·v` for sparse X; element k of a row is added to sum k mod 4.
    pub sparse_times_vector: SparseProduct,
    /// `out += Xᵀ·r` for sparse X, in order.
    pub add_sparse_transposed_times_vector: SparseProduct,
    /// `out = a·b`, row-major, for small matrices.
    pub matrix_product: MatrixProduct,
    /// `x[t] = phi[t]·x[t−1] + b[t]`, from `x[−1] = initial`.
    pub recurrence: Recurrence,
    /// `y[t] = phi[t]·y[t+1] + b[t]`, from `y[n] = initial`: [`recurrence`](Self::recurrence) with time reversed.
    pub recurrence_reverse: Recurrence,
}

impl Kernels {
    /// The kernels of an instruction set; those of the widest narrower one where this machine lacks it.
    pub fn for_isa(isa: Isa) -> &'static Kernels {
        match Isa::ALL.into_iter().rev().find(|&candidate| candidate <= isa && candidate.is_available()) {
            #[cfg(target_arch = "x86_64")]
            Some(Isa::Avx512) => &avx512::TABLE,
            #[cfg(target_arch = "x86_64")]
            Some(Isa::Avx2) => &avx2::TABLE,
            #[cfg(target_arch = "x86_64")]
            Some(Isa::Sse2) => &sse2::TABLE,
            _ => &portable::TABLE,
        }
    }

    /// The kernels of the widest instruction set that this machine has.
    pub fn detect() -> &'static Kernels {
        Self::for_isa(Isa::detect())
    }
}

/// The loops compiled for one instruction set. Each function's contract is that of the type it stands in, and that
/// the
/// machine has the instruction set, which [`Kernels::for_isa`] makes sure of.
macro_rules! table {
    ($module:ident, $vector:ident, $isa:ident $(, $features:literal)?) => {
        mod $module {
            use super::super::simd::$vector as V;
            use super::*;

            $(#[target_feature(enable = $features)])?
            unsafe fn map1<L: map::Lane1>(n: usize, a: *const f64, out: *mut f64) {
                // SAFETY: the contract is the same.
                unsafe { map::one::<V, L>(n, a, out) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn pair<L: map::LanePair>(n: usize, a: *const f64, first: *mut f64, second: *mut f64) {
                // SAFETY: the contract is the same.
                unsafe { map::pair::<V, L>(n, a, first, second) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn map2<L: map::Lane2>(
                n: usize,
                a: *const f64,
                a_stride: usize,
                b: *const f64,
                b_stride: usize,
                out: *mut f64,
            ) {
                // SAFETY: the contract is the same.
                unsafe { map::two::<V, L>(n, a, a_stride, b, b_stride, out) }
            }

            $(#[target_feature(enable = $features)])?
            #[allow(clippy::too_many_arguments)]
            unsafe fn map3<L: map::Lane3>(
                n: usize,
                a: *const f64,
                a_stride: usize,
                b: *const f64,
                b_stride: usize,
                c: *const f64,
                c_stride: usize,
                out: *mut f64,
            ) {
                // SAFETY: the contract is the same.
                unsafe { map::three::<V, L>(n, [a, b, c], [a_stride, b_stride, c_stride], out) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn sum(n: usize, a: *const f64) -> f64 {
                // SAFETY: the contract is the same.
                unsafe { reduce::sum::<V>(n, a) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn sum_of_squares(n: usize, a: *const f64) -> f64 {
                // SAFETY: the contract is the same.
                unsafe { reduce::sum_of_squares::<V>(n, a) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn dot(n: usize, a: *const f64, b: *const f64) -> f64 {
                // SAFETY: the contract is the same.
                unsafe { reduce::dot::<V>(n, a, b) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn maximum(n: usize, a: *const f64) -> f64 {
                // SAFETY: the contract is the same.
                unsafe { reduce::maximum::<V>(n, a) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn log_sum_exp(n: usize, a: *const f64) -> f64 {
                // SAFETY: the contract is the same.
                unsafe { reduce::log_sum_exp::<V>(n, a) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn axpy(n: usize, alpha: f64, x: *const f64, y: *mut f64) {
                // SAFETY: the contract is the same.
                unsafe { matrix::axpy::<V>(n, alpha, x, y) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn gather(n: usize, source: *const f64, index: *const u32, out: *mut f64) {
                // SAFETY: the contract is the same.
                unsafe { access::gather(n, source, index, out) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn scatter_add(n: usize, source: *const f64, index: *const u32, out: *mut f64) {
                // SAFETY: the contract is the same.
                unsafe { access::scatter_add(n, source, index, out) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn segment_broadcast(n: usize, source: *const f64, index: *const u32, out: *mut f64) {
                // SAFETY: the contract is the same.
                unsafe { access::segment_broadcast::<V>(n, source, index, out) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn segment_sum(n: usize, source: *const f64, index: *const u32, out: *mut f64) {
                // SAFETY: the contract is the same.
                unsafe { access::segment_sum::<V>(n, source, index, out) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn tiled_times_vector(rows: usize, columns: usize, tiles: *const f64, vector: *const f64, out: *mut f64) {
                // SAFETY: the contract is the same.
                unsafe { matrix::tiled_times_vector::<V>(rows, columns, tiles, vector, out) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn add_transposed_times_vector(rows: usize, columns: usize, tiles: *const f64, vector: *const f64, out: *mut f64) {
                // SAFETY: the contract is the same.
                unsafe { matrix::add_transposed_times_vector::<V>(rows, columns, tiles, vector, out) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn sparse_times_vector(rows: usize, starts: *const u32, columns: *const u32, values: *const f64, vector: *const f64, out: *mut f64) {
                // SAFETY: the contract is the same.
                unsafe { sparse::times_vector::<V>(rows, starts, columns, values, vector, out) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn add_sparse_transposed_times_vector(rows: usize, starts: *const u32, columns: *const u32, values: *const f64, vector: *const f64, out: *mut f64) {
                // SAFETY: the contract is the same.
                unsafe { sparse::add_transposed_times_vector::<V>(rows, starts, columns, values, vector, out) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn matrix_product(m: usize, k: usize, n: usize, a: *const f64, b: *const f64, out: *mut f64) {
                // SAFETY: the contract is the same.
                unsafe { matrix::product::<V>(m, k, n, a, b, out) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn recurrence(
                n: usize,
                initial: f64,
                phi: *const f64,
                phi_stride: usize,
                b: *const f64,
                out: *mut f64,
            ) {
                // SAFETY: the contract is the same.
                unsafe { recurrence::forward::<V>(n, initial, phi, phi_stride, b, out) }
            }

            $(#[target_feature(enable = $features)])?
            unsafe fn recurrence_reverse(
                n: usize,
                initial: f64,
                phi: *const f64,
                phi_stride: usize,
                b: *const f64,
                out: *mut f64,
            ) {
                // SAFETY: the contract is the same.
                unsafe { recurrence::backward::<V>(n, initial, phi, phi_stride, b, out) }
            }

            pub(super) static TABLE: Kernels = Kernels {
                isa: Isa::$isa,
                negate: Map1 { raw: Raw(map1::<lanes::Negate>) },
                abs: Map1 { raw: Raw(map1::<lanes::Abs>) },
                sign: Map1 { raw: Raw(map1::<lanes::Sign>) },
                not: Map1 { raw: Raw(map1::<lanes::Not>) },
                floor: Map1 { raw: Raw(map1::<lanes::Floor>) },
                ceil: Map1 { raw: Raw(map1::<lanes::Ceil>) },
                round: Map1 { raw: Raw(map1::<lanes::Round>) },
                sqrt: Map1 { raw: Raw(map1::<lanes::Sqrt>) },
                square: Map1 { raw: Raw(map1::<lanes::Square>) },
                reciprocal: Map1 { raw: Raw(map1::<lanes::Reciprocal>) },
                exp: Map1 { raw: Raw(map1::<lanes::Exp>) },
                expm1: Map1 { raw: Raw(map1::<lanes::Expm1>) },
                log: Map1 { raw: Raw(map1::<lanes::Log>) },
                log1p: Map1 { raw: Raw(map1::<lanes::Log1p>) },
                log1m_exp: Map1 { raw: Raw(map1::<lanes::Log1mExp>) },
                softplus: Map1 { raw: Raw(map1::<lanes::Softplus>) },
                sigmoid: Map1 { raw: Raw(map1::<lanes::Sigmoid>) },
                sin: Map1 { raw: Raw(map1::<lanes::Sin>) },
                cos: Map1 { raw: Raw(map1::<lanes::Cos>) },
                tan: Map1 { raw: Raw(map1::<lanes::Tan>) },
                asin: Map1 { raw: Raw(map1::<lanes::Asin>) },
                acos: Map1 { raw: Raw(map1::<lanes::Acos>) },
                atan: Map1 { raw: Raw(map1::<lanes::Atan>) },
                sinh: Map1 { raw: Raw(map1::<lanes::Sinh>) },
                cosh: Map1 { raw: Raw(map1::<lanes::Cosh>) },
                tanh: Map1 { raw: Raw(map1::<lanes::Tanh>) },
                asinh: Map1 { raw: Raw(map1::<lanes::Asinh>) },
                acosh: Map1 { raw: Raw(map1::<lanes::Acosh>) },
                atanh: Map1 { raw: Raw(map1::<lanes::Atanh>) },
                log_gamma: Map1 { raw: Raw(map1::<lanes::LogGamma>) },
                digamma: Map1 { raw: Raw(map1::<lanes::Digamma>) },
                trigamma: Map1 { raw: Raw(map1::<lanes::Trigamma>) },
                tetragamma: Map1 { raw: Raw(map1::<lanes::Tetragamma>) },
                erf: Map1 { raw: Raw(map1::<lanes::Erf>) },
                erfc: Map1 { raw: Raw(map1::<lanes::Erfc>) },
                normal_cdf: Map1 { raw: Raw(map1::<lanes::NormalCdf>) },
                log_normal_cdf: Map1 { raw: Raw(map1::<lanes::LogNormalCdf>) },
                normal_quantile: Map1 { raw: Raw(map1::<lanes::NormalQuantile>) },
                softplus_sigmoid: MapPair { raw: Raw(pair::<lanes::SoftplusSigmoid>) },
                log_gamma_digamma: MapPair { raw: Raw(pair::<lanes::LogGammaDigamma>) },
                add: Map2 { raw: Raw(map2::<lanes::Add>) },
                sub: Map2 { raw: Raw(map2::<lanes::Sub>) },
                mul: Map2 { raw: Raw(map2::<lanes::Mul>) },
                mul_or_zero: Map2 { raw: Raw(map2::<lanes::MulOrZero>) },
                div: Map2 { raw: Raw(map2::<lanes::Div>) },
                pow: Map2 { raw: Raw(map2::<lanes::Pow>) },
                min: Map2 { raw: Raw(map2::<lanes::Min>) },
                max: Map2 { raw: Raw(map2::<lanes::Max>) },
                atan2: Map2 { raw: Raw(map2::<lanes::Atan2>) },
                modulo: Map2 { raw: Raw(map2::<lanes::Modulo>) },
                less: Map2 { raw: Raw(map2::<lanes::Less>) },
                less_equal: Map2 { raw: Raw(map2::<lanes::LessEqual>) },
                equal: Map2 { raw: Raw(map2::<lanes::Equal>) },
                not_equal: Map2 { raw: Raw(map2::<lanes::NotEqual>) },
                and: Map2 { raw: Raw(map2::<lanes::And>) },
                or: Map2 { raw: Raw(map2::<lanes::Or>) },
                x_log_y: Map2 { raw: Raw(map2::<lanes::XLogY>) },
                x_log1p: Map2 { raw: Raw(map2::<lanes::XLog1p>) },
                log_add_exp: Map2 { raw: Raw(map2::<lanes::LogAddExp>) },
                log_sub_exp: Map2 { raw: Raw(map2::<lanes::LogSubExp>) },
                gamma_p: Map2 { raw: Raw(map2::<lanes::GammaP>) },
                gamma_q: Map2 { raw: Raw(map2::<lanes::GammaQ>) },
                gamma_p_shape: Map2 { raw: Raw(map2::<lanes::GammaPShape>) },
                mul_add: Map3 { raw: Raw(map3::<lanes::MulAdd>) },
                negative_mul_add: Map3 { raw: Raw(map3::<lanes::NegativeMulAdd>) },
                select: Map3 { raw: Raw(map3::<lanes::Select>) },
                sum: Reduce1 { raw: Raw(sum) },
                sum_of_squares: Reduce1 { raw: Raw(sum_of_squares) },
                dot: Reduce2 { raw: Raw(dot) },
                maximum: Reduce1 { raw: Raw(maximum) },
                log_sum_exp: Reduce1 { raw: Raw(log_sum_exp) },
                axpy: Axpy { raw: Raw(axpy) },
                gather: Access { raw: Raw(gather) },
                scatter_add: Access { raw: Raw(scatter_add) },
                segment_broadcast: Access { raw: Raw(segment_broadcast) },
                segment_sum: Access { raw: Raw(segment_sum) },
                tiled_times_vector: TiledProduct { raw: Raw(tiled_times_vector) },
                add_transposed_times_vector: TiledProduct { raw: Raw(add_transposed_times_vector) },
                sparse_times_vector: SparseProduct { raw: Raw(sparse_times_vector) },
                add_sparse_transposed_times_vector: SparseProduct { raw: Raw(add_sparse_transposed_times_vector) },
                matrix_product: MatrixProduct { raw: Raw(matrix_product) },
                recurrence: Recurrence { raw: Raw(recurrence) },
                recurrence_reverse: Recurrence { raw: Raw(recurrence_reverse) },
            };
        }
    };
}

table!(portable, Scalar, Portable);
#[cfg(target_arch = "x86_64")]
table!(sse2, Sse2, Sse2);
#[cfg(target_arch = "x86_64")]
table!(avx2, Avx2, Avx2, "avx2,fma");
#[cfg(target_arch = "x86_64")]
table!(avx512, Avx512, Avx512, "avx2,fma,avx512f,avx512dq,avx512vl");
