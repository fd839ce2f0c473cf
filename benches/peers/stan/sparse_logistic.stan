data {
  int<lower=1> rows;
  int<lower=1> columns;
  int<lower=1> filled;
  array[rows, filled] int<lower=1, upper=columns> column;
  array[rows] vector[filled] x;
  array[rows] int<lower=0, upper=1> y;
}
transformed data {
  vector[rows * filled] w;
  array[rows * filled] int v;
  array[rows + 1] int u;
  for (i in 1 : rows) {
    int before = (i - 1) * filled;
    u[i] = before + 1;
    for (k in 1 : filled) {
      w[before + k] = x[i, k];
      v[before + k] = column[i, k];
    }
  }
  u[rows + 1] = rows * filled + 1;
}
parameters {
  vector[columns] beta;
}
model {
  beta ~ std_normal();
  y ~ bernoulli_logit(csr_matrix_times_vector(rows, columns, w, v, u, beta));
}
