//! A serializer that writes nothing: it notes which fields and variants it is given.

use std::collections::BTreeSet;
use std::fmt;

use serde::ser::{self, Impossible, Serialize};

/// Every field and variant that a value says, under the names of [`known`](super::known()). A field that
/// is `false`, empty or `None` says nothing.
///
/// # Panics
/// The value serializes in a way that is not foreseen here.
pub fn said<T: Serialize>(value: &T) -> BTreeSet<String> {
    let mut met = BTreeSet::new();
    if let Err(NotForeseen(error)) = value.serialize(Noter { met: &mut met }) {
        panic!("{error}");
    }
    met
}

struct Noter<'m> {
    met: &'m mut BTreeSet<String>,
}

impl Noter<'_> {
    fn again(&mut self) -> Noter<'_> {
        Noter { met: self.met }
    }
}

/// Whether something was said.
type Said = bool;

#[derive(Debug)]
struct NotForeseen(String);

impl fmt::Display for NotForeseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotForeseen {}

impl ser::Error for NotForeseen {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

macro_rules! scalars {
    ($($method:ident($type:ty)),* $(,)?) => {
        $(fn $method(self, _: $type) -> Result<Said, NotForeseen> {
            Ok(true)
        })*
    };
}

impl<'m> ser::Serializer for Noter<'m> {
    type Ok = Said;
    type Error = NotForeseen;
    type SerializeSeq = Within<'m>;
    type SerializeTuple = Within<'m>;
    type SerializeTupleStruct = Impossible<Said, NotForeseen>;
    type SerializeTupleVariant = Impossible<Said, NotForeseen>;
    type SerializeMap = Within<'m>;
    type SerializeStruct = Within<'m>;
    type SerializeStructVariant = Within<'m>;

    scalars! {
        serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_u64(u64),
        serialize_f32(f32), serialize_f64(f64), serialize_char(char), serialize_str(&str), serialize_bytes(&[u8]),
    }

    fn serialize_bool(self, value: bool) -> Result<Said, NotForeseen> {
        Ok(value)
    }

    fn serialize_none(self) -> Result<Said, NotForeseen> {
        Ok(false)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Said, NotForeseen> {
        value.serialize(self)?;
        Ok(true)
    }

    fn serialize_unit(self) -> Result<Said, NotForeseen> {
        Ok(false)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Said, NotForeseen> {
        Ok(false)
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Said, NotForeseen> {
        self.met.insert(format!("{name}.{variant}"));
        Ok(true)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Said, NotForeseen> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Said, NotForeseen> {
        self.met.insert(format!("{name}.{variant}"));
        value.serialize(self)?;
        Ok(true)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Within<'m>, NotForeseen> {
        Ok(Within::of(self, String::new()))
    }

    fn serialize_tuple(self, _: usize) -> Result<Within<'m>, NotForeseen> {
        Ok(Within::of(self, String::new()))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, NotForeseen> {
        Err(NotForeseen(format!("{name} is a tuple")))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NotForeseen> {
        Err(NotForeseen(format!("{name}.{variant} is a tuple")))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Within<'m>, NotForeseen> {
        Ok(Within::of(self, String::new()))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Within<'m>, NotForeseen> {
        Ok(Within::of(self, name.to_owned()))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Within<'m>, NotForeseen> {
        self.met.insert(format!("{name}.{variant}"));
        Ok(Within::of(self, format!("{name}.{variant}")))
    }
}

/// The inside of something that has parts.
struct Within<'m> {
    noter: Noter<'m>,
    of: String,
    said: Said,
}

impl<'m> Within<'m> {
    fn of(noter: Noter<'m>, of: String) -> Self {
        Self { noter, of, said: false }
    }

    fn part<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotForeseen> {
        self.said = true;
        value.serialize(self.noter.again()).map(drop)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), NotForeseen> {
        if value.serialize(self.noter.again())? {
            self.said = true;
            self.noter.met.insert(format!("{}.{name}", self.of));
        }
        Ok(())
    }
}

impl ser::SerializeSeq for Within<'_> {
    type Ok = Said;
    type Error = NotForeseen;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotForeseen> {
        self.part(value)
    }

    fn end(self) -> Result<Said, NotForeseen> {
        Ok(self.said)
    }
}

impl ser::SerializeTuple for Within<'_> {
    type Ok = Said;
    type Error = NotForeseen;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotForeseen> {
        self.part(value)
    }

    fn end(self) -> Result<Said, NotForeseen> {
        Ok(self.said)
    }
}

impl ser::SerializeMap for Within<'_> {
    type Ok = Said;
    type Error = NotForeseen;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NotForeseen> {
        self.part(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotForeseen> {
        self.part(value)
    }

    fn end(self) -> Result<Said, NotForeseen> {
        Ok(self.said)
    }
}

impl ser::SerializeStruct for Within<'_> {
    type Ok = Said;
    type Error = NotForeseen;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), NotForeseen> {
        self.field(name, value)
    }

    fn end(self) -> Result<Said, NotForeseen> {
        Ok(self.said)
    }
}

impl ser::SerializeStructVariant for Within<'_> {
    type Ok = Said;
    type Error = NotForeseen;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), NotForeseen> {
        self.field(name, value)
    }

    fn end(self) -> Result<Said, NotForeseen> {
        Ok(self.said)
    }
}
