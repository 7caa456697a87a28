//! The entities by the names of their tables.

pub use super::booking::Entity as Booking;
pub use super::chicken::Entity as Chicken;
pub use super::egg::Entity as Egg;
pub use super::elsewhere::Entity as Elsewhere;
pub use super::event::Entity as Event;
pub use super::log::Entity as Log;
pub use super::order_item::Entity as OrderItem;
pub use super::post::Entity as Post;
pub use super::post_tag::Entity as PostTag;
pub use super::post_tag_note::Entity as PostTagNote;
pub use super::setting::Entity as Setting;
pub use super::tag::Entity as Tag;
pub use super::type_::Entity as Type;
pub use super::user::Entity as User;
