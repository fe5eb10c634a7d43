//! The catalogue of events: one page without script, made of the listing, the schemas and the specimens.

use std::fmt::Write as _;

use events::Digest;
use feed::{Entity, Fact, PUBLISHED, Published};
use serde_json::Value;

use super::fields::{Field, fields};
use super::place::PATH;
use super::served::Served;

const STYLE: &str = include_str!("catalogue.css");
const HEAD: &str = include_str!("catalogue_head.html");

/// The page, and what a browser may do with it.
pub(crate) struct Page {
    pub(crate) html: Served,
    /// The value of `Content-Security-Policy`: its own style, and nothing else.
    pub(crate) policy: String,
}

/// The page as it is served.
pub(crate) fn page() -> Page {
    let digest = base64(&Digest::of(STYLE.as_bytes()).0);
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    Page { html: Served::new("text/html; charset=utf-8", html()), policy }
}

/// The event of a specimen, as it comes over HTTP.
pub(crate) fn cloud_event(published: &Published) -> Value {
    let specimen: Value = specimen(published);
    let header_of = |name: &str| specimen["headers"][name].as_str();
    let body = specimen["body"].to_string();
    let event = feed::cloud_event(header_of, body.as_bytes()).expect("a specimen is an event");
    Value::Object(event)
}

fn specimen(published: &Published) -> Value {
    serde_json::from_str(published.specimen).expect("a specimen is JSON")
}

fn html() -> String {
    let mut page = HEAD.replace("{{style}}", STYLE).replace("{{contract}}", PATH);
    page.push_str("<nav aria-label=\"Events\">\n");
    for entity in Entity::ALL {
        let name = entity.as_str();
        write(&mut page, format_args!("<div><h2><a href=\"#{name}\">{name}</a></h2><ul>\n"));
        for fact in of(entity) {
            let token = fact.token();
            write(&mut page, format_args!("<li><a href=\"#{fact}\">{token}</a></li>\n"));
        }
        page.push_str("</ul></div>\n");
    }
    page.push_str("</nav>\n");
    for entity in Entity::ALL {
        let (name, meaning) = (entity.as_str(), prose(entity.meaning()));
        write(&mut page, format_args!("<section><h2 id=\"{name}\">{name}</h2><p>{meaning}</p>\n"));
        let mut shown: Vec<(Fact, Vec<Field>)> = Vec::new();
        for fact in of(entity) {
            let published = latest(fact);
            let schema: Value = serde_json::from_str(published.schema).expect("a schema is JSON");
            let fields = fields(&schema);
            let same = shown.iter().find(|(_, known)| *known == fields).map(|(known, _)| *known);
            event(&mut page, fact, published, same.ok_or(&fields[..]));
            shown.push((fact, fields));
        }
        page.push_str("</section>\n");
    }
    page.push_str("</main></body></html>\n");
    page
}

fn of(entity: Entity) -> impl Iterator<Item = Fact> {
    Fact::ALL.into_iter().filter(move |fact| fact.entity() == entity)
}

fn latest(fact: Fact) -> &'static Published {
    let name = format!("{fact}.{}", fact.version());
    let found = PUBLISHED.iter().find(|one| one.name == name);
    found.expect("every version of a fact is published")
}

/// One event: its sentence, what else to know, its fields or where the same are, and an example.
fn event(page: &mut String, fact: Fact, published: &Published, fields: Result<Fact, &[Field]>) {
    let (version, entity, token) = (fact.version(), fact.entity().as_str(), fact.token());
    let (meaning, note) = (prose(fact.meaning()), prose(fact.note()));
    let name = published.name;
    write(
        page,
        format_args!(
            "<article><h3 id=\"{fact}\"><a href=\"#{fact}\">{fact}</a></h3>\n\
             <p class=\"meaning\">{meaning}</p>\n<p>{note}</p>\n\
             <dl class=\"facts\"><div><dt>Type</dt><dd><code>rollcall.{fact}</code></dd></div>\
             <div><dt>On NATS</dt><dd><code>feed.<wbr>{{tenant}}.<wbr>{entity}.<wbr>{{id}}.<wbr>{token}</code></dd></div>\
             <div><dt>Version</dt><dd>{version}</dd></div>\
             <div><dt>Schema</dt><dd><a href=\"{PATH}/schemas/{name}.json\">{name}.json</a></dd></div></dl>\n"
        ),
    );
    match fields {
        Ok(same) => {
            write(
                page,
                format_args!(
                    "<p class=\"same\">Fields: those of <a href=\"#{same}\">{same}</a>.</p>\n"
                ),
            );
        }
        Err(fields) => {
            page.push_str(
                "<details open><summary>Fields of the body</summary><dl class=\"fields\">\n",
            );
            for Field { path, kind, optional, meaning } in fields {
                let depth = path.matches('.').count().min(3);
                let path = escaped(path).replace('.', ".<wbr>");
                let (kind, meaning) = (prose(kind), prose(meaning));
                let optional = if *optional { " <em>may be absent</em>" } else { "" };
                write(
                    page,
                    format_args!(
                        "<div class=\"d{depth}\"><dt><code>{path}</code> <span>{kind}</span>{optional}</dt><dd>{meaning}</dd></div>\n"
                    ),
                );
            }
            page.push_str("</dl></details>\n");
        }
    }
    let example = escaped(&example(published));
    write(
        page,
        format_args!(
            "<details><summary>An example, as it comes over HTTP</summary><pre tabindex=\"0\">{example}</pre></details></article>\n"
        ),
    );
}

