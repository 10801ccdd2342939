/** A text that a platform has looked at beforehand: what it has approved may be sent when it takes no free text. */
export type PlatformTemplate = {
  readonly name: string;
  /** As the platform writes it, such as `pt_BR`. */
  readonly language: string;
  /** The platform's own word in lower case: `approved`, `pending`, `rejected`, `paused`, `disabled` and whatever else there is. */
  readonly state: string;
  readonly category: string;
  /** What the buyer sees, with `{{name}}` where something is filled in. */
  readonly text: string;
  /** What is to be filled in, in the platform's order. */
  readonly variables: readonly string[];
  /** Whether nothing has to be filled in besides the text: no pictures, no addresses. */
  readonly fillable: boolean;
  /** How long the whole may be, in UTF-16 units; absent where the channel's own limit holds. */
  readonly maxLength?: number;
};

/** A template with everything filled in. */
export type FilledTemplate = {
  readonly name: string;
  readonly language: string;
  readonly values: readonly { readonly name: string; readonly text: string }[];
};

/** Whether a template may be sent now. */
export function isUsable({ state, fillable }: PlatformTemplate): boolean {
  return state === 'approved' && fillable;
}

/** Places to be filled in, each once, in the order of their first appearance. */
export function variablesOf(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, name]) => name ?? ''))];
}

/**
 * The template of a name, in the first of some languages it has, else in any; one that may be sent before one that may not.
 *
 * @param languages language tags, `pt` and `pt-BR` alike
 */
export function chooseTemplate(
  templates: readonly PlatformTemplate[],
  name: string,
  languages: readonly (string | null)[],
): PlatformTemplate | null {
  const named = templates.filter((template) => template.name === name);
  const usable = named.filter(isUsable);
  const known = usable.length > 0 ? usable : named;
  const base = (tag: string): string => tag.toLowerCase().split(/[-_]/)[0] ?? '';
  const exact = (tag: string): string => tag.toLowerCase().replace('_', '-');
  for (const wanted of languages.filter((language) => language !== null)) {
    const spoken = known.filter(({ language }) => base(language) === base(wanted));
    const chosen = spoken.find(({ language }) => exact(language) === exact(wanted)) ?? spoken[0];
    if (chosen) return chosen;
  }
  return known[0] ?? null;
}

/** Fills a template in: what the buyer will read, and what the platform is given; or the name of what is missing. */
export function fillTemplate(
  { name, language, text, variables }: PlatformTemplate,
  given: Readonly<Record<string, string>>,
): { readonly text: string; readonly filled: FilledTemplate } | { readonly missing: string } {
  // Line breaks and long gaps are not taken inside of templates.
  const valueOf = (variable: string): string =>
    (Object.hasOwn(given, variable) ? (given[variable] ?? '') : '').replace(/\s+/g, ' ').trim();
  const missing = variables.find((variable) => valueOf(variable) === '');
  if (missing !== undefined) return { missing };
  return {
    text: text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_place, variable: string) => valueOf(variable)),
    filled: { name, language, values: variables.map((variable) => ({ name: variable, text: valueOf(variable) })) },
  };
}
