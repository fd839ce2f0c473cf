data {
  int<lower=0> rows;
  int<lower=0> groups;
  array[rows] int<lower=1, upper=groups> group;
  vector[rows] x;
  array[rows] int<lower=0> y;
}
parameters {
  real mu;
  real<lower=0> tau;
  real slope;
  vector[groups] base_raw;
}
transformed parameters {
  vector[groups] base = mu + tau * base_raw;
}
model {
  mu ~ normal(0, 2);
  tau ~ normal(0, 1);
  slope ~ std_normal();
  base_raw ~ std_normal();
  y ~ poisson_log(base[group] + slope * x);
}
