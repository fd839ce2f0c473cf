data {
  int<lower=0> schools;
  vector<lower=0>[schools] sigma;
  vector[schools] y;
}
parameters {
  real mu;
  real<lower=0> tau;
  vector[schools] theta_raw;
}
transformed parameters {
  vector[schools] theta = mu + tau * theta_raw;
}
model {
  mu ~ normal(0, 5);
  tau ~ cauchy(0, 5);
  theta_raw ~ std_normal();
  y ~ normal(theta, sigma);
}
