data {
  int<lower=0> rows;
  vector[rows] y;
}
parameters {
  vector[3] logit;
  ordered[3] mu;
  vector<lower=0>[3] sigma;
}
model {
  vector[3] log_weight = log_softmax(logit);
  logit ~ std_normal();
  mu ~ normal(0, 3);
  sigma ~ lognormal(0, 0.5);
  for (i in 1 : rows) {
    vector[3] parts = log_weight;
    for (k in 1 : 3) {
      parts[k] += normal_lpdf(y[i] | mu[k], sigma[k]);
    }
    target += log_sum_exp(parts);
  }
}
