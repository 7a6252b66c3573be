//! Data sets from other people's files, made here.

mod idx;
mod make;
mod sets;
