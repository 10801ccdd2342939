import { ApiHeader } from '@nestjs/swagger';
import type { ApiHeaderOptions } from '@nestjs/swagger';

/** Lets a parameter decorator declare the header it reads, so that no route can read one the document does not show. */
export function declaredHeader(options: ApiHeaderOptions): ParameterDecorator {
  return (target, key) => {
    const descriptor = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    if (key !== undefined && descriptor !== undefined) ApiHeader(options)(target, key, descriptor);
  };
}
