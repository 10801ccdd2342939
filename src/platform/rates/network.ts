import ipaddr from 'ipaddr.js';

/**
 * Under what an address is counted: itself for IPv4, its /64 for IPv6, because one caller has all of that; what is no
 * address stands for itself.
 */
export function networkOf(address: string): string {
  const bare = address.replace(/%.*$/, '');
  if (!ipaddr.isValid(bare)) return address;
  const parsed = ipaddr.process(bare);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/64`).toString();
}
