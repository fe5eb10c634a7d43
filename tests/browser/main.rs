//! The pages of the program, in a real browser, as those who use them see them.

mod catalogue;
mod directory;
mod looking;
mod operations;
mod pages;
mod peopled;
mod portal;
mod story;
mod tools;
