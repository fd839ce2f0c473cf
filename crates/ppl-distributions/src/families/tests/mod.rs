//! Checks of every family against one table of cases.

mod alternates;
mod cases;
mod densities;
mod distribution_functions;
mod domains;
mod draws;
mod edges;
mod gradients;
mod oracles;
mod shapes;
