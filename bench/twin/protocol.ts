/** What the benchmark and the twin's process say to each other. */

export type TwinServers = { readonly databaseUrl: string; readonly temporalAddress: string };
export type TwinRequest =
  | { readonly do: 'run'; readonly seconds: number; readonly inFlight: number; readonly seed: number }
  | { readonly do: 'stop' };
export type TwinAnswer = { readonly inTime: number; readonly all: number } | { readonly error: string };
