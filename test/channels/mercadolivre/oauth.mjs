/** Consent, codes, and pairs of tokens of which each refresh token works once. */
import { createHash, randomBytes } from 'node:crypto';

const draw = (prefix, world) => `${prefix}-${world.settings.clientId}-${randomBytes(16).toString('hex')}`;

/** A seller's administrator agrees: the code the platform sends back with the state. */
export function consent(world, { challenge, redirectUri }) {
  const code = draw('TG', world);
  world.codes.set(code, { challenge, redirectUri });
  return code;
}

/** `POST /oauth/token`. @returns [status, body] */
export function token(world, form) {
  const { clientId, clientSecret } = world.settings;
  if (form.client_id !== clientId || form.client_secret !== clientSecret) return refusal('invalid_client');
  if (form.grant_type === 'authorization_code') return exchange(world, form);
  if (form.grant_type === 'refresh_token') return refresh(world, form);
  return refusal('unsupported_grant_type');
}

function exchange(world, { code, redirect_uri: redirectUri, code_verifier: verifier }) {
  const asked = world.codes.get(code);
  world.codes.delete(code);
  if (asked === undefined || asked.redirectUri !== redirectUri) return refusal('invalid_grant');
  const challenge = createHash('sha256')
    .update(verifier ?? '')
    .digest('base64url');
  if (asked.challenge !== null && asked.challenge !== challenge) return refusal('invalid_grant');
  return [200, pair(world)];
}

function refresh(world, { refresh_token: used }) {
  const held = world.refresh.get(used);
  // The last one only, that once, and as long as it lasts: the platform has one word for all of it.
  if (held?.isUsed !== false || held.until <= world.now()) return refusal('invalid_grant');
  world.refreshed += 1;
  return [200, pair(world)];
}

function pair(world) {
  const { sellerId, expiresIn, refreshExpiresIn } = world.settings;
  const [accessToken, refreshToken] = [draw('APP_USR', world), draw('TG', world)];
  for (const old of world.refresh.values()) old.isUsed = true;
  world.access.set(accessToken, world.now() + expiresIn * 1_000);
  world.refresh.set(refreshToken, { isUsed: false, until: world.now() + refreshExpiresIn * 1_000 });
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresIn,
    scope: 'offline_access read write',
    user_id: sellerId,
    refresh_token: refreshToken,
  };
}

/** So much time passes for tokens that were given, in ms, and for nothing else. */
export function elapse(world, ms) {
  for (const [token, until] of world.access) world.access.set(token, until - ms);
  for (const held of world.refresh.values()) held.until -= ms;
}

/** Whether a request carries a token that still works. */
export function isAuthorised(world, header) {
  const expiresAt = world.access.get(/^Bearer (.+)$/.exec(header ?? '')?.[1] ?? '');
  return world.settings.admitsTokens && expiresAt !== undefined && expiresAt > world.now();
}

function refusal(error) {
  return [400, { error_description: `Error validating grant: ${error}`, error, status: 400, cause: [] }];
}
