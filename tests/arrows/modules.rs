//! Which file uses which other file of its crate, and by which item.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::sources::{Import, Source};
use crate::tokens::Named;

/// From a file to the files whose items it uses, with those items.
pub(crate) type Uses = BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>;

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    Module(usize),
    Item {
        module: usize,
        name: String,
        is_type: bool,
    },
    /// Something of another crate.
    Elsewhere,
}

/// Finds where each path of a crate leads. The second part lists paths that lead nowhere, though
/// they begin in this crate.
pub(crate) fn uses(mut source: Source) -> (Uses, Vec<String>) {
    let mut named = Vec::new();
    for module in &mut source.modules {
        let mut found = Named::default();
        for tokens in std::mem::take(&mut module.tokens) {
            found.collect(tokens);
        }
        module.imports.append(&mut found.imports);
        named.push(found.paths);
    }

    let mut uses = Uses::new();
    let mut lost = Vec::new();
    for (id, mut paths) in named.into_iter().enumerate() {
        let module = &source.modules[id];
        // What a glob brings counts where it is used.
        let imports = module.imports.iter().filter(|import| !import.re_export);
        paths.extend(imports.map(|import| import.path.clone()));
        for path in paths {
            let origins = resolve(&source, id, &path, &mut BTreeSet::new());
            if origins.is_empty() && path.len() > 1 && is_ours(&path[0]) {
                lost.push(format!("{}: {}", module.file.display(), path.join("::")));
            }
            for origin in origins {
                let Origin::Item { module: of, name, .. } = origin else { continue };
                let to = &source.modules[of].file;
                if *to != module.file {
                    let from = uses.entry(module.file.clone()).or_default();
                    from.entry(to.clone()).or_default().insert(name);
                }
            }
        }
    }
    (uses, lost)
}

fn is_ours(first: &str) -> bool {
    ["crate", "self", "super"].contains(&first)
}

/// Names that are being looked up, so that imports of each other come to an end.
type Asked = BTreeSet<(usize, String)>;

fn resolve(source: &Source, from: usize, path: &[String], asked: &mut Asked) -> BTreeSet<Origin> {
    let mut at = from;
    let mut rest = path;
    while let Some((first, after)) = rest.split_first() {
        match first.as_str() {
            "crate" => at = 0,
            "self" => {}
            "super" => at = source.modules[at].parent.unwrap_or(0),
            _ => break,
        }
        rest = after;
    }
    let mut origins = BTreeSet::from([Origin::Module(at)]);
    for (index, name) in rest.iter().enumerate() {
        let is_last = index + 1 == rest.len();
        let mut next = BTreeSet::new();
        for origin in origins {
            match origin {
                Origin::Module(id) => next.extend(look_up(source, id, name, asked)),
                // An associated item or a variant stands with its type.
                origin @ (Origin::Item { .. } | Origin::Elsewhere) => {
                    next.insert(origin);
                }
            }
        }
        if !is_last {
            next.retain(|origin| !matches!(origin, Origin::Item { is_type: false, .. }));
        }
        origins = next;
    }
    origins
}

fn look_up(source: &Source, id: usize, name: &str, asked: &mut Asked) -> BTreeSet<Origin> {
    let mut origins = BTreeSet::new();
    if !asked.insert((id, name.to_owned())) {
        return origins;
    }
    let module = &source.modules[id];
    if let Some(is_type) = module.items.get(name) {
        origins.insert(Origin::Item { module: id, name: name.to_owned(), is_type: *is_type });
    }
    if let Some(child) = module.children.get(name) {
        origins.insert(Origin::Module(*child));
    }
    let by_name = |import: &&Import| import.name.as_deref() == Some(name);
    for import in module.imports.iter().filter(by_name) {
        origins.extend(resolve(source, id, &import.path, asked));
        if origins.is_empty() {
            origins.insert(Origin::Elsewhere);
        }
    }
    if origins.is_empty() {
        for glob in module.imports.iter().filter(|import| import.name.is_none()) {
            for origin in resolve(source, id, &glob.path, asked) {
                if let Origin::Module(of) = origin {
                    origins.extend(look_up(source, of, name, asked));
                }
            }
        }
    }
    if origins.is_empty() && module.macros.contains(name) {
        origins.insert(Origin::Item { module: id, name: name.to_owned(), is_type: true });
    }
    asked.remove(&(id, name.to_owned()));
    origins
}
