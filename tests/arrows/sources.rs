//! The source of our crates as a tree of modules, without what is compiled for tests alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Item, ItemUse, UseTree, Visibility};

/// The modules of one crate. The first one is its root.
#[derive(Debug, Default)]
pub(crate) struct Source {
    pub(crate) modules: Vec<Module>,
    /// Files that are compiled for tests alone.
    pub(crate) test_files: BTreeSet<PathBuf>,
}

/// One module: what it defines, what it imports, and all of its tokens.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) parent: Option<usize>,
    pub(crate) file: PathBuf,
    /// The items that are written here, and whether each can have associated items.
    pub(crate) items: BTreeMap<String, bool>,
    pub(crate) children: BTreeMap<String, usize>,
    pub(crate) imports: Vec<Import>,
    /// The tokens of macro calls that may define items which are not seen here.
    pub(crate) macros: BTreeSet<String>,
    /// The items without modules and imports.
    pub(crate) tokens: Vec<TokenStream>,
}

/// One leaf of a `use` tree.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    /// What it is called here; nothing for a glob.
    pub(crate) name: Option<String>,
    pub(crate) path: Vec<String>,
    /// `pub use`, with whatever restriction: only shows something that is defined elsewhere.
    pub(crate) re_export: bool,
}

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the repository is there")
}

/// The directories of our crates that are built into the program, each with its name.
pub(crate) fn crates() -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for group in ["proto", "services"] {
        let entries = fs::read_dir(root().join(group)).expect("a directory of crates");
        for entry in entries {
            let dir = entry.expect("can be listed").path();
            if dir.join("Cargo.toml").exists() {
                let name = dir.file_name().expect("has a name").to_string_lossy().into_owned();
                found.push((name, dir));
            }
        }
    }
    found.sort();
    assert!(found.len() > 10, "these are not all of our crates: {found:?}");
    found
}

impl Source {
    /// Reads a crate from its root file.
    pub(crate) fn read(lib: &Path) -> Self {
        Self::read_with(lib, &|path| fs::read_to_string(path).ok())
    }

    /// The same, from wherever `read` finds a file's text.
    pub(crate) fn read_with(lib: &Path, read: &dyn Fn(&Path) -> Option<String>) -> Self {
        let mut source = Self::default();
        let dir = lib.parent().expect("a file is in a directory");
        source.file(None, lib, dir, read, false);
        source
    }

    fn file(
        &mut self,
        parent: Option<usize>,
        path: &Path,
        children: &Path,
        read: &dyn Fn(&Path) -> Option<String>,
        test: bool,
    ) -> usize {
        let written = read(path).unwrap_or_else(|| panic!("{} cannot be read", path.display()));
        let file = syn::parse_file(&written)
            .unwrap_or_else(|error| panic!("{} cannot be parsed: {error}", path.display()));
        if test {
            self.test_files.insert(path.to_owned());
        }
        self.module(parent, path, children, file.items, read, test)
    }

    fn module(
        &mut self,
        parent: Option<usize>,
        file: &Path,
        children: &Path,
        items: Vec<Item>,
        read: &dyn Fn(&Path) -> Option<String>,
        test: bool,
    ) -> usize {
        let id = self.modules.len();
        self.modules.push(Module {
            parent,
            file: file.to_owned(),
            items: BTreeMap::new(),
            children: BTreeMap::new(),
            imports: Vec::new(),
            macros: BTreeSet::new(),
            tokens: Vec::new(),
        });
        for item in items {
            let test = test || for_tests(attributes(&item));
            match item {
                Item::Mod(item) => {
                    let name = item.ident.to_string();
                    let below = children.join(&name);
                    let child = if let Some((_, items)) = item.content {
                        self.module(Some(id), file, &below, items, read, test)
                    } else {
                        let beside = children.join(format!("{name}.rs"));
                        let path =
                            if read(&beside).is_some() { beside } else { below.join("mod.rs") };
                        self.file(Some(id), &path, &below, read, test)
                    };
                    if !test {
                        self.modules[id].children.insert(name, child);
                    }
                }
                Item::Use(item) if !test => self.modules[id].imports.extend(imports(&item)),
                item if !test => {
                    let module = &mut self.modules[id];
                    if let Some((name, is_type)) = definition(&item) {
                        *module.items.entry(name).or_default() |= is_type;
                    } else if let Item::Macro(item) = &item {
                        collect_idents(item.mac.tokens.clone(), &mut module.macros);
                    }
                    module.tokens.push(item.into_token_stream());
                }
                _ => {}
            }
        }
        id
    }
}

/// The leaves of a `use` item.
pub(crate) fn imports(item: &ItemUse) -> Vec<Import> {
    let mut leaves = Vec::new();
    let re_export = !matches!(item.vis, Visibility::Inherited);
    let mut prefix = Vec::new();
    if item.leading_colon.is_none() {
        flatten(&item.tree, &mut prefix, re_export, &mut leaves);
    }
    leaves
}

fn flatten(tree: &UseTree, prefix: &mut Vec<String>, re_export: bool, leaves: &mut Vec<Import>) {
    let mut leaf = |name: Option<String>, last: Option<String>| {
        let mut path = prefix.clone();
        path.extend(last.filter(|last| last != "self"));
        let name = if name.as_deref() == Some("self") { path.last().cloned() } else { name };
        leaves.push(Import { name, path, re_export });
    };
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            flatten(&path.tree, prefix, re_export, leaves);
            prefix.pop();
        }
        UseTree::Name(name) => leaf(Some(name.ident.to_string()), Some(name.ident.to_string())),
        UseTree::Rename(name) => leaf(Some(name.rename.to_string()), Some(name.ident.to_string())),
        UseTree::Glob(_) => leaf(None, None),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, prefix, re_export, leaves);
            }
        }
    }
}

/// The name that an item defines, and whether it can have associated items.
fn definition(item: &Item) -> Option<(String, bool)> {
    let (ident, is_type) = match item {
        Item::Const(item) => (&item.ident, false),
        Item::Enum(item) => (&item.ident, true),
        Item::Fn(item) => (&item.sig.ident, false),
        Item::Macro(item) => (item.ident.as_ref()?, false),
        Item::Static(item) => (&item.ident, false),
        Item::Struct(item) => (&item.ident, true),
        Item::Trait(item) => (&item.ident, true),
        Item::Type(item) => (&item.ident, true),
        Item::Union(item) => (&item.ident, true),
        _ => return None,
    };
    Some((ident.to_string(), is_type))
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| names_tests(&attribute.meta.to_token_stream()))
}

/// Whether an attribute is `cfg(test)` or `cfg(any(test, …))`.
pub(crate) fn names_tests(attribute: &TokenStream) -> bool {
    let mut tokens = attribute.clone().into_iter();
    let is_cfg = matches!(tokens.next(), Some(TokenTree::Ident(ident)) if ident == "cfg");
    let mut idents = BTreeSet::new();
    collect_idents(tokens.collect(), &mut idents);
    is_cfg && idents.contains("test") && !idents.contains("not")
}

fn collect_idents(tokens: TokenStream, into: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                into.insert(ident.to_string());
            }
            TokenTree::Group(group) => collect_idents(group.stream(), into),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
