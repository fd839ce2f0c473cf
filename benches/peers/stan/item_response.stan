data {
  int<lower=0> persons;
  int<lower=0> items;
  array[persons, items] int<lower=0, upper=1> y;
}
parameters {
  vector[persons] ability;
  vector<lower=0>[items] discrimination;
  vector[items] difficulty;
}
model {
  ability ~ std_normal();
  discrimination ~ lognormal(0, 0.5);
  difficulty ~ normal(0, 2);
  for (j in 1 : items) {
    y[ : , j] ~ bernoulli_logit(discrimination[j] * (ability - difficulty[j]));
  }
}
