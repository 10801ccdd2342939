import { variablesOf } from '../../../domain/channel/platform-template.js';
import type { PlatformTemplate } from '../../../domain/channel/platform-template.js';
import type { Access, Answer, Templates } from '../connector.js';
import { timed } from '../exchange.js';
import type { WhatsAppHttp } from './http.js';
import { templatesShape } from './shapes.js';
import type { Template } from './shapes.js';

const PAGE = 100;
const MAX_PAGES = 20;

/** Templates of the business account that the shop's number belongs to. */
export function whatsAppTemplates(http: WhatsAppHttp): Templates {
  return { list: (access) => list(http, access) };
}

async function list(http: WhatsAppHttp, given: Access): Promise<Answer<readonly PlatformTemplate[]>> {
  const access = timed(given);
  const path = [String(access.settings?.['businessAccountId'] ?? ''), 'message_templates'];
  const fields = 'name,language,status,category,components';
  const found: PlatformTemplate[] = [];
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query: Record<string, string> = { fields, limit: String(PAGE), ...(after === null ? {} : { after }) };
    const answer = await http.read(access, { group: 'management', path, query }, templatesShape);
    if (answer.kind !== 'read') return answer;
    found.push(...answer.value.data.map(templateOf));
    after = answer.value.paging?.next === undefined ? null : (answer.value.paging.cursors?.after ?? null);
    if (after === null) break;
  }
  return { kind: 'read', value: found };
}

function templateOf({ name, language, status, category, components }: Template): PlatformTemplate {
  const textOf = (type: string): string => components.find((part) => part.type.toUpperCase() === type)?.text ?? '';
  const parts = ['HEADER', 'BODY', 'FOOTER'].map(textOf);
  return {
    name,
    language,
    state: status.toLowerCase(),
    category: category.toLowerCase(),
    text: parts.filter((part) => part !== '').join('\n\n'),
    variables: variablesOf(textOf('BODY')),
    // A code to log in with goes another way; of the other parts nothing is filled in here.
    fillable: category.toUpperCase() !== 'AUTHENTICATION' && components.every(isFixed),
  };
}

function isFixed({ type, format, text = '', buttons = [] }: Template['components'][number]): boolean {
  switch (type.toUpperCase()) {
    case 'BODY':
    case 'FOOTER':
      return true;
    case 'HEADER':
      return format?.toUpperCase() === 'TEXT' && variablesOf(text).length === 0;
    case 'BUTTONS':
      return buttons.every(
        (button) =>
          ['QUICK_REPLY', 'PHONE_NUMBER', 'URL'].includes(button.type.toUpperCase()) &&
          variablesOf(button.url ?? '').length === 0,
      );
    default:
      return false;
  }
}
