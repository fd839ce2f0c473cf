data {
  int<lower=0> rows;
  int<lower=0> columns;
  matrix[rows, columns] X;
  vector[rows] y;
}
parameters {
  real alpha;
  vector[columns] beta;
  real<lower=0> sigma;
}
model {
  alpha ~ normal(0, 5);
  beta ~ std_normal();
  sigma ~ exponential(1);
  y ~ normal_id_glm(X, alpha, beta, sigma);
}
