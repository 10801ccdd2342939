import { Environment } from '@marcbachmann/cel-js';
import { BoundedCache } from './bounded-cache.js';
import { registerMethods } from './functions.js';
import type { DataTypes, Field, ScalarKind, ScopeName, Shape } from './scope.js';
import { MAX_LIST, MAX_TEXT, scopeShape } from './scope.js';

/** Structural limits, checked while parsing. */
const LIMITS = { maxAstNodes: 250, maxDepth: 24, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 4 };

/** The typed names of one scope: what the checker knows, and how a context is turned into CEL values. */
export type TypedScope = {
  readonly shape: Shape;
  readonly environment: Environment;
  /** CEL value of one name from its JSON value; undefined when it is absent. */
  readonly convert: (name: string, value: unknown) => unknown;
};

type Converter = (value: unknown) => unknown;

const CEL_TYPES: Readonly<Record<ScalarKind, string>> = {
  string: 'string',
  text: 'string',
  bool: 'bool',
  int: 'int',
  double: 'double',
  timestamp: 'google.protobuf.Timestamp',
};

const asIs: Converter = (value) => value;

const CONVERTERS: Readonly<Record<ScalarKind, Converter>> = {
  string: asIs,
  text: (value) => (typeof value === 'string' ? value.slice(0, MAX_TEXT) : value),
  bool: asIs,
  int: (value) => (typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value),
  double: asIs,
  timestamp: (value) => (typeof value === 'number' && Number.isFinite(value) ? new Date(value) : value),
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (name: string, element: Converter): Converter => {
  return (value) => {
    if (!Array.isArray(value)) return value;
    if (value.length > MAX_LIST) throw new Error(`${name} has ${value.length} elements, more than ${MAX_LIST}`);
    return value.map(element);
  };
};

/**
 * Registers the record type `name` and answers how to build a value of it; what is null or undefined is absent. Facts do not
 * change, so the same object is not converted again.
 */
function registerRecord(environment: Environment, name: string, shape: Shape): Converter {
  const record = class {
    [field: string]: unknown;
  };
  const fields = Object.entries(shape).map(([field, type]) => {
    return { field, ...registerField(environment, `${name}.${field}`, type) };
  });
  const types = Object.fromEntries(fields.map(({ field, type }) => [field, type]));
  environment.registerType(name, { ctor: record, fields: types });
  // The last one only: a weak map of all costs more in garbage collection than converting again.
  let last: { readonly given: object; readonly made: object } | null = null;
  return (value) => {
    const given = isRecord(value) ? value : {};
    if (last?.given === given) return last.made;
    const made = new record();
    for (const { field, convert } of fields) {
      const raw = Object.hasOwn(given, field) ? given[field] : undefined;
      if (raw !== undefined && raw !== null) made[field] = convert(raw);
    }
    last = { given, made };
    return made;
  };
}

/** JSON of others, bounded like everything expressions look at: a list longer than `MAX_LIST` is cut, so is a text. */
const foreign: Converter = (value) => {
  if (typeof value === 'string') return value.slice(0, MAX_TEXT);
  if (Array.isArray(value)) return value.slice(0, MAX_LIST).map(foreign);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, foreign(inner)]));
};

function registerField(environment: Environment, name: string, field: Field): { type: string; convert: Converter } {
  if (field === 'json') return { type: 'dyn', convert: foreign };
  if (field === 'strings') return { type: 'list<string>', convert: listOf(name, asIs) };
  if (typeof field === 'string') return { type: CEL_TYPES[field], convert: CONVERTERS[field] };
  if ('record' in field) return { type: name, convert: registerRecord(environment, name, field.record) };
  return { type: `list<${name}>`, convert: listOf(name, registerRecord(environment, name, field.list)) };
}

function build(scope: ScopeName, data: DataTypes): TypedScope {
  const shape = scopeShape(scope, data);
  const environment = new Environment({ limits: LIMITS });
  registerMethods(environment);
  const converters = new Map<string, Converter>();
  for (const [name, field] of Object.entries(shape)) {
    const { type, convert } = registerField(environment, name, field);
    environment.registerVariable(name, type);
    converters.set(name, convert);
  }
  return { shape, environment, convert: (name, value) => converters.get(name)?.(value) };
}

const scopes = new BoundedCache<TypedScope>(100);

const keys = new WeakMap<DataTypes, string>();

/** A key that is equal for equal declared data; remembered per object, for it is asked on every evaluation. */
export function dataKey(data: DataTypes): string {
  const known = keys.get(data);
  if (known !== undefined) return known;
  const fields = Object.entries(data).map(([name, type]) => {
    return [name, typeof type === 'string' ? type : Object.entries(type).sort()] as const;
  });
  const key = JSON.stringify(fields.sort(([left], [right]) => (left < right ? -1 : 1)));
  keys.set(data, key);
  return key;
}

/** The typed names of `scope` with the declared `data`. */
export function typedScope(scope: ScopeName, data: DataTypes): TypedScope {
  return scopes.get(`${scope} ${dataKey(data)}`, () => build(scope, data));
}
