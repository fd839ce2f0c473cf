data {
  int N;
  vector[N] kid_score;
  array[N] int mom_work;
}
parameters {
  vector[4] beta;
  real<lower=0> sigma;
}
model {
  vector[4] mu = beta[1] + append_row(0, beta[2 : 4]);
  kid_score ~ normal(mu[mom_work], sigma);
}
