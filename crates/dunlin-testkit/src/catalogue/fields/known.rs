//! A deserializer that has no text to read: it makes up what it is asked for, and notes what that is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::value::{SeqDeserializer, StrDeserializer};
use serde::de::{
    self, Deserialize, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

/// Every field (`Column.comment`) and variant (`DataType.json`, `Operation.create_table.if_not_exists`) of
/// a type and of those in it. What is flattened into another type is not seen.
///
/// # Panics
/// The type deserializes in a way that is not foreseen here.
pub fn known<T: for<'de> Deserialize<'de>>() -> BTreeSet<String> {
    let mut notes = Notes::default();
    for _ in 0..MOST_PASSES {
        if let Err(MadeUp(error)) = T::deserialize(Maker { notes: &mut notes, field: "" }) {
            panic!("{error}");
        }
        let open = notes.variants.iter().any(|(of, variants)| notes.chosen[of] < variants.len());
        if !open {
            return notes.met;
        }
    }
    panic!("variants that are never met: {:?}", notes.variants.keys());
}

const MOST_PASSES: usize = 100_000;

/// What was met, and how many variants of each enum have been made up.
#[derive(Default)]
struct Notes {
    met: BTreeSet<String>,
    variants: BTreeMap<&'static str, &'static [&'static str]>,
    chosen: BTreeMap<&'static str, usize>,
}

struct Maker<'n> {
    notes: &'n mut Notes,
    /// The field that it is for.
    field: &'static str,
}

impl Maker<'_> {
    /// A text that is a value of what the field is: a type that asks for anything is seen no deeper.
    fn anything(&self) -> &'static str {
        match self.field {
            "type" => "boolean",
            "server_default" => "null",
            _ => "column",
        }
    }
}

#[derive(Debug)]
struct MadeUp(String);

impl fmt::Display for MadeUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for MadeUp {}

impl de::Error for MadeUp {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

macro_rules! made_up {
    ($($method:ident => $visit:ident($($value:expr)?)),* $(,)?) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, MadeUp> {
            visitor.$visit($($value)?)
        })*
    };
}

impl<'de> de::Deserializer<'de> for Maker<'_> {
    type Error = MadeUp;

    made_up! {
        deserialize_bool => visit_bool(true),
        deserialize_i8 => visit_i8(1),
        deserialize_i16 => visit_i16(1),
        deserialize_i32 => visit_i32(1),
        deserialize_i64 => visit_i64(1),
        deserialize_u8 => visit_u8(1),
        deserialize_u16 => visit_u16(1),
        deserialize_u32 => visit_u32(1),
        deserialize_u64 => visit_u64(1),
        deserialize_f32 => visit_f32(1.0),
        deserialize_f64 => visit_f64(1.0),
        deserialize_char => visit_char('a'),
        deserialize_str => visit_str("a"),
        deserialize_string => visit_str("a"),
        deserialize_bytes => visit_bytes(&[1]),
        deserialize_byte_buf => visit_bytes(&[1]),
        deserialize_unit => visit_unit(),
        deserialize_identifier => visit_str("column"),
        deserialize_ignored_any => visit_unit(),
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, MadeUp> {
        match self.field {
            // Values that are lists.
            "stages" => visitor.visit_seq(SeqDeserializer::new(std::iter::empty::<&str>())),
            _ => visitor.visit_str(self.anything()),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, MadeUp> {
        visitor.visit_some(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, MadeUp> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, MadeUp> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, MadeUp> {
        visitor.visit_seq(Parts { left: 1, maker: self })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, left: usize, visitor: V) -> Result<V::Value, MadeUp> {
        visitor.visit_seq(Parts { left, maker: self })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        left: usize,
        visitor: V,
    ) -> Result<V::Value, MadeUp> {
        visitor.visit_seq(Parts { left, maker: self })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, MadeUp> {
        visitor.visit_map(Parts { left: 1, maker: self })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, MadeUp> {
        visitor.visit_map(Fields::new(self.notes, name.to_owned(), fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, MadeUp> {
        self.notes.variants.insert(name, variants);
        let chosen = self.notes.chosen.entry(name).or_insert(0);
        // Each variant in its turn, again and again: what is in one may still have variants to be met.
        let variant = variants[*chosen % variants.len()];
        *chosen += 1;
        self.notes.met.insert(format!("{name}.{variant}"));
        visitor.visit_enum(Variant { maker: self, name, variant })
    }
}

/// Elements of a sequence, or entries of a map.
struct Parts<'n> {
    maker: Maker<'n>,
    left: usize,
}

impl Maker<'_> {
    fn again(&mut self) -> Maker<'_> {
        Maker { notes: self.notes, field: self.field }
    }
}

impl<'de> SeqAccess<'de> for Parts<'_> {
    type Error = MadeUp;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, MadeUp> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(self.maker.again()).map(Some)
    }
}

impl<'de> MapAccess<'de> for Parts<'_> {
    type Error = MadeUp;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, MadeUp> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(self.maker.again()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, MadeUp> {
        seed.deserialize(self.maker.again())
    }
}

/// The fields of a struct, or of a variant that is one.
struct Fields<'n> {
    notes: &'n mut Notes,
    left: &'static [&'static str],
    field: &'static str,
}

impl<'n> Fields<'n> {
    fn new(notes: &'n mut Notes, of: String, fields: &'static [&'static str]) -> Self {
        notes.met.extend(fields.iter().map(|field| format!("{of}.{field}")));
        Self { notes, left: fields, field: "" }
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = MadeUp;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, MadeUp> {
        let Some((field, left)) = self.left.split_first() else { return Ok(None) };
        self.left = left;
        self.field = field;
        let key: StrDeserializer<'_, MadeUp> = field.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, MadeUp> {
        seed.deserialize(Maker { notes: self.notes, field: self.field })
    }
}

struct Variant<'n> {
    maker: Maker<'n>,
    name: &'static str,
    variant: &'static str,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = MadeUp;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), MadeUp> {
        let name: StrDeserializer<'_, MadeUp> = self.variant.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = MadeUp;

    fn unit_variant(self) -> Result<(), MadeUp> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, MadeUp> {
        seed.deserialize(self.maker)
    }

    fn tuple_variant<V: Visitor<'de>>(self, left: usize, visitor: V) -> Result<V::Value, MadeUp> {
        visitor.visit_seq(Parts { left, maker: self.maker })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, MadeUp> {
        visitor.visit_map(Fields::new(self.maker.notes, format!("{}.{}", self.name, self.variant), fields))
    }
}
