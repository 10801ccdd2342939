export { checkTemplate } from './check-template.js';
export type { TemplateCheck, TemplateVariable } from './check-template.js';
export { formatInstant } from './format-instant.js';
export type { TemplateProblem, TemplateProblemCode } from './problem.js';
export { renderTemplate } from './render-template.js';
export type { RenderCode, Rendered, RenderLimits, TemplateValues } from './render-template.js';
export { COMMON_VARIABLES, variablesOf } from './variables.js';
export type { TemplateVariables } from './variables.js';
