import type { Environment } from '../environment.js';
import type { Path } from '../source.js';
import { sendsOf, stepsOf, templatesOf } from '../walk.js';
import type { Report } from './report.js';
import { anyOf } from './report.js';

type Template = Environment['templates'][number];
type TemplateUse = { readonly path: Path; readonly template: Template; readonly given: readonly string[] };

/** Every place that renders a template the tenant has, with the variables it gives. */
function templateUses(report: Report): readonly TemplateUse[] {
  const known = new Map(report.environment.templates.map((template) => [template.key, template]));
  const use = (path: Path, key: string, given: readonly string[]): readonly TemplateUse[] => {
    const template = known.get(key);
    return template ? [{ path, template, given }] : [];
  };
  const sends = sendsOf(report.document).flatMap(({ path, send }) =>
    templatesOf(send).flatMap(({ path: inside, key }) => use([...path, ...inside], key, Object.keys(send.with ?? {}))),
  );
  const drafts = stepsOf(report.document).flatMap(({ path, step }) =>
    step.task?.draft === undefined ? [] : use([...path, 'task', 'draft'], step.task.draft, []),
  );
  return [...sends, ...drafts];
}

function checkTemplate(report: Report, { path, template, given }: TemplateUse): void {
  const { environment } = report;
  const locales = environment.locales.filter((locale) => !template.locales.includes(locale));
  if (locales.length > 0) {
    const message = `template "${template.key}" is not written in ${anyOf(locales)}`;
    report.add('template_missing_locale', path, message, 'Add it in every language the tenant answers in.');
  }
  const forms = new Set(channelsOf(report).map(({ capabilities }) => capabilities.form ?? 'chat'));
  for (const form of [...forms].filter((needed) => !template.forms.includes(needed))) {
    const message = `template "${template.key}" has no ${form} form, which a listed channel needs`;
    report.add('template_missing_locale', path, message, `Add it in the form ${form}.`);
  }
  // Variables with a dot are facts of the inquiry, which rendering supplies.
  for (const name of template.variables.filter((variable) => !variable.includes('.') && !given.includes(variable))) {
    const message = `template "${template.key}" uses "${name}", which is not given here`;
    report.add('unknown_field', path, message, `Give it: with: { ${name}: '<expression>' }.`);
  }
}

const channelsOf = (report: Report): Environment['channels'] =>
  report.environment.channels.filter(({ name }) => report.channels.includes(name));

function checkChannels(report: Report): void {
  const sends = sendsOf(report.document);
  const refuse = (path: Path, message: string, name: string): void => {
    report.add('channel_cannot', path, message, `Take ${name} off the list of channels, or this message out.`);
  };
  for (const { name, capabilities } of channelsOf(report)) {
    for (const { path } of sends) {
      if (!capabilities.automatedSends) refuse(path, `${name} forbids messages that no person wrote`, name);
      else if (capabilities.oneAnswer) refuse(path, `${name} takes one answer only, and this would be it`, name);
    }
    for (const { path, template } of templateUses(report)) {
      const length = template.minLength ?? 0;
      if (capabilities.maxLength === null || length <= capabilities.maxLength) continue;
      refuse(
        path,
        `template "${template.key}" has ${length} characters, ${name} takes ${capabilities.maxLength}`,
        name,
      );
    }
  }
  for (const [index, name] of (report.document.channels ?? []).entries()) {
    if (report.environment.channels.some((channel) => channel.name === name)) continue;
    const known = report.environment.channels.map((channel) => channel.name);
    const remedy = `Name one of ${known.join(', ')}.`;
    report.add('channel_cannot', ['channels', index], `there is no channel "${name}"`, remedy);
  }
}

/** A definition must not turn away what the tenant's routing sends it: those messages would have nowhere to go. */
function checkRouted(report: Report): void {
  const { document, environment } = report;
  const missing = (environment.routedChannels ?? []).filter((name) => document.channels?.includes(name) === false);
  if (missing.length === 0) return;
  const message = `the routing sends messages of ${anyOf(missing)} here`;
  report.add('channel_cannot', ['channels'], message, 'List the channel, or route it elsewhere first.');
}

function checkUnused(report: Report): void {
  const used = new Set(templateUses(report).map(({ template }) => template.key));
  const unused = report.environment.templates
    .filter(({ key, usedElsewhere }) => !used.has(key) && !usedElsewhere)
    .map(({ key }) => `"${key}"`);
  if (unused.length === 0) return;
  const message = `no step sends ${anyOf(unused)}`;
  report.addWhole('unused_template', ['steps'], message, 'Send it somewhere, or remove the template.');
}

/** Automated messages and drafts: languages, forms and variables of templates, and what the channels allow. */
export function checkMessages(report: Report): void {
  for (const use of templateUses(report)) checkTemplate(report, use);
  checkChannels(report);
  checkRouted(report);
  checkUnused(report);
}
