/** Signatures, consent and tokens: access for hours, and pairs of tokens of which each refresh token works once. */
import { createHmac, randomBytes } from 'node:crypto';

/** Requests are good for this many seconds around the platform's time. */
const CLOCK_S = 300;

const draw = () => randomBytes(16).toString('hex');
const failure = (error, message, http = 403) => [http, { request_id: draw(), error, message }];

/** Why a request is not let in, or null; `isPublic` = it is about the application, not about a shop. */
export function refusalOf(world, path, query, isPublic) {
  const { partnerId, partnerKey, shopId, admitsTokens } = world.settings;
  if (query.partner_id !== partnerId) return failure('error_auth', 'partner_id is invalid');
  if (!/^\d{10}$/.test(query.timestamp ?? '')) return failure('error_param', 'Invalid timestamp');
  if (Math.abs(Number(query.timestamp) - world.now() / 1_000) > CLOCK_S)
    return failure('error_param', 'Timestamp is expired.');
  const about = isPublic ? '' : `${query.access_token ?? ''}${query.shop_id ?? ''}`;
  const expected = createHmac('sha256', partnerKey)
    .update(`${partnerId}${path}${query.timestamp}${about}`)
    .digest('hex');
  if (query.sign !== expected) return failure('error_sign', 'Wrong sign.');
  if (isPublic) return null;
  if (query.shop_id !== String(shopId) || !world.linked)
    return failure('shop_no_linked', 'Partner and shop has no linked.');
  if (world.banned) return failure('shop_banned', 'The shop account has been banned.');
  const expiresAt = world.access.get(query.access_token);
  if (!admitsTokens || expiresAt === undefined || expiresAt <= world.now())
    return failure('error_auth', 'Invalid access_token.');
  return null;
}

/** The shop's owner agrees: the code the platform sends back beside the shop's id. */
export function consent(world) {
  const code = draw();
  world.codes.set(code, world.now() + 10 * 60_000);
  return code;
}

/** `POST /api/v2/auth/token/get`. @returns [status, body] */
export function tokenOf(world, body) {
  const until = world.codes.get(body.code);
  if (String(body.shop_id) !== String(world.settings.shopId))
    return failure('invalid_shop_id', 'shop_id is invalid', 200);
  world.codes.delete(body.code);
  if (until === undefined || until < world.now()) return failure('invalid_code', 'Invalid code', 200);
  world.linked = true;
  return [200, pair(world)];
}

/** `POST /api/v2/auth/access_token/get`. @returns [status, body] */
export function refreshed(world, body) {
  if (!world.linked) return failure('shop_no_linked', 'Partner and shop has no linked.', 200);
  // The last one only, that once, and for its shop.
  const held = world.refresh.get(body.refresh_token);
  const isLast = held?.isUsed === false && String(body.shop_id) === String(world.settings.shopId);
  if (!isLast) return failure('error_auth', 'Invalid refresh_token.', 403);
  if (held.until <= world.now()) return failure('refresh_token_expired', 'The refresh_token has expired.', 403);
  world.refreshed += 1;
  return [200, { ...pair(world), shop_id: world.settings.shopId, partner_id: Number(world.settings.partnerId) }];
}

function pair(world) {
  const { expireIn, refreshExpireIn } = world.settings;
  const [accessToken, refreshToken] = [draw(), draw()];
  for (const old of world.refresh.values()) old.isUsed = true;
  world.access.set(accessToken, world.now() + expireIn * 1_000);
  world.refresh.set(refreshToken, { isUsed: false, until: world.now() + refreshExpireIn * 1_000 });
  return {
    request_id: draw(),
    error: '',
    message: '',
    access_token: accessToken,
    refresh_token: refreshToken,
    expire_in: expireIn,
  };
}

/** So much time passes for what was given, in ms, and for nothing else: codes and tokens end sooner. */
export function elapse(world, ms) {
  for (const kept of [world.codes, world.access]) for (const [key, until] of kept) kept.set(key, until - ms);
  for (const held of world.refresh.values()) held.until -= ms;
}