/// The example with its attributes in the order in which they are explained, and the body last.
fn example(published: &Published) -> String {
    let Value::Object(mut event) = cloud_event(published) else { return String::new() };
    let data = event.remove("data").unwrap_or_default();
    let mut lines = vec![];
    for name in feed::header::ATTRIBUTES {
        let name = name.strip_prefix("ce-").unwrap_or(name);
        if let Some(value) = event.remove(name) {
            lines.push(format!("  {}: {value}", Value::from(name)));
        }
    }
    for (name, value) in &event {
        lines.push(format!("  {}: {value}", Value::from(name.as_str())));
    }
    // The body as the specimen has it: its order is that of the types.
    let data = ordered(published, &data);
    lines.push(format!("  \"data\": {}", data.replace('\n', "\n  ")));
    format!("{{\n{}\n}}", lines.join(",\n"))
}

/// The text of the body in the specimen, with its own indentation taken away.
fn ordered(published: &Published, body: &Value) -> String {
    let whole = || serde_json::to_string_pretty(body).expect("a value is JSON");
    let Some((_, after)) = published.specimen.split_once("\"body\": ") else { return whole() };
    let Some(text) = after.trim_end().strip_suffix('}') else { return whole() };
    text.trim_end().replace("\n  ", "\n")
}

/// Text with code between backticks.
fn prose(text: &str) -> String {
    let mut html = String::new();
    for (number, piece) in text.split('`').enumerate() {
        let piece = escaped(piece).replace("\n\n", "<br>");
        if number % 2 == 1 {
            write(&mut html, format_args!("<code>{piece}</code>"));
        } else {
            html.push_str(&piece);
        }
    }
    html
}

fn escaped(text: &str) -> String {
    let signs = [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;")];
    let mut escaped = text.to_owned();
    for (sign, name) in signs {
        escaped = escaped.replace(sign, name);
    }
    escaped
}

fn write(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("a text takes all");
}

/// Standard base64, as a browser wants digests.
fn base64(bytes: &[u8]) -> String {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_is_on_the_page_with_its_sentence_its_note_its_fields_and_an_example() {
        let page = html();
        for fact in Fact::ALL {
            let id = format!("<h3 id=\"{fact}\">");
            assert_eq!(page.matches(&id).count(), 1, "{fact}");
            for text in [prose(fact.meaning()), prose(fact.note())] {
                assert!(page.contains(&text), "{fact}: {text}");
            }
        }
        assert_eq!(page.matches("An example").count(), Fact::ALL.len());
        for published in PUBLISHED {
            let shown: Value = serde_json::from_str(&example(published)).unwrap();
            assert_eq!(shown, cloud_event(published), "{}", published.name);
        }
    }

    #[test]
    fn the_page_has_no_script_and_its_style_is_the_one_that_the_policy_allows() {
        let page = html();
        for odd in ["<script", " style=", "javascript:", "onclick", "http://", "src="] {
            assert!(!page.contains(odd), "{odd}");
        }
        let (_, after) = page.split_once("<style>").unwrap();
        let (style, _) = after.split_once("</style>").unwrap();
        let digest = base64(&Digest::of(style.as_bytes()).0);
        assert!(super::page().policy.contains(&format!("'sha256-{digest}'")));
    }

    #[test]
    fn every_link_within_the_page_leads_somewhere() {
        let page = html();
        for link in page.split("href=\"#").skip(1) {
            let (id, _) = link.split_once('"').unwrap();
            assert!(page.contains(&format!("id=\"{id}\"")), "#{id}");
        }
    }

    #[test]
    fn what_texts_say_is_never_markup() {
        assert_eq!(prose("a <b> & `x<y`"), "a &lt;b&gt; &amp; <code>x&lt;y</code>");
    }
}
