//! The entities by the names of their tables.

pub use super::plain::Entity as Plain;
pub use super::unnamed::Entity as Unnamed;
