// hmm_marginal says the same in a line where it is supported.
data {
  int<lower=1> steps;
  vector[steps] y;
}
parameters {
  vector[2] mu;
  vector[2] stay;
}
model {
  vector[2] log_stay = log_inv_logit(stay);
  vector[2] log_leave = log1m_inv_logit(stay);
  vector[2] now;
  mu ~ std_normal();
  stay ~ std_normal();
  for (k in 1 : 2) {
    now[k] = -0.5 * square(y[1] - mu[k]);
  }
  for (t in 2 : steps) {
    vector[2] next;
    next[1] = log_sum_exp(now[1] + log_stay[1], now[2] + log_leave[2]) - 0.5 * square(y[t] - mu[1]);
    next[2] = log_sum_exp(now[1] + log_leave[1], now[2] + log_stay[2]) - 0.5 * square(y[t] - mu[2]);
    now = next;
  }
  target += log_sum_exp(now);
}
