import { createHmac } from 'node:crypto';
import { derivedId } from '../../platform/ids/index.js';

/** Everything about the demo tenants follows from the home's root key, so that it is the same after every restart. */
const NAMESPACE = '5f0c7b0e-5a1f-4f64-9b0c-1d6a3e0f8a11';

/** The members of a demo tenant, by the names `demo.json` uses. */
export const DEMO_MEMBERS = {
  admin: { name: 'Helena Prado', role: 'admin', languages: ['pt-BR', 'en'] },
  ops: { name: 'Otávio Lins', role: 'ops', languages: ['pt-BR', 'en'] },
  supervisor: { name: 'Sofia Brandão', role: 'supervisor', languages: ['pt-BR', 'es', 'en', 'zh-CN'] },
  agent: { name: 'Ana Duarte', role: 'agent', languages: ['pt-BR', 'es', 'en', 'zh-CN'] },
  agent2: { name: 'Bruno Teixeira', role: 'agent', languages: ['pt-BR', 'es', 'en', 'zh-CN'] },
  auditor: { name: 'Augusto Vidal', role: 'auditor', languages: ['pt-BR'] },
  privacyOfficer: { name: 'Lívia Fontes', role: 'privacy_officer', languages: ['pt-BR'] },
} as const;

export type DemoMember = keyof typeof DEMO_MEMBERS;

export type DemoCredentials = {
  readonly tenantId: string;
  readonly shopId: string;
  readonly webhookSecret: string;
  /** API key per member. */
  readonly keys: Readonly<Record<DemoMember, string>>;
};

/** Ids, keys and secret of a demo tenant; `name` tells the tenants apart. */
export function demoCredentials(rootKey: Uint8Array, name: string): DemoCredentials {
  const draw = (purpose: string): Buffer => createHmac('sha256', rootKey).update(`demo|${name}|${purpose}`).digest();
  const tenantId = derivedId(NAMESPACE, 'tenant', name, draw('tenant').toString('hex'));
  const keys = Object.fromEntries(
    Object.keys(DEMO_MEMBERS).map((member) => [member, `atk_${draw(`key|${member}`).toString('base64url')}`]),
  ) as Record<DemoMember, string>;
  return {
    tenantId,
    shopId: derivedId(tenantId, 'shop'),
    webhookSecret: `whsec_${draw('webhook').toString('base64')}`,
    keys,
  };
}
