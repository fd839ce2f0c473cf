data {
  int<lower=0> rows;
  array[rows] real x;
  vector[rows] y;
}
transformed data {
  vector[rows] zero = rep_vector(0, rows);
}
parameters {
  real<lower=0> rho;
  real<lower=0> alpha;
  real<lower=0> sigma;
}
model {
  matrix[rows, rows] K = add_diag(gp_exp_quad_cov(x, alpha, rho), square(sigma));
  rho ~ inv_gamma(5, 5);
  alpha ~ std_normal();
  sigma ~ std_normal();
  y ~ multi_normal_cholesky(zero, cholesky_decompose(K));
}
