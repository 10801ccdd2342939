import { Validator } from '@seriousme/openapi-schema-validator';
import { committedDescription } from '../../src/openapi.js';
import { readProject } from '../support/project.js';

type Operation = {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly description?: string }>>;
};
type Document = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

describe('openapi.json', () => {
  let text: string;
  let document: Document;
  let operations: readonly (readonly [name: string, operation: Operation])[];

  beforeAll(async () => {
    text = await committedDescription();
    document = JSON.parse(text) as Document;
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => [`${method} ${path}`, operation] as const),
    );
  }, 30_000);

  /** The operations that do not hold, so that a failure names them. */
  const not = (holds: (operation: Operation, name: string) => boolean): string[] =>
    operations.filter(([name, operation]) => !holds(operation, name)).map(([name]) => name);

  it('is what the controllers say: run npm run openapi and commit the file', () => {
    const committed = readProject('openapi.json');
    const { paths, ...rest } = JSON.parse(committed) as Document;
    const names = [...new Set([...Object.keys(paths), ...Object.keys(document.paths)])];
    // Named first: the difference of two whole documents is longer than anybody reads.
    expect(names.filter((name) => JSON.stringify(paths[name]) !== JSON.stringify(document.paths[name]))).toEqual([]);
    expect(rest).toEqual({ ...document, paths: undefined });
    expect(committed === text).toBe(true);
  });

  it('is valid OpenAPI 3.1, and every reference in it leads somewhere', async () => {
    expect(document.openapi).toBe('3.1.0');
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    const refs = [...text.matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, ref]) => ref as string);
    const lookUp = (ref: string): unknown =>
      ref.split('/').reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], document);
    expect(refs.filter((ref) => lookUp(ref) === undefined)).toEqual([]);
  });

  it('names every operation once, in words of a client', () => {
    const ids = operations.map(([, operation]) => operation.operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(not(({ operationId }) => /^[a-z][A-Za-z]+$/.test(operationId ?? ''))).toEqual([]);
    expect(not(({ summary }) => (summary ?? '').length > 5)).toEqual([]);
    expect(not(({ tags }) => tags?.length === 1)).toEqual([]);
  });

  it('shows the refusals of every operation as problem documents', () => {
    expect(not(({ responses }) => responses['default']?.$ref === '#/components/responses/Problem')).toEqual([]);
    expect(not(({ responses }) => Object.keys(responses).some((status) => status.startsWith('2')))).toEqual([]);
    expect(not(({ responses, security }) => (security === undefined) === (responses['401'] === undefined))).toEqual([]);
  });

  it('asks for an Idempotency-Key wherever a POST under /v1 acts', () => {
    // They read, and may be sent with a body too long for a query.
    const READING = ['/replies/check', '/replay', '/validate', '/preview', '/simulate', '/diff', '/graph'];
    const lacks = not(
      ({ parameters = [] }, name) =>
        !name.startsWith('post /v1/') ||
        READING.some((ending) => name.endsWith(ending) && !name.endsWith('/v1/quarantine/{id}/replay')) ||
        parameters.some((parameter) => parameter.name === 'Idempotency-Key'),
    );
    expect(lacks).toEqual([]);
  });

  it('asks for If-Match wherever something is edited', () => {
    const edits = operations.filter(([name]) => name.startsWith('patch '));
    expect(edits.length).toBeGreaterThan(0);
    expect(
      not(
        ({ parameters = [] }, name) =>
          !name.startsWith('patch ') || parameters.some(({ name: header }) => header === 'If-Match'),
      ),
    ).toEqual([]);
  });

  it('does not show the demo, the pages or itself', () => {
    expect(Object.keys(document.paths).filter((path) => /^\/(demo|docs|openapi)/.test(path))).toEqual([]);
  });
});
