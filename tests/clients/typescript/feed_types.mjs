// Reads the AsyncAPI document that the program serves with the official parser, and has a generator
// make types of it.
//
// Arguments: the URL of the document, and where to put the types.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { TypeScriptGenerator } from "@asyncapi/modelina";
import { fromURL, Parser } from "@asyncapi/parser";

const [url, place] = process.argv.slice(2);
const { document, diagnostics } = await fromURL(new Parser(), url).parse();
// 0 is an error, 1 a warning; the others tell what could be nicer.
const wrong = diagnostics.filter((one) => one.severity <= 1);
assert.deepEqual(wrong, []);
assert.ok(document.allMessages().length >= 17);
const generator = new TypeScriptGenerator({
  modelType: "interface",
  mapType: "record",
  enumType: "union",
  rawPropertyNames: true,
});
const options = { moduleSystem: "ESM", exportType: "named" };
const models = await generator.generateCompleteModels(document, options);
mkdirSync(place);
for (const { modelName, result } of models) {
  writeFileSync(`${place}/${modelName}.ts`, result);
}
console.log(models.map((one) => one.modelName).join(" "));
