import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** What an operator lets tenant URLs reach although it is not public: host names, addresses, CIDR blocks. */
export class EgressRules {
  readonly #hosts: ReadonlySet<string>;
  readonly #blocks: readonly [Address, number][];

  constructor(allowed: readonly string[]) {
    this.#hosts = new Set(allowed.filter((entry) => !isAddressOrBlock(entry)).map((entry) => entry.toLowerCase()));
    this.#blocks = allowed.filter(isAddressOrBlock).map(parseBlock);
  }

  /**
   * Whether a connection to `address`, reached by the name `host`, may be opened. Decided on parsed bytes, so that no other
   * spelling of an address gets through; link-local (cloud metadata) never is allowed.
   */
  allows(host: string, address: string): boolean {
    const parsed = parse(address);
    if (parsed === null) return false;
    if (parsed.range() === 'linkLocal') return false;
    if (parsed.range() === 'unicast') return true;
    return this.#hosts.has(host.toLowerCase()) || this.#blocks.some((block) => contains(block, parsed));
  }
}

function isAddressOrBlock(entry: string): boolean {
  return ipaddr.isValid(entry) || ipaddr.isValidCIDR(entry);
}

function parseBlock(entry: string): [Address, number] {
  if (ipaddr.isValidCIDR(entry)) return ipaddr.parseCIDR(entry);
  const address = ipaddr.process(entry);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** The address an operating system would connect to; an IPv4 address in IPv6 clothing becomes IPv4. */
function parse(text: string): Address | null {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!ipaddr.isValid(bare)) return null;
  const address = ipaddr.process(bare);
  return address;
}

function contains([block, bits]: readonly [Address, number], address: Address): boolean {
  if (block.kind() !== address.kind()) return false;
  return address.match(block, bits);
}
