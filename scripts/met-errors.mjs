// Every refusal that an operation declares is met by a test:
// node scripts/met-errors.mjs <openapi.json> <lines "operation id" of the tests>.
import { readFileSync } from 'node:fs';

const [document, met] = process.argv.slice(2);
const seen = new Set(readFileSync(met, 'utf8').split('\n'));
const declared = Object.values(JSON.parse(readFileSync(document, 'utf8')).paths)
  .flatMap((path) => Object.values(path))
  .flatMap((operation) => (operation['x-errors'] ?? []).map((id) => `${operation.operationId} ${id}`));
// Within a moment that no test can hold open, or on a disk that is really full.
const beyond = new Set([
  'continueUpload upload.locked',
  'terminateUpload upload.locked',
  'getReady server.draining',
  'addMediaText media.no_space',
]);
const missing = declared.filter((line) => !seen.has(line) && !beyond.has(line));
for (const line of missing) console.log(`no test meets: ${line}`);
console.log(`${declared.length - missing.length} passed, ${missing.length} failed`);
process.exitCode = missing.length ? 1 : 0;
