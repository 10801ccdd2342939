import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';
import type { CanActivate, CustomDecorator, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { reachOf } from '../../domain/identity/permissions.js';
import type { Permission } from '../../domain/identity/permissions.js';
import { Authenticator } from '../../modules/identity/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { Problem } from '../problems/problem.js';
import { Limits, logInOf } from './limits.js';
import { setPrincipal } from './principal.js';

/** Where a route's permission is noted. */
export const ACCESS = 'atende:access';

/** The permission a route needs; every route declares one, or that it is open to anybody. */
export const May = (permission: Permission): ClassDecorator & MethodDecorator =>
  applyDecorators(SetMetadata(ACCESS, permission), ApiBearerAuth(), ApiExtension('x-permission', permission));

/** A route without an API key: health, documents, channels that sign their requests. */
export const OpenToAll = (): CustomDecorator => SetMetadata(ACCESS, 'open');

/** Not counted as requests of a key: what watches the process must see it when it is busiest. */
const UNCOUNTED: readonly (Permission | undefined)[] = ['metrics.read'];

/** Checks key, limits and permission of every request, deny by default. A route that declares nothing is closed to all. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly limits: Limits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const needed = this.reflector.getAllAndOverride<Permission | 'open' | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (needed === 'open') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.#logIn(request);
    if (!UNCOUNTED.includes(needed)) await this.limits.request(principal.keyId);
    setPrincipal(request, principal);
    if (needed === undefined || reachOf(principal.role, needed) === null) {
      throw new Problem('forbidden', { detail: `The role ${principal.role} may not do this.` });
    }
    return true;
  }

  async #logIn(request: FastifyRequest): Promise<Principal> {
    const key = bearer(request);
    const logIn = logInOf(request.ip, key);
    this.limits.mayLogIn(logIn);
    const principal = await this.authenticator.authenticate(key);
    if (principal !== null) {
      this.limits.loggedIn(logIn);
      return principal;
    }
    await this.limits.failedLogIn(logIn);
    throw new Problem('unauthenticated', {
      detail: 'Send Authorization: Bearer <key> with a key that is valid now.',
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
}

/** The key of a request as sent, unchecked; null when there is none. */
export function bearer(request: FastifyRequest): string | null {
  const header = request.headers.authorization;
  const match = header === undefined ? null : /^Bearer ([\x21-\x7e]{1,256})$/i.exec(header);
  return match?.[1] ?? null;
}
