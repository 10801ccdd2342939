import type { FactoryProvider, InjectionToken } from '@nestjs/common';

type Constructor<T, A extends readonly unknown[]> = abstract new (...args: A) => T;

/**
 * A provider for a class that knows nothing of the container: built from the given tokens, in the order of its
 * constructor. Module services stay plain classes that a test, the CLI and an activity can build alike.
 */
export function provide<T>(token: new (...args: never[]) => T, inject: readonly InjectionToken[]): FactoryProvider<T> {
  return {
    provide: token as Constructor<T, never[]>,
    useFactory: (...dependencies: unknown[]) => new token(...(dependencies as never[])),
    inject: [...inject],
  };
}
