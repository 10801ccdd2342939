import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../../modules/identity/index.js';
import { Problem } from '../problems/problem.js';

const PRINCIPAL = Symbol('principal');
type Carrier = FastifyRequest & { [PRINCIPAL]?: Principal };

/** Who sent the request, once its key has been checked; null before that. */
export function principalOf(request: FastifyRequest): Principal | null {
  return (request as Carrier)[PRINCIPAL] ?? null;
}

export function setPrincipal(request: FastifyRequest, principal: Principal): void {
  (request as Carrier)[PRINCIPAL] = principal;
}

/** The caller, as a controller's argument. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const principal = principalOf(context.switchToHttp().getRequest<FastifyRequest>());
  if (principal === null) throw new Problem('unauthenticated');
  return principal;
});
