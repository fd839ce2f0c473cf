data {
  int<lower=1> steps;
  array[steps] int<lower=0> y;
}
parameters {
  real r;
  real log_capacity;
  real log_sigma;
  vector[steps] e;
}
transformed parameters {
  vector[steps] n;
  {
    real capacity = exp(log_capacity);
    real sigma = exp(log_sigma);
    real now = 10;
    for (t in 1 : steps) {
      now *= exp(r - now / capacity + sigma * e[t]);
      n[t] = now;
    }
  }
}
model {
  r ~ std_normal();
  log_capacity ~ std_normal();
  log_sigma ~ std_normal();
  e ~ std_normal();
  y ~ poisson(n);
}
