/** What a JSON Schema says, for those who show it. One step at a time: what lies below is read when it is asked for, so cycles cost nothing. */

/** The part of a document that `#/a/b` names. */
export function at(document, pointer) {
  const steps = pointer.replace(/^#\//, "").split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.reduce((part, step) => part?.[step], document);
}

/** A part of a document, or what it refers to. */
export const followed = (document, part) => (part.$ref ? at(document, part.$ref) : part);

/** A schema with its references followed and what holds together put together; `names` are the components that it is made of. */
export function whole(document, schema, names = []) {
  if (schema === true || schema === undefined) return { names };
  const { $ref, allOf = [], ...own } = schema;
  const isNew = $ref !== undefined && !names.includes($ref);
  const base = isNew ? whole(document, at(document, $ref), [...names, $ref]) : { names };
  const parts = allOf.filter((part) => !part.if).reduce((sum, part) => joined(sum, whole(document, part, sum.names)), base);
  return joined(parts, { ...own, cases: casesOf(schema) });
}

function joined(one, other) {
  const properties = { ...one.properties };
  for (const [name, value] of Object.entries(other.properties ?? {})) {
    const before = properties[name];
    properties[name] = before && typeof before === "object" && typeof value === "object" ? { ...before, ...value } : value;
  }
  return {
    ...one,
    ...other,
    names: other.names ?? one.names,
    ...(one.properties || other.properties ? { properties } : {}),
    required: [...new Set([...(one.required ?? []), ...(other.required ?? [])])],
    cases: [...(one.cases ?? []), ...(other.cases ?? [])],
  };
}

/** What a schema says besides under a condition: `[{when, schema}]`, `when` in words. */
function casesOf({ if: condition, then, else: otherwise, allOf = [] }) {
  const own = condition === undefined ? [] : [{ when: `If ${said(condition)}`, schema: then }, { when: `Unless ${said(condition)}`, schema: otherwise }];
  const parts = allOf.flatMap((part) => (part.if ? casesOf(part) : []));
  return [...own, ...parts].filter(({ schema }) => schema && Object.keys(schema.properties ?? {}).length > 0);
}

/** A condition in words, as far as it asks for the value of a key, or for keys. */
function said({ properties = {}, required = [], anyOf = [] }) {
  const values = Object.entries(properties).filter(([, value]) => value.const !== undefined).map(([name, value]) => `${name} is ${JSON.stringify(value.const)}`);
  const keys = values.length ? [] : required;
  const words = [...values, ...keys.map((name) => `there is ${name}`), ...(anyOf.length ? [[...new Set(anyOf.map(said))].join(" or ")] : [])];
  return words.join(" and ");
}

const DEEP = 3; // lists and choices inside one another that a name still tells

/** What a value is called that a schema describes, such as “list of texts or null”. */
export function typeOf(document, schema, depth = 0) {
  const it = whole(document, schema);
  const types = [it.type ?? []].flat();
  const own = it.const !== undefined ? JSON.stringify(it.const) : null;
  const options = optionsOf(it);
  if (own !== null) return own;
  if (depth > DEEP) return "…";
  if (options.length > 0) return [...new Set(options.map((one) => typeOf(document, one, depth + 1)))].join(" or ");
  if (types.length === 0) return it.properties ? "object" : it.enum ? "one of" : "anything";
  return types.map((type) => (type === "array" && it.items ? `list of ${typeOf(document, it.items, depth + 1)}` : type)).join(" or ");
}

const optionsOf = (it) => [...(it.oneOf ?? []), ...(it.anyOf ?? [])].filter((one) => one.$ref || one.type || one.properties || one.items || one.const !== undefined || one.enum);

/** What else holds for a value, each in words, with code between backticks. */
export function facts({ default: unsaid, minimum, maximum, minLength, maxLength, minItems, maxItems, pattern, format, not, deprecated, ...it }) {
  return [
    deprecated && "deprecated",
    it["x-instead"] && `instead: ${it["x-instead"]}`,
    it["x-remedy"],
    unsaid !== undefined && `default \`${JSON.stringify(unsaid)}\``,
    minimum !== undefined && `at least ${minimum}`,
    maximum !== undefined && `at most ${maximum}`,
    minLength > 1 && `at least ${minLength} characters`,
    minLength === 1 && "not empty",
    maxLength !== undefined && `at most ${maxLength} characters`,
    minItems !== undefined && `at least ${minItems} in the list`,
    maxItems !== undefined && `at most ${maxItems} in the list`,
    format,
    pattern !== undefined && `like \`${pattern}\``,
    not?.const !== undefined && typeof not.const === "boolean" && `always ${!not.const}`,
  ].filter(Boolean);
}

/** What lies below a schema: `[{label, fields: [{name, isRequired, schema}], schema}]`; a label says for which values that holds.
 *
 * `names` are components that are not entered again. */
export function below(document, schema, label = "", names = []) {
  const it = whole(document, schema, names);
  const groups = [];
  const fields = fieldsOf(it);
  if (fields.length > 0) groups.push({ label, fields, schema: it });
  if (it.items) groups.push(...below(document, it.items, label ? `${label}, each in the list` : "Each in the list", it.names));
  if (it.additionalProperties && typeof it.additionalProperties === "object") {
    groups.push(...below(document, it.additionalProperties, label ? `${label}, each value` : "Each value", it.names));
  }
  const options = optionsOf(it);
  for (const [n, option] of options.entries()) groups.push(...optionBelow(document, option, `Either: ${n + 1} of ${options.length}`, it.names));
  for (const { when, schema: more } of it.cases ?? []) groups.push({ label: when, fields: fieldsOf(whole(document, more)), schema: more });
  return groups;
}

function optionBelow(document, option, label, names) {
  const { description } = whole(document, option, names);
  return below(document, option, description ? `${label}. ${description}` : label, names);
}

const fieldsOf = ({ properties = {}, required = [] }) =>
  Object.entries(properties)
    .filter(([, schema]) => schema !== false)
    .map(([name, schema]) => ({ name, isRequired: required.includes(name), schema }));
