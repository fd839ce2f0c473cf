data {
  int<lower=1> steps;
  vector[steps] y;
}
parameters {
  real mu;
  real raw_phi;
  real log_sigma;
  vector[steps] z;
}
transformed parameters {
  real phi = tanh(raw_phi);
  vector[steps] h = z * exp(log_sigma);
  h[1] /= sqrt(1 - square(phi));
  h += mu;
  for (t in 2 : steps) {
    h[t] += phi * (h[t - 1] - mu);
  }
}
model {
  mu ~ std_normal();
  raw_phi ~ std_normal();
  log_sigma ~ std_normal();
  z ~ std_normal();
  y ~ normal(0, exp(h / 2));
}
