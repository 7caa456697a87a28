//! The entities by the names of their tables.

pub use super::item::Entity as Item;
pub use super::part::Entity as Part;
