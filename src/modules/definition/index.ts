export { checkDefinition, definitionJsonSchema, KNOWN_CHANNELS } from './language/index.js';
export type { DefinitionCheck, Environment, Problem } from './language/index.js';
export { PlanStore } from './plan-store.js';
export { NoRoute, route } from './routing.js';
export type { RoutingContext, RoutingRule } from './routing.js';
export { DefinitionModule } from './definition.module.js';
