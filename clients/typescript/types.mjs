// Writes src/control.ts: atthene-emulator openapi --control | node types.mjs > src/control.ts
//
// Of the document of the control plane it takes the schemas that the package speaks of, and those that they are made of.
// Conditions that no type can say (what goes with what) are left out: the emulator tells them.
import { text } from "node:stream/consumers";
import openapiTS, { astToString } from "openapi-typescript";

const NAMES = [
  "Clock", "Contract", "Execution", "Fault", "Gate", "HistoryMessage", "JournalEntry", "JournalWaitMatch", "NewFault", "NewScript",
  "NewScriptWhen", "ResetScope", "Scenario", "Script", "Seed", "SessionSummary", "Snapshot", "Step",
];
const CONDITIONS = ["allOf", "anyOf", "oneOf"];
const BRANCHES = ["if", "then", "else", "not"];
const PREFIX = "#/components/schemas/";

const isObject = (value) => typeof value === "object" && value !== null;
const isType = (schema) => ["type", "$ref", "const", "enum", "items"].some((key) => key in schema);

/** A schema without conditions. */
function simple(schema) {
  if (Array.isArray(schema)) return schema.map(simple);
  if (!isObject(schema)) return schema;
  if (schema.then?.$ref && schema.else?.items) { // one, or a list
    return { description: schema.description, anyOf: [schema.then, { type: "array", items: schema.else.items }] };
  }
  const kept = Object.entries(schema).filter(
    ([key, value]) => !(CONDITIONS.includes(key) && !value.every(isType)) && !(BRANCHES.includes(key) && isObject(value)),
  );
  const open = schema.type === "object" && schema.properties && !("additionalProperties" in schema);
  return { ...Object.fromEntries(kept.map(([key, value]) => [key, key === "properties" ? named(value) : simple(value)])), ...(open && { additionalProperties: true }) };
}

/** Schemas by names, which may be words of schemas. */
function named(schemas) {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, simple(schema)]));
}

/** These schemas, and those that they refer to. */
function closed(names, schemas, found = {}) {
  for (const name of names.filter((one) => !(one in found))) {
    if (!(name in schemas)) throw new Error(`The document has no schema ${name}`);
    found[name] = simple(schemas[name]);
    const refers = [...JSON.stringify(found[name]).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref.slice(PREFIX.length));
    closed(refers, schemas, found);
  }
  return found;
}

const { openapi, info, components } = JSON.parse(await text(process.stdin));
const schemas = closed(NAMES, components.schemas);
const inOrder = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
const ast = await openapiTS({ openapi, info, paths: {}, components: { schemas: inOrder } }, { rootTypes: true, rootTypesNoSchemaPrefix: true });
process.stdout.write(`// Written by \`npm run types\` of the document of the control plane.\n\n${astToString(ast)}`);
