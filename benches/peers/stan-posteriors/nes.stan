data {
  int N;
  vector[N] partyid7;
  vector[N] real_ideo;
  vector[N] race_adj;
  array[N] int age_discrete;
  vector[N] educ1;
  vector[N] gender;
  vector[N] income;
}
parameters {
  vector[9] beta;
  real<lower=0> sigma;
}
model {
  vector[4] age = append_row(0, beta[4 : 6]);
  partyid7 ~ normal(beta[1] + beta[2] * real_ideo + beta[3] * race_adj + age[age_discrete]
                    + beta[7] * educ1 + beta[8] * gender + beta[9] * income, sigma);
}
