data {
  int<lower=0> venues;
  vector[venues] reviews;
  matrix[venues, 3] tally;
}
parameters {
  vector<lower=0>[3] alpha;
}
model {
  real mass = sum(alpha);
  alpha ~ gamma(1, 0.1);
  target += venues * (lgamma(mass) - sum(lgamma(alpha))) - sum(lgamma(mass + reviews));
  for (k in 1 : 3) {
    target += sum(lgamma(alpha[k] + tally[ : , k]));
  }
}
