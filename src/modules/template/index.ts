export { TemplateStore } from './template-store.js';
export type { TemplateVersion } from './template-store.js';
export {
  checkTemplate,
  COMMON_VARIABLES,
  formatInstant,
  renderTemplate,
  variablesOf,
} from './rendering/index.js';
export type { Rendered, TemplateCheck, TemplateProblem, TemplateValues, TemplateVariables } from './rendering/index.js';
export { TemplateModule } from './template.module.js';
