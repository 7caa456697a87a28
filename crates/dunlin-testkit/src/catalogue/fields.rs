//! What `dunlin-core` can say, and what is said: names of fields and variants, as serde knows them.
//!
//! [`known`] reads the derived `Deserialize` of a type, which names every field and variant to its
//! deserializer; [`said`] the `Serialize` of a value, which leaves out what says nothing. A field that is
//! added to `dunlin-core` is known at once, and is not said until a case says it.

mod known;
mod said;

pub use known::known;
pub use said::said;
