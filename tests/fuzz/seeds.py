"""Writes what Entra is known to send, a file each, into the corpus of each fuzz target."""

import hashlib
import json
import pathlib

HERE = pathlib.Path(__file__).parent
ENTRA = HERE.parent.parent / "proto" / "scim" / "entra"


def cases(name):
    return json.loads((ENTRA / f"{name}.json").read_text())


def plant(target, texts):
    corpus = HERE / "corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    for text in texts:
        (corpus / hashlib.sha1(text.encode()).hexdigest()).write_text(text)


patches = [
    {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": case["operations"]}
    for name in ("user_patches", "group_patches")
    for case in cases(name)
]
operations = [operation for patch in patches for operation in patch["Operations"]]
paths = [operation["path"] for operation in operations if isinstance(operation.get("path"), str)]
filters = [case["filter"] for case in cases("filters") if "filter" in case]
bodies = [case["body"] for name in ("users", "groups") for case in cases(name) if "body" in case]
searches = [{"filter": text, "attributes": ["userName"], "startIndex": 1} for text in filters]
bulks = [
    {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "failOnErrors": 3,
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "a", "data": bodies[0]},
            {"method": "POST", "path": "/Groups", "bulkId": "b",
             "data": {"displayName": "Sales", "members": [{"value": "bulkId:a"}, {"value": "bulkId:b"}]}},
            {"method": "PATCH", "path": "/Groups/bulkId:b", "data": patch},
            {"method": "DELETE", "path": "/Users/7", "version": "W/\"1\""},
        ],
    }
    for patch in patches[:20]
]
lists = [case[key] for case in cases("selections") for key in ("attributes", "excludedAttributes") if key in case]

plant("filter", filters)
plant("path", paths + lists)
plant("patch", map(json.dumps, patches))
plant("bulk", map(json.dumps, bulks))
plant("bodies", map(json.dumps, bodies + searches))
