//! CSV and JSON text to typed columns that know their place.
