data {
  int<lower=0> rows;
  int<lower=0> columns;
  matrix[rows, columns] X;
  array[rows] int<lower=0, upper=1> y;
}
parameters {
  vector[columns] beta;
}
model {
  beta ~ std_normal();
  y ~ bernoulli_logit_glm(X, 0, beta);
}
