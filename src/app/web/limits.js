// Writes src/lib/api/limits.ts: what the server's description says of lengths, numbers and choices, for the web to use as values.
// `npm run api` runs it beside the types; a test holds the file against the description.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const words = ['minLength', 'maxLength', 'minimum', 'maximum', 'maxItems', 'pattern'];
/** What nobody types: ids, pages and cursors, and numbers beyond those of a script. */
const idPattern = '^[1-9][0-9]{0,18}$';
const told = new Set(['page', 'after', 'version']);
const ours = (value) => value !== idPattern && !(value > Number.MAX_SAFE_INTEGER);

const plain = (schema) => schema?.oneOf?.find((one) => one.type !== 'null') ?? schema ?? {};
const filled = (object) => Object.keys(object).length > 0;

function limitsOf(schema) {
  const { items, ...own } = plain(schema);
  const found = Object.fromEntries(words.filter((word) => word in own && ours(own[word])).map((word) => [word, own[word]]));
  const each = items ? limitsOf(items) : {};
  return filled(each) ? { ...found, items: each } : found;
}

const choicesOf = (schema) => plain(schema).enum;

/** What `read` finds in the fields of each part, without the parts that have nothing. */
function collect(parts, read) {
  const found = {};
  for (const [name, fields] of Object.entries(parts)) {
    const here = Object.entries(fields)
      .filter(([field]) => !told.has(field))
      .map(([field, schema]) => [field, read(schema)])
      .filter(([, value]) => value && filled(value));
    if (here.length) found[name] = Object.fromEntries(here);
  }
  return found;
}

/** On one line: { maxLength: 500 }. */
function inline(value) {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object') return typeof value === 'string' ? `'${value.replace(/[\\']/g, '\\$&')}'` : String(value);
  return `{ ${Object.entries(value)
    .map(([name, one]) => `${name}: ${inline(one)}`)
    .join(', ')} }`;
}

function written(name, parts) {
  const lines = Object.entries(parts).flatMap(([part, fields]) => [
    `  ${part}: {`,
    ...Object.entries(fields).map(([field, value]) => `    ${field}: ${inline(value)},`),
    '  },',
  ]);
  return [`export const ${name} = {`, ...lines, '} as const;', ''].join('\n');
}

/** The text of the file. Limits of what is sent, by schema or operation; choices also of what is answered. */
export function limitsText(description) {
  const { schemas } = description.components;
  const operations = Object.values(description.paths)
    .flatMap((path) => Object.values(path))
    .filter((one) => one.operationId);
  const sent = new Set(operations.map(({ requestBody }) => requestBody?.content?.['application/json']?.schema.$ref?.split('/').pop()));
  const asked = Object.fromEntries(
    operations.map(({ operationId, parameters = [] }) => [
      operationId,
      Object.fromEntries(parameters.filter((one) => one.in === 'query').map(({ name, schema }) => [name, schema])),
    ]),
  );
  const fields = Object.fromEntries(Object.entries(schemas).map(([name, { properties = {} }]) => [name, properties]));
  const bodies = Object.fromEntries(Object.entries(fields).filter(([name]) => sent.has(name)));
  return [
    "// Lengths, numbers and choices of the server's own description. Made by `npm run api`, never by hand.\n",
    written('limits', collect({ ...bodies, ...asked }, limitsOf)),
    written('choices', collect({ ...fields, ...asked }, choicesOf)),
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const here = (file) => new URL(file, import.meta.url);
  const description = JSON.parse(await readFile(here('../../../docs/api/openapi.json'), 'utf8'));
  await writeFile(here('src/lib/api/limits.ts'), limitsText(description));
}
