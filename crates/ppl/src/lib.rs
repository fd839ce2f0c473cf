//! Compile, bind, sample and summarise a model from a program.
