import { RequestMethod } from '@nestjs/common';
import type { INestApplicationContext } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { ACCESS } from '../../src/api/access/access.guard.js';

/** A route as its controller declares it. */
export type Route = {
  /** `Controller.method`. */
  readonly name: string;
  readonly method: string;
  /** With `:name` for parameters. */
  readonly path: string;
  /** A permission, `open`, or undefined where nothing is declared. */
  readonly access: unknown;
};

type Controller = { readonly name: string; readonly prototype: object };

/** Every route of every controller of an application; one in preview mode is enough. */
export function routesOf(app: INestApplicationContext): Route[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => (typeof metatype === 'function' ? ofController(metatype) : []));
}

function ofController(controller: Controller): Route[] {
  const prefix: unknown = Reflect.getMetadata(PATH_METADATA, controller);
  return Object.getOwnPropertyNames(controller.prototype).flatMap((method) => {
    const handler: unknown = Object.getOwnPropertyDescriptor(controller.prototype, method)?.value;
    if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) return [];
    if (!Reflect.hasMetadata(PATH_METADATA, handler)) return [];
    const access: unknown = Reflect.getMetadata(ACCESS, handler) ?? Reflect.getMetadata(ACCESS, controller);
    const verb = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod;
    return {
      name: `${controller.name}.${method}`,
      method: RequestMethod[verb],
      path: joined(prefix, Reflect.getMetadata(PATH_METADATA, handler)),
      access,
    };
  });
}

function joined(...parts: readonly unknown[]): string {
  const segments = parts.flatMap((part) => (typeof part === 'string' ? part.split('/') : []));
  return `/${segments.filter((segment) => segment !== '').join('/')}`;
}
