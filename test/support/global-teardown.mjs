/** Stops what the global setup started; the project that finds nothing to stop was not the one that started it. */
export default async function teardown() {
  const stop = globalThis.__atendeTestServers;
  globalThis.__atendeTestServers = undefined;
  await stop?.();
}
