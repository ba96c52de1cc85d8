// The limits and choices that the web has as values, held against the server's description.
import { expect, test } from 'vitest';
import description from '../../../../docs/api/openapi.json';
import { limitsText } from '../limits.js';
import { choices, limits } from '../src/lib/api/limits';
import written from '../src/lib/api/limits.ts?raw';
import { reactionTypes, reasons } from '../src/lib/words';

test('the file is what the description says; `npm run api` writes it', () => {
  expect(written).toBe(limitsText(description));
});

test('a limit is found where the description has it', () => {
  expect(limits.CreateComment.content.maxLength).toBe(description.components.schemas.CreateComment.properties.content.maxLength);
  expect(limits.listReports.priority).toEqual({ minimum: 1, maximum: 4 });
  expect(choices.listMovies.sortOrder).toEqual(['asc', 'desc']);
});

test('what many say is quoted, what no script can hold is left out', () => {
  const parameters = [
    { name: 'size', in: 'query', schema: { minimum: 0, maximum: 2 ** 60 } },
    { name: 'word', in: 'query', schema: { pattern: "^\\w'$", oneOf: undefined } },
    { name: 'kind', in: 'query', schema: { oneOf: [{ type: 'null' }, { enum: ['A'] }] } },
    { name: 'id', in: 'path', schema: { maxLength: 19 } },
  ];
  const text = limitsText({ components: { schemas: {} }, paths: { '/': { get: { operationId: 'find', parameters } } } });
  expect(text).toContain("  find: {\n    size: { minimum: 0 },\n    word: { pattern: '^\\\\w\\'$' },\n  },");
  expect(text).toContain("  find: {\n    kind: ['A'],\n  },");
});

test('every choice is offered once', () => {
  expect([...reactionTypes].sort()).toEqual([...choices.SetReaction.type].sort());
  expect(reasons.map(({ type }) => type).sort()).toEqual([...choices.CreateReport.reportType].sort());
});
