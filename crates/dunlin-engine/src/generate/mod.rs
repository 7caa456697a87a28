//! Operations and models as source: what `revision --autogenerate` and `generate models` write.
//!
//! Rust comes out as `rustfmt` with its default settings leaves it.
