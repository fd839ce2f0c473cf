//! Samplers, warm-up, chains: draws from any log density.
