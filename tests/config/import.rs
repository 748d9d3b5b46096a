//! `keystop import`.
