data {
  int N;
  vector[N] weight;
  vector[N] diam1;
  vector[N] diam2;
  vector[N] canopy_height;
  vector[N] total_height;
  vector[N] density;
  vector[N] group;
}
transformed data {
  vector[N] log_weight = log(weight);
  vector[N] log_volume = log(diam1 .* diam2 .* canopy_height);
  vector[N] log_area = log(diam1 .* diam2);
  vector[N] log_shape = log(diam1 ./ diam2);
}
parameters {
  vector[7] beta;
  real<lower=0> sigma;
}
model {
  log_weight ~ normal(beta[1] + beta[2] * log_volume + beta[3] * log_area + beta[4] * log_shape + beta[5] * log(total_height)
                      + beta[6] * log(density) + beta[7] * group, sigma);
}
